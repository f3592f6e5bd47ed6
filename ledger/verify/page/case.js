// ---------------------------------------------------------------------------------------------------------------
// Case: the streams that judging a patient takes besides the patient's own, as their entries call for them.
// FORMAT.md, "Streams", has the rule, and why nothing can be left out unseen.
// ---------------------------------------------------------------------------------------------------------------

/** The fact that opens a thing, and the thing's kind, which is also the field that names it. */
const OPENS = new Map(
  Object.entries({
    SessionStarted: "session",
    AssessmentRecorded: "assessment",
    PrescriptionIssued: "prescription",
    EpisodeOpened: "episode",
    PatientAdmitted: "stay",
  }),
);
const BY_NAME = ["session", "assessment", "prescription"]; // kinds of what a correction may name as its target
const ACT = ["session:", "assessment:"];
const STANDS_ON = ["prescription:", "episode:", "stay:"];
/** Of a sheet the sessions on it and its episode matter, of an episode the assessments in it. */
const MADE_OF = { prescription: ["session:", "episode:"], episode: ["assessment:"] };
const SHARED = ["prescription:", "episode:"];

const startsWithAny = (text, starts) => starts.some((start) => text.startsWith(start));
const bearsAny = (tags, wanted) => Array.from(tags).some((tag) => wanted.has(tag));
const isCorrection = ({ fact }) => fact.get("type") === "EntryCorrected";

/**
 * `called`, the streams that the entries of a patient's bundle (`patient:P`) call for: a Map to the first index that
 * asks; and `lines`, those of lines that are corrected here: they may come along.
 */
function calledByCase(patient, entries) {
  const things = thingsIn(patient, entries);
  const called = new Map();
  const call = (stream, index) => called.has(stream) || called.set(stream, index);
  for (const entry of things.corrections) movedBy(patient, entry, things).forEach((tag) => call(tag, entry.index));
  for (const { index, tags } of entries) {
    if (!tags.has(patient) || !bearsAny(tags, things.acts)) continue;
    for (const tag of tags) if (startsWithAny(tag, STANDS_ON) && !things.own.has(tag)) call(tag, index);
  }
  const pending = [...things.own, ...called.keys()].filter((tag) => startsWithAny(tag, SHARED));
  const told = { prescription: new Set(), episode: new Set() }; // an entry says the same of all sheets that it names
  while (pending.length) {
    const thing = pending.pop();
    const kind = thing.slice(0, thing.indexOf(":"));
    for (const { index, tags } of things.bearing.get(thing) ?? []) {
      // Of an own one also itself, where others' entries lack the owner's tag: not every writer knew that rule.
      if (things.own.has(thing) && !tags.has(patient)) call(thing, index);
      if (told[kind].has(index)) continue;
      told[kind].add(index);
      for (const tag of tags) {
        if (!startsWithAny(tag, MADE_OF[kind]) || things.own.has(tag) || called.has(tag)) continue;
        call(tag, index);
        if (startsWithAny(tag, SHARED)) pending.push(tag);
      }
    }
  }
  const lines = new Set();
  for (const { index, tags, fact } of things.corrections) {
    const target = fact.get("target");
    if (typeof target !== "string" || !tags.has(`id:${target}`)) continue;
    lines.add(`id:${target}`);
    if (!things.byId.has(target)) call(`id:${target}`, index);
  }
  return { called, lines };
}

/** The tags of what was corrected onto the patient, things and single lines: their history too. */
function movedOnto(patient, entries) {
  const things = thingsIn(patient, entries);
  const onto = things.corrections.filter(
    (entry) => moves(patient, entry) && namesPatient(patient, entry.fact.get("new")),
  );
  return new Set(
    onto.flatMap((entry) => {
      const line = `id:${entry.fact.get("target")}`;
      return [...movedBy(patient, entry, things), ...(entry.tags.has(line) ? [line] : [])];
    }),
  );
}

const namesPatient = (patient, name) => typeof name === "string" && `patient:${name}` === patient;

/**
 * What the entries open, name and correct. `own`: things opened as the patient's; `acts`: sessions and assessments
 * opened as theirs or corrected onto them; `byId`: what the line of an id opens; `bearing`: the entries that bear the
 * tag of a sheet or an episode; `corrections`: but those of registries.
 */
function thingsIn(patient, entries) {
  const things = { own: new Set(), acts: new Set(), byId: new Map(), bearing: new Map(), corrections: [] };
  for (const entry of entries) {
    const { tags, fact } = entry;
    for (const tag of tags) {
      if (!startsWithAny(tag, SHARED)) continue;
      if (things.bearing.has(tag)) things.bearing.get(tag).push(entry);
      else things.bearing.set(tag, [entry]);
    }
    if (isCorrection(entry)) {
      if (!Array.from(tags).some((tag) => tag.startsWith("registry:"))) things.corrections.push(entry);
      if (moves(patient, entry) && namesPatient(patient, fact.get("new")))
        for (const tag of tags) if (startsWithAny(tag, ACT)) things.acts.add(tag);
      continue;
    }
    const opened = openedBy(fact);
    const id = fact.get("id");
    if (typeof id === "string") {
      if (!things.byId.has(id)) things.byId.set(id, new Set());
      if (opened) things.byId.get(id).add(opened);
    }
    if (opened && tags.has(patient) && namesPatient(patient, fact.get("patient"))) {
      things.own.add(opened);
      if (startsWithAny(opened, ACT)) things.acts.add(opened);
    }
  }
  return things;
}

/** The tag of the thing that the fact opens, or null. */
function openedBy(fact) {
  const kind = OPENS.get(fact.get("type"));
  return kind !== undefined && typeof fact.get(kind) === "string" ? `${kind}:${fact.get(kind)}` : null;
}

/** Whether it corrects whose something is, from this patient or onto them. */
const moves = (patient, { tags, fact }) => tags.has(patient) && fact.get("field") === "patient";

/** What a correction moves: it has lines that bear the other patient's tag alone. */
function movedBy(patient, entry, { byId }) {
  const target = entry.fact.get("target");
  if (!moves(patient, entry) || typeof target !== "string") return [];
  const meant = new Set(BY_NAME.map((kind) => `${kind}:${target}`));
  return Array.from(entry.tags).filter((tag) => meant.has(tag) || byId.get(target)?.has(tag));
}
