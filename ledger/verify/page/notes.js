// ---------------------------------------------------------------------------------------------------------------
// Checkpoints: signed notes (c2sp.org/signed-note), the tree head in them (c2sp.org/tlog-checkpoint), the keys they
// are opened with, and the cosignatures of witnesses (c2sp.org/tlog-cosignature). FORMAT.md, "Checkpoint".
// ---------------------------------------------------------------------------------------------------------------

const ED25519 = 1;
const COSIGNATURE_V1 = 4;
const MAX_SIGNATURES = 100;
const DASH = "— ";
const SPACES = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/; // Unicode's White_Space

/** Whether the public key (32 bytes) signed the message. False for anything that is no such signature. */
async function signedBy(publicKey, signature, message) {
  try {
    const key = await crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", key, signature, message);
  } catch {
    return false; // that the browser knows Ed25519 at all was tried before: see `requireCrypto`
  }
}

const LOGS = said("公钥", "key");
const WITNESSES = said("见证人的公钥", "witness's key");

/** `{name, id, algorithm, publicKey}` of a verifier key's text; `whose` it is. Unreadable when it is none. */
async function parseVkey(text, whose) {
  const misspelled = (zh, en) => new Unreadable(said(`${whose.zh}：${zh}`, `${whose.en}: ${en}`));
  const [name, id, encoded] = splitVkey(typeof text === "string" ? text : "");
  if (!isKeyName(name)) throw misspelled("应为“名称+编号+公钥”一行", "a line name+id+key is expected");
  const key = parseBase64(encoded);
  if (key?.length !== 33 || (key[0] !== ED25519 && key[0] !== COSIGNATURE_V1)) {
    throw misspelled(
      "最后一段应为 33 字节的 base64：类型 1 或 4 和公钥",
      "33 bytes in base64 are expected last, type 1 or 4 and the public key",
    );
  }
  const made = hexOf((await sha256(join(utf8(`${name}\n`), key))).subarray(0, 4));
  if (id !== made)
    throw misspelled(
      `编号与名称和公钥不符（应为 ${made}）；是否完整复制？`,
      `its id is not that of its name and key (${made}); was it copied whole?`,
    );
  return { name, id, algorithm: key[0], publicKey: key.subarray(1) };
}

function splitVkey(text) {
  const first = text.indexOf("+");
  const second = text.indexOf("+", first + 1);
  return first < 0 || second < 0
    ? ["", "", ""]
    : [text.slice(0, first), text.slice(first + 1, second), text.slice(second + 1)];
}

const isKeyName = (name) => name !== "" && isNoteText(name) && !name.includes("+") && !SPACES.test(name);
const isNoteText = (text) => !/[\x00-\x09\x0b-\x1f]/.test(text) && !hasLoneSurrogate(text);

/** `{body, lines: [{name, id, signature}]}` of a note, strictly, nothing verified. ProofError when it is none. */
function parseNote(note) {
  const cut = note.lastIndexOf("\n\n");
  if (!isNoteText(note))
    throw new ProofError(said("含有控制字符或无效字符", "a control character or no valid text stands in it"));
  if (cut < 1 || !note.endsWith("\n") || cut + 2 >= note.length) {
    throw new ProofError(
      said("应为正文、空行和以换行结束的签名行", "text, an empty line and signature lines are expected"),
    );
  }
  const lines = note.slice(cut + 2, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) throw new ProofError(said("签名行过多", `more than ${MAX_SIGNATURES} signatures`));
  return { body: note.slice(0, cut + 1), lines: lines.map(parseSignatureLine) };
}

function parseSignatureLine(line, place) {
  const space = line.indexOf(" ", DASH.length);
  const name = line.slice(DASH.length, space);
  const value = space < 0 ? null : parseBase64(line.slice(space + 1));
  if (!line.startsWith(DASH) || !isKeyName(name) || value === null || value.length < 5) {
    throw new ProofError(
      said(`第 ${place + 1} 行签名的写法不对`, `signature line ${place + 1} is not “${DASH}NAME BASE64”`),
    );
  }
  return { name, id: hexOf(value.subarray(0, 4)), signature: value.subarray(4) };
}

/** `{origin, size, root}` of a note's body: three lines, no extension. ProofError when it is none. */
async function parseTreeHead(body) {
  const lines = body.split("\n");
  if (lines.length !== 4 || lines[3] !== "")
    throw new ProofError(said("应有三行：来源、大小、根", "three lines are expected: origin, size, root"));
  const [origin, digits, encoded] = lines;
  const root = parseBase64(encoded);
  const size = wholeOf(digits);
  if (origin === "") throw new ProofError(said("第 1 行，来源，是空的", "line 1, the origin, is empty"));
  if (size === null)
    throw new ProofError(said("第 2 行应为没有前导零的大小", "line 2: a size without leading zeroes is expected"));
  if (root?.length !== HASH_BYTES)
    throw new ProofError(said("第 3 行应为 32 字节根的 base64", "line 3: a root of 32 bytes in base64 is expected"));
  if (size === 0n && !equal(root, await emptyRoot())) {
    throw new ProofError(said("空日志的根应为空内容的 SHA-256", "the root of an empty log is SHA-256 of nothing"));
  }
  return { origin, size, root };
}

/** What this key signed of the note: `{seconds}` (a witness's clock; null for a log's key). ProofError otherwise. */
async function openNote(note, key) {
  const whose = `${key.name}+${key.id}`;
  const own = note.lines.filter((line) => line.name === key.name && line.id === key.id);
  if (own.length === 0) {
    const signers = note.lines.map((line) => `${line.name}+${line.id}`).join(", ");
    throw new ProofError(
      said(`没有 ${whose} 的签名，签名者是 ${signers}`, `not signed by ${whose}, but by ${signers}`),
    );
  }
  if (own.length > 1)
    throw new ProofError(said(`${whose} 签了 ${own.length} 次`, `signed ${own.length} times by ${whose}`));
  const { signature, message, seconds } = signedMessage(note.body, own[0].signature, key);
  if (signature === null || !(await signedBy(key.publicKey, signature, message))) {
    throw new ProofError(said(`${whose} 的签名与正文不符`, `the signature by ${whose} does not fit the text`));
  }
  return { seconds };
}

function signedMessage(body, signature, key) {
  if (key.algorithm === ED25519) return { signature, message: utf8(body), seconds: null };
  if (signature.length !== 72 || signature[0] > 0x7f) return { signature: null };
  const seconds = readU64(signature);
  return { signature: signature.subarray(8), message: utf8(`cosignature/v1\ntime ${seconds}\n${body}`), seconds };
}
