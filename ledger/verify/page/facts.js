// ---------------------------------------------------------------------------------------------------------------
// Facts in words: what the proven entries say, as rows for a reader. Nothing is judged here, and nothing summed; a
// field or type that is not known by name is shown as it is spelled.
// ---------------------------------------------------------------------------------------------------------------

/** The fields whose values are words of the journal. */
const CODED = ["sex", "setting", "mode", "outcome", "profession", "kind", "scope", "employment_category"];
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
    if (id && isText(fact.get(id)) && isText(fact.get("name")))
      names.set(`${id} ${fact.get(id)}`, printable(fact.get("name")));
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
      const order = sheets.get(canonical([fact.get("prescription"), fact.get("order")]));
      if (order) ordered.set(fact.get("session"), order);
    }
    if (fact.get("type") !== "PrescriptionIssued" || !Array.isArray(fact.get("orders"))) continue;
    for (const order of fact.get("orders")) {
      if (order instanceof Map) sheets.set(canonical([fact.get("prescription"), order.get("order")]), order);
    }
  }
  return ordered;
}

/**
 * What changes the target later: by target the indexes of its voidings under null, and of its corrections by the name
 * of the field that they correct; ascending. So a line is asked only for what it has, however often others were changed.
 */
function changesIn(entries) {
  const changes = new Map();
  for (const { index, fact } of entries) {
    const type = fact.get("type");
    const by = { EntryCorrected: "target", SessionVoided: "session", AssessmentVoided: "assessment" }[type];
    if (!by) continue;
    const [target, field] = [fact.get(by), type === "EntryCorrected" ? fact.get("field") : null];
    if (!isText(target) || (field !== null && !isText(field))) continue;
    if (!changes.has(target)) changes.set(target, new Map());
    const ofTarget = changes.get(target);
    if (ofTarget.has(field)) ofTarget.get(field).push(index);
    else ofTarget.set(field, [index]);
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
    if (UNSHOWN.has(field) || isEmpty || (field === "patient" && namesPatient(subject, value))) continue;
    if (type === "EntryCorrected" && ["field", "old", "new"].includes(field)) continue;
    if (field === "institution") tell(field, named(names, "institution", value));
    else if (field === "orders" && Array.isArray(value)) value.forEach((each) => tell("order", orderSaid(each)));
    else if (field === "results" && Array.isArray(value)) value.forEach((each) => tell("scale", resultSaid(each)));
    else tell(field, valueSaid(field, value));
  }
  return details;
}

function changeSaid(fact) {
  const field = fact.get("field") ?? null;
  const [old, later] = ["old", "new"]
    .map((side) => fact.get(side) ?? null)
    .map((value) => (value === null ? alike("–") : valueSaid(isText(field) ? field : "", value)));
  const label = isText(field) ? wordOf(FIELDS, field) : alike(spellJson(field));
  return { label, value: said(`${old.zh} → ${later.zh}`, `${old.en} → ${later.en}`) };
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
  const parts = ["order", "item", "site", "method"].filter((field) => order.get(field));
  const words = parts.map((field) => valueSaid(field, order.get(field)));
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
  if (isText(value)) {
    if (CODED.includes(field) && Object.hasOwn(VALUES, value)) return VALUES[value];
    if (field === "item" && Object.hasOwn(ITEMS, value)) return said(ITEMS[value], value.replaceAll("-", " "));
    return alike(value); // what is no text has no word, though a list of one text looks like it
  }
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
  else if (isText(fact.get("signature")))
    notes.push({ kind: "plain", text: said("其他形式的签名，未核验", "signed in another form, not checked") });
  const changes = changesOf(index, fact, later);
  for (const { at, field } of changes.slice(0, MOST_NOTES)) {
    const word = field === null ? null : wordOf(FIELDS, field);
    const text = word
      ? said(`${word.zh}后经更正（序号 ${at}）`, `${word.en} corrected later (index ${at})`)
      : said(`已作废（序号 ${at}）`, `voided (index ${at})`);
    notes.push({ kind: "changed", text });
  }
  if (changes.length > MOST_NOTES)
    notes.push({ kind: "changed", text: said("另有后来的更正", "more was corrected later") });
  return notes;
}

/** The first changes of a line that stand above it, `[{at, field}]` by index: one more than is told of, at the most. */
function changesOf(index, fact, later) {
  const type = fact.get("type");
  if (type === "EntryCorrected") return [];
  const isOpening = ["SessionStarted", "AssessmentRecorded"].includes(type);
  const changes = [];
  for (const target of new Set(["id", "session", "assessment", "prescription"].map((field) => fact.get(field)))) {
    const ofTarget = later.get(target);
    if (!ofTarget) continue;
    for (const field of [...(isOpening ? [null] : []), ...fact.keys()]) {
      const indexes = ofTarget.get(field) ?? [];
      const first = countBelow(indexes, index + 1n);
      for (const at of indexes.slice(first, first + MOST_NOTES + 1)) changes.push({ at, field });
    }
  }
  return changes.sort((one, other) => (one.at < other.at ? -1 : 1)).slice(0, MOST_NOTES + 1);
}
