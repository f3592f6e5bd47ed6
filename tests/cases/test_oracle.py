"""The judge against a naive second one, on journals by chance under readings by chance: exactly the same clauses."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from random import Random

import pytest

from ledger.treatment.batch import Accepted, decide_batch
from ledger.treatment.facts import Fact
from projections.rules.judge import judge
from projections.rules.rulebook import load_rulebook
from tests.cases.chance_themes import THEMES, Theme, journal
from tests.cases.corners import FINDINGS, OTHERS, Corner, corners
from tests.cases.oracle import CLAUSES, verdicts
from tests.cases.readings import DEFAULT, LENIENT, READINGS, STRICT
from tests.cases.story import build

BOOK = load_rulebook("shanghai-2017")


def denied(facts: Sequence[Fact], readings: Mapping[str, str]) -> dict[str, list[str]]:
    return {decision.act: list(decision.denied_by) for decision in judge(facts, BOOK, readings)}


def chosen(seed: int) -> dict[str, str]:
    """By turns: every default, a profile, one option, two options, an option of every reading."""
    chance = Random(seed)
    some = {name: chance.choice(reading.options) for name, reading in READINGS.items()}
    names = chance.sample(sorted(some), 2)
    turns = ({}, STRICT, LENIENT, {names[0]: some[names[0]]}, {name: some[name] for name in names}, some)
    return turns[seed % len(turns)]


@pytest.mark.parametrize("name", READINGS)
def test_the_readings_are_those_of_the_page(name: str) -> None:
    theirs, ours = BOOK.readings[name], READINGS[name]
    assert (tuple(theirs.options), theirs.default) == (ours.options, ours.options[0])
    assert (theirs.strict, theirs.lenient) == (ours.strict, ours.lenient)


@pytest.mark.parametrize("seed", range(288))
def test_two_judges_agree(seed: int) -> None:
    facts, readings = journal(seed), chosen(seed)
    assert denied(facts, readings) == verdicts(facts, readings)


CORNERS = list(corners())


@pytest.mark.parametrize("corner", CORNERS, ids=[corner[0] for corner in CORNERS])
def test_two_judges_agree_where_two_things_meet(corner: Corner) -> None:
    _, patient, told, asked = corner
    facts = build(OTHERS + told, patient=patient, findings=FINDINGS)
    for readings in asked:
        assert denied(facts, readings) == verdicts(facts, readings), readings


@pytest.mark.parametrize(("profile", "options"), [("strict", STRICT), ("lenient", LENIENT), ("default", DEFAULT)])
def test_a_profile_is_its_options(profile: str, options: dict[str, str]) -> None:
    for seed in range(16):
        facts = journal(seed)
        by_name = {decision.act: list(decision.denied_by) for decision in judge(facts, BOOK, profile=profile)}
        assert by_name == denied(facts, options)


TWO_OPTIONS = [(name, *two) for name, reading in READINGS.items() for two in combinations(reading.options, 2)]


@pytest.mark.parametrize(("name", "one", "other"), TWO_OPTIONS)
def test_every_option_decides_something(name: str, one: str, other: str) -> None:
    """No test above is empty: of every two options of a reading, some journal tells them apart, and both judges do."""
    for theme in (theme for theme, names in THEMES.items() if name in names.split()):
        for seed in range(40):
            facts = journal(seed, theme)
            under_one, under_other = denied(facts, {name: one}), denied(facts, {name: other})
            if under_one != under_other:
                assert (verdicts(facts, {name: one}), verdicts(facts, {name: other})) == (under_one, under_other)
                return
    pytest.fail(f"no journal by chance tells {name}={one} from {other}")


def test_every_clause_holds_and_fails() -> None:
    """No clause is only ever on one side: of all acts of these journals, some meet it and some do not."""
    answers = set()
    for theme in THEMES:
        for seed in range(40):
            facts = journal(seed, theme)
            for decision in judge(facts, BOOK, {"no_text": ("payable", "not_payable")[seed % 2]}):
                answers |= {(finding.clause, finding.holds) for finding in decision.findings}
    assert {(clause, holds) for clause in CLAUSES for holds in (True, False)} - answers == set()


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.__name__)
def test_a_journal_by_chance_is_one_that_the_ledger_takes(theme: Theme) -> None:
    for seed in range(6):
        facts = journal(seed, theme)
        assert [verdict for verdict in decide_batch(facts) if not isinstance(verdict, Accepted)] == []


@pytest.mark.parametrize("seed", range(32))
def test_the_order_of_lines_does_not_matter_where_the_instants_differ(seed: int) -> None:
    facts, readings = journal(seed), chosen(seed)
    chance = Random(seed)
    place = {fact.at: chance.random() for fact in facts}
    assert denied(sorted(facts, key=lambda fact: place[fact.at]), readings) == denied(facts, readings)
