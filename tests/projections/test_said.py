from datetime import date

import pytest

from projections.said import LANGUAGES, NOTHING, Said, acts, alike, amount, days, either, joined, listed, named

TWO = (Said("甲", "a"), Said("乙", "b"))


def test_a_language_cannot_be_left_out() -> None:
    with pytest.raises(TypeError):
        Said("甲")  # type: ignore[call-arg]
    assert [TWO[0].in_language(language) for language in LANGUAGES] == ["甲", "a"]


def test_parts_are_joined_as_each_language_joins_them() -> None:
    assert listed(TWO) == Said("甲、乙", "a, b")
    assert joined((TWO[0], NOTHING, TWO[1])) == Said("甲；乙", "a; b")
    assert either(TWO) == Said("甲或乙", "a or b")
    assert TWO[0] + TWO[1] == Said("甲乙", "ab")
    assert not NOTHING
    assert alike("S1") == Said("S1", "S1")


def test_acts_are_named_up_to_twelve() -> None:
    assert acts([]) == NOTHING
    assert acts(["S1", "S2"]) == Said("（S1、S2）", " (S1, S2)")
    assert named(["S1", "S2"]) == Said("S1、S2", "S1, S2")
    twelve = [f"S{n}" for n in range(12)]
    assert acts(twelve).en.endswith(", S11)")
    assert acts([*twelve, "S12"]) == Said(f"（{'、'.join(twelve)} 等 13 次）", f" ({', '.join(twelve)} and 1 more)")


def test_stretches_of_days() -> None:
    first, last = date(2021, 3, 1), date(2021, 3, 31)
    assert days(first, first) == Said("2021-03-01 这一天", "on 2021-03-01")
    assert days(first, last) == Said("2021-03-01 至 2021-03-31", "from 2021-03-01 to 2021-03-31")
    assert days(first, None) == Said("2021-03-01 起", "from 2021-03-01 on")


def test_amounts() -> None:
    assert amount(1, "session") == Said("1 次", "1 session")
    assert amount(2, "day") == Said("2 天", "2 days")
    assert amount(2, None) == Said("2 次", "2 acts")
