"""Variants of authenticator data, of the 64 bytes, and of the text that they are parts of."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256

from tests.devices import Device
from tests.verify.device_variants import (
    FOREIGN,
    INVALID,
    SOUND,
    N,
    P,
    Variant,
    bytes_of,
    pair,
    statement,
    text_of,
    unused_bits,
    variant,
)
from tests.verify.world import Hand


def of_authenticator() -> Iterator[Variant]:
    def with_data(how: str, data: bytes, expected: str = INVALID) -> Variant:
        text = Device("T1").signature(statement(), authenticator=data)
        return variant(f"authenticator data: {how}", expected, text)

    device = Device("T1")
    right = device.authenticator_data()
    for flags in range(256):
        yield with_data(f"flags {flags:02x}", device.authenticator_data(flags=flags), SOUND if flags == 5 else INVALID)
    for length in (0, 1, 31, 32, 33, 36):
        yield with_data(f"{length} bytes", right[:length])
    for rest in (b"\0", b"\xa0", b"\xa1\x63foo\xf5", bytes(32)):
        yield with_data(f"{len(rest)} more bytes", right + rest)
    yield with_data("flags of extensions, and extensions", device.authenticator_data(flags=0x85, rest=b"\xa0"))
    for site in ("evil.example", "rehab.exampl", "REHAB.example", "a.rehab.example", "rehab.example."):
        yield with_data(f"of {site}", device.authenticator_data(site=site))
    for counter in (0, 1, 2**31, 2**32 - 1):
        yield with_data(f"counter {counter}", right[:33] + counter.to_bytes(4), SOUND)


def of_signature() -> Iterator[Variant]:
    device, said = Device("T1"), statement()
    text = device.signature(said)
    first, signature, data, client = text.split(".")
    raw = bytes_of(signature)
    r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
    signed_ = bytes_of(data) + sha256(bytes_of(client)).digest()

    def with_raw(how: str, changed: bytes, expected: str = INVALID) -> Variant:
        return variant(how, expected, ".".join((first, text_of(changed), data, client)))

    yield with_raw("as it was made", raw, SOUND)
    yield with_raw("the other s", pair(r, N - s), SOUND)
    for how, numbers in {
        "r = 0": (0, s), "s = 0": (r, 0), "both 0": (0, 0), "r = n": (N, s), "s = n": (r, N), "r = 1, s = 1": (1, 1),
        "s and n more": (r, s + N if s + N < 2**256 else N + 1), "the other r": (N - r, s), "r and s changed": (s, r),
        "all ones": (2**256 - 1, 2**256 - 1), "r = p": (P, s), "s = n - 1": (r, N - 1), "r = n - 1": (N - 1, s),
    }.items():  # fmt: skip
        yield with_raw(how, pair(*numbers))
    for how, over in {
        "over the statement": said,
        "over its hash": sha256(said).digest(),
        "over authenticator data and client data": bytes_of(data) + bytes_of(client),
        "over the client data's hash first": sha256(bytes_of(client)).digest() + bytes_of(data),
        "over the hash of all": sha256(signed_).digest(),
        "over nothing": b"",
    }.items():
        yield with_raw(how, device.sign(over))
    yield with_raw("by another device", Device("T2").sign(signed_))
    yield with_raw("with one bit turned", bytes([raw[0] ^ 1]) + raw[1:])
    yield with_raw("little-endian", raw[:32][::-1] + raw[32:][::-1])
    for how, other in {
        "DER": device.sign_der(signed_),
        "63 bytes": raw[:63],
        "65 bytes": raw + b"\0",
        "66 bytes": b"\0" + raw[:32] + b"\0" + raw[32:],
        "no byte": b"",
    }.items():
        yield with_raw(how, other, FOREIGN)


def of_parts() -> Iterator[Variant]:
    device, said = Device("T1"), statement()
    parts = device.signature(said).split(".")
    ed25519 = Hand("T1", "K3").over(said)
    yield variant("two parts by Ed25519 under a device's key", INVALID, ed25519)
    yield variant("two parts by the device", INVALID, f"{parts[0]}.{text_of(device.sign(said))}")
    yield variant("two parts of four", INVALID, ".".join(parts[:2]))
    yield variant(
        "four parts under a key of Ed25519",
        INVALID,
        ".".join(parts),
        public_key=Hand("T1", "K3").public,
        algorithm="ed25519",
    )
    yield variant(
        "two parts of Ed25519 and two empty ones",
        INVALID,
        ed25519 + "..",
        public_key=Hand("T1", "K3").public,
        algorithm="ed25519",
    )
    yield variant("two parts of Ed25519", SOUND, ed25519, public_key=Hand("T1", "K3").public, algorithm="ed25519")
    yield variant("two empty parts", INVALID, ".".join(parts[:2]) + "..")
    yield variant("the two last changed", INVALID, ".".join((*parts[:2], parts[3], parts[2])))
    for how, text in {
        "one part": parts[0],
        "three parts": ".".join(parts[:3]),
        "five parts": ".".join((*parts, parts[3])),
        "an empty fifth part": ".".join(parts) + ".",
        "six parts": ".".join((*parts, *parts[:2])),
        "a statement of something else": ".".join((text_of(b"{}"), *parts[1:])),
        "no statement": ".".join(("", *parts[1:])),
        "a blank behind it": ".".join(parts) + " ",
        "a line end behind it": ".".join(parts) + "\n",
    }.items():
        yield variant(how, FOREIGN, text)
    for place, part in enumerate(parts):
        for how, changed in misspelled(part).items():
            text = ".".join((*parts[:place], changed, *parts[place + 1 :]))
            yield variant(f"part {place}: {how}", FOREIGN, text)


def misspelled(part: str) -> dict[str, str]:
    """Base64 of the same bytes in other spellings; those that a text already has are left out."""
    raw = bytes_of(part)
    spellings = {
        "base64url": urlsafe_b64encode(raw).decode(),
        "without padding": part.rstrip("="),
        "more padding": part + "=",
        "a group of padding": part + "====",
        "a blank in it": f"{part[:4]} {part[4:]}",
        "a line end in it": f"{part[:4]}\n{part[4:]}",
        "a line end behind it": f"{part}\n",
        "hex": raw.hex() + "z",
        "unused bits": unused_bits(part),
        "a letter of full width": "Ａ" + part[1:],
    }
    return {how: text for how, text in spellings.items() if text != part}
