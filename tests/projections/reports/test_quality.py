"""Indicators against looking at every act."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.reports.quality import quality
from projections.reports.question import Filter, month_of
from tests.projections.reports.world import Seen, World, by_key, invented, within, world_of
from tests.projections.rules.building import Journal

DAY = timedelta(hours=24)


def parts(seen: list[Seen]) -> dict[str, tuple[int, int]]:
    done = [one for one in seen if not one.act.voided]
    sessions = [one for one in done if one.act.kind == "session"]
    signed = [one for one in sessions if one.act.signed is not None]
    return {
        "records complete": (
            sum(not any(clause.startswith("record.") for clause in one.decision.denied_by) for one in done),
            len(done),
        ),
        "written down within 24 hours": (
            sum(timedelta(0) <= one.act.recorded - one.act.at <= DAY for one in done), len(done),
        ),
        "sessions signed within 24 hours of their end": (
            sum(one.act.signed - (one.act.end or one.act.at) <= DAY for one in signed if one.act.signed), len(sessions),
        ),
        "sessions unsigned": (len(sessions) - len(signed), len(sessions)),
        "denied": (sum(not one.decision.payable for one in done), len(done)),
        "voided": (len(seen) - len(done), len(seen)),
    }  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(
    seeds=st.lists(st.integers(0, 2**32), min_size=1, max_size=3, unique=True),
    filter=st.sampled_from([Filter(), month_of("2020-04"), Filter(institution="H1")]),
)
def test_it_is_looking_at_every_act(seeds: list[int], filter: Filter) -> None:
    world = World(invented(seeds))
    document = quality(world.batches, world.question(filter))
    table = document.table("indicators")
    found = {row.cells[1]: row.cells[2:4] for row in table.rows}
    seen = within(world.seen, filter)
    assert {name: cells for name, cells in found.items() if name in parts(seen)} == parts(seen)
    failed = {clause for one in seen for clause in one.decision.denied_by}
    assert by_key(document, "clauses", "acts", "alone") == {
        f"clause={clause}": (
            sum(clause in one.decision.denied_by for one in seen),
            sum((clause,) == one.decision.denied_by for one in seen),
        )
        for clause in failed
    }


@pytest.mark.parametrize(
    ("second", "assessed", "expected"),
    [
        ("2021-02-28", False, [0, 0]),  # the last day of the year that began on 29 February
        ("2021-03-01", False, [0, 1]),
        ("2021-03-01", True, [1, 1]),
    ],
)
def test_past_the_end_of_a_span_an_assessment_has_to_carry(second: str, assessed: bool, expected: list[int]) -> None:
    journal = Journal()
    journal.session(2, "2020-02-29")
    if assessed:
        journal.assessment(10, "2021-03-01", "08:00", outcome="improved")
    journal.session(2, second)
    world = World(journal.facts)
    row = quality(world.batches, world.question()).table("indicators").rows[-1]
    assert list(row.cells[2:4]) == expected
    assert [line.day for line in world.acts(row.key)] == [date.fromisoformat(second)] * expected[1]


def test_what_was_paid_before_the_days_asked_for_began_the_span() -> None:
    journal = Journal()
    journal.session(2, "2020-01-10")
    journal.session(2, "2021-03-01")
    world = World(journal.facts)
    row = quality(world.batches, world.question(month_of("2021-03"))).table("indicators").rows[-1]
    assert row.cells[2:4] == (0, 1)


def test_clauses_come_with_their_words() -> None:
    world = world_of((3, 6, 14))
    table = quality(world.batches, world.question()).table("clauses")
    words = {
        finding.clause: finding.quote for one in world.seen for finding in one.decision.findings if not finding.holds
    }
    assert dict(zip(table.values("clause"), table.values("quote"), strict=True)) == words
