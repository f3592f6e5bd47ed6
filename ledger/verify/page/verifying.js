// ---------------------------------------------------------------------------------------------------------------
// One bundle, one key, one verdict: the steps of FORMAT.md, "Verifying, in order". A step that finds something is the
// last, so that the first offence is named.
// ---------------------------------------------------------------------------------------------------------------

/**
 * The verdict on a bundle's bytes under the log's key. Never throws for what stands in them.
 *
 * `since`: the note of an older checkpoint that the reader holds; `witnesses`: keys of witnesses; `labelKey`: the text
 * of the regulator's key for labels. Returns
 * `{verdict: "sound" | "unsound" | "unreadable", sound, unreadable, findings, more, claims, notClaimed, subject, origin, size,
 * entries, streams, persons, signed}`; entries and claims only of a sound bundle: what is unproven is not handed on.
 */
async function verifyBundle(bytes, vkey, { since = null, witnesses = [], labelKey = null } = {}) {
  try {
    await requireCrypto();
    const keys = await readKeys(vkey, witnesses);
    const held = since === null ? null : await readHeld(since);
    const fork = readFork(bytes);
    if (fork) {
      if (labelKey !== null) readLabelKey(labelKey);
      return await checkFork(fork, keys.log, since === null && !witnesses.length && labelKey === null);
    }
    const { parts, findings } = readBundle(bytes);
    const label = labelKey === null ? null : readLabelKey(labelKey); // an empty text is a key that is none
    const told = { parts, keys, since: held, labelKey: label, seen: [], others: [], findings };
    for (const step of STEPS) {
      if (told.findings.length) break;
      told.findings = await step(told);
    }
    return verdictOf(told);
  } catch (error) {
    return unreadable(error);
  }
}

async function readKeys(vkey, witnesses) {
  const log = await parseVkey(vkey, LOGS);
  if (log.algorithm !== ED25519)
    throw new Unreadable(
      said("公钥：这是见证人的公钥；需要日志自己的公钥", "key: this is a witness's key; the log's own is expected"),
    );
  const others = await Promise.all(witnesses.map((text) => parseVkey(text, WITNESSES)));
  const wrong = others.find((key) => key.algorithm !== COSIGNATURE_V1);
  if (wrong)
    throw new Unreadable(
      said(
        `${WITNESSES.zh}：${shown(wrong.name)} 的公钥不是见证人的`,
        `${WITNESSES.en}: the key of ${shown(wrong.name)} is not a witness's`,
      ),
    );
  return { log, witnesses: others };
}

function readLabelKey(text) {
  const key = parseLabelKey(text);
  if (!key)
    throw new Unreadable(
      said(
        "标签密钥应以 LABEL+KEY+ 开头，其后是 32 字节的 base64",
        "the key for labels begins LABEL+KEY+, and 32 bytes in base64 follow",
      ),
    );
  return key;
}

/** The steps after the form, 2 to 13: each takes what was told so far, leaves there what it learns, returns findings. */
const STEPS = [
  async (told) => {
    const { parts, keys } = told;
    const { head, seen, others, findings } = await readHead(
      parts.checkpoint,
      keys.log,
      keys.witnesses,
      true,
      "checkpoint",
    );
    Object.assign(told, { head, seen, others });
    return findings;
  },
  async (told) => {
    const { findings, older, seen } = await checkCarried(told.parts.since, told.keys, told.head);
    told.older = older;
    for (const witness of told.seen) {
      const before = seen?.find(({ key }) => key === witness.key);
      if (before) witness.older = { size: older.size, seconds: before.seconds };
    }
    return findings;
  },
  async (told) => {
    if (told.since === null) return [];
    const { findings, older } = await checkHeld(told.since, told.keys, told.head, told.older);
    Object.assign(told, { older: older ?? told.older, isHeld: true });
    return findings;
  },
  async (told) => {
    const { seal, findings } = await checkSeal(told.parts, told.head);
    told.seal = seal;
    return findings;
  },
  (told) => {
    const { read, findings } = readEntries(told.parts);
    told.read = read;
    return findings;
  },
  async (told) => {
    told.leaves = await leafHashes(told.parts.entries.map(utf8));
    return checkCounts(told.parts, told.leaves, told.head.size - 1n);
  },
  async (told) => {
    const { entries, findings } = await checkPlaces(told.parts, told.read, told.leaves, told.seal);
    told.entries = entries;
    return findings;
  },
  async ({ parts, head, leaves }) => {
    if (!parts.inclusion) return [];
    try {
      await checkMany(parts.indexes, head.size, leaves, parts.inclusion, head.root);
    } catch (error) {
      const why = wordsOf(error);
      return [
        finding(
          "index-mismatch",
          "inclusion",
          said(
            `封存的条目与日志中的不同，或证明损坏（${why.zh}）`,
            `what was sealed of these entries is not what the log holds, or this proof was damaged (${why.en})`,
          ),
        ),
      ];
    }
    return [];
  },
  async (told) => {
    told.signed = await checkSignatures(told.entries, told.parts.streams[0]);
    return told.signed.findings;
  },
  ({ parts, signed }) => checkChains(signed.signatures, parts.streams[0]),
  async (told) => {
    const { findings, persons, committed } = await checkOpenings(told.parts.openings, told.entries, told.labelKey);
    Object.assign(told, { persons, committed });
    return findings;
  },
  ({ parts, entries }) => checkRulebooks(parts.rulebooks, entries),
  ({ seen, entries, seal, head }) => checkTimes(seen, entries, seal, head.size),
];

function verdictOf(told) {
  const { parts, head } = told;
  const findings = told.findings instanceof Findings ? told.findings : new Findings(told.findings);
  const subject = parts.streams[0] ?? null;
  const sound = findings.length === 0;
  const empty = { claims: [], entries: [], persons: [], signed: null };
  const proven = sound && { claims: claimsOf(told), entries: told.entries, persons: told.persons, signed: told.signed };
  return {
    ...{ verdict: sound ? "sound" : "unsound", sound, unreadable: null, ...empty, ...proven },
    ...{ findings: findings.told(), more: findings.more },
    notClaimed: notClaimedOf(sound ? told : null, told.since !== null),
    ...{
      subject: subject && printable(subject),
      origin: head ? printable(head.origin) : null,
      size: head?.size ?? null,
      streams: parts.streams,
    },
  };
}

/** The verdict where there is none: also what this page itself may do wrong is never taken for soundness. */
function unreadable(error) {
  const known = error instanceof Unreadable;
  const what = known
    ? error.said
    : said(
        `本页出错（${error}）；请改用 python -m ledger.verify`,
        `this page failed (${error}); use python -m ledger.verify instead`,
      );
  const none = { findings: [], more: false, claims: [], notClaimed: [], entries: [], persons: [], streams: [], signed: null };
  return {
    verdict: "unreadable",
    sound: false,
    unreadable: said(printable(what.zh), printable(what.en)),
    ...none,
    subject: null,
    origin: null,
    size: null,
  };
}
