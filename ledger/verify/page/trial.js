// ---------------------------------------------------------------------------------------------------------------
// Can this browser do what is asked of it? A page that cannot check must say so, and never "sound".
// ---------------------------------------------------------------------------------------------------------------

let tried = null;
/** Returns when this browser can do what is asked of it; tried once. */
const requireCrypto = () => (tried ??= tryCrypto());

/**
 * Returns when this browser hashes and checks Ed25519 and ES256 rightly: FIPS 180-2's "abc"; RFC 8032 §7.1, test 2; RFC
 * 6979 §A.2.5, SHA-256 of "sample".
 */
async function tryCrypto() {
  const instead = said(
    "请改用新版 Chrome、Edge、Firefox 或 Safari 打开本页，或使用 python -m ledger.verify",
    "open this page in a current Chrome, Edge, Firefox or Safari, or use python -m ledger.verify",
  );
  const cannot = (zh, en) => new Unreadable(said(`${zh}；${instead.zh}`, `${en}; ${instead.en}`));
  if (!globalThis.crypto?.subtle)
    throw cannot(
      "此浏览器不为从磁盘打开的页面提供 WebCrypto",
      "this browser gives a page opened from disk no WebCrypto",
    );
  const abc = hexOf(await sha256(utf8("abc")));
  if (abc !== "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    throw cannot("此浏览器的 SHA-256 不正确", "the SHA-256 of this browser is wrong");
  const key = parseHex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  const signature = parseHex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  );
  const [right, wrong] = await Promise.all([
    signedBy(key, signature, Uint8Array.of(0x72)),
    signedBy(key, signature, Uint8Array.of(0x73)),
  ]);
  if (!right || wrong) throw cannot("此浏览器不能核验 Ed25519 签名", "this browser cannot check Ed25519 signatures");
  const point = parseHex(
    "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
  );
  const byDevice = parseHex(
    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
  );
  const [fits, other] = await Promise.all([
    signedByES256(point, byDevice, utf8("sample")),
    signedByES256(point, byDevice, utf8("simple")),
  ]);
  if (!fits || other)
    throw cannot("此浏览器不能核验设备的签名（ES256）", "this browser cannot check signatures by devices (ES256)");
}
