"""Variants of client data: what a browser says that a device was asked, and what no browser says."""

import json
import random
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from tests.devices import SITE, Device
from tests.verify.device_variants import INVALID, SOUND, Variant, enrolled, last_line, statement, variant
from tests.verify.world import Hand

ORIGINS = {
    SITE: {
        SOUND: [
            "https://rehab.example",
            "https://rehab.example:443",
            "https://rehab.example:0",
            "https://rehab.example:00000",
            "https://rehab.example:99999",
            "https://a.rehab.example",
            "https://a.b-c.0.rehab.example:8443",
            "https://.rehab.example",
            "https://-..rehab.example",
            "https://rehab.example.rehab.example",
            f"https://{'a.' * 200}rehab.example",
        ],
        INVALID: [
            "",
            "https://",
            "rehab.example",
            "//rehab.example",
            "https:rehab.example",
            "https:/rehab.example",
            "https:///rehab.example",
            "http://rehab.example",
            "http://localhost",
            "https://localhost",
            "HTTPS://rehab.example",
            "wss://rehab.example",
            "android:apk-key-hash:rehab.example",
            "https://rehab.example.evil.org",
            "https://evilrehab.example",
            "https://evil.org",
            "https://evil.org/.rehab.example",
            "https://evil.org#.rehab.example",
            "https://evil.org?.rehab.example",
            "https://evil.org@rehab.example",
            "https://evil.org:1.rehab.example",
            "https://evil.org:1@rehab.example",
            "https://evil_org.rehab.example",
            "https://rehab.example:",
            "https://rehab.example:123456",
            "https://rehab.example:-1",
            "https://rehab.example:4a",
            "https://rehab.example:٤٤٣",
            "https://rehab.example:443:443",
            "https://rehab.example:443/",
            "https://rehab.example/",
            "https://rehab.example?",
            "https://rehab.example.",
            "https://rehab-example",
            "https://rehabxexample",
            "https://.example",
            "https://example",
            "https://ehab.example",
            "https://REHAB.example",
            "https://A.rehab.example",
            "https://а.rehab.example",
            "https://rehab.example\n",
            "https://rehab.example:443\n",
            "\nhttps://rehab.example",
            " https://rehab.example",
            "https://rehab.example ",
            "https://evil.org\nhttps://rehab.example",
            "https://evil.org\n.rehab.example",
        ],
    },
    "localhost": {
        SOUND: [
            "http://localhost:8000",
            "http://localhost",
            "https://localhost:8000",
            "http://a.localhost",
        ],
        INVALID: [
            "http://rehab.example",
            "httpss://localhost",
            "http://localhost:",
            "http://localhost/",
            "http://alocalhost",
            "http://127.0.0.1:8000",
            "ftp://localhost",
        ],
    },
    "localhost.rehab.example": {
        SOUND: ["https://localhost.rehab.example"],
        INVALID: ["http://localhost.rehab.example"],
    },
    ".": {SOUND: ["https://.", "https://..", "https://a.."], INVALID: ["https://", "https://a.", "https://a"]},
}


def _with_client(how: str, expected: str, client: bytes, site: str = SITE) -> Variant:
    text = Device("T1", site).signature(statement(), client=client)
    return variant(f"client data: {how}", expected, text, site=site)


def _said(**other: Any) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(Device("T1").client_data(statement()))
    return said | other


def of_origin() -> Iterator[Variant]:
    for site, by_verdict in ORIGINS.items():
        for expected, origins in by_verdict.items():
            for origin in origins:
                client = Device("T1", site).client_data(statement(), origin=origin)
                yield _with_client(f"origin {origin!r} of {site}", expected, client, site)
    for value in (None, 5, True, ["https://rehab.example"], {"https://rehab.example": 1}):
        yield _with_client(f"origin {value!r}", INVALID, Device("T1").client_data(statement(), origin=value))


def of_challenge() -> Iterator[Variant]:
    """Hashes with two `+` and two `/` and more, which base64url has as `-` and `_`; the same hashes with one left."""
    device = Device("T1")
    digests = {key_id: sha256(statement(key_id)).digest() for key_id in (f"K{number}" for number in range(3, 2000))}
    plain = {key_id: b64encode(digest).decode().rstrip("=") for key_id, digest in digests.items()}
    for key_id in [one for one, text in plain.items() if min(text.count("+"), text.count("/")) >= 2][:10]:
        said, text = statement(key_id), plain[key_id]
        key = enrolled(Hand("T1", key_id), device.public_key)
        yield Variant(f"the hash {text}", SOUND, [key, last_line(device.signature(said))])
        for challenge in (
            text,
            text.replace("+", "-"),
            text.replace("/", "_"),
            text.replace("+", "-").replace("/", "_", 1),
        ):
            signed = device.signature(said, client=device.client_data(said, challenge=challenge))
            yield Variant(f"the hash as {challenge}", INVALID, [key, last_line(signed)])


