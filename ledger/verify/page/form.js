// ---------------------------------------------------------------------------------------------------------------
// The form of a bundle, value by value: what each must be, and what two of them must be together. FORMAT.md, "Bundle",
// and "Verifying, in order", 1.
// ---------------------------------------------------------------------------------------------------------------

/** Walks the object once and collects what is wrong with it, each with its place. */
class BundleReader {
  constructor() {
    this.findings = new Findings();
    this.offences = 0;
    this.at = new Map();
  }

  wrong(where, what) {
    this.offences++;
    const times = (this.at.get(where) ?? 0) + 1;
    this.at.set(where, times);
    if (times <= MOST_WORDS + 1) this.findings.push(finding("malformed", where, what)); // the last: there are more
  }

  bundle(value) {
    this.keys(value, "", KEYS, OPTIONAL);
    const read = (key, how, otherwise) => (value.has(key) ? how.call(this, value.get(key), key) : otherwise);
    const parts = {
      format: read("format", this.format, null),
      checkpoint: read("checkpoint", this.text, ""),
      since: read("since", this.since, null),
      seal: read("seal", this.entry, new Uint8Array(0)),
      sealProof: read("seal_proof", this.hashes, []),
      streams: read("streams", (item, where) => this.list(item, where, this.tag) ?? [], []),
      depths: read("depths", this.depths, []),
      absent: read("absent", this.absent, new Map()),
      nodes: read("nodes", this.hashes, []),
      indexes: read("indexes", this.indexes, []),
      entries: read("entries", (item, where) => this.list(item, where, this.text) ?? [], []),
      marks: read("marks", this.marks, ""),
      inclusion: read("inclusion", this.hashes, null),
      rulebooks: read("rulebooks", this.rulebooks, new Map()),
      openings: read("openings", this.openings, new Map()),
    };
    if (!this.offences) this.together(parts);
    return parts;
  }

  /** What is right only beside another value; asked where each value is right by itself. */
  together({ streams, depths, absent, entries, inclusion }) {
    if (!streams.length) this.wrong("streams", said("至少应有一个流", "at least one stream is expected"));
    else if (!SUBJECT_SPELLING.test(streams[0]))
      this.wrong(
        "streams[0]",
        said(
          "首先应是患者、人员或治疗的流",
          "the subject's stream is expected first: patient:…, practitioner:…, session:…",
        ),
      );
    streams.forEach((stream, place) => {
      if ((place > 1 && stream <= streams[place - 1]) || (place > 0 && stream === streams[0])) {
        this.wrong(
          `streams[${place}]`,
          said("第一个之后应按字符顺序排列，每个一次", "after the first they are sorted, and each stands once"),
        );
      }
    });
    if (streams.length !== depths.length) {
      this.wrong(
        "depths",
        said(
          `${streams.length} 个流却有 ${depths.length} 个深度`,
          `${depths.length} depths for ${streams.length} streams`,
        ),
      );
    }
    const here = new Set(streams);
    for (const tag of absent.keys()) {
      if (!here.has(tag))
        this.wrong("absent", said(`${shown(tag)} 不在 streams 中`, `${shown(tag)} is none of the streams`));
    }
    if (inclusion && !entries.length)
      this.wrong("inclusion", said("没有条目，也就无可证明", "there are no entries that it could be about"));
  }

  keys(value, at, keys, optional = []) {
    const what = said(
      "格式中没有这个键；证明包里不放未经核验的内容",
      "the format has no such key; a bundle holds nothing that is unchecked",
    );
    for (const key of value.keys()) {
      if (!keys.includes(key))
        this.wrong(at || "bundle", said(`${shown(key)}：${what.zh}`, `${shown(key)}: ${what.en}`));
    }
    for (const key of keys) {
      if (!value.has(key) && !optional.includes(key))
        this.wrong(at ? `${at}.${key}` : key, said("缺少这个键", "this key is missing"));
    }
  }

  expected(where, what, value) {
    const kind = kindOf(value);
    this.wrong(where, said(`应为${what.zh}，而不是${kind.zh}`, `${what.en} is expected, not ${kind.en}`));
  }

  format(value, where) {
    if (value === BUNDLE_FORMAT) return;
    this.wrong(
      where,
      said(`应为 ${BUNDLE_FORMAT}，而不是 ${shown(value)}`, `${BUNDLE_FORMAT} is expected, not ${shown(value)}`),
    );
  }

  text(value, where) {
    if (typeof value !== "string") this.expected(where, said("文字", "text"), value);
    else if (hasLoneSurrogate(value))
      this.wrong(where, said("含有半个代理对，不是 UTF-8 文字", "half a surrogate pair stands in it: it is not UTF-8"));
    else return value;
    return "";
  }

  entry(value, where) {
    return utf8(this.text(value, where));
  }

  /** The elements, each read with its place, as far as findings are told of them; null for what is no list. */
  list(value, where, read) {
    if (!Array.isArray(value)) {
      this.expected(where, said("列表", "a list"), value);
      return null;
    }
    const items = [];
    let wrong = 0;
    for (const [place, item] of value.entries()) {
      const before = this.offences;
      items.push(read.call(this, item, `${where}[${place}]`));
      if (this.offences > before && ++wrong > MOST_PLACES) break; // of a bundle with findings nothing is used
    }
    return items;
  }

