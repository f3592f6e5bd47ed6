// ---------------------------------------------------------------------------------------------------------------
// What stands beside the entries: opened personal data, the texts of rulebooks, and times that witnesses saw.
// FORMAT.md, "Openings", "Rulebooks", "Verifying, in order", 11 to 13.
// ---------------------------------------------------------------------------------------------------------------

const TOLERANCE = 300n * 1_000_000n; // microseconds that two clocks may differ

/** The regulator's key for labels, 32 bytes, of the text of its file; null for other texts. */
function parseLabelKey(text) {
  const line = text.replace(/\r?\n?$/, ""); // its own line end, and nothing else: it is one line
  const key = line.startsWith("LABEL+KEY+") ? parseBase64(line.slice("LABEL+KEY+".length)) : null;
  return key?.length === 32 ? key : null;
}

/** The one spelling of an insured person's id: FORMAT.md, "Labels". Null where there is none. */
function normalId(id) {
  if (typeof id !== "string" || utf8(id).length > 256) return null;
  const bare = id.normalize("NFKC").replace(/^[\t-\r ]+|[\t-\r ]+$/g, "");
  const spelled = bare.replace(/[a-z]/g, (letter) => letter.toUpperCase());
  return /^[\p{L}\p{N}\p{P}\p{S}]+$/u.test(spelled) ? spelled : null;
}

/** The label of the person insured under this id: FORMAT.md, "Labels". Null when no label can be computed of it. */
async function labelOf(id, key) {
  const spelled = normalId(id);
  if (spelled === null) return null;
  const hmac = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const digest = new Uint8Array(
    await crypto.subtle.sign("HMAC", hmac, utf8(`treatment-ledger patient label/1\n${spelled}`)),
  );
  const bits = Array.from(digest, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return bits
    .match(/.{1,5}/g)
    .map((five) => "abcdefghijklmnopqrstuvwxyz234567"[Number.parseInt(five.padEnd(5, "0"), 2)])
    .join("");
}

/**
 * Step 11: each opening is what an entry commits to, and the last commitment is opened; with the regulator's key, to
 * the person whose label the patient is. `{findings, persons: [{index, patient, person: Map}], committed}`: persons in
 * the order of the log; how many commitments there are.
 */
async function checkOpenings(openings, entries, labelKey) {
  const commitments = entries.filter(({ fact }) => fact.get("type") === "PersonCommitted");
  const committed = commitments.length;
  const byIndex = new Map(commitments.map((entry) => [String(entry.index), entry]));
  if (!openings.size) return { findings: [], persons: [], committed };
  const findings = [];
  const differs = (zh, en) => findings.push(finding("opening-differs", "openings", said(zh, en)));
  const persons = [];
  for (const [index, { salt, person: text }] of openings) {
    const entry = byIndex.get(index);
    if (!entry || !equal(parseBase64(entry.fact.get("commitment")), await sha256(join(salt, utf8(text))))) {
      differs(`序号 ${index} 的承诺不是对这些数据作出的`, `index ${index}: it does not commit to this`);
      continue;
    }
    const person = personOf(text);
    if (person) persons.push({ index: entry.index, patient: entry.fact.get("patient"), person });
    else
      findings.push(
        finding("malformed", "openings", said(`序号 ${index}：不是 JSON 对象`, `index ${index}: no JSON object`)),
      );
  }
  persons.sort((one, other) => (one.index < other.index ? -1 : 1));
  const last = commitments.at(-1);
  const shown = persons.find(({ index }) => index === last?.index);
  if (last && !openings.has(String(last.index))) {
    differs(
      `最后一次承诺（序号 ${last.index}）没有打开：所示的是以前的信息`,
      `the last commitment, at index ${last.index}, is not opened: what is shown is who it was before`,
    );
  } else if (labelKey && shown && (await labelOf(shown.person.get("national_id"), labelKey)) !== shown.patient) {
    differs(
      `序号 ${last.index}：患者标签不是此人的标签`,
      `index ${last.index}: the entry's patient is not this person's label`,
    );
  }
  return { findings, persons, committed };
}

function personOf(text) {
  try {
    const { value, doubts, isHalf } = readJson(text);
    return value instanceof Map && !doubts.length && !isHalf ? value : null;
  } catch {
    return null;
  }
}

/** `[{index, digest}]` of the entries that adopt a rulebook; what is no text is the digest of none. */
function adoptedIn(entries) {
  const adopting = entries.filter(({ fact, tags }) => {
    if (fact.get("type") === "RulebookAdopted") return true;
    return fact.get("type") === "EntryCorrected" && fact.get("field") === "digest" && tags.has(RULEBOOKS);
  });
  return adopting.map(({ index, fact }) => {
    const digest = fact.get(fact.get("type") === "RulebookAdopted" ? "digest" : "new");
    return { index, digest: typeof digest === "string" ? digest.toLowerCase() : "" };
  });
}

/** The indexes of the entries that adopt a rulebook whose text is not among these. */
const withoutText = (rulebooks, entries) =>
  adoptedIn(entries)
    .filter(({ digest }) => !rulebooks.has(digest))
    .map(({ index }) => index);

/** Step 12: each text has its digest, and entries of the bundle adopt it. */
async function checkRulebooks(rulebooks, entries) {
  const adopted = new Set(adoptedIn(entries).map(({ digest }) => digest));
  const findings = [];
  for (const [digest, text] of rulebooks) {
    if (hexOf(await sha256(utf8(text))) !== digest) {
      findings.push(
        finding(
          "rulebook-differs",
          "rulebooks",
          said(`这段文本的摘要不是 ${digest}`, `the text has not the digest ${digest}`),
        ),
      );
    } else if (!adopted.has(digest)) {
      findings.push(finding("malformed", "rulebooks", said(`没有条目采用 ${digest}`, `no entry adopts ${digest}`)));
    }
  }
  return findings;
}

/** Step 13: nothing was appended after witnesses saw it. No time is too early: a log has more than it shows. `witnessed`: `{name, seconds, older: {size, seconds}?}`. */
function checkTimes(witnessed, entries, seal, size) {
  const findings = [];
  for (const { index, appendedAt } of [...entries, { index: size - 1n, appendedAt: seal.appendedAt }]) {
    const time = microseconds(appendedAt);
    for (const { name, seconds, older } of witnessed) {
      const isOlder = older && index < older.size && older.seconds < seconds;
      if (time <= (isOlder ? older.seconds : seconds) * 1_000_000n + TOLERANCE) continue;
      const what = said(
        `入账时间 ${appendedAt} 晚于见证人 ${name} 看到它的时间`,
        `it says ${appendedAt}, later than the witness ${name} saw it`,
      );
      findings.push(finding("time-outside", `index ${index}`, what));
    }
  }
  return findings;
}

/** Microseconds since 1970 of an instant as entries spell it, as BigInt. */
function microseconds(instant) {
  return BigInt(Date.parse(`${instant.slice(0, 19)}+08:00`)) * 1000n + BigInt(instant.slice(20, 26));
}
