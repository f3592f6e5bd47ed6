"""Who signed, by which key; the damage that each finding is for is in damage_people.py."""

import pytest

from ledger.verify.entries import read_entry
from ledger.verify.signatures import Attribution, check_signatures
from tests.verify.world import ASSESSED, AT, DR1, H1, S9, SHEET, T1, Hand, entries, signed, spell

S10 = S9 | {"session": "S10", "stopped": AT, "effect": ""}


def checked(*raws: bytes, subject: str = "patient:P1"):
    return check_signatures({n: read_entry(raw) for n, raw in enumerate(raws)}, subject)


def test_how_the_acts_are_signed():
    told, findings = checked(*entries())
    assert findings == []
    counts = {kind: (len(t.acts), len(t.signed), len(t.foreign)) for kind, t in told.kinds.items()}
    assert counts == {"session": (2, 1, 1), "prescription": (1, 1, 0), "assessment": (1, 1, 0)}
    assert (told.erasures, told.partial) == (1, 0)


def test_what_the_bundle_does_not_hold_is_counted():
    hand = Hand("T1", "K1")
    told, findings = checked(hand.enrolled(), signed(hand.sign("session", S9)))
    assert findings == []
    assert told.partial == 1


def test_what_the_signatures_do_not_cover_is_counted():
    hand, other = Hand("T1", "K3"), Hand("T2", "K4")
    more = [
        spell("SessionStopped", ["patient:P1", "session:S10", T1, H1], session="S10", effect=""),
        signed(hand.sign("session", S10), "S10", ("P1",)),
        spell("EntryCorrected", ["patient:P1", "session:S10", T1, H1], target="S10", field="effect", new="x"),
        spell("EntryCorrected", ["patient:P1", "assessment:A1", T1, H1], target="A1", field="outcome", new="improved"),
    ]
    enrolled = [hand.enrolled(), other.enrolled()]
    told, findings = checked(*entries(), *enrolled, *more)
    assert findings == []
    assert [uncovered(told, kind) for kind in told.kinds] == [(1, 0, 0), (0, 0, 0), (1, 0, 0)]
    # Signed before its stop; then once more, after it, by somebody else; then by the therapist again.
    running = S10 | {"stopped": None, "effect": None}
    early = signed(hand.sign("session", running, counter=1, previous=""), "S10", ("P1",))
    told, findings = checked(*entries(), *enrolled, early, more[0])
    assert (findings, uncovered(told, "session")) == ([], (0, 1, 0))
    theirs = spell(
        "SessionSigned", ["patient:P1", "session:S10", "practitioner:T2", H1],
        session="S10", practitioner="T2", signature=other.sign("session", S10),
    )  # fmt: skip
    told, findings = checked(*entries(), *enrolled, more[0], theirs)
    assert (findings, uncovered(told, "session")) == ([], (0, 0, 1))
    told, findings = checked(*entries(), *enrolled, early, more[0], theirs)
    assert (findings, uncovered(told, "session")) == ([], (0, 0, 0))


def test_a_correction_of_any_line_that_bears_a_signature_is_counted():
    """Who it was that signed cannot be corrected; a reader of the record would take it for so."""
    hand, other = Hand("T1", "K3"), Hand("T2", "K4")
    tags = ["patient:P1", "session:S10", "practitioner:T1", "practitioner:T2", H1]
    stop = spell("SessionStopped", tags, session="S10", effect="")
    own = spell("SessionSigned", [*tags, "id:L8"], id="L8", session="S10", practitioner="T1",
                signature=hand.sign("session", S10))  # fmt: skip
    theirs = spell("SessionSigned", [*tags, "id:L9"], id="L9", session="S10", practitioner="T2",
                   signature=other.sign("session", S10))  # fmt: skip
    before = [*entries(), hand.enrolled(), other.enrolled(), stop]
    assert uncovered(checked(*before, own, theirs)[0], "session") == (0, 0, 0)
    for target in ("L8", "L9"):
        mended = spell("EntryCorrected", tags, target=target, field="practitioner", old="T1", new="T2", reason="x")
        for raws in ([own, theirs, mended], [mended, own, theirs]):
            told, findings = checked(*before, *raws)
            assert (findings, uncovered(told, "session")) == ([], (1, 0, 0))


