// ---------------------------------------------------------------------------------------------------------------
// Streams: do the entries belong together, and does all that judging needs stand beside them? That none of a stream
// was left out is the index's proof; that no stream was left out, and none slipped in, is told here. FORMAT.md,
// "Streams".
// ---------------------------------------------------------------------------------------------------------------

const RULEBOOKS = "registry:rulebook";
const startsWithAny = (text, starts) => starts.some((start) => text.startsWith(start));
const bearsAny = (tags, wanted) => Array.from(tags).some((tag) => wanted.has(tag));

/** The findings about the streams of these entries, `[{index, tags, fact}]` in log order. FORMAT.md, step 7 (b). */
function checkStreams({ streams, absent }, entries, keys) {
  const findings = [];
  const here = new Set(streams);
  const borne = new Set(entries.flatMap(({ tags }) => Array.from(tags)));
  const { required, allowed } = calledFor(streams[0], entries);
  streams.forEach((stream, place) => {
    const where = `streams[${place}]`;
    const isOwnLeaf = absent.get(stream) && equal(absent.get(stream).key, keys[place]);
    if (!borne.has(stream) && (!absent.has(stream) || isOwnLeaf)) {
      findings.push(
        finding(
          "entry-missing",
          where,
          said(
            `${stream}：没有条目有这个标签，也没有证明它不存在`,
            `${stream}: no entry bears this tag, and it is not proven absent`,
          ),
        ),
      );
    } else if (borne.has(stream) && absent.has(stream)) {
      findings.push(
        finding("malformed", "absent", said(`${stream}：有条目有这个标签`, `${stream}: an entry bears this tag`)),
      );
    }
    if (place > 0 && !required.has(stream) && !allowed.has(stream)) {
      findings.push(
        finding(
          "entry-foreign",
          where,
          said(`${stream}：没有条目需要这个流`, `${stream}: nothing in the entries calls for this stream`),
        ),
      );
    }
  });
  for (const { index, tags } of entries) {
    if (bearsAny(tags, here)) continue;
    findings.push(
      finding(
        "entry-foreign",
        `index ${index}`,
        said("它不在任何一个流里", "it is in none of the streams of this bundle"),
      ),
    );
  }
  for (const [stream, index] of required) {
    if (here.has(stream)) continue;
    const who =
      index === null
        ? said("每个证明包都需要它", "every bundle has it")
        : said(`序号 ${index} 的条目需要它`, `the entry at index ${index} calls for it`);
    findings.push(
      finding(
        "entry-missing",
        "streams",
        said(`缺少 ${stream}：${who.zh}`, `${stream} is not in the bundle: ${who.en}`),
      ),
    );
  }
  return findings;
}

/** The streams that must stand in the bundle (with the index that first asks, null for always), and those that may. */
function calledFor(subject, entries) {
  const required = new Map([[RULEBOOKS, null]]);
  const allowed = new Set();
  const require = (stream, index) => {
    if (stream !== subject && !required.has(stream)) required.set(stream, index);
  };
  const isPatient = subject.startsWith("patient:");
  const mine = new Set([subject]);
  for (const { index, tags, fact } of entries) {
    const registries = Array.from(tags).filter((tag) => tag.startsWith("registry:"));
    for (const tag of tags) {
      if (!startsWithAny(tag, ["institution:", "practitioner:"])) continue;
      const stream = `registry:${tag}`;
      if (!registries.length) require(stream, index);
      else if (tags.has(subject) || registries.some((registry) => registry !== stream)) allowed.add(stream);
    }
    if (!isPatient || !tags.has(subject)) continue;
    for (const stream of movedBy(subject, tags, fact)) {
      mine.add(stream);
      require(stream, index);
    }
  }
  if (isPatient) sharedSheets(mine, entries).forEach((index, stream) => require(stream, index));
  return { required, allowed };
}

/** The streams of what this entry corrects onto the patient: its other lines bear the patient it was under. */
function movedBy(subject, tags, fact) {
  const [field, patient, target] = [fact.get("field"), fact.get("new"), fact.get("target")];
  if (fact.get("type") !== "EntryCorrected" || field !== "patient" || typeof patient !== "string") return [];
  if (`patient:${patient}` !== subject) return [];
  const targets = typeof target === "string" ? [`id:${target}`, `prescription:${target}`] : [];
  return Array.from(tags).filter((tag) => startsWithAny(tag, ["session:", "assessment:"]) || targets.includes(tag));
}

/**
 * The streams of prescriptions on which not only the patient's own entries stand, and of what the others' entries on
 * them are about, each with the index that asks. `mine`: the patient's stream and what was moved onto the patient.
 */
function sharedSheets(mine, entries) {
  const called = new Map();
  const call = (stream, index) => called.has(stream) || called.set(stream, index);
  const own = new Set(entries.filter(({ tags }) => bearsAny(tags, mine)));
  const told = new Set(); // what an entry is about is the same on each of its sheets
  const onSheets = new Map();
  for (const entry of entries) {
    for (const tag of entry.tags) {
      if (!tag.startsWith("prescription:")) continue;
      if (onSheets.has(tag)) onSheets.get(tag).push(entry);
      else onSheets.set(tag, [entry]);
    }
  }
  for (const [sheet, onIt] of onSheets) {
    if (!onIt.some((entry) => own.has(entry))) continue; // it came along with something else
    const others = onIt.filter((entry) => !own.has(entry));
    const isIssued = onIt.some(({ fact }) => fact.get("type") === "PrescriptionIssued");
    const started = onIt.find(({ fact }) => fact.get("type") === "SessionStarted");
    if (others.length) call(sheet, others[0].index);
    else if (!isIssued && started) call(sheet, started.index);
    for (const entry of others) {
      if (told.has(entry)) continue;
      told.add(entry);
      const { index, tags, fact } = entry;
      const about = fact.get("type") === "PrescriptionIssued" ? ["session:", "episode:"] : ["session:"];
      for (const tag of tags) if (startsWithAny(tag, about)) call(tag, index);
    }
  }
  return called;
}
