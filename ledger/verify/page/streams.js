// ---------------------------------------------------------------------------------------------------------------
// Streams: do the entries belong together, and does all that judging needs stand beside them? That none of a stream
// was left out is the index's proof; that no stream was left out, and none slipped in, is told here. What a patient's
// entries call for besides registries is in `case.js`. FORMAT.md, "Streams".
// ---------------------------------------------------------------------------------------------------------------

const RULEBOOKS = "registry:rulebook";

/**
 * The findings about the streams of these entries, `[{index, tags, fact}]` in log order. FORMAT.md, step 7 (b). `keys`:
 * in the index, of those that are absent and have a leaf.
 */
function checkStreams({ streams, absent }, entries, keys) {
  const findings = new Findings();
  const here = new Set(streams);
  const borne = new Set(entries.flatMap(({ tags }) => Array.from(tags)));
  const { required, allowed } = calledFor(streams[0], entries);
  const isOwnLeaf = (stream) => absent.get(stream) && equal(absent.get(stream).key, keys.get(stream));
  const missing = function* () {
    for (const [place, stream] of streams.entries()) {
      if (borne.has(stream) || (absent.has(stream) && !isOwnLeaf(stream))) continue;
      const what = said(
        `${stream}：没有条目有这个标签，也没有证明它不存在`,
        `${stream}: no entry bears this tag, and it is not proven absent`,
      );
      yield finding("entry-missing", `streams[${place}]`, what);
    }
  };
  const foreign = function* () {
    for (const [place, stream] of streams.entries()) {
      if (place === 0 || required.has(stream) || allowed.has(stream)) continue;
      const what = said(
        `${stream}：没有条目需要这个流`,
        `${stream}: nothing in the entries calls for this stream`,
      );
      yield finding("entry-foreign", `streams[${place}]`, what);
    }
  };
  const inNone = function* () {
    const what = said("它不在任何一个流里", "it is in none of the streams of this bundle");
    for (const { index, tags } of entries)
      if (!bearsAny(tags, here)) yield finding("entry-foreign", `index ${index}`, what);
  };
  findings.pushAscending(missing()).pushAscending(inNone()).pushAscending(foreign());
  for (const stream of absent.keys()) {
    if (!borne.has(stream)) continue;
    const what = said(`${stream}：有条目有这个标签`, `${stream}: an entry bears this tag`);
    findings.push(finding("malformed", "absent", what));
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
  for (const { index, tags } of entries) {
    const registries = Array.from(tags).filter((tag) => tag.startsWith("registry:"));
    for (const tag of tags) {
      if (!startsWithAny(tag, ["institution:", "practitioner:"])) continue;
      const stream = `registry:${tag}`;
      if (!registries.length) require(stream, index);
      else if (tags.has(subject) || registries.some((registry) => registry !== stream)) allowed.add(stream);
    }
  }
  if (subject.startsWith("patient:")) {
    const { called, lines } = calledByCase(subject, entries);
    called.forEach((index, stream) => require(stream, index));
    lines.forEach((stream) => allowed.add(stream));
  }
  return { required, allowed };
}
