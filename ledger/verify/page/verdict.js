// ---------------------------------------------------------------------------------------------------------------
// What is said, in both languages at once; and text that nobody vouches for, made fit for a screen.
// ---------------------------------------------------------------------------------------------------------------

/** The same in Chinese and in English. */
const said = (zh, en) => ({ zh, en });

/** There is nothing to verify: no bundle, no JSON object, no usable key, or a browser that cannot. */
class Unreadable extends Error {
  constructor(what) {
    super(what.en);
    this.said = what;
  }
}

/** What was offered as proof does not prove it; `said` is why. */
class ProofError extends Error {
  constructor(what) {
    super(what.en);
    this.said = what;
  }
}

/** One offence: its name (the same in every verifier), where in the bundle, and what is wrong. */
const finding = (name, where, what) => ({
  name,
  where: printable(where),
  what: said(printable(what.zh), printable(what.en)),
});

/** One statement under a short name, proven or expressly not claimed. */
const claim = (name, what) => ({ name, what: said(printable(what.zh), printable(what.en)) });

// Unicode's characters that are obeyed and not shown: controls, formats (bidirectional and other invisible ones),
// halves of surrogate pairs, separators of lines and paragraphs. A bundle's author must not draw on the reader's page.
const OBEYED = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The text with every character that a screen might obey spelled as `\x1b`, `\u202e`, `\U000e0001`. */
function printable(text) {
  return text.replace(OBEYED, (character) => {
    const hex = character.codePointAt(0).toString(16);
    return hex.length < 3
      ? `\\x${hex.padStart(2, "0")}`
      : hex.length < 5
        ? `\\u${hex.padStart(4, "0")}`
        : `\\U${hex.padStart(8, "0")}`;
  });
}

/** A value of the bundle, short, for a message. */
function shown(value) {
  if (typeof value === "string") return `“${value.length > 60 ? `${value.slice(0, 60)}…` : value}”`;
  if (value instanceof JsonNumber) return value.text.slice(0, 40);
  return kindOf(value).en;
}

/** What a value of JSON is, in words. */
function kindOf(value) {
  if (value === null) return said("空值 null", "null");
  if (value instanceof Map) return said("对象", "an object");
  if (Array.isArray(value)) return said("列表", "a list");
  if (value instanceof JsonNumber) return said("数", "a number");
  return typeof value === "string" ? said("文字", "text") : said("真假值", "true or false");
}
