"""What a reading reaches: no clause rests on a reading that it does not name, and no rule outside the reach moves."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from projections.rules.clauses.clause import ClauseJudge
from projections.rules.clauses.extension import Extension
from projections.rules.compile import Compiled
from projections.rules.reach import RECORD_READINGS, Reach, clauses_by_reading, readings_of
from projections.rules.rulebook import Rulebook, load_rulebook
from projections.rules.schema import AnyClause, Item, ProofClause, SpanClause
from tests.projections.rules.building import SHANGHAI

BOOKS = [SHANGHAI, load_rulebook("national-2010"), load_rulebook("national-29")]


class Watched(dict[str, str]):
    """A choice of readings that notes which of them are looked up."""

    def __init__(self, choice: Mapping[str, str]) -> None:
        super().__init__(choice)
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return super().get(name, default)


class Watching(Compiled):
    """Compiled rules, each clause with the readings that were looked up for it."""

    def __init__(self, rulebook: Rulebook, choice: Mapping[str, str]) -> None:
        self.looked_up: dict[str, set[str]] = {}
        self.by_extension: set[str] = set()
        super().__init__(rulebook, choice)

    def _compile(self, item: Item, words: AnyClause) -> ClauseJudge:
        whole = self.choice
        watched = Watched(whole)
        self.choice = watched
        judge = super()._compile(item, words)
        self.choice = whole
        self.looked_up.setdefault(words.clause, set()).update(watched.asked)
        return judge

    def _compile_extension(self) -> Extension | None:
        whole = self.choice
        watched = Watched(whole)
        self.choice = watched
        made = super()._compile_extension()
        self.choice = whole
        self.by_extension = watched.asked
        return made


def choices(rulebook: Rulebook) -> Iterator[dict[str, str]]:
    """The defaults, and each other option by itself: whether a reading is looked up may hang on another."""
    yield rulebook.choose()
    for name, reading in rulebook.readings.items():
        for option in reading.options:
            yield rulebook.choose({name: option})


@pytest.mark.parametrize("rulebook", BOOKS, ids=[book.id for book in BOOKS])
def test_a_clause_names_every_reading_that_it_looks_up(rulebook: Rulebook) -> None:
    named = {c.clause: readings_of(rulebook, c) for item in rulebook.items for c in item.clause}
    for choice in choices(rulebook):
        compiled = Watching(rulebook, choice)
        for clause, asked in compiled.looked_up.items():
            assert asked <= named[clause], clause
        for item in rulebook.items:
            for words in item.clause:
                if isinstance(words, SpanClause) and words.extendable:
                    assert compiled.by_extension <= named[words.clause]
                if isinstance(words, ProofClause):  # of whatever date: `extension_from` does not apply
                    assert compiled.by_extension - {"extension_from"} <= named[words.clause]


def reached(changed: set[str], **readings: str) -> tuple[set[int], set[int]]:
    """The rules that a change begins at, and those that it reaches."""
    reach = Reach(Compiled(SHANGHAI, SHANGHAI.choose(readings)), changed)
    items = SHANGHAI.by_slug.items()
    return {item.number for slug, item in items if reach.begins_at(slug)}, {
        item.number for slug, item in items if reach.reaches(slug)
    }


def test_a_reading_reaches_the_rules_that_name_it() -> None:
    assert reached({"severity_at"}) == ({21}, {21})
    assert reached({"adl_link", "site_level"}) == ({8, 9}, {8, 9})
    assert reached({"transition"}) == (set(), set())


def test_and_those_that_count_or_exclude_acts_of_these() -> None:
    assert reached({"child"}) == ({3}, {1, 2, 3, 4})  # 3 excludes 1, and 1 excludes 2 and 4
    assert reached({"gap_measure"}) == ({10, 12, 13, *range(27, 39)}, {10, 12, 13, *range(27, 39)})


def test_extensions_hear_of_paid_assessments_only_where_these_are_the_source() -> None:
    extended = {1, 2, 3, 4, 5, 6, 7, 8, 14, 43}
    assert extended & reached({"gap_from"})[1] == set()
    assert extended <= reached({"gap_from"}, extension_source="paid")[1]
    assert reached({"persons_3"})[0] == {10} | extended, "who assessed decides whether an assessment extends"


def test_the_record_reaches_everything() -> None:
    reach = Reach(Compiled(SHANGHAI, SHANGHAI.choose()), {"physician_scope"})
    assert frozenset({"physician_scope"}) == RECORD_READINGS
    assert reach.begins_at("acupuncture"), "no rule is about it, and its record is judged"
    assert reach.reaches("acupuncture")


def test_the_clauses_that_a_reading_decides() -> None:
    found = clauses_by_reading(SHANGHAI)
    assert found["physician_scope"] == ["record.physician"]
    assert found["and_list"] == ["1.ind", "5.ind"]
    assert found["winner"] == ["1.excl", "2.excl", "3.excl", "4.excl", "27.excl", "28.excl"]
    assert found["transition"] == []
    assert list(found) == list(SHANGHAI.readings)
