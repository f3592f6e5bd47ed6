// ---------------------------------------------------------------------------------------------------------------
// Whose log is it, and does it continue what was signed before? The bundle's checkpoint, the older one that it carries,
// and the one that the reader holds. FORMAT.md, "Verifying, in order", 2 to 4.
// ---------------------------------------------------------------------------------------------------------------

/** `{head, seen, others, findings}` of a note that the log's key signed, and each witness (where `isDemanded`). */
async function readHead(text, log, witnesses, isDemanded, where) {
  let note, head;
  try {
    note = parseNote(text);
    head = await parseTreeHead(note.body);
  } catch (error) {
    return { findings: [finding("malformed", where, wordsOf(error))] };
  }
  const seen = [];
  const isOf = (line, key) => line.name === key.name && line.id === key.id;
  try {
    await openNote(note, log);
    if (head.origin !== log.name)
      throw new ProofError(
        said(
          `它属于日志 ${head.origin}，公钥属于 ${log.name}`,
          `it is of the log ${head.origin}, the key is that of ${log.name}`,
        ),
      );
    for (const key of witnesses) {
      if (!isDemanded && !note.lines.some((line) => isOf(line, key))) continue;
      seen.push({ key, name: key.name, ...(await openNote(note, key)) });
    }
  } catch (error) {
    return { findings: [finding("checkpoint-signature", where, wordsOf(error))] };
  }
  const others = note.lines.filter((line) => ![log, ...witnesses].some((key) => isOf(line, key)));
  return { head, seen, others, findings: [] };
}

const aheadOf = (older, head, where) =>
  finding(
    "checkpoint-rollback",
    where,
    said(
      `较早的检查点有 ${older.size} 条，证明包的只有 ${head.size} 条：日志倒退了`,
      `the older checkpoint has ${older.size} entries, the bundle's ${head.size}: the log went back`,
    ),
  );

/** Step 3: `{older, seen, findings}` of the older checkpoint in the bundle. */
async function checkCarried(since, { log, witnesses }, head) {
  if (!since) return { findings: [] };
  const older = await readHead(since.checkpoint, log, witnesses, false, "since.checkpoint");
  if (older.findings.length) return older;
  if (older.head.size > head.size) return { findings: [aheadOf(older.head, head, "since.checkpoint")] };
  try {
    await checkConsistency(older.head.size, head.size, since.consistency, older.head.root, head.root);
  } catch (error) {
    const why = wordsOf(error);
    const what = said(
      `不能证明 ${head.size} 条的日志延续了 ${older.head.size} 条的日志（${why.zh}）`,
      `it does not show that the log of ${head.size} entries continues that of ${older.head.size} (${why.en})`,
    );
    return { findings: [finding("history-fork", "since.consistency", what)] };
  }
  return { older: older.head, seen: older.seen, findings: [] };
}

/**
 * The note in a text that the reader keeps: line ends as Windows writes them, a byte order mark and blanks around it are
 * no part of it. Unreadable when there is no checkpoint in it.
 */
async function readHeld(text) {
  const lines = text.replace(/^\ufeff/, "").replaceAll("\r\n", "\n");
  const note = `${lines.replace(/^[ \t\n]+|[ \t\n]+$/g, "")}\n`;
  try {
    await parseTreeHead(parseNote(note).body);
  } catch (error) {
    const why = wordsOf(error);
    throw new Unreadable(
      said(`较早的检查点：${why.zh}；应为日志签署的检查点`, `the older checkpoint: ${why.en}; expected is one as the log signed it`),
    );
  }
  return note;
}

/** Step 4: `{older, findings}` of the checkpoint that the reader holds, proven by the bundle's own or the carried one. */
async function checkHeld(text, { log }, head, carried) {
  const where = "--since";
  const { head: held, findings } = await readHead(text, log, [], false, where);
  if (findings.length) return { findings };
  if (held.size > head.size) return { findings: [aheadOf(held, head, where)] };
  const other = [head, carried].find((one) => one?.size === held.size);
  if (other ? equal(other.root, held.root) : held.size === 0n) return { older: held, findings: [] };
  if (other) {
    const what = said(
      `同为 ${held.size} 条、都由 ${log.name} 签署的两个检查点，根不同：日志被改写，或给人看了两个版本`,
      `two checkpoints of size ${held.size}, both signed by ${log.name}, have different roots: the log was rewritten, or shown in two versions`,
    );
    return { findings: [finding("history-fork", where, what)] };
  }
  const what = said(
    `包内没有从 ${held.size} 条开始的一致性证明；请对方连同您的检查点重新导出`,
    `the bundle carries no consistency proof from size ${held.size}; have it exported again with that checkpoint`,
  );
  return { findings: [finding("malformed", "since", what)] };
}
