"""Keys on devices in the page that a clerk opens: WebCrypto's ES256 by the vectors of others, and every variant of what
devices sign, of which the page, the verifier in Python and the second verifier must say the same.
"""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from playwright.sync_api import Page

from ledger.verify import verify
from ledger.verify.page.build import HERE as PARTS_OF_PAGE
from tests.devices import Device
from tests.verify.browser import PAGE, Answer, give, opened, verify_many, verify_one
from tests.verify.device_client_data import at_random, of_challenge, of_client, of_origin
from tests.verify.device_enrolments import of_enrolments, of_erasures, of_keys
from tests.verify.device_signatures import of_authenticator, of_parts, of_signature
from tests.verify.device_variants import FOREIGN, SOUND, N, P, Variant, log_of_devices, pair
from tests.verify.second_verifier import second_verifier
from tests.verify.world import Log, entries

VECTORS = Path(__file__).parents[1] / "vectors/wycheproof"
KINDS = (of_authenticator, of_origin, of_challenge, of_client, of_signature, of_parts, of_keys, of_enrolments)
"""The variants of which P1's bundle has the last line."""


# --- r and s, by WebCrypto


def of_wycheproof(name: str) -> list[dict[str, Any]]:
    groups = json.loads((VECTORS / f"ecdsa_secp256r1_sha256_{name}test.json").read_text("utf-8"))["testGroups"]
    return [{**test, "point": group["publicKey"]["uncompressed"]} for group in groups for test in group["tests"]]


def es256(page: Page, cases: Iterable[tuple[str, str, str]]) -> list[bool]:
    """What the page's own function says of point, signature and message, each in hex."""
    parts = "\n".join((PARTS_OF_PAGE / f"{part}.js").read_text("utf-8") for part in ("bytes", "devices"))
    assert all(
        (PARTS_OF_PAGE / f"{part}.js").read_text("utf-8") in PAGE.read_text("utf-8") for part in ("bytes", "devices")
    )
    script = f"(cases) => {{ {parts}\n return Promise.all(cases.map((one) => signedByES256(...one.map(parseHex)))); }}"
    answers: list[bool] = page.evaluate(script, [list(one) for one in cases])
    return answers


def test_every_signature_of_wycheproof(verifier):
    cases = of_wycheproof("p1363_")
    answers = es256(verifier, ((case["point"], case["sig"], case["msg"]) for case in cases))
    told = [case["tcId"] for case, answer in zip(cases, answers, strict=True) if answer != (case["result"] == "valid")]
    assert told == []
    assert Counter(answers) == {True: 173, False: 89}
    assert sum(len(case["sig"]) != 128 for case in cases) == 21


def test_every_signature_of_wycheproof_in_der(verifier):
    """DER is refused, whatever it says; what it says is right or not as they say."""
    cases = of_wycheproof("")
    assert not any(es256(verifier, ((case["point"], case["sig"], case["msg"]) for case in cases)))
    spelled = [(case, raw) for case in cases if (raw := raw_of(bytes.fromhex(case["sig"]))) is not None]
    answers = es256(verifier, ((case["point"], raw, case["msg"]) for case, raw in spelled))
    told = [
        case["tcId"]
        for (case, _), answer in zip(spelled, answers, strict=True)
        if answer != (case["result"] == "valid")
    ]
    assert told == []
    assert sum(answers) == 174 == sum(case["result"] == "valid" for case in cases)
    assert (len(cases), len(spelled)) == (484, 249)


def raw_of(der: bytes) -> str | None:
    """The two numbers of a DER text, if it is one and they have room in 32 bytes."""
    try:
        r, s = decode_dss_signature(der)
        return (r.to_bytes(32) + s.to_bytes(32)).hex()
    except (ValueError, OverflowError):
        return None


def test_what_is_no_point_is_no_key(verifier):
    case = of_wycheproof("p1363_")[0]
    point = case["point"]
    off = point[:-1] + ("0" if point[-1] != "0" else "1")
    others = [off, "04" + "00" * 64, "04" + point[66:] + point[2:66], "00", "", point[2:], "ff" * 65]
    assert es256(verifier, ((one, case["sig"], case["msg"]) for one in [point, *others])) == [True] + [False] * 7


def test_numbers_out_of_range_are_refused_whatever_the_browser_says(browser):
    """Browsers differ in what they look at; this one takes everything."""
    point = Device("T1").point.hex()
    refused = [pair(r, s).hex() for r in (0, 1, N - 1, N, 2**256 - 1) for s in (0, N, N + 1)]
    refused += [pair(r, 1).hex() for r in (0, N, N + 1, P)] + ["", "01" * 63, "01" * 65]
    taken = [pair(r, s).hex() for r in (1, N - 1) for s in (1, N - 1)]
    with opened(browser, "crypto.subtle.verify = async () => true") as page:
        answers = es256(page, ((point, one, "00") for one in [*refused, *taken]))
    assert answers == [False] * len(refused) + [True] * len(taken)


NO_ES256 = """
const verify = crypto.subtle.verify.bind(crypto.subtle);
crypto.subtle.verify = async (how, ...rest) => how.name === "ECDSA" ? %s : verify(how, ...rest);
"""


