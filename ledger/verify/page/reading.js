// ---------------------------------------------------------------------------------------------------------------
// A bundle taken apart: bytes in, typed parts out, a finding for every value that is not what FORMAT.md says.
// Nothing is proven here. A key too many is refused like a wrong value: what is not checked is not in a bundle.
// ---------------------------------------------------------------------------------------------------------------

const BUNDLE_FORMAT = "treatment-ledger-bundle/2";
const MAX_BUNDLE_BYTES = 256 << 20;
const OPTIONAL = ["since", "inclusion", "rulebooks", "openings"];
const KEYS = [
  ...["format", "checkpoint", "since", "seal", "seal_proof", "streams", "depths", "absent", "nodes", "indexes"],
  ...["entries", "marks", "inclusion", "rulebooks", "openings"],
];
const TAG_SPELLING = /^(?:registry:rulebook|(?:registry:)?(?!registry:)[a-z]+:[A-Za-z0-9._:@/-]{1,64})$/;
const SUBJECT_SPELLING = /^(?:patient|practitioner|session):[A-Za-z0-9._:@/-]{1,64}$/;

/** `{parts, findings}` of a bundle's bytes; with findings the parts are incomplete. Unreadable for no JSON object. */
function readBundle(bytes) {
  const { value, doubts } = readText(bytes);
  if (!(value instanceof Map)) {
    const kind = kindOf(value);
    throw new Unreadable(
      said(
        `这个文件不是证明包：内容不是 JSON 对象，而是${kind.zh}`,
        `this is no bundle: not a JSON object, but ${kind.en}`,
      ),
    );
  }
  const reader = new BundleReader();
  for (const what of doubts) reader.wrong("bundle", what);
  return { parts: reader.bundle(value), findings: reader.findings };
}

function readText(bytes) {
  if (bytes.length > MAX_BUNDLE_BYTES) {
    const megabytes = MAX_BUNDLE_BYTES >> 20;
    throw new Unreadable(
      said(
        `文件超过 ${megabytes} MB，不是证明包`,
        `the file is larger than ${megabytes} MB, the longest that a bundle may be`,
      ),
    );
  }
  let text;
  try {
    text = textOf(bytes);
  } catch {
    throw new Unreadable(
      said("文件不是 UTF-8 文字；是否完整复制？", "the file is not UTF-8 text; was it copied whole?"),
    );
  }
  try {
    return readJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new Unreadable(said(`文件不是 JSON：${error.said.zh}`, `the file is not JSON: ${error.said.en}`));
  }
}

const LONGEST_NUMBER = 9; // bytes of 7 bits that 2⁶³ − 1 needs

/** The ascending indexes that LEB128 distances spell, each in its shortest form; null for other bytes. */
function parseIndexes(bytes) {
  const indexes = [];
  let [before, value, length] = [-1n, 0n, 0];
  for (const byte of bytes) {
    value |= BigInt(byte & 0x7f) << BigInt(7 * length++);
    if (byte & 0x80) {
      if (length === LONGEST_NUMBER) return null;
      continue;
    }
    before += value + 1n;
    if ((byte === 0 && length > 1) || before > MAX_SIZE) return null;
    indexes.push(before);
    [value, length] = [0n, 0];
  }
  return length ? null : indexes;
}