  /** The object; an empty one in place of what is none. */
  object(value, where) {
    if (value instanceof Map) return value;
    this.expected(where, said("对象", "an object"), value);
    return new Map();
  }

  tag(value, where) {
    const tag = this.text(value, where);
    if (typeof value === "string" && tag === value && !TAG_SPELLING.test(tag)) {
      this.wrong(
        where,
        said(
          `应为 patient:P1 这样的标签，而不是 ${shown(tag)}`,
          `a tag such as patient:P1 is expected, not ${shown(tag)}`,
        ),
      );
    }
    return tag;
  }

  depths(value, where) {
    return this.list(value, where, (item, at) => {
      const depth = item instanceof JsonNumber ? item.whole : null;
      if (depth !== null && depth <= KEY_BITS) return Number(depth);
      this.wrong(at, said(`应为 0 到 ${KEY_BITS} 的整数`, `a whole number from 0 to ${KEY_BITS} is expected`));
      return 0;
    });
  }

  base64(value, where) {
    const bytes = parseBase64(value);
    if (bytes === null && typeof value !== "string") this.expected(where, said("base64 文字", "base64 text"), value);
    else if (bytes === null)
      this.wrong(where, said("不是 base64 的唯一写法", "this is not the one spelling of any base64"));
    return bytes;
  }

  /** As `base64`, of a number of bytes between the two. */
  sized(value, where, least, most = least) {
    const bytes = this.base64(value, where);
    if (bytes === null || (bytes.length >= least && bytes.length <= most)) return bytes;
    const count = least === most ? `${least}` : `${least}–${most}`;
    this.wrong(
      where,
      said(`应为 ${count} 字节，而不是 ${bytes.length}`, `${count} bytes are expected, not ${bytes.length}`),
    );
    return null;
  }

  hashes(value, where) {
    const bytes = this.base64(value, where) ?? new Uint8Array(0);
    const hashes = splitHashes(bytes);
    if (hashes === null)
      this.wrong(
        where,
        said(`${bytes.length} 字节不是 32 的倍数`, `${bytes.length} bytes are no whole number of 32-byte hashes`),
      );
    return hashes ?? [];
  }

  since(value, where) {
    const since = this.object(value, where);
    if (since !== value) return null;
    this.keys(since, where, ["checkpoint", "consistency"]);
    const hash = (item, at) => this.sized(item, at, HASH_BYTES);
    return {
      checkpoint: since.has("checkpoint") ? this.text(since.get("checkpoint"), `${where}.checkpoint`) : "",
      consistency: since.has("consistency") ? this.list(since.get("consistency"), `${where}.consistency`, hash) : [],
    };
  }

  /** By absent tag what stands where its path ends: null for an empty place, else another tag's leaf. */
  absent(value, where) {
    const place = (item) => {
      const bytes = item === "" ? null : this.sized(item, where, PLACE_BYTES);
      return bytes && { key: bytes.subarray(0, 32), count: readU64(bytes.subarray(32)), root: bytes.subarray(40) };
    };
    return new Map(Array.from(this.object(value, where), ([tag, item]) => [tag, place(item)]));
  }

  indexes(value, where) {
    const bytes = this.base64(value, where);
    const indexes = bytes && parseIndexes(bytes);
    if (bytes && !indexes)
      this.wrong(
        where,
        said("不是序号的唯一写法（LEB128）", "these bytes are not the one spelling of any indexes (LEB128)"),
      );
    return indexes ?? [];
  }

  marks(value, where) {
    const marks = this.text(value, where);
    if (marks.length % MARK_CHARACTERS === 0 && /^[A-Za-z0-9+/]*$/.test(marks)) return marks;
    this.wrong(
      where,
      said("每条应有两个 A–Z a–z 0–9 + / 的字符", "two characters A–Z a–z 0–9 + / are expected for each entry"),
    );
    return "";
  }

  /** By digest each rulebook's text. */
  rulebooks(value, where) {
    const texts = this.filled(value, where);
    for (const digest of texts.keys()) {
      if (!/^[0-9a-f]{64}$/.test(digest))
        this.wrong(where, said(`${shown(digest)} 不是 SHA-256 的十六进制`, `${shown(digest)} is no SHA-256 in hex`));
    }
    const read = new Map();
    for (const [digest, text] of texts) read.set(digest, this.text(text, where));
    return read;
  }

  openings(value, where) {
    const openings = this.filled(value, where);
    for (const index of openings.keys()) {
      if (wholeOf(index) === null)
        this.wrong(where, said(`${shown(index)} 不是十进制序号`, `${shown(index)} is no index in decimal`));
    }
    return new Map(Array.from(openings, ([index, item]) => [index, this.opening(item, where)]));
  }

  opening(value, where) {
    const opening = this.object(value, where);
    if (opening !== value) return null;
    if (opening.size !== 2 || !opening.has("salt") || !opening.has("person")) {
      this.wrong(where, said("每项应恰有 salt 和 person", "each has exactly salt and person"));
      return null;
    }
    return { salt: this.sized(opening.get("salt"), where, 16, 64), person: this.text(opening.get("person"), where) };
  }

  filled(value, where) {
    const object = this.object(value, where);
    if (object === value && object.size === 0) this.wrong(where, said("空对象不写", "an empty object is left out"));
    return object;
  }
}
