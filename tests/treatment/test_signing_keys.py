"""Which keys are enrolled: every key of CCTV and Wycheproof, and every spelling of a point of low order."""

import json
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest

from ledger.proof import ProofError, es256
from ledger.proof.ed25519 import require_public_key
from ledger.treatment.batch import Accepted
from ledger.treatment.facts import Fact, SigningKeyEnrolled, SigningKeyRevoked
from ledger.treatment.signing_keys import KeyProblem, PublicKey, device_key_text, public_key_of, usable_key, weakness
from tests.devices import Device

VECTORS = Path(__file__).parent.parent / "vectors"
CCTV = json.loads((VECTORS / "cctv/ed25519/ed25519vectors.json").read_text())
WYCHEPROOF = json.loads((VECTORS / "wycheproof/ed25519_test.json").read_text())["testGroups"]

GOOD = bytes.fromhex(WYCHEPROOF[0]["publicKey"]["pk"])
OTHERS = [key for group in WYCHEPROOF if (key := bytes.fromhex(group["publicKey"]["pk"])) != GOOD]
P = 2**255 - 19

LOW_ORDER = {
    "0000000000000000000000000000000000000000000000000000000000000000": "low order (4)",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f": "second spelling",
    "0000000000000000000000000000000000000000000000000000000000000080": "low order (4)",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff": "second spelling",
    "0100000000000000000000000000000000000000000000000000000000000000": "low order (1)",
    "0100000000000000000000000000000000000000000000000000000000000080": "sign bit",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f": "second spelling",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff": "second spelling",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05": "low order (8)",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85": "low order (8)",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a": "low order (8)",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa": "low order (8)",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f": "low order (2)",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff": "sign bit",
}
"""The fourteen of CCTV's page: eight points and six more spellings of them."""


def enrolled(public_key: str, algorithm: str = "ed25519") -> SigningKeyEnrolled:
    at = "2021-03-01T08:00:00+08:00"
    return SigningKeyEnrolled(
        at=at, practitioner="PT1", key_id="K9", algorithm=algorithm, public_key=public_key  # type: ignore[arg-type]
    )  # fmt: skip


def test_every_key_of_cctv_is_refused_where_its_flags_say_so_and_taken_where_not():
    keys = {case["key"]: set(case["flags"] or []) & {"low_order_A", "non_canonical_A"} for case in CCTV}
    assert {key: bool(flags) for key, flags in keys.items()} == {
        key: weakness(PublicKey(bytes.fromhex(key))) is not None for key in keys
    }
    assert {key for key, flags in keys.items() if flags} == set(LOW_ORDER)
    assert len(keys) == 14 + 8  # and eight with a part of low order, or none, beside one of prime order


def test_every_key_of_wycheproof_is_taken():
    keys = {group["publicKey"]["pk"] for group in WYCHEPROOF}
    assert len(WYCHEPROOF) == 78
    assert [key for key in keys if weakness(PublicKey(bytes.fromhex(key))) is not None] == []


@pytest.mark.parametrize("key", LOW_ORDER)
def test_a_key_of_low_order_is_refused_however_it_is_written(story, fact, key):
    raw = bytes.fromhex(key)
    for text in (key, key.upper(), b64encode(raw).decode()):
        for algorithm in ("ed25519", "Ed25519", "ED25519"):
            story.refuses(
                "public_key",
                LOW_ORDER[key],
                fact("SigningKeyEnrolled", "09:00", practitioner="PT1", key_id="K9", algorithm=algorithm,
                     public_key=text),
            )  # fmt: skip


@pytest.mark.parametrize("sign", [0, 1])
def test_every_second_spelling_is_refused(sign):
    for y in range(P, 2**255):
        assert "second spelling" in (weakness(PublicKey((y | sign << 255).to_bytes(32, "little"))) or "")
    assert weakness(PublicKey(((P - 2) | sign << 255).to_bytes(32, "little"))) is None


def test_a_good_key_is_taken_in_either_spelling(story, fact):
    for n, other in enumerate(OTHERS[:3]):
        text = (other.hex(), other.hex().upper(), b64encode(other).decode())[n]
        assert public_key_of(enrolled(text)) == PublicKey(other)
        story.accepts(
            fact("SigningKeyEnrolled", "09:00", practitioner="PT1", key_id=f"K{n + 2}", algorithm="Ed25519",
                 public_key=text)
        )  # fmt: skip


