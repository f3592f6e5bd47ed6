// ---------------------------------------------------------------------------------------------------------------
// Agreement: is what a person signed what is recorded, what of it does the signature not cover, and do the statements
// of a key follow one another? FORMAT.md, "People's signatures", 5, "Chain" and "Not covered".
// ---------------------------------------------------------------------------------------------------------------

const OF_START = ["patient", "prescription", "order", "therapist", "institution"];
const OF_ASSESSMENT = [
  ...["type", "at", "assessment", "patient", "episode", "item", "institution", "stay", "assessors", "results"],
  ...["outcome", "findings", "serves"],
];

/** The lines that each kind of statement is about. */
const ABOUT = {
  session: ["SessionStarted", "SessionStopped", "PrescriptionIssued"],
  assessment: ["AssessmentRecorded"],
  prescription: ["PrescriptionIssued"],
};

const VOIDED = { session: "SessionVoided", assessment: "AssessmentVoided" };

/** What of `says` the record has otherwise, or twice; null when all agrees. Notes on `signed` what was not there. */
function disagreement(signed, record, subject) {
  const { entry, statement } = signed;
  const isHere = ["prescription", "erasure"].includes(statement.get("kind"));
  const differing = isHere ? differingHere(statement, entry.fact) : differingFromLines(signed, record, subject);
  if (differing !== null) return differing; // a field may have any name, also none
  const twice = secondsOf(statement, record).find(({ index }) => index <= entry.index);
  return twice ? `${twice.fact.get("type")} ×2` : null;
}

/** The first field of a session's statement, or an assessment's, that the first line of its kind has otherwise. */
function differingFromLines(signed, record, subject) {
  const { entry, statement } = signed;
  const [says, kind] = [statement.get("says"), statement.get("kind")];
  if (canonical(says.get(kind)) !== canonical(entry.fact.get(kind))) return kind;
  const lines = linesOf(statement, record);
  const { SessionStopped: stopped, ...needed } = lines;
  for (const [type, line] of Object.entries(needed)) {
    if (!line) signed.isPartial = true;
    else if (line.index > entry.index) return type;
  }
  const differing = comparedOf(statement, lines, entry.index).find((one) => !record.had(one, entry.index));
  if (differing || kind !== "session") return differing?.said ?? null;
  const started = lines.SessionStarted;
  if (!stopped && started && subject.startsWith("practitioner:")) {
    // Who was corrected away from the session is not named by its stop, which is then not in this bundle.
    if (record.isCorrected(started, says.get("session"), "therapist", entry.index)) {
      signed.isPartial = true;
      return null;
    }
  }
  const isOpen = stopped ? stopped.index > entry.index : Boolean(started);
  return (isOpen ? ["stopped", "effect"].find((field) => says.get(field) !== null) : null) ?? null;
}

/** The first field of a sheet or an erasure that is otherwise in the very entry that bears the signature. */
function differingHere(statement, fact) {
  const [says, kind] = [statement.get("says"), statement.get("kind")];
  const recorded = kind === "erasure" ? [] : Array.from(fact.keys());
  const fields = [...says.keys(), ...recorded.filter((field) => !LEFT_OUT.prescription.includes(field))];
  return fields.find((field) => canonical(says.get(field)) !== canonical(fact.get(field))) ?? null;
}

/** The lines that a statement is about, by type. */
function linesOf(statement, record) {
  const [says, types] = [statement.get("says"), ABOUT[statement.get("kind")] ?? []];
  return Object.fromEntries(types.map((type) => [type, record.line(type, says.get(LINES[type]))]));
}

/** Of the lines that a statement is about, those that come second. */
function secondsOf(statement, record) {
  const [says, types] = [statement.get("says"), ABOUT[statement.get("kind")] ?? []];
  return types.map((type) => record.second(type, says.get(LINES[type]))).filter((line) => line !== undefined);
}

