"""The page that a regulator's clerk opens comes to the names and places that the verifier in Python comes to.

Both are held against FORMAT.md by the same recipes and mutations; what is claimed and not claimed is compared as well.
"""

import json
import random
import re

import pytest
from playwright.sync_api import Page

from ledger.proof.labels import format_label_key, label
from ledger.verify import Unreadable, verify
from tests.verify.browser import verify_many, verify_one
from tests.verify.committed import CASES, NORMAL_IDS, Case, bundle_of
from tests.verify.committed import KEY as LABEL_KEY
from tests.verify.damage import RECIPES, Given
from tests.verify.damage_decisions import JUDGED
from tests.verify.lookalikes import given as lookalikes
from tests.verify.mutations import mutations, spelled
from tests.verify.world import AT, H1, S9, SEEN, T1, WITNESS, Hand, Log, cosigned, digest_corrected, entries, spell


def python_says(given: Given) -> tuple[str, set[tuple[str, str]]]:
    try:
        verdict = verify(given.bundle, given.vkey, given.since, witnesses=given.witnesses, label_key=given.label_key)
    except Unreadable:
        return "unreadable", set()
    return "sound" if verdict.sound else "unsound", {(finding.name, finding.where) for finding in verdict.findings}


def page_says(page: Page, given: Given) -> tuple[str, set[tuple[str, str]]]:
    label_key = None if given.label_key is None else format_label_key(given.label_key)
    answer = verify_one(
        page, given.bundle, given.vkey, since=given.since, witnesses=given.witnesses, label_key=label_key
    )
    return answer.verdict, answer.found


def claims_agree(page: Page, raw: bytes, log: Log, witnesses: tuple[str, ...] = ()) -> None:
    verdict = verify(raw, log.vkey, witnesses=witnesses)
    answer = verify_one(page, raw, log.vkey, witnesses=witnesses)
    assert answer.verdict == "sound"
    assert answer.said["indexes"] == [str(index) for index, _ in verdict.facts]
    assert [one["name"] for one in answer.said["claims"]] == [one.name for one in verdict.claims]
    assert [one["name"] for one in answer.said["notClaimed"]] == [one.name for one in verdict.not_claimed]
    times = [one["what"] for one in answer.said["notClaimed"] if one["name"] == "timely"]
    assert [one["en"] for one in times] == [one.what for one in verdict.not_claimed if one.name == "timely"]
    assert all("RFC 3161" in one[language] for one in times for language in ("zh", "en"))
    for one in answer.said["claims"] + answer.said["notClaimed"]:
        assert re.search(r"[\u4e00-\u9fff]", one["what"]["zh"])
        assert not re.search(r"[\u4e00-\u9fff]|undefined|null|\[object", one["what"]["en"])


@pytest.mark.parametrize("name", RECIPES)
def test_every_damage_has_its_name(verifier, name):
    finding, make = RECIPES[name]
    given = make(Log())
    verdict, found = page_says(verifier, given)
    assert (verdict, found) == python_says(given)
    assert {one for one, _ in found} == {finding}


@pytest.mark.parametrize("name", JUDGED)
def test_what_was_settled_is_nothing_that_a_page_without_rules_judges(verifier, name):
    _, given = JUDGED[name]
    assert page_says(verifier, given) == python_says(given) == ("sound", set())


@pytest.mark.parametrize("name", CASES)
def test_the_last_commitment_says_who_it_is(verifier, name):
    raw, key = bundle_of(CASES[name])
    for given in (Given(raw, key), Given(raw, key, label_key=LABEL_KEY)):
        verdict, found = page_says(verifier, given)
        assert (verdict, found) == python_says(given)
        assert (verdict == "sound") == (CASES[name].labelled if given.label_key else CASES[name].fits)


@pytest.mark.parametrize("typed", NORMAL_IDS)
def test_an_id_has_the_same_normal_form(verifier, typed):
    patient = label(LABEL_KEY, NORMAL_IDS[typed] or "none")
    raw, key = bundle_of(Case((typed,), (0,), True, True), patient)
    given = Given(raw, key, label_key=LABEL_KEY)
    assert page_says(verifier, given) == python_says(given)
    assert (python_says(given)[0] == "sound") == (NORMAL_IDS[typed] is not None)


def test_what_looks_like_a_name_is_none(verifier):
    """In no language: see lookalikes.py."""
    for how, one in lookalikes():
        assert page_says(verifier, one) == python_says(one), how


def test_every_mutation_is_refused_at_the_same_place(verifier):
    log = Log()
    whole = json.loads(log.full())
    ways, bundles = [], []
    for path, how, mutated in mutations(whole, fine=4):
        ways.append((path, how))
        bundles.append(spelled(mutated).encode())
    assert len(bundles) > 2500
    answers = verify_many(verifier, spelled(whole).encode(), bundles, log.vkey, witnesses=[WITNESS])
    for way, bundle, answer in zip(ways, bundles, answers, strict=True):
        assert answer.verdict == "unsound", way
        assert (answer.verdict, answer.found) == python_says(Given(bundle, log.vkey, None, (WITNESS,))), way


def test_every_byte_may_be_another(verifier):
    log, chance = Log(), random.Random(4)
    raw = log.full()
    bundles = []
    for at in range(0, len(raw), 29):
        part = chance.choice((b"", bytes([raw[at] ^ 1 << chance.randrange(8)]), b"-0", b"\\u0041", b'"', b"{", b"\xef"))
        bundles.append(raw[:at] + part + raw[at + 1 :])
    for bundle, answer in zip(bundles, verify_many(verifier, raw, bundles, log.vkey), strict=True):
        assert (answer.verdict, answer.found) == python_says(Given(bundle, log.vkey)), bundle