@pytest.mark.parametrize(("practitioner", "key_id"), [("DR1", "K8"), ("PT1", "K8")])
@pytest.mark.parametrize("apart", [True, False])
def test_a_public_key_is_enrolled_once(story, fact, practitioner, key_id, apart):
    """For one person under one id, however it is spelled: by an earlier call, and by an earlier line of the same."""
    first = fact("SigningKeyEnrolled", "09:00", practitioner="PT1", key_id="K9", algorithm="ed25519",
                 public_key=GOOD.hex())  # fmt: skip
    revoked = fact("SigningKeyRevoked", "09:30", key_id="K9", reason="lost")
    again = fact("SigningKeyEnrolled", "10:00", practitioner=practitioner, key_id=key_id, algorithm="Ed25519",
                 public_key=b64encode(GOOD).decode())  # fmt: skip
    if apart:
        story.given(first, revoked)
        story.refuses("public_key", "enrolled already, for 'PT1' as 'K9'", again)
    else:
        taken, verdict = story.when(first, again)
        assert isinstance(taken, Accepted)
        assert (verdict.field, "enrolled already, for 'PT1' as 'K9'" in verdict.what) == ("public_key", True)


def test_a_correction_brings_no_other_persons_key_in(story, fact, correction):
    for n, key in ((8, GOOD), (9, OTHERS[0])):
        story.given(
            fact("SigningKeyEnrolled", "09:00", practitioner="PT1", key_id=f"K{n}", algorithm="ed25519",
                 public_key=key.hex(), id=f"L{n}")
        )  # fmt: skip
    story.refuses(
        "new",
        "enrolled already, for 'PT1' as 'K8'",
        correction("10:00", "L9", "public_key", OTHERS[0].hex(), GOOD.hex()),
    )
    story.accepts(correction("10:00", "L9", "practitioner", "PT1", "DR1"))


def test_a_key_that_somebody_enrolled_before_signs_nothing():
    lines = [enrolled(GOOD.hex())]
    before = msgspec.structs.replace(lines[0], practitioner="PT2", key_id="K8")
    found = usable_key(lines, "PT1", lambda public: [before, *lines])
    assert (found.finding, "'PT2' enrolled before as 'K8'" in found.what) == ("signer-unknown", True)
    assert usable_key(lines, "PT1", lambda public: [*lines, before]) == PublicKey(GOOD)


@pytest.mark.parametrize(
    "text",
    ["AAAA", GOOD.hex()[:62], GOOD.hex() + "00", b64encode(GOOD).decode().rstrip("="), b64encode(GOOD).decode() + "\n",
     " " + GOOD.hex(), b64encode(GOOD + b"\0").decode(), "-----BEGIN PUBLIC KEY-----", "密钥", GOOD.hex()[:-1] + "٠"],
)  # fmt: skip
def test_what_is_no_key_of_32_bytes_is_recorded_and_signs_nothing(story, fact, text):
    assert public_key_of(enrolled(text)) is None
    story.accepts(
        fact("SigningKeyEnrolled", "09:00", practitioner="PT1", key_id="K9", algorithm="ed25519", public_key=text)
    )


def test_a_base64_text_that_is_not_the_one_spelling_is_no_key():
    text = b64encode(GOOD).decode()
    loose = text[:-2] + chr(ord(text[-2]) + 1) + "="
    assert public_key_of(enrolled(loose)) is None


def test_keys_of_other_algorithms_are_not_looked_into(story, fact):
    low = next(iter(LOW_ORDER))
    assert public_key_of(enrolled(low, "sm2")) is None
    story.accepts(fact("SigningKeyEnrolled", "09:00", practitioner="PT1", key_id="K9", algorithm="sm2", public_key=low))


def test_a_correction_brings_no_weak_key_in(story, fact, correction):
    story.given(
        fact("SigningKeyEnrolled", "09:00", practitioner="PT1", key_id="K9", algorithm="ed25519",
             public_key=GOOD.hex(), id="L-K9")
    )  # fmt: skip
    story.refuses("new", "low order", correction("10:00", "L-K9", "public_key", GOOD.hex(), "00" * 32))


def test_the_proof_has_the_same_weak_points():
    """The rule stands in two rooms that may not import each other: over every key of CCTV they say the same."""

    def refused_in_the_proof(key: bytes) -> bool:
        try:
            require_public_key(key)
        except ProofError:
            return True
        return False

    keys = [bytes.fromhex(key) for key in sorted({case["key"] for case in CCTV})]
    assert [refused_in_the_proof(key) for key in keys] == [weakness(PublicKey(key)) is not None for key in keys]
    assert sum(map(refused_in_the_proof, keys)) == len(LOW_ORDER)


def revoked(reason: str = "lost") -> SigningKeyRevoked:
    return SigningKeyRevoked(at="2021-03-02T08:00:00+08:00", key_id="K9", reason=reason)  # type: ignore[arg-type]


def key_of(lines: Iterable[Fact], signer: str) -> PublicKey | KeyProblem:
    """With no other enrolment of the public key than those of the key itself."""
    lines = list(lines)
    own = [line for line in lines if isinstance(line, SigningKeyEnrolled)]
    return usable_key(lines, signer, lambda public: [line for line in own if public_key_of(line) == PublicKey(public)])


