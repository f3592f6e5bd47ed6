// ---------------------------------------------------------------------------------------------------------------
// Keys on people's devices: did this device, at its owner's finger, sign this statement? WebAuthn with ES256, FORMAT.md,
// "Keys on devices". ECDSA is WebCrypto's; what is signed beside the statement is read here, and nothing else is taken.
// ---------------------------------------------------------------------------------------------------------------

const P256 = { name: "ECDSA", namedCurve: "P-256" };
const P256_FIELD = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const POINT_BYTES = 65;
const UNCOMPRESSED = 4;
const AUTHENTICATOR_BYTES = 37;
const PRESENT_AND_VERIFIED = 0x05; // no other flag: nothing follows, and the key cannot be copied to other devices

const numberOf = (bytes) => BigInt(`0x${hexOf(bytes)}`);

/** `{site, bytes}` of the text of a device's key: for which site it was made, 0x04, x, y; null of another text. */
function parseDeviceKey(text) {
  const [, site, encoded] = /^([a-z0-9.-]{1,253})\+([^]*)$/.exec(text) ?? [];
  const bytes = parseBase64(encoded);
  if (bytes?.length !== POINT_BYTES || bytes[0] !== UNCOMPRESSED) return null;
  const isBelow = [bytes.subarray(1, 33), bytes.subarray(33)].every((part) => numberOf(part) < P256_FIELD);
  return isBelow ? { site, bytes } : null;
}

/** Whether r ‖ s (64 bytes) is a signature by ES256 over the message under this point. False also for what is no point. */
async function signedByES256(point, signature, message) {
  const isInRange = (part) => numberOf(part) > 0n && numberOf(part) < P256_ORDER;
  if (signature.length !== 64 || !isInRange(signature.subarray(0, 32)) || !isInRange(signature.subarray(32)))
    return false;
  try {
    const key = await crypto.subtle.importKey("raw", point, P256, false, ["verify"]);
    return await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, message);
  } catch {
    return false; // not on the curve; that the browser knows ES256 at all was tried before: see `requireCrypto`
  }
}

/** What is wrong (`said`) with a statement's signature of four parts by this key; null when it is right. */
async function wrongByDevice({ site, bytes }, { raw, signature, authenticator, client }) {
  const isOfSite =
    authenticator.length === AUTHENTICATOR_BYTES && equal(authenticator.subarray(0, 32), await sha256(utf8(site)));
  if (!isOfSite || authenticator[32] !== PRESENT_AND_VERIFIED)
    return said(
      "设备没有表明：在密钥所属的站点上，本人在场并经核验",
      "the device does not say that its owner was there, verified, at the site of the key",
    );
  const wrong = wrongInClient(client, site, await challengeOf(raw));
  if (wrong) return said(`浏览器所记的 client data：${wrong.zh}`, `the client data: ${wrong.en}`);
  const isSigned = await signedByES256(bytes, signature, join(authenticator, await sha256(client)));
  return isSigned ? null : said("签名与所签内容不符", "the signature does not fit what it is over");
}

/** What is wrong with client data for this site and challenge; null when nothing is. */
function wrongInClient(client, site, challenge) {
  const { value, wrong } = readStrictly(client);
  if (wrong) return wrong;
  if (!(value instanceof Map)) return said("不是 JSON 对象", "it is no JSON object");
  const isFramed = value.has("crossOrigin") && value.get("crossOrigin") !== false;
  const offences = {
    type: value.get("type") !== "webauthn.get",
    challenge: value.get("challenge") !== challenge,
    origin: !isOriginOf(value.get("origin"), site),
    crossOrigin: isFramed,
  };
  const key = Object.keys(offences).find((name) => offences[name]);
  return key ? said(`${key} 不是应有的值`, `its ${key} is not what it must be`) : null;
}

/** Whether the text is the origin of a page of the site, or of one whose name ends in it. */
function isOriginOf(origin, site) {
  if (typeof origin !== "string") return false;
  const [, scheme, host] = /^(https?):\/\/([a-z0-9.-]+)(?::[0-9]{1,5})?$/.exec(origin) ?? [];
  const isOfSite = host === site || host?.endsWith(`.${site}`);
  return Boolean(isOfSite) && (scheme === "https" || site === "localhost");
}

/** What a device is asked for a statement: its hash in base64url without padding (RFC 4648 §5). */
async function challengeOf(raw) {
  const text = btoa(String.fromCharCode(...(await sha256(raw))));
  return text.replace(/\+/g, "-").replace(/\//g, "_").replace("=", "");
}
