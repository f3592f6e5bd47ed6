// ---------------------------------------------------------------------------------------------------------------
// Signatures of people: who signed what, with which key, and does it agree with the record? FORMAT.md, "Signatures of
// people". Ed25519 is WebCrypto's; keys and points that could stand for more than one are refused before. What devices
// sign is checked in devices.js.
// ---------------------------------------------------------------------------------------------------------------

const STATEMENT_START = '{"format":"treatment-ledger-statement/1",';
const STATEMENT_KEYS = ["format", "kind", "signer", "key_id", "counter", "previous", "says"];
const SESSION_KEYS = [
  ...["session", "patient", "prescription", "order", "item", "site", "method", "therapist", "institution"],
  ...["started", "stopped", "effect"],
];
const ERASURE_KEYS = ["patient", "retained_until", "ground"];
const LEFT_OUT = {
  prescription: ["signature", "recorded_at", "actor", "id"],
  assessment: ["recorded_at", "actor", "id"],
};

/** By type of fact: what its signatures are about, and the field with the only one who may sign it. */
const SIGNED = {
  SessionSigned: { kind: "session", signer: "practitioner" },
  PrescriptionIssued: { kind: "prescription", signer: "physician" },
  AssessmentSigned: { kind: "assessment", signer: "practitioner" },
};

/** By type of fact the kind of act that it is about. */
const ACTS = {
  SessionStarted: "session",
  SessionSigned: "session",
  PrescriptionIssued: "prescription",
  AssessmentRecorded: "assessment",
  AssessmentSigned: "assessment",
};

/**
 * Step 9: `{findings, signatures: [{entry, statement, raw, …}], tally, erasures, partial}` of the entries, in log order.
 * `tally`: by kind the `acts`, which of them are `signed`, or in a form not known here, `foreign`; and how many of
 * those signed have something that their signatures do not cover. `subject`: the bundle's.
 */
async function checkSignatures(entries, subject) {
  const kinds = ["session", "prescription", "assessment"];
  const counts = { corrected: 0, stoppedAfter: 0, contradicted: 0, voided: 0, byOthers: 0 };
  const tally = Object.fromEntries(
    kinds.map((kind) => [kind, { acts: new Set(), signed: new Set(), foreign: new Set(), ...counts }]),
  );
  const told = { findings: [], signatures: [], tally, erasures: 0, partial: 0 };
  const record = new Record(entries);
  for (const entry of entries) {
    if (entry.fact.get("type") === "PersonErased") collectApprovals(told, entry);
    else collectSignature(told, entry);
  }
  await mapAll(told.signatures, async (signature) => {
    const offence = await offenceOf(signature, record, subject);
    if (offence) offend(told, signature.entry, ...offence);
    else {
      signature.isRight = true;
      if (signature.isPartial) told.partial++;
    }
  });
  const approved = new Map();
  for (const { entry, statement } of told.signatures.filter((one) => one.isRight)) {
    approved.set(entry, (approved.get(entry) ?? []).concat(statement.get("signer")));
  }
  for (const entry of entries.filter(({ fact }) => fact.get("type") === "PersonErased")) {
    const signers = approved.get(entry) ?? [];
    if (signers.length === entry.fact.get("approvals").length && new Set(signers).size < 2) {
      offend(told, entry, "signature-invalid", said("须有两人签署", "two people sign an erasure"));
    }
  }
  if (!told.findings.length) countUncovered(told.signatures, record, tally);
  return told;
}

const offend = (told, { index }, name, what) => told.findings.push(finding(name, `index ${index}`, what));

function collectApprovals(told, entry) {
  told.erasures++;
  for (const text of entry.fact.get("approvals")) {
    const signature = splitSignature(text);
    if (signature) told.signatures.push({ entry, ...signature });
    else offend(told, entry, "signature-invalid", said("批准不是签名", "an approval is no signature of the format"));
  }
}

function collectSignature(told, entry) {
  const type = entry.fact.get("type");
  if (!Object.hasOwn(ACTS, type)) return;
  const { acts, signed, foreign } = told.tally[ACTS[type]];
  const named = entry.fact.get(ACTS[type]);
  const act = typeof named === "string" ? named : null;
  acts.add(act);
  const text = Object.hasOwn(SIGNED, type) ? (entry.fact.get("signature") ?? null) : null;
  if (text === null) return;
  const signature = splitSignature(text);
  (signature ? signed : foreign).add(act);
  if (signature) told.signatures.push({ entry, ...signature });
}

/** `{raw, signature}` of a signature's text, of a device's also `authenticator` and `client`; null of a foreign one. */
function splitSignature(text) {
  const texts = typeof text === "string" ? text.split(".", 5) : [];
  if (texts.length !== 2 && texts.length !== 4) return null;
  const parts = texts.map(parseBase64);
  if (parts.includes(null)) return null;
  const [raw, signature, authenticator, client] = parts;
  const isOurs = signature.length === 64 && equal(raw.subarray(0, STATEMENT_START.length), utf8(STATEMENT_START));
  return isOurs ? { raw, signature, authenticator, client } : null;
}

