// ---------------------------------------------------------------------------------------------------------------
// Agreement: is what a person signed what is recorded, and do the statements of a key follow one another? FORMAT.md,
// "Signatures of people", 5 and "Chain".
// ---------------------------------------------------------------------------------------------------------------

/** By type of fact, the field under whose value its lines are looked up, and under what name. */
const LINES = {
  SigningKeyEnrolled: ["key", "key_id"],
  SigningKeyRevoked: ["revoked", "key_id"],
  SessionStarted: ["started", "session"],
  SessionStopped: ["stopped", "session"],
  PrescriptionIssued: ["sheet", "prescription"],
  AssessmentRecorded: ["assessment", "assessment"],
  EntryCorrected: ["correction", "target"],
};

const linesOf = (record, name) => record.get(name) ?? [];

/** Files a line of the record where `offenceOf` looks for it. Lines come in log order. */
function noteRecord(record, { index, fact }) {
  const type = fact.get("type");
  if (!Object.hasOwn(LINES, type)) return;
  const [name, field] = LINES[type];
  const key = `${name} ${fact.get(field)}`;
  if (typeof fact.get(field) !== "string") return;
  if (record.has(key)) record.get(key).push({ index, fact });
  else record.set(key, [{ index, fact }]);
}

/** The first field of `says` that the record has otherwise; null when all agree. Notes on `signed` what was not there. */
function disagreement(signed, record) {
  const { entry, statement } = signed;
  const [says, kind] = [statement.get("says"), statement.get("kind")];
  const skip = () => (signed.isPartial = true);
  if (kind === "session") return sessionDisagreement({ entry, says, record, skip });
  if (kind === "assessment") return assessmentDisagreement({ entry, says, record, skip });
  const fields = kind === "erasure" ? ERASURE_KEYS : fieldsOf(says, [entry], LEFT_OUT.prescription);
  return fields.find((field) => !same(says.get(field) ?? null, entry.fact.get(field) ?? null)) ?? null;
}

function assessmentDisagreement({ entry, says, record, skip }) {
  const assessment = entry.fact.get("assessment");
  if (!same(says.get("assessment") ?? null, assessment ?? null)) return "assessment";
  const lines = before(entry, linesOf(record, `assessment ${assessment}`));
  if (!lines.length) skip();
  const fields = lines.length ? fieldsOf(says, lines, LEFT_OUT.assessment) : [];
  const values = (field) => held({ entry, record }, lines, [assessment], field);
  return fields.find((field) => !values(field).some((value) => same(value, says.get(field) ?? null))) ?? null;
}

/** What is said, and what is recorded and not said: that is not null either. */
function fieldsOf(says, lines, leftOut) {
  const recorded = lines.flatMap(({ fact }) => Array.from(fact.keys()));
  return [...says.keys(), ...recorded.filter((field) => !leftOut.includes(field))];
}

function sessionDisagreement({ entry, says, record, skip }) {
  const session = entry.fact.get("session");
  if (!same(says.get("session"), session)) return "session";
  const started = before(entry, linesOf(record, `started ${session}`));
  const stopped = before(entry, linesOf(record, `stopped ${session}`));
  const sheet = says.get("prescription");
  const sheets = typeof sheet === "string" ? before(entry, linesOf(record, `sheet ${sheet}`)) : [];
  const about = { entry, record };
  const values = (field) => {
    if (field === "started") return held(about, started, [session], "at");
    if (field === "stopped" || field === "effect") {
      if (!stopped.length && started.length) return [null];
      return held(about, stopped, [session], field === "stopped" ? "at" : field);
    }
    if (!["item", "site", "method"].includes(field)) return held(about, started, [session], field);
    if (!sheets.length) return [];
    const orders = held(about, sheets, [sheet], "orders").flatMap((list) => (Array.isArray(list) ? list : []));
    const ordered = orders.filter(
      (order) => order instanceof Map && same(order.get("order") ?? null, says.get("order")),
    );
    return ordered.length ? ordered.map((order) => order.get(field) ?? null) : [undefined];
  };
  for (const field of SESSION_KEYS.slice(1)) {
    const recorded = values(field);
    if (!recorded.length) skip();
    else if (!recorded.some((value) => same(value, says.get(field)))) return field;
  }
  return null;
}

const before = (entry, lines) => lines.filter(({ index }) => index < entry.index);

/** The values a field has had: as these lines were written, and as corrections before the signature made it. */
function held({ entry, record }, lines, targets, field) {
  const written = lines.map(({ fact }) => fact.get(field) ?? null);
  if (!lines.length) return written;
  const ids = lines.map(({ fact }) => fact.get("id")).filter((id) => typeof id === "string");
  const corrections = [...new Set([...targets, ...ids])].flatMap((target) =>
    before(entry, linesOf(record, `correction ${target}`)),
  );
  return [
    ...written,
    ...corrections.filter(({ fact }) => fact.get("field") === field).map(({ fact }) => fact.get("new") ?? null),
  ];
}

/** Whether two values of JSON are equal: of the same kind, numbers as they are spelled, keys in any order. */
function same(one, other) {
  if (one instanceof JsonNumber) return other instanceof JsonNumber && one.text === other.text;
  if (Array.isArray(one)) {
    return Array.isArray(other) && one.length === other.length && one.every((item, n) => same(item, other[n]));
  }
  if (!(one instanceof Map)) return one === other;
  return (
    other instanceof Map &&
    one.size === other.size &&
    Array.from(one).every(([key, item]) => other.has(key) && same(item, other.get(key)))
  );
}

/** Step 10: what is missing or double in the chain of each key. `subject`: of a practitioner all statements are here. */
async function checkChains(signatures, subject) {
  const digests = await hashAll(signatures.map(({ raw }) => raw));
  const chains = new Map();
  signatures.forEach(({ entry, statement }, n) => {
    const link = { entry, statement, digest: hexOf(digests[n]), counter: statement.get("counter").whole };
    const key = statement.get("key_id");
    if (chains.has(key)) chains.get(key).push(link);
    else chains.set(key, [link]);
  });
  const findings = [];
  for (const [key, links] of chains) {
    const byCounter = new Map();
    for (const link of links) {
      const first = byCounter.get(link.counter);
      if (!first) byCounter.set(link.counter, [link]);
      else {
        if (first[0].digest !== link.digest)
          findings.push(
            gap(
              link,
              said(
                `${key} 的第 ${link.counter} 份有两种`,
                `${key} signed two statements with the counter ${link.counter}`,
              ),
            ),
          );
        first.push(link);
      }
    }
    for (const link of links) {
      const earlier = byCounter.get(link.counter - 1n);
      const previous = hexOf(parseBase64(link.statement.get("previous")));
      const isComplete = `practitioner:${link.statement.get("signer")}` === subject;
      if (earlier && earlier[0].digest !== previous) {
        findings.push(
          gap(
            link,
            said(
              `${key} 的第 ${link.counter} 份不接在第 ${link.counter - 1n} 份之后`,
              `statement ${link.counter} of ${key} does not follow statement ${link.counter - 1n}`,
            ),
          ),
        );
      } else if (!earlier && isComplete && link.counter > 1n) {
        findings.push(
          gap(
            link,
            said(`缺少 ${key} 的第 ${link.counter - 1n} 份`, `statement ${link.counter - 1n} of ${key} is missing`),
          ),
        );
      }
    }
  }
  return findings;
}

const gap = ({ entry }, what) => finding("statement-gap", `index ${entry.index}`, what);