def of_client() -> Iterator[Variant]:
    right = Device("T1").client_data(statement())
    challenge = _said()["challenge"]
    digest = sha256(statement()).digest()
    others = [
        *(
            {"challenge": value}
            for value in (
                None,
                5,
                "",
                challenge + "=",
                challenge[:-1],
                challenge + "A",
                challenge.swapcase(),
                digest.hex(),
                " " + challenge,
                b64encode(digest).decode(),
                urlsafe_b64encode(digest).decode(),
                challenge[:-1] + chr(ord(challenge[-1]) + 1),
                urlsafe_b64encode(sha256(b"another statement").digest()).decode().rstrip("="),
                [challenge],
                urlsafe_b64encode(statement()).decode().rstrip("="),
            )
        ),
        *(
            {"type": value}
            for value in ("webauthn.create", "webauthn.Get", "webauthn.get ", "", None, 1, ["webauthn.get"])
        ),
        *({"crossOrigin": value} for value in (None, True, 0, 0.0, "", "false", [], {})),
    ]
    for other in others:
        yield _with_client(f"{other!r}"[:100], INVALID, Device("T1").client_data(statement(), **other))
    for key in ("type", "challenge", "origin", "crossOrigin"):
        left = {name: value for name, value in _said().items() if name != key}
        yield _with_client(f"without {key}", SOUND if key == "crossOrigin" else INVALID, json.dumps(left).encode())
        again = right[:-1] + f',"{key}":{json.dumps(_said()[key])}}}'.encode()
        yield _with_client(f"{key} twice", INVALID, again)
        escaped = f"\\u{ord(key[0]):04x}{key[1:]}"
        yield _with_client(f"{key} escaped", SOUND, right.replace(key.encode(), escaped.encode(), 1))
        both = right[:-1] + f',"{escaped}":{json.dumps(_said()[key])}}}'.encode()
        yield _with_client(f"{key} twice, once escaped", INVALID, both)
        other = f"{key}\\u0000".encode()
        yield _with_client(
            f"{key} with a NUL", INVALID if key != "crossOrigin" else SOUND, right.replace(key.encode(), other, 1)
        )
    for how, more, expected in (
        ("another key", '"tokenBinding":{"status":"supported"}', SOUND),
        ("topOrigin", '"topOrigin":"https://evil.org"', SOUND),
        ("__proto__", '"__proto__":{"crossOrigin":true},"constructor":1', SOUND),
        ("crossOrigin in it", '"x":{"crossOrigin":true}', SOUND),
        ("a whole character outside the BMP", '"x":"\\ud83d\\ude00"', SOUND),
        ("half a surrogate pair", '"x":"\\ud83d"', INVALID),
        ("half a surrogate pair deep down", '"x":[{"y":["\\ude00"]}]', INVALID),
        ("half a surrogate pair in a key", '"\\ud83d":1', INVALID),
        ("a key twice deep down", '"x":[{"y":1,"y":1}]', INVALID),
        ("an empty key twice", '"":1,"":1', INVALID),
        ("NaN", '"x":NaN', INVALID),
        ("-Infinity", '"x":[-Infinity]', INVALID),
        ("a number of 5000 digits", f'"x":{"1" * 5000}', SOUND),
        ("a number too large for a double", '"x":1e999', SOUND),
        ("-0", '"x":-0', SOUND),
        ("a number with a zero before it", '"x":01', INVALID),
        ("a comma behind it", '"x":1,', INVALID),
        ("an escape that is none", '"x":"\\x41"', INVALID),
        ("a line end in a text", '"x":"\n"', INVALID),
        ("nested 100 deep", f'"x":{"[" * 99}{"]" * 99}', SOUND),
        ("nested 101 deep", f'"x":{"[" * 100}{"]" * 100}', INVALID),
        ("objects nested 101 deep", '"x":' + '{"a":' * 100 + "1" + "}" * 100, INVALID),
        ("nested 2000 deep", f'"x":{"[" * 2000}{"]" * 2000}', INVALID),
    ):
        yield _with_client(how, expected, right[:-1] + f",{more}}}".encode())
    for how, client, expected in (
        ("spaced", json.dumps(_said(), indent=2).encode(), SOUND),
        ("keys in another order", json.dumps(dict(reversed(_said().items()))).encode(), SOUND),
        ("blanks around it", b" \t\r\n" + right + b"\n ", SOUND),
        ("U+00A0 behind it", right + "\u00a0".encode(), INVALID),
        ("a form feed behind it", right + b"\f", INVALID),
        ("a NUL behind it", right + b"\0", INVALID),
        ("a byte order mark", b"\xef\xbb\xbf" + right, INVALID),
        ("UTF-16", right.decode().encode("utf-16"), INVALID),
        ("wrong UTF-8", right[:-1] + b',"x":"\xff"}', INVALID),
        ("UTF-8 of half a surrogate pair", right[:-1] + b',"x":"\xed\xa0\xbd"}', INVALID),
        ("overlong UTF-8", right[:-1] + b',"x":"\xc0\xaf"}', INVALID),
        ("none", b"", INVALID),
        ("cut", right[:-1], INVALID),
        ("twice", right + right, INVALID),
        ("in a list", b"[" + right + b"]", INVALID),
        *((value, value.encode(), INVALID) for value in ("{}", "[]", "null", "true", "5", '"webauthn.get"')),
    ):
        yield _with_client(how, expected, client)


def at_random(count: int, seed: int) -> Iterator[list[bytes]]:
    """Client data with a few bytes changed, which a device signed so: nobody says beforehand what must come out."""
    chance = random.Random(seed)
    right = Device("T1").client_data(statement())
    bits = [*b'{}[]",:\\ntfu0.-e \t\n\xff', *b"\xef\xbb\xbf"]
    for _ in range(count):
        client = bytearray(right)
        for _change in range(chance.choice((1, 1, 1, 2, 3))):
            at = chance.randrange(len(client))
            how = chance.randrange(4)
            if how == 0:
                client[at] = chance.choice(bits)
            elif how == 1:
                client.insert(at, chance.choice(bits))
            elif how == 2:
                del client[at]
            else:
                end = at + chance.randrange(12)
                client[at:at] = client[at:end]
        text = Device("T1").signature(statement(), client=bytes(client))
        yield [enrolled(Hand("T1", "K3"), Device("T1").public_key), last_line(text)]
