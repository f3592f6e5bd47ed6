"""Whom a change reaches: everybody who has an act that moves, also of rulebooks one after another; few besides."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.treatment.facts import Fact, RulebookAdopted
from projections.mirror.tabulating import tabulate
from projections.preview import preview
from projections.preview.reaching import Reaching
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from projections.rules.rulebook import Rulebook, load_rulebook
from projections.rules.succession import Period, Succession, succession_of
from tests.projections.preview.changed_books import CHANGES, GATED, HANGING_TOGETHER, SAME, gated, with_clause
from tests.projections.preview.test_preview import assert_clauses_add_up, brute, told
from tests.projections.rebuild.agreeing import together
from tests.projections.rules.building import SHANGHAI, Journal
from tests.projections.rules.random_journals import OPTIONS, journal_of

NATIONAL = (load_rulebook("national-2010"), load_rulebook("national-29"))
BOOKS = st.one_of(
    st.just(SHANGHAI), st.sampled_from(HANGING_TOGETHER), st.sampled_from(list(CHANGES.values())),
    st.sampled_from(NATIONAL),
)  # fmt: skip
READINGS = st.fixed_dictionaries(
    {"transition": st.sampled_from(("by_act_date", "by_episode_start")), "winner": st.sampled_from(OPTIONS["winner"])},
    optional={
        name: st.sampled_from(options) for name, options in OPTIONS.items() if name not in ("transition", "winner")
    },
)
LONG_AGO = date(2009, 1, 1)


def reached(now: Judge, then: Judge) -> set[str]:
    """The patients whom the change can reach."""
    rows = tabulate(now.evidence)
    return {patient for patient, yes in zip(rows.patients, Reaching(now, then).patients(rows), strict=True) if yes}


def moved(now: Judge, then: Judge) -> set[str]:
    """The patients with an act that moves, everybody judged by the reference."""
    sides = zip(now.evidence.acts, now.payable(), then.payable(), strict=True)
    return {act.patient for act, before, after in sides if before != after}


def under(evidence: Evidence, by: Rulebook | Succession, readings: dict[str, str]) -> Judge:
    """With those of the readings and options that one of the texts has."""
    books = by.rulebooks if isinstance(by, Succession) else (by,)
    known = {name: option for name, option in readings.items() if any(_has(book, name, option) for book in books)}
    return Judge(evidence, by, known)


def _has(book: Rulebook, name: str, option: str) -> bool:
    return name in book.readings and option in book.readings[name].options


def patients(seed: int) -> list[list[Fact]]:
    """The journals of a few: of any life, or of those who train where there may be gates, or who compete."""
    random = Random(seed)
    if random.random() < 0.6:
        return [journal_of(random.getrandbits(32)) for _ in range(3)]
    return [training(random) for _ in range(3)]


def training(random: Random) -> list[Fact]:
    """Sessions of items with gates and of those that exclude one another, and a few assessments that show progress."""
    journal = Journal(born=random.choice(("1980-01-01", "2014-06-01")))
    items = random.choice((GATED, (16, 21), (1, 2, 3, 4), (1, 1, 2, 16, 21)))
    day = date(2020, 3, 1)
    for _ in range(40):
        day += timedelta(random.choice((0, 1, 1, 2, 30) if items != GATED else (0, 1, 1)))
        clock, fee = random.choice(("09:00", "09:20", "11:00")), random.choice((None, 1, 2, 3))
        if random.random() < 0.1:
            journal.assessment(9, day, clock, outcome="improved")
        else:
            journal.session(random.choice(items), day, clock, fee=fee, signed=random.random() < 0.9)
    return journal.facts


@st.composite
def sides(draw: Any) -> tuple[Judge, Judge]:
    """Three patients, judged by what was adopted one after another, and by that and what is adopted besides.

    Also from the same day, with the same text again, back to an earlier one; and by one text for all days.
    """
    evidence = together(patients(draw(st.integers(0, 2**32))))
    texts = draw(st.lists(BOOKS, min_size=2, max_size=3, unique_by=lambda book: book.digest))
    days = sorted({act.day for act in evidence.acts})
    begins = st.one_of(st.just(LONG_AGO), st.sampled_from(days), st.sampled_from(days))

    def adopted(first: int) -> st.SearchStrategy[list[RulebookAdopted]]:
        return st.lists(st.tuples(st.sampled_from(texts), begins), min_size=1, max_size=3).map(
            lambda given: [
                RulebookAdopted(
                    at=datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=first + k // 2),
                    rulebook=book.id, digest=book.digest, effective_from=begin,
                )
                for k, (book, begin) in enumerate(given)
            ]
        )  # fmt: skip

    before = draw(adopted(0))
    if draw(st.booleans()):
        before[0] = replace(before[0], effective_from=LONG_AGO)
    one_text = st.sampled_from(texts)
    now = draw(one_text) if draw(st.integers(0, 4)) == 0 else succession_of(before, texts)
    then = draw(one_text) if draw(st.integers(0, 9)) == 0 else succession_of([*before, *draw(adopted(9))], texts)
    readings = draw(READINGS)
    return under(evidence, now, readings), under(evidence, then, readings)


@settings(max_examples=300, deadline=None)
@given(pair=sides())
def test_everybody_who_has_an_act_that_moves(pair: tuple[Judge, Judge]) -> None:
    assert moved(*pair) <= reached(*pair)


@settings(max_examples=60, deadline=None)
@given(pair=sides())
def test_the_answer_is_that_of_judging_everybody(pair: tuple[Judge, Judge]) -> None:
    now, then = pair
    found = preview(now, then, [tabulate(now.evidence)], now.evidence.institutions, told=10**6)
    assert (told(found, True), told(found, False)) == brute(now, then)
    assert_clauses_add_up(found)
    assert found.patients_judged == len(reached(now, then))


STRICTER = with_clause(21, "21.gate")
JULY = date(2021, 7, 1)


def one_each() -> Evidence:
    """A patient each with the item before the day, from it on, and never."""
    journals = []
    for item, day in ((21, "2021-06-30"), (21, "2021-07-01"), (22, "2021-07-02")):
        journal = Journal()
        journal.session(item, day)
        journals.append(journal.facts)
    return together(journals)


@pytest.mark.parametrize(
    ("now", "then", "whom"),
    [
        (SHANGHAI, STRICTER, {"0-P1", "1-P1"}),
        (SHANGHAI, Succession([Period(date.min, SHANGHAI), Period(JULY, STRICTER)]), {"1-P1"}),
        (SHANGHAI, Succession([Period(date.min, SHANGHAI), Period(JULY, SAME)]), set()),
        (SHANGHAI, Succession([Period(JULY, SHANGHAI)]), {"0-P1"}),
        (SHANGHAI, NATIONAL[0], {"0-P1", "1-P1", "2-P1"}),
        (
            Succession([Period(LONG_AGO, SHANGHAI), Period(JULY, STRICTER)]),
            Succession([Period(LONG_AGO, STRICTER), Period(JULY, SHANGHAI), Period(date(2021, 7, 2), STRICTER)]),
            {"0-P1", "1-P1"},
        ),
    ],
)
def test_nobody_but_who_has_such_an_act_on_such_a_day(
    now: Rulebook | Succession, then: Rulebook | Succession, whom: set[str]
) -> None:
    evidence = one_each()
    assert reached(Judge(evidence, now), Judge(evidence, then)) == whom


def test_the_day_that_decides_is_that_on_which_the_episode_was_opened_where_it_is_read_so() -> None:
    journal = Journal()  # its episode was opened long before
    journal.session(21, "2021-07-01")
    evidence = Evidence(journal.facts)
    then = Succession([Period(LONG_AGO, SHANGHAI), Period(JULY, STRICTER)])
    for transition, whom in (("by_act_date", {"P1"}), ("by_episode_start", set())):
        readings = {"transition": transition}
        assert reached(Judge(evidence, SHANGHAI, readings), Judge(evidence, then, readings)) == whom


def test_a_physician_has_to_be_qualified_otherwise_for_every_act() -> None:
    evidence = one_each()
    both = Judge(evidence, SHANGHAI, {"physician_scope": "both"})
    assert reached(Judge(evidence, SHANGHAI), both) == {"0-P1", "1-P1", "2-P1"}


def test_an_assessment_spent_at_a_gate_of_another_item_before_the_day() -> None:
    """Items 16 and 21 both have gates in the first text, 21 alone in the second; item 16 was done before the day only.

    So one assessment is spent in the one case and not in the other, and decides on item 21.
    """
    journal = Journal()
    for day in ("2021-06-01", "2021-06-02"):
        journal.session(16, day, "09:00")
        journal.session(21, day, "11:00")
    journal.assessment(9, "2021-06-02", "15:00", outcome="improved")
    journal.session(16, "2021-06-03")
    after = journal.session(21, "2021-07-01")
    evidence = Evidence(journal.facts)
    neither, both, one = gated(2), gated(2, 16, 21), gated(2, 21)
    now, then = (Judge(evidence, Succession([Period(LONG_AGO, neither), Period(JULY, book)])) for book in (both, one))
    assert [judge.decision(after).payable for judge in (now, then)] == [False, True]  # type: ignore[union-attr]
    assert reached(now, then) == {"P1"}


def test_who_wins_is_settled_anew_by_a_text_that_was_not_asked_before() -> None:
    """The dearest of an episode: by the first text, asked from the first act on, item 2 wins, for a year is over for
    item 1 by the end. By the same text from a later day on item 1 was not paid, so its year never began, and it wins.
    """
    journal = Journal()
    journal.session(1, "2020-03-01", fee=1)
    two = journal.session(2, "2021-03-05", fee=10)
    one = journal.session(1, "2021-03-10", fee=100)
    evidence = Evidence(journal.facts)
    readings = {"winner": "dearest", "together": "same_episode"}
    now = Judge(evidence, SHANGHAI, readings)
    for other in (SAME, with_clause(20, "20.ind")):
        then = Judge(evidence, Succession([Period(date.min, other), Period(date(2021, 3, 3), SHANGHAI)]), readings)
        payable = [[judge.decision(act).payable for act in (two, one)] for judge in (now, then)]  # type: ignore[union-attr]
        assert payable == [[True, False], [False, True]]
        assert reached(now, then) == {"P1"}


def test_what_exclusions_compete_with_is_a_matter_of_all_of_them() -> None:
    """Item 3 excludes item 1 no more: under `dearest` another contest for those who have items 1 and 2 only."""
    journal = Journal()
    journal.session(2, "2021-03-01", "09:00", fee=1)
    journal.session(1, "2021-03-01", "10:00", fee=2)
    evidence = Evidence(journal.facts)
    other = with_clause(3, "3.excl")
    for winner, whom in (("first", set()), ("dearest", {"P1"})):
        readings = {"winner": winner}
        assert reached(Judge(evidence, SHANGHAI, readings), Judge(evidence, other, readings)) == whom
