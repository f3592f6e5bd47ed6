"""Variants of enrolments: which texts are keys of devices, whose they are, and erasures approved by them."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from tests.devices import SITE, Device
from tests.verify.device_variants import (
    INVALID,
    SOUND,
    UNKNOWN,
    P,
    Variant,
    bytes_of,
    enrolled,
    last_line,
    pair,
    statement,
    text_of,
    unused_bits,
    variant,
)
from tests.verify.world import GONE, Hand, entries, erased, hands


def of_keys() -> Iterator[Variant]:
    device = Device("T1")
    point, text = device.point, Device("T1").signature(statement())
    x, y = int.from_bytes(point[1:33]), int.from_bytes(point[33:])

    def with_key(how: str, expected: str, public_key: Any, algorithm: Any = "webauthn-es256") -> Variant:
        return variant(f"key: {how}", expected, text, public_key=public_key, algorithm=algorithm)

    def with_point(how: str, expected: str, other: bytes) -> Variant:
        return with_key(how, expected, f"{SITE}+{text_of(other)}")

    for algorithm in ("WebAuthn-ES256", "WEBAUTHN-ES256", "webauthn-Es256"):
        yield with_key(f"algorithm {algorithm}", SOUND, device.public_key, algorithm)
    for algorithm in (
        "es256", "webauthn", "webauthn-es256 ", " webauthn-es256", "webauthn_es256", "webauthn-es384", "webauthn-eſ256",
        "webauthn‐es256", "", None, -7, ["webauthn-es256"], "ed25519", "webauthn-ed25519", "toString", "__proto__",
    ):  # fmt: skip
        yield with_key(f"algorithm {algorithm!r}", UNKNOWN, device.public_key, algorithm)
    for how, site in {
        "no name": "",
        "254 characters": "a" * 254,
        "a capital": "Rehab.example",
        "a port": "rehab.example:443",
        "an underscore": "rehab_example",
        "a blank": "rehab.example ",
        "a line end": "rehab.example\n",
        "a slash": "rehab.example/",
        "another script": "康复.example",
        "a plus": "rehab+example",
        "an origin": "https://rehab.example",
    }.items():
        other = Device("T1", site)
        yield variant(f"key: name: {how}", UNKNOWN, other.signature(statement()), public_key=other.public_key)
    for site in ("a", "a" * 253, "-", "..", "0.1-2", "localhost"):
        other = Device("T1", site)
        yield variant(f"key: name {site[:20]}", SOUND, other.signature(statement()), public_key=other.public_key)
    yield with_key("name of another site", INVALID, f"rehab.example.org+{text_of(point)}")
    yield with_key("name of the site above", INVALID, f"example+{text_of(point)}")
    sub = Device("T1", "a.rehab.example")
    below = sub.signature(statement(), client=sub.client_data(statement(), origin="https://rehab.example"))
    yield variant("key: the page of the site above", INVALID, below, public_key=sub.public_key)
    for how, public_key in {
        "no plus": text_of(point),
        "a plus before": f"+{device.public_key}",
        "two plus": device.public_key.replace("+", "++", 1),
        "hex": f"{SITE}+{point.hex()}",
        "base64url": f"{SITE}+{urlsafe_b64encode(point).decode().rstrip('=')}",
        "without padding": device.public_key.rstrip("="),
        "a line end behind": device.public_key + "\n",
        "its name alone": SITE,
        "its name and a plus": f"{SITE}+",
        "an id": f"{SITE}+00000000+{text_of(point)}",
        "nothing": "",
        "a list": [device.public_key],
        "a number": 5,
        "an object": {"site": SITE},
        "of Ed25519": Hand("T1", "K3").public,
        "unused bits": f"{SITE}+{unused_bits(text_of(point))}",
    }.items():
        yield with_key(how, UNKNOWN, public_key)
    for how, other in {
        "compressed": bytes([2 + y % 2]) + point[1:33],
        "hybrid": bytes([6 + y % 2]) + point[1:],
        "first byte 0": b"\0" + point[1:],
        "first byte 5": b"\5" + point[1:],
        "64 bytes": point[1:],
        "66 bytes": point + b"\0",
        "the point at infinity": b"\0",
        "x = p": b"\4" + pair(P, y),
        "y = p": b"\4" + pair(x, P),
        "x = 2²⁵⁶ − 1": b"\4" + pair(2**256 - 1, y),
        "y = p + 5": b"\4" + pair(x, P + 5),
        "both p": b"\4" + pair(P, P),
    }.items():
        yield with_point(how, UNKNOWN, other)
    for how, numbers in {
        "off the curve": (x, y ^ 1),
        "zeroes": (0, 0),
        "x and y changed": (y, x),
        "p - 1": (P - 1, P - 1),
        "the other y": (x, P - y),
    }.items():
        yield with_point(how, INVALID, b"\4" + pair(*numbers))


def of_enrolments() -> Iterator[Variant]:
    """Who enrolled what, and when."""
    device, hand = Device("T1"), Hand("T1", "K3")
    own, text = enrolled(hand, device.public_key), Device("T1").signature(statement())
    other, last = Hand("T1", "K4"), last_line(text)
    elsewhere = f"another.example+{text_of(device.point)}"
    yield Variant("the same point enrolled before under another site", UNKNOWN, [enrolled(other, elsewhere), own, last])
    yield Variant(
        "the same key enrolled before under another id", UNKNOWN, [enrolled(other, device.public_key), own, last]
    )
    yield Variant(
        "the same, in other capitals", UNKNOWN, [enrolled(other, device.public_key, "WEBAUTHN-ES256"), own, last]
    )
    yield Variant("the same, and revoked", UNKNOWN, [enrolled(other, device.public_key), other.revoked(), own, last])
    yield Variant("enrolled afterwards too", SOUND, [own, enrolled(other, elsewhere), last])
    yield Variant("enrolled afterwards only", UNKNOWN, [last, own])
    yield Variant(
        "what was enrolled before is no key", SOUND, [enrolled(other, device.public_key.replace("+", " ")), own, last]
    )
    yield Variant(
        "what was enrolled before is of no algorithm", SOUND, [enrolled(other, device.public_key, "es256"), own, last]
    )
    yield Variant("the first of its id counts", INVALID, [enrolled(hand, Device("T2").public_key), own, last])
    yield Variant("of its id the first is no key", UNKNOWN, [enrolled(hand, "none"), own, last])
    yield Variant("the first of its id is of Ed25519", INVALID, [hand.enrolled(), own, last])
    yield Variant("revoked before", "signer-revoked", [own, hand.revoked(), last])
    yield Variant("for somebody else", UNKNOWN, [enrolled(Hand("DR1", "K3"), device.public_key), last])


def of_erasures() -> Iterator[Variant]:
    """P3's personal data erased once more, approved by a device and a key of Ed25519; in the bundle of P3."""
    physician, _ = hands()
    hand = Hand("T1", "K3")
    physician.counter, physician.previous = 2, _digest_of_the_second()
    first, said = physician.sign("erasure", GONE), hand.statement("erasure", GONE)
    device = Device("T1")
    text = device.signature(said)
    parts = text.split(".")
    own = enrolled(hand, device.public_key)
    yield Variant("approved by a device", SOUND, [own, erased(first, text)])
    yield Variant("approved by a device first", SOUND, [own, erased(text, first)])
    der = text_of(device.sign_der(bytes_of(parts[2]) + sha256(bytes_of(parts[3])).digest()))
    for how, other in {
        "in DER": ".".join((parts[0], der, *parts[2:])),
        "in three parts": ".".join(parts[:3]),
        "in two parts": ".".join(parts[:2]),
        "in five parts": ".".join((*parts, "")),
        "asked by another site": device.signature(said, client=device.client_data(said, origin="https://evil.org")),
        "by nobody verified": device.signature(said, authenticator=device.authenticator_data(flags=1)),
    }.items():
        yield Variant(f"approved {how}", INVALID, [own, erased(first, other)])
    theirs = Hand("DR1", "K5")
    again = device.signature(theirs.statement("erasure", GONE))
    twice = enrolled(theirs, f"another.example+{text_of(device.point)}")
    yield Variant("approved by two people with one device", UNKNOWN, [own, twice, erased(text, again)])


def _digest_of_the_second() -> str:
    approval = json.loads(entries()[23])["fact"]["approvals"][0]
    return text_of(sha256(bytes_of(approval.split(".")[0])).digest())
