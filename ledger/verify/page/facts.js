// ---------------------------------------------------------------------------------------------------------------
// Facts in words: what the proven entries say, as rows for a reader. Nothing is judged here, and nothing summed; a
// field or type that is not known by name is shown as it is spelled.
// ---------------------------------------------------------------------------------------------------------------

const CODED = ["sex", "setting", "mode", "outcome", "profession"]; // fields whose values are words of the journal
const PEOPLE = ["therapist", "physician", "practitioner", "assessors"];
const MOST_NOTES = 10; // about one entry: of a thousand lines of one act, corrected a thousand times, a million
const UNSHOWN = new Set([
  "type",
  "at",
  "recorded_at",
  "actor",
  "id",
  "signature",
  "approvals",
  "public_key",
  "commitment",
  ...PEOPLE,
]);

/** Rows of the entries, by when it happened: `{index, day, time, appended, what, details, people, notes, isOfSubject}`. */
function historyOf({ entries, streams, signed }) {
  const isOfSubject = subjectsAmong(streams[0], entries);
  const told = { subject: streams[0], names: namesIn(entries), ordered: orderedIn(entries) };
  const signatures = new Set(signed.signatures.map((one) => one.entry.index));
  const later = changesIn(entries);
  const rows = entries.map((entry) => ({
    index: entry.index,
    day: entry.fact.get("at").slice(0, 10),
    time: entry.fact.get("at").slice(11, 16),
    appended: entry.appendedAt.slice(0, 19).replace("T", " "),
    what: wordOf(TYPES, entry.fact.get("type")),
    details: detailsOf(entry.fact, told),
    people: peopleOf(entry.fact, told.names),
    notes: notesOf(entry, signatures, later),
    isOfSubject: isOfSubject(entry),
    at: entry.fact.get("at"),
  }));
  return rows.sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : one.index < other.index ? -1 : 1));
}

/** The words for a name of the journal; the name itself where there are none. */
const wordOf = (words, name) => (Object.hasOwn(words, name) ? words[name] : alike(name));

/** What is the same in both languages. */
const alike = (text) => said(printable(text), printable(text));

/** By id the name under which a person or institution was last registered. */
function namesIn(entries) {
  const names = new Map();
  for (const { fact } of entries) {
    const id = { PractitionerRegistered: "practitioner", InstitutionRegistered: "institution" }[fact.get("type")];
    if (id && typeof fact.get("name") === "string") names.set(`${id} ${fact.get(id)}`, printable(fact.get("name")));
  }
  return names;
}

/**
 * Whether an entry is of the subject's history: what bears their tag, and of a patient what was corrected onto them;
 * but not another's act, which bears the tag as well where it is on the patient's sheet or in their episode.
 */
function subjectsAmong(subject, entries) {
  const moved = subject.startsWith("patient:") ? movedOnto(subject, entries) : new Set();
  const theirs = new Set();
  for (const { fact } of entries) {
    const act = openedBy(fact);
    if (act !== null && startsWithAny(act, ACT) && !namesPatient(subject, fact.get("patient"))) theirs.add(act);
  }
  return ({ tags }) => {
    if (bearsAny(tags, moved)) return true;
    const acts = Array.from(tags).filter((tag) => startsWithAny(tag, ACT));
    const isAnothers = acts.length && acts.every((act) => theirs.has(act)) && subject.startsWith("patient:");
    return tags.has(subject) && !isAnothers;
  };
}

/** By session the element of `orders` that it was started on, as its sheet was issued. */
function orderedIn(entries) {
  const ordered = new Map();
  const sheets = new Map();
  for (const { fact } of entries) {
    if (fact.get("type") === "SessionStarted") {
      const order = sheets.get(`${fact.get("prescription")} ${fact.get("order")}`);
      if (order) ordered.set(fact.get("session"), order);
    }
    if (fact.get("type") !== "PrescriptionIssued" || !Array.isArray(fact.get("orders"))) continue;
    for (const order of fact.get("orders")) {
      if (order instanceof Map) sheets.set(`${fact.get("prescription")} ${order.get("order")}`, order);
    }
  }
  return ordered;
}

/** By target the corrections and voidings of it, `[{index, fact}]`. */
function changesIn(entries) {
  const changes = new Map();
  for (const { index, fact } of entries) {
    const field = { EntryCorrected: "target", SessionVoided: "session", AssessmentVoided: "assessment" }[
      fact.get("type")
    ];
    if (!field) continue;
    const target = fact.get(field);
    if (changes.has(target)) changes.get(target).push({ index, fact });
    else changes.set(target, [{ index, fact }]);
  }
  return changes;
}

const named = (names, kind, id) => {
  const name = typeof id === "string" && names.get(`${kind} ${id}`);
  return name ? said(`${name}（${id}）`, `${name} (${id})`) : alike(typeof id === "string" ? id : spellJson(id));
};

function peopleOf(fact, names) {
  const ids = PEOPLE.flatMap((field) => fact.get(field) ?? []);
  return [...new Set(ids)].map((id) => named(names, "practitioner", id));
}

