// ---------------------------------------------------------------------------------------------------------------
// JSON without its ambiguities. `JSON.parse` takes the last of two equal keys and rounds numbers without a word; what
// two readers could understand differently is reported here. Objects become a Map (no key can reach a prototype),
// numbers keep their text.
// ---------------------------------------------------------------------------------------------------------------

const MAX_NESTING = 100;
const MOST_DOUBTS = 10; // one is enough to refuse a text; a million of them would take more room than the text

const NOTHING = Object.freeze(new Map()); // `{}`; a file may hold millions of them

/** A number as it is spelled: 12 and 12.0 are two spellings, and 2⁶³ is not rounded. */
class JsonNumber {
  constructor(text) {
    this.text = text;
  }

  /** The whole number from 0 to 2⁶³ − 1 that it spells in plain digits, as BigInt; else null. */
  get whole() {
    return wholeOf(this.text);
  }
}

/** The number of decimal digits without sign or leading zeroes, at most 2⁶³ − 1, as BigInt; null for other texts. */
function wholeOf(digits) {
  const number = /^(?:0|[1-9][0-9]{0,18})$/.test(digits) ? BigInt(digits) : null;
  return number === null || number > MAX_SIZE ? null : number;
}

/** The text is no JSON; `said` is why. */
class JsonError extends Error {
  constructor(what) {
    super(what.en);
    this.said = what;
  }
}

/**
 * `{value, doubts, isHalf}` of a JSON text: its value, the first of what in it is ambiguous (`said`), and whether any text in
 * it has half a surrogate pair. JsonError for no JSON.
 */
function readJson(text) {
  const reader = new JsonReader(text);
  reader.skipSpace();
  const value = reader.value(0);
  reader.skipSpace();
  if (reader.at < text.length) reader.fail(said("其后还有多余的文字", "more text follows it"));
  return { value, doubts: reader.doubts, isHalf: reader.isHalf };
}

class JsonReader {
  constructor(text) {
    this.text = text;
    this.at = 0;
    this.doubts = [];
    this.isHalf = false;
  }

  fail(what) {
    const where = this.at + 1;
    throw new JsonError(said(`第 ${where} 个字符：${what.zh}`, `character ${where}: ${what.en}`));
  }

  doubt(what) {
    if (this.doubts.length < MOST_DOUBTS) this.doubts.push(what());
  }

  /** The match of a sticky pattern here, which is stepped over; null when there is none. */
  take(pattern) {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match) this.at = pattern.lastIndex;
    return match && match[0];
  }

  skipSpace() {
    this.take(/[ \t\n\r]*/y);
  }

  value(depth) {
    const next = this.text[this.at];
    if (next === "{" || next === "[") {
      if (depth >= MAX_NESTING) this.fail(said("嵌套过深", "it is nested too deeply"));
      this.at++;
      return next === "{" ? this.object(depth + 1) : this.list(depth + 1);
    }
    if (next === '"') return this.string();
    const number = this.take(/-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y);
    if (number !== null) return new JsonNumber(number);
    const word = this.take(/true|false|null|NaN|-?Infinity/y);
    if (word === null) this.fail(said("此处应有一个 JSON 值", "a JSON value is expected here"));
    if (word === "null") return null;
    if (word === "true" || word === "false") return word === "true";
    this.doubt(() => said(`JSON 没有 ${word} 这样的数`, `JSON has no such number: ${word}`));
    return new JsonNumber(word);
  }

  object(depth) {
    this.skipSpace();
    if (this.take(/\}/y)) return NOTHING;
    const object = new Map();
    let twice = null;
    do {
      this.skipSpace();
      if (this.text[this.at] !== '"') this.fail(said("此处应有带引号的键", "a key in quotes is expected here"));
      const key = this.string();
      this.skipSpace();
      if (!this.take(/:/y)) this.fail(said("此处应有冒号", "a colon is expected here"));
      this.skipSpace();
      if (object.has(key)) twice ??= key;
      if (hasLoneSurrogate(key)) this.doubt(() => said("键含有半个代理对", "a key has half a surrogate pair in it"));
      object.set(key, this.value(depth));
      this.skipSpace();
    } while (this.take(/,/y));
    if (!this.take(/\}/y)) this.fail(said("此处应有逗号或 }", "a comma or } is expected here"));
    if (twice !== null) {
      this.doubt(() =>
        said(`键 ${shown(twice)} 在同一对象中出现了两次`, `the key ${shown(twice)} stands twice in one object`),
      );
    }
    return object;
  }

  list(depth) {
    this.skipSpace();
    if (this.take(/\]/y)) return [];
    const list = [this.value(depth)]; // room for one: what grows from nothing takes room for seventeen
    this.skipSpace();
    while (this.take(/,/y)) {
      this.skipSpace();
      list.push(this.value(depth));
      this.skipSpace();
    }
    if (!this.take(/\]/y)) this.fail(said("此处应有逗号或 ]", "a comma or ] is expected here"));
    return list;
  }

  string() {
    const parts = [];
    this.at++;
    for (;;) {
      parts.push(this.take(/[^"\\\u0000-\u001f]*/y));
      if (!this.take(/"/y)) {
        parts.push(this.escape());
        continue;
      }
      if (parts.length === 1) return parts[0];
      const text = parts.join("");
      this.isHalf ||= hasLoneSurrogate(text); // from an escape: UTF-8 has no such bytes
      return text;
    }
  }

  escape() {
    const spelled = this.take(/\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y);
    if (spelled === null) {
      const over = this.at >= this.text.length;
      this.fail(
        over ? said("文字没有结束", "the text does not end") : said("文字中不允许的字符", "not allowed in a text"),
      );
    }
    if (spelled[1] === "u") return String.fromCharCode(Number.parseInt(spelled.slice(2), 16));
    return { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" }[spelled[1]] ?? spelled[1];
  }
}

/** A value in the one spelling of statements: no space, no escape that JSON does not demand, keys as they stand. */
function spellJson(value) {
  if (value instanceof JsonNumber) return value.text;
  if (value instanceof Map)
    return `{${Array.from(value, ([key, item]) => `${JSON.stringify(key)}:${spellJson(item)}`)}}`;
  if (Array.isArray(value)) return `[${value.map(spellJson)}]`;
  return JSON.stringify(value);
}
