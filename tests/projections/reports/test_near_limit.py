"""The list is the summary's, filtered; a row opens into the patient's paid acts of the item."""

from datetime import date

from projections.reports.near_limit import near_limit
from projections.reports.question import Filter
from projections.summary import Near, summarize
from tests.projections.reports.world import World, invented
from tests.projections.rules.building import Journal


def test_thirty_days_of_wheelchair_training() -> None:
    journal = Journal()
    for day in range(1, 28):
        journal.session(16, f"2021-03-{day:02}", signed=day != 5)
    world = World(journal.facts)
    document = near_limit(summarize(world.judge).near, world.batches, world.question())
    (row,) = [row for row in document.table("patients").rows if row.cells[3] == "16.days"]
    assert row.cells[4:7] == (26, 30, 4)
    assert row.cells[-1] == "2021-03-27"
    assert [line.act for line in world.acts(row.key)] == [f"S{k}" for k in range(1, 28) if k != 5]
    # The row is about all of them, whatever days were asked for.
    assert len(world.acts(row.key, Filter(date(2021, 3, 27)))) == 26


def test_rows_are_the_summarys_in_its_order() -> None:
    world = World(invented(range(12)))
    near = summarize(world.judge).near
    assert len(near) > 5

    def listed(filter: Filter) -> list[tuple[object, ...]]:
        return [row.cells[:7] for row in near_limit(near, world.batches, world.question(filter)).tables[0].rows]

    def cells(some: list[Near]) -> list[tuple[object, ...]]:
        return [(one.patient, one.item, one.name, one.clause, one.used, one.limit, one.left) for one in some]

    assert listed(Filter()) == cells(list(near))
    middle = sorted(one.on for one in near)[len(near) // 2]
    assert listed(Filter(middle)) == cells([one for one in near if one.on >= middle])
    assert listed(Filter(None, middle)) == cells([one for one in near if one.on <= middle])
    at_h3 = {one.act.patient for one in world.seen if one.act.institution.id == "H3"}
    assert listed(Filter(institution="H3")) == cells([one for one in near if one.patient in at_h3])
    assert listed(Filter(institution="H999")) == []


def test_by_clause_counts_patients() -> None:
    world = World(invented(range(12)))
    near = summarize(world.judge).near
    table = near_limit(near, world.batches, world.question()).table("clauses")
    assert {row.cells[0]: row.cells[1] for row in table.rows} == {
        clause: len({one.patient for one in near if one.clause == clause}) for clause in {one.clause for one in near}
    }