/** `[{label, value}]` of what a fact says besides who and when. */
function detailsOf(fact, { subject, names, ordered }) {
  const details = [];
  const tell = (field, value) => details.push({ label: wordOf(FIELDS, field), value });
  const type = fact.get("type");
  const order = ["SessionStarted", "SessionStopped"].includes(type) ? ordered.get(fact.get("session")) : null;
  if (order)
    for (const field of ["item", "site", "method"])
      if (order.get(field)) tell(field, valueSaid(field, order.get(field)));
  if (type === "EntryCorrected") details.push(changeSaid(fact));
  for (const [field, value] of fact) {
    const isEmpty = value === null || value === "" || (Array.isArray(value) && !value.length);
    if (UNSHOWN.has(field) || isEmpty || (field === "patient" && `patient:${value}` === subject)) continue;
    if (type === "EntryCorrected" && ["field", "old", "new"].includes(field)) continue;
    if (field === "institution") tell(field, named(names, "institution", value));
    else if (field === "orders" && Array.isArray(value)) value.forEach((each) => tell("order", orderSaid(each)));
    else if (field === "results" && Array.isArray(value)) value.forEach((each) => tell("scale", resultSaid(each)));
    else tell(field, valueSaid(field, value));
  }
  return details;
}

function changeSaid(fact) {
  const field = String(fact.get("field"));
  const [old, later] = ["old", "new"]
    .map((side) => fact.get(side) ?? null)
    .map((value) => (value === null ? alike("–") : valueSaid(field, value)));
  return { label: wordOf(FIELDS, field), value: said(`${old.zh} → ${later.zh}`, `${old.en} → ${later.en}`) };
}

function resultSaid(result) {
  if (!(result instanceof Map)) return alike(spellJson(result));
  const [scale, score, most] = ["scale", "score", "max"]
    .map((field) => result.get(field) ?? null)
    .map((value) => (value === null ? null : valueSaid("", value).en));
  return alike([scale, most === null ? score : `${score}/${most}`].filter(Boolean).join(" "));
}

function orderSaid(order) {
  if (!(order instanceof Map)) return alike(spellJson(order));
  const parts = ["order", "item", "site", "method"].map((field) => order.get(field) || null).filter(Boolean);
  const words = parts.map((value, n) => valueSaid(n === 1 ? "item" : "", value));
  const rest = ["minutes", "frequency", "times"].filter((field) => (order.get(field) ?? null) !== null);
  for (const field of rest) {
    const value = valueSaid(field, order.get(field));
    words.push(said(`${FIELDS[field].zh} ${value.zh}`, `${FIELDS[field].en} ${value.en}`));
  }
  return said(words.map(({ zh }) => zh).join(" · "), words.map(({ en }) => en).join(" · "));
}

function valueSaid(field, value) {
  if (field.endsWith("_fen") && value instanceof JsonNumber && value.whole !== null) return yuan(value.whole);
  if (value instanceof JsonNumber) return alike(value.text);
  if (CODED.includes(field) && Object.hasOwn(VALUES, value)) return VALUES[value];
  if (field === "item" && Object.hasOwn(ITEMS, value)) return said(ITEMS[value], value.replaceAll("-", " "));
  if (typeof value === "string") return alike(value);
  if (field === "findings" && value instanceof Map) return foundSaid(value);
  if (field === "diagnosis" && value instanceof Map)
    return alike(Array.from(value.values(), (part) => (typeof part === "string" ? part : spellJson(part))).join(" "));
  return alike(
    spellJson(value)
      .replace(/^\{|\}$/g, "")
      .replaceAll('"', "")
      .replaceAll(",", ", ")
      .replaceAll(":", ": "),
  );
}

function foundSaid(findings) {
  const parts = Array.from(findings, ([name, value]) => {
    const word = Object.hasOwn(FOUND, name) ? said(FOUND[name], name.replaceAll("_", " ")) : alike(name);
    if (value === true) return word;
    if (value === false) return said(`无${word.zh}`, `no ${word.en}`);
    const degree = typeof value === "string" && Object.hasOwn(VALUES, value) ? VALUES[value] : alike(spellJson(value));
    return said(`${word.zh} ${degree.zh}`, `${word.en} ${degree.en}`);
  });
  return joinSaid(parts, "、", ", ");
}

function yuan(fen) {
  const amount = `${fen / 100n}.${String(fen % 100n).padStart(2, "0")}`;
  return said(`${amount} 元`, `CNY ${amount}`);
}

/** What to know of an entry besides: that its signature is right, that it was corrected or voided later. */
function notesOf({ index, fact }, signatures, later) {
  const notes = [];
  if (signatures.has(index)) notes.push({ kind: "good", text: said("签名已核验", "signature verified") });
  else if (typeof fact.get("signature") === "string")
    notes.push({ kind: "plain", text: said("其他形式的签名，未核验", "signed in another form, not checked") });
  const ids = ["id", "session", "assessment", "prescription"]
    .map((field) => fact.get(field))
    .filter((id) => typeof id === "string");
  const changes = function* () {
    for (const id of new Set(ids)) for (const change of later.get(id) ?? []) if (change.index > index) yield change;
  };
  for (const change of changes()) {
    if (notes.length > MOST_NOTES) {
      notes.push({ kind: "changed", text: said("另有后来的更正", "more was corrected later") });
      break;
    }
    const isVoid = change.fact.get("type") !== "EntryCorrected";
    const isOpening = ["SessionStarted", "AssessmentRecorded"].includes(fact.get("type"));
    if (isVoid && isOpening)
      notes.push({ kind: "changed", text: said(`已作废（序号 ${change.index}）`, `voided (index ${change.index})`) });
    if (isVoid || fact.get("type") === "EntryCorrected") continue;
    if (!fact.has(change.fact.get("field"))) continue;
    const field = wordOf(FIELDS, String(change.fact.get("field")));
    notes.push({
      kind: "changed",
      text: said(`${field.zh}后经更正（序号 ${change.index}）`, `${field.en} corrected later (index ${change.index})`),
    });
  }
  return notes;
}