def test_second_lines_and_voids_after_the_signature_are_counted():
    again = spell("AssessmentRecorded", ["patient:P1", "assessment:A1", "episode:E1", T1, H1], **ASSESSED)
    stop = spell("SessionStopped", ["patient:P1", "session:S9", T1, H1], session="S9", effect="worse")
    sheet = spell("PrescriptionIssued", ["patient:P1", "prescription:R1", "episode:E1", H1, DR1], **SHEET)
    void = spell("SessionVoided", ["patient:P1", "session:S9", T1, H1], session="S9", reason="never was")
    voided = spell("AssessmentVoided", ["patient:P1", "assessment:A1", T1, H1], assessment="A1", reason="")

    def told(*more: bytes) -> list[tuple[int, int]]:
        tallies, findings = checked(*entries(), *more)
        assert findings == []
        return [(tally.contradicted, tally.voided) for tally in tallies.kinds.values()]

    assert told() == [(0, 0), (0, 0), (0, 0)]
    assert told(again) == [(0, 0), (0, 0), (1, 0)]
    assert told(stop) == told(stop, stop) == [(1, 0), (0, 0), (0, 0)]
    assert told(sheet) == [(1, 0), (1, 0), (0, 0)]  # S9 was made on it
    assert told(void, voided) == [(0, 1), (0, 0), (0, 1)]


def uncovered(told: Attribution, kind: str) -> tuple[int, int, int]:
    tally = told.kinds[kind]
    return tally.corrected, tally.stopped_after, tally.by_others


def test_a_key_is_revoked_from_there_on():
    hand = Hand("T1", "K1")
    first, second = signed(hand.sign("session", S9)), signed(hand.sign("session", S9))
    assert checked(hand.enrolled(), first, hand.revoked())[1] == []
    found = checked(hand.enrolled(), first, hand.revoked(), second)[1]
    assert [(f.name, f.where) for f in found] == [("signer-revoked", "index 3")]


@pytest.mark.parametrize("spelling", [str.lower, str.upper])
def test_a_key_may_be_spelled_in_hex_of_either_case(spelling):
    hand = Hand("T1", "K1")
    assert checked(hand.enrolled(public_key=spelling(hand.public)), signed(hand.sign("session", S9)))[1] == []


@pytest.mark.parametrize(
    "key",
    [None, 5, "", "zz" * 32, "A" * 43 + "B=", "ff" * 32, "00" * 32, "ed" + "ff" * 30 + "7f", "AAAA", "01" + "00" * 31],
)
def test_a_key_that_can_stand_for_nobody(key):
    hand = Hand("T1", "K1")
    found = checked(hand.enrolled(public_key=key), signed(hand.sign("session", S9)))[1]
    assert [(f.name, f.where) for f in found] == [("signer-unknown", "index 1")]


@pytest.mark.parametrize(("signer", "key_id"), [("T2", "K1"), ("T2", "K9"), ("T1", "K9")])
def test_a_public_key_is_enrolled_once(signer, key_id):
    """For one person under one id: who enrols it again has no key by it, also when the first was revoked."""
    hand, again = Hand("T1", "K1"), Hand(signer, key_id)
    twice = again.enrolled(public_key=hand.public.upper())
    text = hand.over(again.statement("session", S9))
    theirs = spell(
        "SessionSigned", ["session:S9", "practitioner:T2", T1], session="S9", practitioner=signer, signature=text
    )
    own = signed(hand.sign("session", S9))
    assert checked(hand.enrolled(), twice, own)[1] == []
    for before in ([hand.enrolled()], [hand.enrolled(), hand.revoked()]):
        found = checked(*before, twice, theirs)[1]
        assert [(f.name, f.where) for f in found] == [("signer-unknown", f"index {len(before) + 1}")]
    assert checked(twice, theirs)[1] == []


def test_the_first_enrolment_counts():
    hand = Hand("T1", "K1")
    other = Hand("T1", "K9").public
    assert checked(hand.enrolled(), hand.enrolled(public_key=other), signed(hand.sign("session", S9)))[1] == []
