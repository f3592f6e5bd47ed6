"""A key's statements in any order: what joins, what contradicts, what is missing."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.treatment.chains import Chain, Link
from ledger.treatment.statements import ChainEnd, digest


def links(count, key_id="K1", words="statement"):
    """A sound chain."""
    made, previous = [], ""
    for counter in range(1, count + 1):
        made.append(Link(key_id, counter, previous, digest(f"{key_id} {words} {counter}".encode())))
        previous = made[-1].digest
    return made


def chain(taken):
    found = Chain()
    for link in taken:
        assert found.objection(link) is None
        found.take(link)
    return found


def test_a_key_that_signed_nothing():
    assert chain([]).end == ChainEnd()
    assert list(chain([]).gaps()) == []


@pytest.mark.parametrize("order", list(permutations(range(5))))
def test_the_order_in_which_statements_come_does_not_matter(order):
    sound = links(5)
    found = chain(sound[place] for place in order)
    assert found.end == ChainEnd(5, sound[-1].digest)
    assert list(found.gaps()) == []
    assert all(found.holds(link) and found.follows(link) for link in sound)


@given(st.sets(st.integers(1, 12)), st.randoms(use_true_random=False))
def test_what_is_missing_is_named(there, chance):
    sound = links(12)
    given_links = [sound[counter - 1] for counter in there]
    chance.shuffle(given_links)
    found = chain(given_links)
    missing = {counter for first, last in found.gaps() for counter in range(first, last + 1)}
    assert missing == set(range(1, max(there, default=0))) - there
    assert found.end.counter == max(there, default=0)


def test_the_same_statement_twice_is_one():
    sound = links(3)
    found = chain([*sound, *sound, sound[0]])
    assert found.end.counter == 3


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_one_number_is_one_statement(order):
    sound = links(3)
    found = chain([sound[place] for place in order])
    for link in sound:
        other = link._replace(digest=digest(b"another"))
        assert "is another one" in found.objection(other)
        assert not found.holds(other)


def test_a_statement_names_the_one_before_it():
    sound, other = links(4), links(4, words="another")
    before = chain(sound[:2])
    assert "2 of key 'K1' is another than the one that it follows" in before.objection(other[2])
    after = chain([other[2]])  # 3, behind a gap
    assert "3 of key 'K1' follows another" in after.objection(sound[1])
    assert after.objection(other[1]) is None


def test_behind_a_gap_nothing_follows():
    sound = links(4)
    found = chain(sound[:2])
    assert found.follows(sound[2])
    assert not found.follows(sound[3])
    assert found.objection(sound[3]) is None


def test_one_statement_takes_32_bytes():
    found = chain(links(1000))
    assert (len(found._known), found._waiting) == (32_000, {})
