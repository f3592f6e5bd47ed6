"""Every figure of every report opens into acts that come to it."""

from collections.abc import Callable, Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.reports.document import Document
from projections.reports.monthly import monthly
from projections.reports.opening import with_acts
from projections.reports.pilot import pilot
from projections.reports.quality import quality
from projections.reports.question import Batch, Filter, Question
from projections.reports.refund import refund
from projections.reports.register import register
from projections.reports.timeliness import timeliness
from projections.reports.view import NotAKey
from projections.rules.rulebook import load_rulebook
from tests.projections.reports.world import World, by_key, check_figures_open, invented, world_of

NATIONAL = load_rulebook("national-29")


def the_pilot(batches: Sequence[Batch], question: Question) -> Document:
    return pilot(batches, question, NATIONAL)


REPORTS: list[Callable[[Sequence[Batch], Question], Document]] = [
    monthly, timeliness, quality, refund, register, the_pilot,
]  # fmt: skip
SEEDS = st.lists(st.integers(0, 2**32), min_size=1, max_size=3, unique=True).map(tuple)
FILTERS = [
    Filter(),
    Filter(date(2020, 4, 1), date(2020, 4, 30)),
    Filter(institution="H2"),
    Filter(date(2020, 3, 2), None, "H1"),
]


@pytest.mark.parametrize("filter", FILTERS)
@pytest.mark.parametrize("report", REPORTS)
def test_figures_are_what_their_acts_come_to(
    report: Callable[[Sequence[Batch], Question], Document], filter: Filter
) -> None:
    world = world_of((3, 6, 14))
    document = report(world.batches, world.question(filter))
    if report is register:
        document = register(world.batches, world.question(filter), at_most=40)
    assert check_figures_open(document, world, filter) > 15


@settings(max_examples=12, deadline=None)
@given(seeds=SEEDS, report=st.sampled_from(REPORTS[:4]))
def test_whatever_the_patients(seeds: tuple[int, ...], report: Callable[[Sequence[Batch], Question], Document]) -> None:
    world = World(invented(seeds), patients_a_batch=1)
    check_figures_open(report(world.batches, world.question()), world)


def test_acts_come_with_their_position_and_reasons() -> None:
    world = world_of((3, 6, 14))
    lines = world.acts("decision=denied")
    decided = {one.act.id: one for one in world.seen}
    places = {one.act.id: k for k, one in enumerate(world.seen, start=101)}
    assert {line.act for line in lines} == {one.act.id for one in world.seen if not one.decision.payable}
    for line in lines:
        seen = decided[line.act]
        assert line.denied_by == seen.decision.denied_by
        assert (line.position, line.fee_fen) == (places[line.act], seen.fee)
        assert (line.patient, line.item, line.day) == (seen.act.patient, seen.act.item, seen.act.day)


def test_a_key_of_a_clause_means_all_acts_that_fail_it() -> None:
    world = world_of((3, 6, 14))
    failed = {clause for one in world.seen for clause in one.decision.denied_by}
    assert len(failed) > 3
    for clause in failed:
        found = {line.act for line in world.acts(f"clause={clause}")}
        assert found == {one.act.id for one in world.seen if clause in one.decision.denied_by}


@pytest.mark.parametrize("key", ["colour=red", "institution", "&", "month=2021-03&", "from=yesterday"])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(NotAKey):
        world_of((3,)).acts(key)


def test_a_word_that_nobody_has_means_no_act() -> None:
    assert world_of((3,)).acts("institution=H999") == []


@pytest.mark.parametrize("at_most", [1, 2, 3, 5])
def test_a_table_with_acts_lists_the_first_of_every_row(at_most: int) -> None:
    world = World(invented((3, 6, 14)), patients_a_batch=1)
    # Batches that can be gone through once: not all of them are held.
    document = with_acts(
        monthly(world.batches, world.question()), iter(world.batches), world.question(), at_most=at_most
    )
    for key, (listed, acts) in by_key(document, "items", "acts_listed", "acts").items():
        lines = world.acts(key)
        told = [f"{line.act}@{line.position}" for line in lines[:at_most]] + (["…"] if acts > at_most else [])
        assert listed == " ".join(told)
