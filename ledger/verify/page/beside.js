// ---------------------------------------------------------------------------------------------------------------
// What stands beside the entries: opened personal data, the texts of rulebooks, and times that witnesses saw.
// FORMAT.md, "Openings", "Rulebooks", "Verifying, in order", 11 to 13.
// ---------------------------------------------------------------------------------------------------------------

const TOLERANCE = 300n * 1_000_000n; // microseconds that two clocks may differ

/** The regulator's key for labels, 32 bytes, of the text of its file; null for other texts. */
function parseLabelKey(text) {
  const key = text.startsWith("LABEL+KEY+") ? parseBase64(text.slice("LABEL+KEY+".length).trim()) : null;
  return key?.length === 32 ? key : null;
}

/** The label of the person insured under this id: FORMAT.md, "Labels". Null when no label can be computed of it. */
async function labelOf(id, key) {
  if (typeof id !== "string" || id === "" || /[\p{C}\p{Z}\s]/u.test(id)) return null;
  const hmac = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const digest = new Uint8Array(
    await crypto.subtle.sign("HMAC", hmac, utf8(`treatment-ledger patient label/1\n${id}`)),
  );
  const bits = Array.from(digest, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return bits
    .match(/.{1,5}/g)
    .map((five) => "abcdefghijklmnopqrstuvwxyz234567"[Number.parseInt(five.padEnd(5, "0"), 2)])
    .join("");
}

/** Step 11: each opening is what an entry commits to. `{findings, persons: [{index, patient, person: Map}]}`. */
async function checkOpenings(openings, entries, labelKey) {
  const findings = [];
  const persons = await mapAll(Array.from(openings), async ([index, { salt, person }]) => {
    const entry = entries.find((one) => one.index === BigInt(index));
    const commitment = parseBase64(entry?.fact.get("commitment"));
    if (entry?.fact.get("type") !== "PersonCommitted" || !equal(commitment, await sha256(join(salt, utf8(person))))) {
      findings.push(
        finding(
          "opening-differs",
          "openings",
          said(`序号 ${index} 的承诺不是对这些数据作出的`, `index ${index}: it does not commit to this`),
        ),
      );
      return null;
    }
    const value = personOf(person);
    if (value === null)
      findings.push(
        finding("malformed", "openings", said(`序号 ${index}：不是 JSON 对象`, `index ${index}: no JSON object`)),
      );
    else if (labelKey && (await labelOf(value.get("national_id"), labelKey)) !== entry.fact.get("patient")) {
      findings.push(
        finding(
          "opening-differs",
          "openings",
          said(
            `序号 ${index}：患者标签不是此人的标签`,
            `index ${index}: the entry's patient is not this person's label`,
          ),
        ),
      );
    }
    return { index: entry.index, patient: entry.fact.get("patient"), person: value };
  });
  return { findings, persons };
}

function personOf(text) {
  try {
    const { value, doubts, isHalf } = readJson(text);
    return value instanceof Map && !doubts.length && !isHalf ? value : null;
  } catch {
    return null;
  }
}

/** Step 12: each text has its digest, and entries of the bundle adopt it. */
async function checkRulebooks(rulebooks, entries) {
  const digestOf = ({ fact, tags }) => {
    if (fact.get("type") === "RulebookAdopted") return fact.get("digest");
    const isCorrected = fact.get("type") === "EntryCorrected" && fact.get("field") === "digest" && tags.has(RULEBOOKS);
    return isCorrected ? fact.get("new") : null;
  };
  const adopted = new Set(
    entries
      .map(digestOf)
      .filter((digest) => typeof digest === "string")
      .map((digest) => digest.toLowerCase()),
  );
  const findings = [];
  for (const [digest, text] of rulebooks) {
    if (hexOf(await sha256(text)) !== digest) {
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

/** Step 13: append times lie where witnesses saw the log grow. `witnessed`: `{name, seconds, older: {size, seconds}?}`. */
function checkTimes(witnessed, entries, seal, size) {
  const findings = [];
  for (const { index, appendedAt } of [...entries, { index: size - 1n, appendedAt: seal.appendedAt }]) {
    const time = microseconds(appendedAt);
    for (const { name, seconds, older } of witnessed) {
      const isOlder = older && index < older.size;
      const latest = (isOlder ? older.seconds : seconds) * 1_000_000n + TOLERANCE;
      const earliest = older && !isOlder ? older.seconds * 1_000_000n - TOLERANCE : null;
      const isLate = time > latest;
      if (!isLate && (earliest === null || time >= earliest)) continue;
      const what = isLate
        ? said(
            `入账时间 ${appendedAt} 晚于见证人 ${name} 看到它的时间`,
            `it says ${appendedAt}, later than the witness ${name} saw it`,
          )
        : said(
            `入账时间 ${appendedAt} 早于见证人 ${name} 看到日志还没有它的时间`,
            `it says ${appendedAt}, when the witness ${name} saw the log without it later`,
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
