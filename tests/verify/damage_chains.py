"""Recipes of damage to the chains of what people signed."""

import json
from base64 import b64encode

from tests.verify.damage_people import S10, therapist_after
from tests.verify.recipes import Given, behind, recipe
from tests.verify.world import S9, Hand, Log, erased, signed


@recipe("statement-gap", "a statement thrown away before it reached the log")
def thrown_away(log: Log) -> Given:
    therapist = therapist_after()
    therapist.sign("session", S9 | {"effect": "none"})
    return behind(log, signed(therapist.sign("session", S9)), subject="practitioner:T1")


@recipe("statement-gap", "a statement that does not continue the one before")
def not_continued(log: Log) -> Given:
    # P1's bundle lacks the erasure of P3, which T1 signed: so there is another key, and another chain.
    hand = Hand("T1", "K3")
    first, false = hand.sign("session", S9), b64encode(b"p" * 32).decode()
    return behind(log, hand.enrolled(), signed(first), signed(hand.sign("session", S9, previous=false)))


@recipe("statement-gap", "a statement that follows one with another counter than the one before")
def one_skipped(log: Log) -> Given:
    """Where statement 2 is not here: that 3 follows 1 is wrong whatever it says."""
    hand = Hand("T1", "K3")
    return behind(log, hand.enrolled(), signed(hand.sign("session", S9)), signed(hand.sign("session", S9, counter=3)))


@recipe("statement-gap", "a statement that follows a later one of its key")
def later_followed(log: Log) -> Given:
    hand = Hand("T1", "K3")
    hand.sign("session", S9)
    hand.counter = 6
    seventh = signed(hand.sign("session", S9))
    return behind(log, hand.enrolled(), seventh, signed(hand.sign("session", S9, counter=5)))


@recipe("statement-gap", "a statement that follows one of another key")
def of_another_key(log: Log) -> Given:
    hand, other = Hand("T1", "K3"), Hand("T1", "K4")
    first = signed(hand.sign("session", S9))
    return behind(
        log,
        hand.enrolled(),
        other.enrolled(),
        first,
        signed(other.sign("session", S9, counter=2, previous=hand.previous)),
    )


@recipe("statement-gap", "two statements with two counters that both follow one that is not here")
def one_followed_twice(log: Log) -> Given:
    hand = Hand("T1", "K3")
    hand.sign("session", S9)
    missing = hand.previous
    third = signed(hand.sign("session", S9, counter=4, previous=missing))
    return behind(log, hand.enrolled(), signed(hand.sign("session", S9, counter=2, previous=missing)), third)


@recipe("statement-gap", "the same session signed with the same statement twice")
def statement_again(log: Log) -> Given:
    return behind(log, log.entries[15])


@recipe("statement-gap", "an erasure approved with the approvals of another")
def approvals_again(log: Log) -> Given:
    liar = Log([*log.entries, log.entries[23]])
    return Given(liar.bundle(*liar.tags("patient:P3")), liar.vkey)


@recipe("statement-gap", "an erasure with one of its approvals twice")
def approval_twice(log: Log) -> Given:
    texts = json.loads(log.entries[23])["fact"]["approvals"]
    liar = Log([*log.entries[:23], erased(*texts, texts[0])])
    return Given(liar.bundle(*liar.tags("patient:P3")), liar.vkey)


@recipe("statement-gap", "two statements with one counter")
def counted_twice(log: Log) -> Given:
    one, other = Hand("T1", "K3"), Hand("T1", "K3")
    return behind(
        log, one.enrolled(), signed(one.sign("session", S9)), signed(other.sign("session", S10), "S10", ("P1",))
    )


@recipe("statement-gap", "two statements with one counter, and one that follows the second of them")
def second_followed(log: Log) -> Given:
    one, other = Hand("T1", "K3"), Hand("T1", "K3")
    twice = [signed(one.sign("session", S9)), signed(other.sign("session", S10), "S10", ("P1",))]
    return behind(log, one.enrolled(), *twice, signed(other.sign("session", S9)))
