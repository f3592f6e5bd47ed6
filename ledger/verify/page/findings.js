// ---------------------------------------------------------------------------------------------------------------
// What one step tells of what it found: a file of rubbish must not cost more to tell about than to read. FORMAT.md,
// "Verifying, in order": of findings of one name whose places differ in their number only, the lowest are told.
// ---------------------------------------------------------------------------------------------------------------

const MOST_PLACES = 100;
const MOST_WORDS = 10; // findings of one name at one place: verifiers agree on the place, the words are each one's own

/** Findings of one step in the order in which their kinds came, each kind's by number. `more`: some are not told. */
class Findings {
  constructor(findings = []) {
    this.kinds = new Map();
    this.more = false;
    for (const one of findings) this.push(one);
  }

  /** As `push`, of findings of one kind that come by number: no more are asked for once one is not told. */
  pushAscending(findings) {
    for (const one of findings) if (!this.push(one)) break;
    return this;
  }

  /** Keeps the finding, if it is one of those that are told; whether it is. */
  push(one) {
    const [, kind, digits] = /^(.*[ [])([0-9]+)\]?$/.exec(one.where) ?? ["", one.where, "0"];
    const number = BigInt(digits);
    const places = mapAt(this.kinds, `${one.name} ${kind}`, () => new Map());
    if (!places.has(number)) {
      if (places.size === MOST_PLACES) {
        this.more = true;
        const last = [...places.keys()].reduce((most, place) => (place > most ? place : most));
        if (number > last) return false;
        places.delete(last);
      }
      places.set(number, []);
    }
    const isTold = places.get(number).length < MOST_WORDS;
    if (isTold) places.get(number).push(one);
    else this.more = true;
    return isTold;
  }

  get length() {
    return this.told().length;
  }

  /** All that are told. */
  told() {
    const byNumber = ([one], [other]) => (one < other ? -1 : 1);
    return [...this.kinds.values()].flatMap((places) => [...places].sort(byNumber).flatMap(([, words]) => words));
  }

  [Symbol.iterator]() {
    return this.told()[Symbol.iterator]();
  }
}

/** The value of a key in a map; one that is made where there is none. */
function mapAt(map, key, make) {
  if (!map.has(key)) map.set(key, make());
  return map.get(key);
}
