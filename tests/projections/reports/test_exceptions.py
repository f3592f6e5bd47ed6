"""Exceptions as a report: filtered, summed up by kind, and open."""

from datetime import date

from projections.exceptions.exceptional import Exceptional, Source
from projections.reports.exceptions import exceptions
from projections.reports.question import Filter
from projections.said import Said
from tests.projections.reports.world import world_of
from tests.projections.rules.building import moment

SOURCE = Source("二.4", "确保治疗过程的真实性、有效性和完整性")
TITLES = {"two-places": Said("同时两处", "in two places")}


def exceptional(name: str, day: str, acts: tuple[str, ...], house: str = "H1", clock: str = "09:00") -> Exceptional:
    return Exceptional(
        name=name,
        what=Said("情况", "what"),
        begin=moment(day, clock),
        end=moment(day, "23:59"),
        patients=("0-P1",),
        practitioners=("0-T1",),
        institutions=(house,),
        acts=acts,
        positions=(101,),
        evidence={},
        source=SOURCE,
    )


def test_by_kind_and_one_by_one() -> None:
    world = world_of((3,))
    one, other = world.seen[0].act.id, world.seen[1].act.id
    found = [
        exceptional("two-places", "2021-03-01", (one, other)),
        exceptional("two-places", "2021-02-01", (one,)),
        exceptional("unknown-kind", "2021-03-01", ()),
    ]
    document = exceptions(found, world.question(), TITLES)
    kinds = document.table("kinds")
    assert [row.cells[:6] for row in kinds.rows] == [
        ("two-places", "同时两处", "in two places", 2, 2, 1),
        ("unknown-kind", "unknown-kind", "unknown-kind", 1, 0, 1),
    ]
    assert {line.act for line in world.acts(kinds.rows[0].key)} == {one, other}
    assert world.acts(kinds.rows[1].key) == []
    listed = document.table("exceptions")
    assert listed.values("begin") == [
        "2021-02-01T09:00+08:00", "2021-03-01T09:00+08:00", "2021-03-01T09:00+08:00",
    ]  # fmt: skip
    assert [line.act for line in world.acts(listed.rows[0].key)] == [one]


def test_the_day_it_begins_and_where_decide() -> None:
    world = world_of((3,))
    found = [
        exceptional("a", "2021-02-28", (), clock="23:59"),
        exceptional("b", "2021-03-01", (), clock="00:00"),
        exceptional("c", "2021-03-31", (), "H2", clock="23:59"),
        exceptional("d", "2021-04-01", (), clock="00:00"),
    ]

    def names(filter: Filter) -> list[object]:
        return exceptions(found, world.question(filter), TITLES).table("exceptions").values("kind")

    march = Filter(date(2021, 3, 1), date(2021, 3, 31))
    assert names(march) == ["b", "c"]
    assert names(march._replace(institution="H2")) == ["c"]
    assert names(Filter()) == ["a", "b", "c", "d"]


def test_of_thousands_of_acts_a_cell_has_the_first_and_the_key_all() -> None:
    acts = tuple(f"S{k}" for k in range(2101))
    (row,) = exceptions([exceptional("a", "2021-03-01", acts)], world_of((3,)).question(), {}).table("exceptions").rows
    assert row.cells[9] == " ".join([*acts[:100], "… (+2,001)"])
    assert row.key.endswith("&act=" + ",".join(acts))
    (row,) = (
        exceptions([exceptional("a", "2021-03-01", acts[:100])], world_of((3,)).question(), {}).table("exceptions").rows
    )
    assert row.cells[9:] == (" ".join(acts[:100]), "101")
