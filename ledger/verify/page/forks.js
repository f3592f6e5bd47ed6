// ---------------------------------------------------------------------------------------------------------------
// Fork proofs: a file that shows, with the log's key alone, that the log signed two histories. One that proves it is
// the finding `history-fork`; one that does not is `malformed`, whatever is wrong. FORMAT.md, "Fork proof".
// ---------------------------------------------------------------------------------------------------------------

const FORK_FORMAT = "treatment-ledger-fork/1";
const MAX_FORK_BYTES = 1 << 20;
const MAX_FORK_NODES = 63;
const FORK_KEYS = ["format", "first", "second", "root", "consistency"];

/** `{value, doubts}` of a file that says it is a fork proof; null for everything else. */
function readFork(bytes) {
  if (bytes.length > MAX_FORK_BYTES) return null;
  let read;
  try {
    read = readJson(textOf(bytes));
  } catch {
    return null; // whoever reads it as a bundle says why
  }
  return read.value instanceof Map && read.value.get("format") === FORK_FORMAT ? read : null;
}

/** The verdict on a fork proof, as `verifyBundle` returns one: unsound, by what it proves or as no proof. */
async function checkFork({ value, doubts }, log, isAlone) {
  const findings = new Findings();
  const wrong = (where, zh, en) => findings.push(finding("malformed", where, said(zh, en)));
  forkForm(value, doubts, wrong);
  const heads = [];
  for (const name of findings.length ? [] : ["first", "second"]) {
    const { head, findings: refused } = await readHead(value.get(name), log, [], false, name);
    if (head) heads.push(head);
    else refused.forEach(({ what }) => wrong(name, what.zh, what.en));
  }
  if (!findings.length) await forkContradiction(value, ...heads, wrong);
  const left = isAlone
    ? []
    : [
        claim(
          "one story",
          said(
            "文件和公钥以外所给的材料：没有查看。",
            "What was given besides the file and the key: it was not looked at.",
          ),
        ),
      ];
  const none = { entries: [], persons: [], signed: null, streams: [], subject: null, size: null, more: false };
  const verdict = { verdict: "unsound", sound: false, unreadable: null, ...none };
  if (findings.length) {
    const what = said(
      "该日志签署了两个历史：这个文件没有证明。",
      "That the log signed two histories: this file does not prove it.",
    );
    const notClaimed = [claim("history fork", what), ...left];
    return { ...verdict, findings: findings.told(), more: findings.more, claims: [], notClaimed, origin: null };
  }
  return {
    ...verdict,
    ...{ findings: [finding("history-fork", "second", forkTold(...heads))], isFork: true, origin: printable(log.name) },
    claims: [
      claim(
        "history fork",
        said(
          `日志 ${log.name} 的密钥签署了两个互相矛盾的历史，至少有一个不是当时所记录的。任何人凭这个文件和公钥都可以再次核验。`,
          `The key of the log ${log.name} signed two histories, of which one at least is not what was recorded. Whoever has this file and the key can verify it again.`,
        ),
      ),
    ],
    notClaimed: [
      claim(
        "which",
        said(
          "两个历史中哪一个是当时所记录的，以及其中写了什么。",
          "Which of the two histories is the one that was recorded, and what stands in either.",
        ),
      ),
      claim(
        "who",
        said(
          "是谁签署的：日志的运营者，或得到密钥的其他人。",
          "Who signed: the log's operator, or somebody else who got hold of the key.",
        ),
      ),
      ...left,
    ],
  };
}

/** Whether each value is what it must be by itself. */
function forkForm(value, doubts, wrong) {
  const isHash = (text) => typeof text === "string" && parseBase64(text)?.length === HASH_BYTES;
  for (const { zh, en } of doubts) wrong("fork", zh, en);
  if ([...value.keys()].some((key) => !FORK_KEYS.includes(key)))
    wrong("fork", "格式中没有这个键", "the format has no such key; what is not checked is not in it");
  for (const name of ["first", "second"]) {
    const note = value.get(name);
    if (typeof note !== "string" || hasLoneSurrogate(note))
      wrong(name, "应为检查点的文字", "the text of a checkpoint is expected");
  }
  if (value.has("root") && !isHash(value.get("root")))
    wrong("root", "应为 32 字节的 base64", "base64 of 32 bytes is expected");
  if (!value.has("consistency")) return;
  const nodes = value.get("consistency");
  if (!Array.isArray(nodes) || nodes.length > MAX_FORK_NODES) {
    wrong(
      "consistency",
      `应为至多 ${MAX_FORK_NODES} 个哈希的列表`,
      `a list of at most ${MAX_FORK_NODES} hashes is expected`,
    );
    return;
  }
  nodes.forEach((node, place) => {
    if (!isHash(node)) wrong(`consistency[${place}]`, "应为 32 字节的 base64", "base64 of 32 bytes is expected");
  });
}

/** Whether the two cannot be of one history; the values are of the right form. */
async function forkContradiction(value, first, second, wrong) {
  const parts = ["root", "consistency"];
  if (first.size > second.size) {
    wrong(
      "second",
      "条数少于第一个；应把较小的放在前面",
      "it has fewer entries than the first; the smaller stands first",
    );
  } else if (first.size === second.size) {
    const given = parts.filter((name) => value.has(name));
    const needless = "of two checkpoints of one size there is nothing to be said here";
    for (const name of given) wrong(name, "两个检查点大小相同，这里不应有内容", needless);
    if (!given.length && equal(first.root, second.root))
      wrong("second", "与第一个是同一棵树：没有矛盾", "it is of the same tree as the first: that is no contradiction");
  } else {
    const missing = parts.filter((name) => !value.has(name));
    for (const name of missing)
      wrong(name, "缺少这个键：两个检查点大小不同", "this key is missing: the checkpoints are of two sizes");
    if (missing.length) return;
    const root = parseBase64(value.get("root"));
    if (equal(root, first.root))
      wrong("root", "与第一个检查点的根相同：没有矛盾", "it is that of the first checkpoint: that is no contradiction");
    try {
      if (first.size === 0n && !equal(root, await emptyRoot()))
        throw new ProofError(said("空日志的根应为空内容的 SHA-256", "the root of an empty log is SHA-256 of nothing"));
      await checkConsistency(first.size, second.size, value.get("consistency").map(parseBase64), root, second.root);
    } catch (error) {
      const why = wordsOf(error);
      wrong(
        "consistency",
        `不能证明第二个检查点的日志以这个根开始（${why.zh}）`,
        `it does not show that the second checkpoint's log begins with this root: ${why.en}`,
      );
    }
  }
}

function forkTold(first, second) {
  const [one, other] = [hexOf(first.root), hexOf(second.root)];
  return first.size === second.size
    ? said(
        `签署了两棵各有 ${first.size} 条的树，根分别为 ${one} 和 ${other}`,
        `two trees of ${first.size} entries were signed, with the roots ${one} and ${other}`,
      )
    : said(
        `签署了 ${first.size} 条、根为 ${one} 的日志，又签署了 ${second.size} 条的日志，其前 ${first.size} 条的根与之不同`,
        `the log was signed with ${first.size} entries and the root ${one}, and with ${second.size} entries, of which the first ${first.size} have another root`,
      );
}