@pytest.mark.parametrize("says", ["false", "true", "(() => { throw new DOMException('', 'NotSupportedError') })()"])
def test_a_browser_that_cannot_says_so(browser, says):
    log = Log()
    with opened(browser, NO_ES256 % says, locale="en-GB") as page:
        give(page, log.full(), log.vkey)
        assert page.locator(".verdict.unreadable").count() == 1
        assert "cannot check signatures by devices (ES256)" in page.inner_text(".verdict")


# --- what devices sign


def agree(page: Page, lines: list[list[bytes]], subject: str = "patient:P1") -> list[Answer]:
    """The page's answers on the invented log and these lines behind it; all three verifiers say the same of it."""
    logs = [Log([*entries(), *more]) for more in lines]
    bundles = [log.bundle(*log.tags(subject)) for log in logs]
    answers = list(verify_many(page, bundles[0], bundles, logs[0].vkey))
    for log, bundle, answer in zip(logs, bundles, answers, strict=True):
        verdict = verify(bundle, log.vkey)
        assert (answer.verdict == "sound", answer.found) == (
            verdict.sound,
            {(f.name, f.where) for f in verdict.findings},
        )
        assert second_verifier(bundle, log.vkey) == verdict.sound, log.entries[-1]
    return answers


def said_of_signers(answer: Answer) -> str:
    """What is proven of who did it, and what is not."""
    said = answer.said["claims"] + answer.said["notClaimed"]
    return " ".join(one["what"]["en"] for one in said if one["name"] == "attributable")


@pytest.mark.parametrize("kind", KINDS)
def test_every_variant_is_judged_alike(verifier, kind):
    variants: list[Variant] = list(kind())
    for variant, answer in zip(variants, agree(verifier, [one.lines for one in variants]), strict=True):
        if variant.expected in (SOUND, FOREIGN):
            assert answer.found == set(), variant.how
            said = said_of_signers(answer)
            assert ("session with a signature of another form" in said) == (variant.expected == FOREIGN), variant.how
            assert ("2 of 2 sessions" in said) == (variant.expected == SOUND), variant.how
        else:
            place = max(n for n, line in enumerate(variant.lines) if line.startswith(SESSION_SIGNED))
            assert answer.found == {(variant.expected, f"index {len(entries()) + place}")}, variant.how


SESSION_SIGNED = b'{"format":"treatment-ledger/1","type":"session-signed.v1",'


def test_an_approval_by_a_device_is_judged_alike(verifier):
    variants = list(of_erasures())
    for variant, answer in zip(variants, agree(verifier, [one.lines for one in variants], "patient:P3"), strict=True):
        place = len(entries()) + len(variant.lines) - 1
        assert answer.found == ({(variant.expected, f"index {place}")} if variant.expected != SOUND else set()), (
            variant.how
        )


def test_client_data_changed_at_random_are_judged_alike(verifier):
    answers = agree(verifier, list(at_random(600, seed=256)))
    told = Counter(answer.verdict for answer in answers)
    assert told["sound"] > 20
    assert told["unsound"] > 200
    assert {one for answer in answers for one, _ in answer.found} == {"signature-invalid"}


@pytest.mark.parametrize("subject", ["patient:P1", "patient:P3", "practitioner:T1", "session:S9"])
def test_what_devices_signed_counts_as_signed(verifier, subject):
    """As what was signed by Ed25519 counts."""
    by_devices, by_keys = log_of_devices(), Log()
    answers = [verify_one(verifier, log.bundle(*log.tags(subject)), log.vkey) for log in (by_devices, by_keys)]
    assert [answer.verdict for answer in answers] == ["sound", "sound"]
    assert said_of_signers(answers[0]) == said_of_signers(answers[1]) != ""
    bundle = by_devices.bundle(*by_devices.tags(subject))
    assert second_verifier(bundle, by_devices.vkey)
    claims = verify(bundle, by_devices.vkey)
    assert [one["name"] for one in answers[0].said["claims"]] == [one.name for one in claims.claims]
    assert [one["name"] for one in answers[0].said["notClaimed"]] == [one.name for one in claims.not_claimed]


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_a_clerk_sees_that_it_was_signed(browser, locale):
    log = log_of_devices()
    with opened(browser, locale=locale) as page:
        give(page, log.full(), log.vkey)
        assert page.locator(".verdict.sound").count() == 1
        text = page.inner_text("#report")
    zh = locale == "zh-CN"
    proven = (
        "2 次治疗中的 1 次，1 张项目单中的 1 张，1 次评定中的 1 次"
        if zh
        else "1 of 2 sessions, 1 of 1 prescription, 1 of 1 assessment"
    )
    assert proven in text
    assert text.count("签名已核验" if zh else "signature verified") == 3


def test_a_clerk_reads_why_not(browser):
    liar = next(one for one in of_client() if "webauthn.create" in one.how)
    with opened(browser, locale="en-GB") as page:
        give(page, liar.log.bundle(), liar.log.vkey)
        assert page.locator(".verdict.unsound").count() == 1
        text = page.inner_text(".findings")
    assert "T1 did not sign this with the key K3: the client data: its type is not what it must be" in text