def problem(*lines: Fact, signer: str = "PT1") -> tuple[str, str]:
    found = key_of(lines, signer)
    assert isinstance(found, KeyProblem)
    return found


def test_a_key_that_may_sign_is_given():
    assert key_of([enrolled(GOOD.hex())], "PT1") == PublicKey(GOOD)


def test_a_key_that_may_not_sign_is_named_for_the_first_thing_wrong():
    assert problem()[0] == "signer-unknown"
    assert problem(revoked())[0] == "signer-unknown"
    assert problem(enrolled(GOOD.hex()), signer="PT2") == ("signer-unknown", "is 'PT1''s, expected a key of 'PT2'")
    assert problem(enrolled(GOOD.hex(), "sm2"))[0] == "signer-unknown"
    assert "low order (4)" in problem(enrolled("00" * 32), revoked())[1]
    name, what = problem(enrolled(GOOD.hex()), revoked("stolen"))
    assert (name, "was revoked (stolen)" in what) == ("signer-revoked", True)


def test_of_several_enrolments_the_signers_first_counts():
    other = OTHERS[0]
    of_another = msgspec.structs.replace(enrolled(other.hex()), practitioner="PT2")
    lines = [of_another, enrolled(GOOD.hex()), enrolled(other.hex())]
    assert key_of(lines, "PT1") == PublicKey(GOOD)
    assert key_of(lines, "PT2") == PublicKey(other)


DEVICE = Device("a device")
SMALL_X = 5
SMALL_Y = 0x459243B9AA581806FE913BCE99817ADE11CA503C64D9A3C533415C083248FBCC
"""A point of P-256 whose x is so small that x + p fits in 32 bytes."""
OFF_THE_CURVE = DEVICE.point[:-1] + bytes([DEVICE.point[-1] ^ 1])


def enrolling(fact, public_key: str, key_id: str = "K9", practitioner: str = "PT1", clock: str = "09:00") -> Fact:
    return fact("SigningKeyEnrolled", clock, practitioner=practitioner, key_id=key_id, algorithm="WebAuthn-ES256",
                public_key=public_key)  # fmt: skip


def test_a_key_on_a_device_is_taken(story, fact):
    line = enrolling(fact, device_key_text("rehab.example", DEVICE.point))
    assert line.public_key == DEVICE.public_key
    assert public_key_of(line) == PublicKey(DEVICE.point, "rehab.example")
    story.accepts(line)


def test_a_key_on_a_device_is_enrolled_once_whatever_the_site(story, fact):
    story.given(enrolling(fact, DEVICE.public_key))
    other = Device("a device", "other.example")
    story.refuses("public_key", "enrolled already", enrolling(fact, other.public_key, "K8", "DR1", "09:10"))


def test_what_is_no_point_of_the_curve_is_refused(story, fact):
    story.refuses("public_key", "no point of P-256", enrolling(fact, device_key_text("rehab.example", OFF_THE_CURVE)))


def test_the_proof_refuses_the_same_points():
    """A point that is off the curve is refused at the door alone: in the proof no signature is right under it."""
    p = 2**256 - 2**224 + 2**192 + 2**96 - 1
    other = Device("another")
    points = [
        (DEVICE.point, DEVICE), (other.point, other), (OFF_THE_CURVE, DEVICE), (b"\x02" + DEVICE.point[1:], DEVICE),
        (b"\x04" + (SMALL_X + p).to_bytes(32) + SMALL_Y.to_bytes(32), DEVICE),  # on the curve, spelled a second way
        *((b"\x04" + pair, DEVICE) for pair in (bytes(64), p.to_bytes(32) + bytes(32), bytes(32) + p.to_bytes(32))),
    ]  # fmt: skip

    def refused_in_the_proof(point: bytes, signer: Device) -> bool:
        try:
            es256.check_signature(point, signer.sign(b"data"), b"data")
        except ProofError:
            return True
        return False

    refused = [False, False] + [True] * 6
    assert [weakness(PublicKey(point, "x")) is not None for point, _ in points] == refused
    assert [refused_in_the_proof(*one) for one in points] == refused


@pytest.mark.parametrize(
    "text",
    ["rehab.example+", DEVICE.public_key.partition("+")[2], DEVICE.public_key.upper(), DEVICE.point.hex(),
     DEVICE.public_key + "\n", "+" + DEVICE.public_key, "a" * 254 + "+" + DEVICE.public_key.partition("+")[2],
     device_key_text("rehab.example", DEVICE.point[1:]), device_key_text("康复.example", DEVICE.point)],
)  # fmt: skip
def test_what_is_no_key_on_a_device_is_recorded_and_signs_nothing(story, fact, text):
    line = enrolling(fact, text)
    assert public_key_of(line) is None
    story.accepts(line)
