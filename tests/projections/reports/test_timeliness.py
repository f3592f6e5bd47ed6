"""Delays and signatures against sorting them act by act."""

from collections import defaultdict
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.reports.question import Filter, month_of
from projections.reports.timeliness import timeliness
from tests.projections.reports.world import Seen, World, by_key, invented, within
from tests.projections.rules.building import Journal

DAY = timedelta(hours=24)
FIGURES = (
    "acts", "written_late", "written_early", "sessions", "unsigned", "signed_late", "assessments_unsigned",
    "median_hours", "p90_hours", "max_hours",
)  # fmt: skip


def nearest_rank(delays: list[timedelta], percent: int) -> float:
    """The smallest delay that so many of a hundred do not exceed."""
    delays = sorted(delay // timedelta(seconds=1) * timedelta(seconds=1) for delay in delays)
    for delay in delays:
        if sum(other <= delay for other in delays) * 100 >= percent * len(delays):
            return round(delay / timedelta(hours=1), 1)
    raise AssertionError


def figures(of: list[Seen]) -> tuple[float, ...]:
    sessions = [one.act for one in of if one.act.kind == "session"]
    delays = [one.act.recorded - one.act.at for one in of]
    return (
        len(of),
        sum(delay > DAY for delay in delays),
        sum(delay < timedelta(0) for delay in delays),
        len(sessions),
        sum(act.signed is None for act in sessions),
        sum(act.signed is not None and act.signed - (act.end or act.at) > DAY for act in sessions),
        sum(one.act.kind == "assessment" and one.act.signed is None for one in of),
        *(nearest_rank(delays, percent) for percent in (50, 90, 100)),
    )


@settings(max_examples=15, deadline=None)
@given(
    seeds=st.lists(st.integers(0, 2**32), min_size=1, max_size=3, unique=True),
    filter=st.sampled_from([Filter(), month_of("2020-04"), Filter(institution="H1")]),
)
def test_it_is_sorting_act_by_act(seeds: list[int], filter: Filter) -> None:
    world = World(invented(seeds), patients_a_batch=1)
    document = timeliness(world.batches, world.question(filter))
    seen = [one for one in within(world.seen, filter) if not one.act.voided]
    for id, key in {
        "months": lambda one: f"month={one.month}",
        "institutions": lambda one: f"institution={one.act.institution.id}",
        "therapists": lambda one: f"institution={one.act.institution.id}&therapist={one.therapist}",
    }.items():
        groups: dict[str, list[Seen]] = defaultdict(list)
        for one in seen:
            groups[f"voided=no&{key(one)}"].append(one)
        assert by_key(document, id, *FIGURES) == {key: figures(of) for key, of in groups.items()}
        total = document.table(id).total
        if seen:
            assert total is not None
            assert tuple(total.cells[document.table(id).place(name)] for name in FIGURES) == figures(seen)
        else:
            assert total is None


@pytest.mark.parametrize(
    ("delay", "late", "early"),
    [(DAY, 0, 0), (DAY + timedelta(microseconds=1), 1, 0), (timedelta(0), 0, 0), (timedelta(microseconds=-1), 0, 1)],
)
def test_a_day_is_in_time_and_a_moment_more_is_late(delay: timedelta, late: int, early: int) -> None:
    journal = Journal()
    journal.session(1, "2021-03-01")
    journal.facts = [
        type(fact)(**{name: getattr(fact, name) for name in fact.__struct_fields__} | {"recorded_at": fact.at + delay})
        for fact in journal.facts
    ]
    world = World(journal.facts)
    table = timeliness(world.batches, world.question()).table("months")
    assert (table.values("written_late"), table.values("written_early")) == ([late], [early])
