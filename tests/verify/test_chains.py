"""Each key's statements continue one another, as far as they are here; the damage is in damage_chains.py."""

import pytest

from ledger.verify.entries import read_entry
from ledger.verify.signatures import check_signatures
from tests.verify.world import GONE, S9, Hand, erased, signed


def found(*raws: bytes, subject: str = "patient:P1") -> list[tuple[str, str]]:
    findings = check_signatures({n: read_entry(raw) for n, raw in enumerate(raws)}, subject)[1]
    return [(one.name, one.where) for one in findings]


def gaps(*indexes: int) -> list[tuple[str, str]]:
    return [("statement-gap", f"index {index}") for index in indexes]


@pytest.mark.parametrize("subject", ["practitioner:T1", "practitioner:T2", "patient:P1"])
def test_a_missing_statement_shows_where_all_of_them_should_be(subject):
    hand = Hand("T1", "K1")
    enrolled, first = hand.enrolled(), signed(hand.sign("session", S9))
    hand.sign("session", S9)
    third = signed(hand.sign("session", S9))
    assert found(enrolled, first, third, subject=subject) == gaps(*[2] * (subject == "practitioner:T1"))


def test_statements_may_stand_in_any_order_but_each_once():
    hand = Hand("T1", "K1")
    first, second = signed(hand.sign("session", S9)), signed(hand.sign("session", S9))
    assert found(hand.enrolled(), second, first, subject="practitioner:T1") == []
    assert found(hand.enrolled(), second, first, first) == gaps(3)


@pytest.mark.parametrize("subject", ["practitioner:T1", "patient:P1"])
@pytest.mark.parametrize("counter", [3, 4, 2**53 - 1])
def test_the_one_before_has_the_counter_before(counter, subject):
    """Found without the statement that is missing, and named once; in whichever order they stand."""
    hand = Hand("T1", "K1")
    first, later = signed(hand.sign("session", S9)), signed(hand.sign("session", S9, counter=counter))
    assert found(hand.enrolled(), first, later, subject=subject) == gaps(2)
    assert found(hand.enrolled(), later, first, subject=subject) == gaps(1)


def test_the_one_before_is_of_the_same_key():
    hand, other = Hand("T1", "K1"), Hand("T1", "K2")
    first = signed(hand.sign("session", S9))
    theirs = signed(other.sign("session", S9, counter=2, previous=hand.previous))
    assert found(hand.enrolled(), other.enrolled(), first, theirs) == gaps(3)
    assert found(hand.enrolled(), other.enrolled(), theirs, first) == gaps(2)


def test_a_statement_that_is_not_here_has_one_counter_and_one_key():
    """The second of two that follow it, and not the first; and nobody where it is here: then one of them is right."""
    hand, other = Hand("T1", "K1"), Hand("T1", "K2")
    first = signed(hand.sign("session", S9))
    missing = hand.previous
    second, false, theirs = (
        signed(one.sign("session", S9, counter=counter, previous=missing))
        for one, counter in ((hand, 2), (hand, 4), (other, 2))
    )
    enrolled = [hand.enrolled(), other.enrolled()]
    assert found(*enrolled, second) == []
    assert found(*enrolled, second, false, theirs) == gaps(3, 4)
    assert found(*enrolled, theirs, second) == gaps(3)
    assert found(*enrolled, theirs, second, first) == gaps(2)
    assert found(*enrolled, false, second, first) == gaps(2)


def test_approvals_of_one_erasure_follow_two_statements():
    hand, other = Hand("T1", "K1"), Hand("DR1", "K2")
    hand.sign("erasure", GONE)
    missing = hand.previous
    approvals = [hand.sign("erasure", GONE), other.sign("erasure", GONE, counter=2, previous=missing)]
    assert found(hand.enrolled(), other.enrolled(), erased(*approvals)) == gaps(2)
