// ---------------------------------------------------------------------------------------------------------------
// Bytes: text, base64, numbers and SHA-256 as FORMAT.md spells them. WebCrypto does the hashing, many at a time.
// Indexes, sizes and counts are BigInt: they are 64 bits wide. Places in a list of the bundle are plain numbers.
// ---------------------------------------------------------------------------------------------------------------

const HASH_BYTES = 32;
const MAX_SIZE = (1n << 63n) - 1n;
const AT_ONCE = 4096; // promises held at one time: a bundle may have a million entries, a browser's patience has not

const ENCODER = new TextEncoder();

/** The UTF-8 bytes of a text. Lone surrogates must have been refused before: here they would become U+FFFD. */
const utf8 = (text) => ENCODER.encode(text);

/** Whether a text has half a surrogate pair in it, which no UTF-8 can say. */
const hasLoneSurrogate = (text) => /\p{Cs}/u.test(text);

/** The text of these bytes, nothing dropped and nothing replaced; TypeError when they are not UTF-8. */
const textOf = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

/** The bytes of a base64 text in its one spelling, else null. */
function parseBase64(text) {
  if (typeof text !== "string" || text.length % 4 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  let binary;
  try {
    binary = atob(text);
    if (btoa(binary) !== text) return null; // unused bits that are not zero: a second spelling of the same bytes
  } catch {
    return null;
  }
  const bytes = new Uint8Array(binary.length);
  for (let n = 0; n < binary.length; n++) bytes[n] = binary.charCodeAt(n);
  return bytes;
}

const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The bytes of a hexadecimal text, else null. */
function parseHex(text) {
  if (text.length % 2 || !/^[0-9a-fA-F]*$/.test(text)) return null;
  return Uint8Array.from({ length: text.length / 2 }, (_, n) => Number.parseInt(text.slice(2 * n, 2 * n + 2), 16));
}

function join(...parts) {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

const equal = (one, other) => one.length === other.length && one.every((byte, n) => byte === other[n]);

/** A whole number as unsigned 64-bit big-endian. */
function u64(number) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, number);
  return bytes;
}

const readU64 = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0);

/** Joined hashes taken apart; null when they are no whole number of them. */
function splitHashes(bytes) {
  if (bytes.length % HASH_BYTES) return null;
  return Array.from({ length: bytes.length / HASH_BYTES }, (_, n) => bytes.subarray(32 * n, 32 * n + 32));
}

const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

/** The results of an asynchronous function over a list, in its order, never too many under way at once. */
async function mapAll(list, call) {
  const results = [];
  for (let from = 0; from < list.length; from += AT_ONCE) {
    results.push(...(await Promise.all(list.slice(from, from + AT_ONCE).map(call))));
  }
  return results;
}

const hashAll = (messages) => mapAll(messages, sha256);