/** `[name, said]` of the first offence of a signature; null when it is right. Leaves its statement on it. */
async function offenceOf(signed, record, subject) {
  const { entry, raw } = signed;
  const { value, wrong } = readSpelled(raw);
  if (wrong) return ["signature-invalid", said(`所签文本：${wrong.zh}`, `the statement: ${wrong.en}`)];
  const misspelled = wrongInStatement(value, entry);
  if (misspelled) return ["signature-invalid", misspelled];
  signed.statement = value;
  const [signer, id] = [value.get("signer"), value.get("key_id")];
  const enrolled = record.enrolled(id, signer, entry.index);
  const key = enrolled && publicKeyOf(enrolled.fact);
  if (!key)
    return [
      "signer-unknown",
      said(`${signer} 的公钥 ${id} 此前没有登记，或不能用`, `no usable key ${id} of ${signer} was enrolled before`),
    ];
  if (!record.holdsFirst(key.bytes, enrolled)) {
    return [
      "signer-unknown",
      said(
        `${signer} 的公钥 ${id} 早已为他人或以另一编号登记`,
        `the key ${id} of ${signer} was enrolled before, for somebody else or under another id`,
      ),
    ];
  }
  if (record.isRevoked(id, entry.index)) {
    return [
      "signer-revoked",
      said(`${signer} 的公钥 ${id} 此前已撤销`, `the key ${id} of ${signer} was revoked before`),
    ];
  }
  const unsigned = await wrongByKey(key, signed);
  if (unsigned) {
    return [
      "signature-invalid",
      said(
        `${signer} 的签名不成立：${unsigned.zh}`,
        `${signer} did not sign this with the key ${id}: ${unsigned.en}`,
      ),
    ];
  }
  const field = disagreement(signed, record, subject);
  if (field === null) return null;
  return [
    "signature-invalid",
    said(`所签与所记不同：${shown(field)}`, `what was signed is not what is recorded: ${shown(field)}`),
  ];
}

function wrongInStatement(statement, { fact, tags }) {
  if (!hasKeys(statement, STATEMENT_KEYS)) return said("所签文本的键不对", "the statement has not the keys of one");
  const [, kind, signer, id, counter, previous, says] = statement.values();
  const number = counter instanceof JsonNumber ? counter.whole : null;
  const isFirst = number === 1n;
  if (![kind, signer, id, previous].every((text) => typeof text === "string") || !(says instanceof Map)) {
    return said("所签文本中的值类型不对", "a value of the statement is of another kind");
  }
  if (
    number === null ||
    number < 1n ||
    number > BigInt(Number.MAX_SAFE_INTEGER) ||
    (isFirst ? previous !== "" : parseBase64(previous)?.length !== HASH_BYTES)
  ) {
    return said("序数与前一份的摘要不符", "counter and previous do not go together");
  }
  const type = fact.get("type");
  const isErasure = type === "PersonErased";
  if (kind !== (isErasure ? "erasure" : SIGNED[type].kind))
    return said(`签的是 ${shown(kind)}`, `it is about ${shown(kind)}`);
  if (isErasure ? !tags.has(`practitioner:${signer}`) : signer !== fact.get(SIGNED[type].signer)) {
    return said(`签署者 ${shown(signer)} 不是应签的人`, `the signer ${shown(signer)} is not who must have signed`);
  }
  const exact = { session: SESSION_KEYS, erasure: ERASURE_KEYS }[kind];
  const isRight = exact ? hasKeys(says, exact) : !LEFT_OUT[kind].some((field) => says.has(field));
  return isRight ? null : said("says 的内容不是应签的内容", "`says` has not what is to be said");
}

/** `{bytes}` of the key that an enrolment names, of a device's also `site`; null where it names none, or says so wrongly. */
function publicKeyOf(fact) {
  const [algorithm, text] = [fact.get("algorithm"), fact.get("public_key")];
  if (typeof algorithm !== "string" || typeof text !== "string") return null;
  const parse = { ed25519: parseEd25519, "webauthn-es256": parseDeviceKey };
  const name = algorithm.toLowerCase();
  return Object.hasOwn(parse, name) ? parse[name](text) : null;
}

function parseEd25519(text) {
  const bytes = text.length === 64 ? parseHex(text) : parseBase64(text);
  return bytes?.length === 32 && isOnePoint(bytes) ? { bytes } : null;
}

/** What is wrong (`said`) with a signature by this key over its statement (step 4); null when it is right. */
async function wrongByKey(key, signed) {
  const isDevices = key.site !== undefined;
  if (isDevices !== (signed.client !== undefined))
    return isDevices
      ? said("设备所签应有四段", "a signature by a device has four parts")
      : said("Ed25519 签名应有两段", "a signature by Ed25519 has two parts");
  if (isDevices) return wrongByDevice(key, signed);
  const { raw, signature } = signed;
  const isSigned = isOnePoint(signature.subarray(0, 32)) && (await signedBy(key.bytes, signature, raw));
  return isSigned ? null : said("签名与所签文本不符", "the signature does not fit the statement");
}

const FIELD = (1n << 255n) - 19n;
const ORDER_8 = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;
const LOW_ORDER = [0n, 1n, FIELD - 1n, ORDER_8, FIELD - ORDER_8]; // y of the points of order 4, 1, 2, 8 and 8

/** Whether these 32 bytes are the one spelling of a point, and it is none of the eight of low order. */
function isOnePoint(encoded) {
  const y = BigInt(`0x${hexOf(encoded.slice().reverse())}`) & ((1n << 255n) - 1n);
  return y < FIELD && !LOW_ORDER.includes(y);
}