@pytest.mark.parametrize(
    "raw",
    [
        *(
            b"",
            b" ",
            b"{",
            b"[]",
            b"null",
            b"5",
            b'"x"',
            b"\xff{}",
            b"{}x",
            b"\xef\xbb\xbf{}",
            b"PK\x03",
            b'{"a":01}',
        ),
        *(b'{"a":1,}', b"{'a':1}", b'{"a":\x00}', b'{"a":"\x1f"}', b'{"a":"\\x"}', b'{"a":1e999}', b"[" * 100_000),
        *(b'{"a":' * 100 + b"1" + b"}" * 100, b'{"a":' * 101 + b"1" + b"}" * 101, b'{"a":' + b"1" * 5000 + b"}"),
        *(b'{"a":NaN}', b'{"\\ud800":1}', b'{"a":"\\ud83d\\ude00","a":1}', b'{"__proto__":1,"format":1}', b"{}"),
    ],
)
def test_what_cannot_be_read(verifier, raw):
    given = Given(raw, Log().vkey)
    assert page_says(verifier, given) == python_says(given)


def test_more_bytes_than_any_bundle_has(verifier):
    said = verifier.evaluate(f"verifyBundle(Object.freeze({{ length: 2 ** 28 + 1 }}), {Log().vkey!r})")
    assert said["verdict"] == "unreadable"
    assert "256 MB" in said["unreadable"]["en"]


@pytest.mark.parametrize("key", ["", "x", "a+b", "example.org/log+00000000+AA==", WITNESS, Log().vkey + "="])
def test_a_key_that_is_none(verifier, key):
    given = Given(Log().bundle(), key)
    assert page_says(verifier, given) == python_says(given) == ("unreadable", set())


@pytest.mark.parametrize("subject", ["patient:P2", "patient:P3", "patient:P99", "practitioner:T1", "session:S9"])
@pytest.mark.parametrize("options", [{}, {"each": True, "since": 6}])
def test_the_same_is_claimed_and_not_claimed(verifier, subject, options):
    log = Log()
    raw = log.bundle(*log.tags(subject), **options)
    claims_agree(verifier, raw, log)


@pytest.mark.parametrize("witnesses", [(), (WITNESS,)])
@pytest.mark.parametrize("options", [{}, {"opened": False, "texts": False}, {"since": None, "each": False}])
def test_the_same_is_claimed_of_a_full_bundle(verifier, options, witnesses):
    log = Log()
    claims_agree(verifier, log.full(**options), log, witnesses)


def test_the_same_is_claimed_of_a_log_of_its_seal_alone(verifier):
    log = Log([])
    raw = log.bundle("patient:P1", "registry:rulebook", since=0)
    claims_agree(verifier, raw, log)
    claims = {one["name"]: one["what"]["en"] for one in verify_one(verifier, raw, log.vkey).said["claims"]}
    assert claims["authentic"].endswith("when it had 1 entry.")
    assert "the log of 1 entry continues that of 0" in claims["append-only"]


def test_the_same_is_claimed_of_a_digest_that_was_corrected(verifier):
    log = Log([*entries()[:19], digest_corrected("registry:rulebook"), *entries()[20:]])
    claims_agree(verifier, log.bundle(texts=True), log)


@pytest.mark.parametrize("size", [0, 20])
@pytest.mark.parametrize("later", [-60, 0, 3600])
def test_until_when_in_the_same_words(verifier, later, size):
    """The older checkpoint was signed before the newer or after it: nothing behind it is too early."""
    log = Log()
    raw = log.bundle(since=cosigned(log.checkpoint(size), SEEN + later), note=cosigned(log.checkpoint()))
    claims_agree(verifier, raw, log, (WITNESS,))
    said = verify_one(verifier, raw, log.vkey, witnesses=[WITNESS]).said
    timely = {one["name"]: one["what"]["en"] for one in said["claims"]}["timely"]
    assert ("what stands below index 20 by 2021-03-01 15:32:20 +08:00" in timely) == (later < 0 < size)
    not_claimed = {one.name: one.what for one in verify(raw, log.vkey, witnesses=[WITNESS]).not_claimed}
    open_ = {one["name"]: one["what"]["en"] for one in said["notClaimed"]}
    assert (open_["timely"], open_["complete"]) == (not_claimed["timely"], not_claimed["complete"])


def test_a_thousand_entries_with_their_signatures(verifier):
    hand, more, session = Hand("T1", "K9"), [], 0
    more.append(hand.enrolled())
    while len(more) < 1000:
        name, session = f"X{session}", session + 1
        about = ["patient:P1", f"session:{name}", T1, H1]
        started = {"session": name, "patient": "P1", "prescription": "R1", "order": "1", "therapist": "T1"}
        more.append(
            spell("SessionStarted", [*about, "prescription:R1"], **started, institution="H1", setting="outpatient")
        )
        more.append(spell("SessionStopped", about, session=name, effect="好转"))
        says = S9 | {"session": name, "stopped": AT, "effect": "好转"}
        signature = hand.sign("session", says)
        more.append(spell("SessionSigned", about, session=name, practitioner="T1", signature=signature))
    log = Log([*entries(), *more])
    raw = log.bundle(each=True, note=cosigned(log.checkpoint()))
    answer = verify_one(verifier, raw, log.vkey, witnesses=[WITNESS])
    assert answer.verdict == "sound"
    assert len(answer.said["indexes"]) > 1000