/** What is held against lines below the index: the field `said`, the `key` of its value, and the line's field `name`. */
function comparedOf(statement, lines, below) {
  const says = statement.get("says");
  const compared = [];
  const compare = (type, said, name, key = canonical(says.get(said))) => {
    const line = lines[type];
    if (line && line.index < below) compared.push({ said, key, line, about: says.get(LINES[type]), name });
  };
  if (statement.get("kind") === "assessment") {
    for (const field of new Set([...says.keys(), ...OF_ASSESSMENT])) compare("AssessmentRecorded", field, field);
  } else if (statement.get("kind") === "session") {
    for (const field of OF_START) compare("SessionStarted", field, field);
    compare("SessionStarted", "started", "at");
    compare("SessionStopped", "stopped", "at");
    compare("SessionStopped", "effect", "effect");
    const order = says.get("order");
    compare("PrescriptionIssued", "order", "orders", orderKey(order));
    for (const field of ON_SHEET) {
      compare("PrescriptionIssued", field, "orders", orderKey(order, field, says.get(field)));
    }
  }
  return compared;
}

/** Counts, of right signatures in log order, what they do not cover: on the tallies of their kinds. */
function countUncovered(signatures, record, tally) {
  const acts = new Map();
  for (const signed of signatures) {
    const kind = signed.statement.get("kind");
    if (kind === "erasure") continue;
    const act = signed.entry.fact.get(kind);
    const key = pairKey(kind, isText(act) ? act : null);
    acts.set(key, {
      last: signed,
      isByOwn: acts.get(key)?.isByOwn || isByOwn(signed.statement),
      // Of a line that bears a signature a correction counts wherever it stands: it may come first in a file.
      isMended: acts.get(key)?.isMended || record.isCorrectedAfter(signed.entry.fact.get("id"), -1n),
    });
  }
  for (const { last, isByOwn: own, isMended } of acts.values()) {
    const told = tally[last.statement.get("kind")];
    if (isMended || !isCurrent(last, record)) told.corrected++;
    if (isStoppedAfter(last, record)) told.stoppedAfter++;
    if (secondsOf(last.statement, record).length) told.contradicted++;
    if (isVoided(last.statement, record)) told.voided++;
    if (!own) told.byOthers++;
  }
}

/**
 * Whether the statement says what stood when it was signed, and nothing of that was corrected afterwards. A sheet says
 * itself, as it is written: there a correction counts wherever it stands.
 */
function isCurrent({ entry, statement }, record) {
  const [says, kind] = [statement.get("says"), statement.get("kind")];
  if (kind === "prescription") {
    return ![says.get(kind), entry.fact.get("id")].some((target) => record.isCorrectedAfter(target, -1n));
  }
  const lines = linesOf(statement, record);
  if (!comparedOf(statement, lines, entry.index).every((one) => record.stands(one, entry.index))) return false;
  const { PrescriptionIssued: sheet, ...own } = lines;
  const targets = [says.get(kind), ...Object.values(own).map((line) => line?.fact.get("id"))];
  const sheets = kind === "session" ? [says.get("prescription"), sheet?.fact.get("id")] : [];
  return !(
    targets.some((target) => record.isCorrectedAfter(target, entry.index)) ||
    sheets.some((target) => record.isCorrectedAfter(target, entry.index, "orders"))
  );
}

/** Whether the session was stopped after it was signed: the signature does not cover the stop. */
function isStoppedAfter({ entry, statement }, record) {
  if (statement.get("kind") !== "session") return false;
  const stopped = record.line("SessionStopped", statement.get("says").get("session"));
  return stopped !== undefined && stopped.index > entry.index;
}

/** Whether a line says of what was signed that it was not performed. */
function isVoided(statement, record) {
  const kind = statement.get("kind");
  return Object.hasOwn(VOIDED, kind) && record.line(VOIDED[kind], statement.get("says").get(kind)) !== undefined;
}

/** Whether it is signed by whoever did it, as it says: the session's therapist, one of the assessors. */
function isByOwn(statement) {
  const [says, kind, signer] = ["says", "kind", "signer"].map((key) => statement.get(key));
  if (kind === "session") return says.get("therapist") === signer;
  const assessors = says.get("assessors");
  return kind !== "assessment" || (Array.isArray(assessors) && assessors.includes(signer));
}
