// ---------------------------------------------------------------------------------------------------------------
// What the bundle's entries record, found by what it is about: the lines that signatures and keys are held against.
// Each entry is looked at once, and a question costs no more for there being many: the log's operator may lie.
// ---------------------------------------------------------------------------------------------------------------

/** The lines that are asked for, and the field by whose value they are found. */
const LINES = {
  SessionStarted: "session",
  SessionStopped: "session",
  PrescriptionIssued: "prescription",
  AssessmentRecorded: "assessment",
  SessionVoided: "session",
  AssessmentVoided: "assessment",
};

/** What a session takes from its order on the sheet. */
const ON_SHEET = ["item", "site", "method"];

const isText = (value) => typeof value === "string";
const pairKey = (one, other) => JSON.stringify([one, other]);

/** One text for each JSON value: of two that are equal, numbers as they are spelled, the same. A value left out is null. */
function canonical(value) {
  if (value === undefined || value === null) return "null";
  if (value instanceof JsonNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(canonical)}]`;
  if (!(value instanceof Map)) return JSON.stringify(value);
  const keys = Array.from(value.keys()).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value.get(key))}`)}}`;
}

/** The key by which a sheet's `orders` are asked for an order, or for a field of it with this value. */
const orderKey = (order, ...field) => canonical([order, ...field]);

/** The keys of a field's value: its canonical text; of a list of `orders` those of its orders. */
function keysOf(name, value) {
  if (name !== "orders") return [canonical(value)];
  const orders = Array.isArray(value) ? value.filter((element) => element instanceof Map) : [];
  const times = new Map();
  for (const element of orders) {
    const key = orderKey(element.get("order"));
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  return orders.flatMap((element) => {
    const order = element.get("order");
    if (times.get(orderKey(order)) > 1) return []; // which of them would be meant, nobody can tell
    return [orderKey(order), ...ON_SHEET.map((part) => orderKey(order, part, element.get(part)))];
  });
}

/** The entries of a bundle, in log order, to be asked for the lines about one thing, and for what a field of them was. */
class Record {
  constructor(entries) {
    this.lines = new Map();
    this.seconds = new Map();
    this.given = new Map();
    this.touched = new Map();
    this.enrolments = new Map();
    this.holders = new Map();
    this.revocations = new Map();
    this.written = new Map();
    for (const { index, fact } of entries) this.take(index, fact);
  }

  take(index, fact) {
    const [type, id] = [fact.get("type"), fact.get("key_id")];
    const keep = (map, key, value) => map.has(key) || map.set(key, value);
    if (Object.hasOwn(LINES, type)) {
      const about = fact.get(LINES[type]);
      if (!isText(about)) return;
      const key = pairKey(type, about);
      keep(this.lines.has(key) ? this.seconds : this.lines, key, { index, fact });
    } else if (type === "EntryCorrected") this.takeCorrection(index, fact);
    else if (type === "SigningKeyEnrolled") {
      const signer = fact.get("practitioner");
      if (isText(id) && isText(signer)) keep(this.enrolments, pairKey(id, signer), { index, fact });
      const key = publicKeyOf(fact);
      if (key) keep(this.holders, hexOf(key.bytes), index);
    } else if (type === "SigningKeyRevoked" && isText(id)) keep(this.revocations, id, index);
  }

  takeCorrection(index, fact) {
    const [target, name] = [fact.get("target"), fact.get("field")];
    if (!isText(target)) return;
    this.touched.set(target, index);
    if (!isText(name)) return;
    const key = pairKey(target, name);
    if (!this.given.has(key)) this.given.set(key, { indexes: [], keys: [], first: new Map() });
    const given = this.given.get(key);
    const keys = new Set(keysOf(name, fact.get("new")));
    given.indexes.push(index);
    given.keys.push(keys);
    for (const one of keys) if (!given.first.has(one)) given.first.set(one, index);
  }

  /** The first line of this type about this thing. */
  line = (type, about) => (isText(about) ? this.lines.get(pairKey(type, about)) : undefined);

  /** The second line of this type about this thing. */
  second = (type, about) => (isText(about) ? this.seconds.get(pairKey(type, about)) : undefined);

  /** The first enrolment of this key for this signer, if it stands below the index. */
  enrolled(id, signer, below) {
    const line = this.enrolments.get(pairKey(id, signer));
    return line && line.index < below ? line : null;
  }

  /** Whether nobody enrolled this public key before this line did. */
  holdsFirst = (key, line) => this.holders.get(hexOf(key)) === line.index;

  /** Whether the key was revoked below the index. */
  isRevoked = (id, below) => this.revocations.has(id) && this.revocations.get(id) < below;

  /** Whether the field of a line had this value: as written, or by a correction below the index that is aimed at it. */
  had({ line, about, name, key }, below) {
    if (this.asWritten(line, name).has(key)) return true;
    return this.aimed(line, about, name).some(({ first }) => first.has(key) && first.get(key) < below);
  }

  /** Whether the field has this value below the index: by the last such correction, else as written. */
  stands({ line, about, name, key }, below) {
    let [last, keys] = [-1n, this.asWritten(line, name)];
    for (const given of this.aimed(line, about, name)) {
      const place = countBelow(given.indexes, below) - 1;
      if (place >= 0 && given.indexes[place] > last) [last, keys] = [given.indexes[place], given.keys[place]];
    }
    return keys.has(key);
  }

  /** Whether the field of a line was corrected below the index. */
  isCorrected = (line, about, name, below) => this.aimed(line, about, name).some(({ indexes }) => indexes[0] < below);

  /** Whether a correction of this target stands above the index; of the field, if one is named. */
  isCorrectedAfter(target, index, name = null) {
    if (!isText(target)) return false;
    const last = name === null ? this.touched.get(target) : this.given.get(pairKey(target, name))?.indexes.at(-1);
    return last !== undefined && last > index;
  }

  asWritten(line, name) {
    const key = `${line.index} ${name}`;
    if (!this.written.has(key)) this.written.set(key, new Set(keysOf(name, line.fact.get(name))));
    return this.written.get(key);
  }

  /** The corrections of a line's field: by the line's own id, or, but for `at`, by the name of what it is about. */
  aimed(line, about, name) {
    const id = line.fact.get("id");
    const targets = new Set([id, name === "at" ? null : about]);
    return Array.from(targets)
      .filter(isText)
      .map((target) => this.given.get(pairKey(target, name)))
      .filter((given) => given !== undefined);
  }
}

/** How many of these ascending indexes are below a bound. */
function countBelow(indexes, bound) {
  let [low, high] = [0, indexes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (indexes[middle] < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
