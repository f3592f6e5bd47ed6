"""Who signed, by which key, in which chain; the damage that each finding is for is in damage_people.py."""

import pytest

from ledger.verify.entries import read_entry
from ledger.verify.signatures import check_signatures
from tests.verify.world import S9, Hand, entries, signed


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


@pytest.mark.parametrize("subject", ["practitioner:T1", "practitioner:T2", "patient:P1"])
def test_a_missing_statement_shows_where_all_of_them_should_be(subject):
    hand = Hand("T1", "K1")
    enrolled, first = hand.enrolled(), signed(hand.sign("session", S9))
    hand.sign("session", S9)
    third = signed(hand.sign("session", S9))
    expected = [("statement-gap", "index 2")] if subject == "practitioner:T1" else []
    assert [(f.name, f.where) for f in checked(enrolled, first, third, subject=subject)[1]] == expected


def test_the_same_statement_may_stand_twice_and_in_any_order():
    hand = Hand("T1", "K1")
    first, second = signed(hand.sign("session", S9)), signed(hand.sign("session", S9))
    assert checked(hand.enrolled(), second, first, first, subject="practitioner:T1")[1] == []


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


def test_the_first_enrolment_counts():
    hand = Hand("T1", "K1")
    other = Hand("T1", "K9").public
    assert checked(hand.enrolled(), hand.enrolled(public_key=other), signed(hand.sign("session", S9)))[1] == []
