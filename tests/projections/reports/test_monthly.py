"""The settlement against counting act by act."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.demo import year
from projections.history import effective
from projections.reports.monthly import monthly
from projections.reports.question import Filter, month_of
from projections.rules.judge import Judge
from tests.projections.reports.world import Seen, World, by_key, invented, within, world_of
from tests.projections.rules.building import Journal

FIGURES = (
    "acts", "payable", "denied", "voided", "amount_fen", "payable_fen", "denied_fen", "fund_fen", "denied_fund_fen",
    "no_fee", "no_share",
)  # fmt: skip


def figures(seen: Iterable[Seen]) -> tuple[int, ...]:
    of = list(seen)
    paid = [one for one in of if one.decision.payable]
    denied = [one for one in of if not one.decision.payable]
    return (
        len(of),
        len(paid),
        len(denied),
        sum(one.act.voided for one in of),
        sum(one.fee or 0 for one in of),
        sum(one.fee or 0 for one in paid),
        sum(one.fee or 0 for one in denied),
        sum(one.share or 0 for one in paid),
        sum(one.share or 0 for one in denied),
        sum(one.fee is None for one in of),
        sum(one.fee is not None and one.share is None for one in of),
    )


def grouped(seen: Iterable[Seen], key: Callable[[Seen], str]) -> dict[str, tuple[int, ...]]:
    groups: dict[str, list[Seen]] = defaultdict(list)
    for one in seen:
        groups[key(one)].append(one)
    return {key: figures(of) for key, of in groups.items()}


def department(one: Seen, judge: Judge) -> str:
    """By what all of the staff hold on the day; of both, by the institution's only one of the two departments."""
    if not one.act.staff:
        return ""
    held = [s for s in ("rehabilitation", "tcm") if all(p.holds(s, one.act.day) for p in one.act.staff)]
    if len(held) == 2:
        listed = [scope for scope in held if scope in judge.evidence.institutions[one.act.institution.id].departments]
        return listed[0] if len(listed) == 1 else "either"
    return held[0] if held else ""


def check(world: World, filter: Filter) -> None:
    document = monthly(world.batches, world.question(filter))
    seen = within(world.seen, filter)
    keys: dict[str, Callable[[Seen], str]] = {
        "months": lambda one: f"month={one.month}",
        "institutions": lambda one: f"month={one.month}&institution={one.act.institution.id}",
        "departments": lambda one: f"institution={one.act.institution.id}&department={department(one, world.judge)}",
        "items": lambda one: f"item={one.act.item}",
        "therapists": lambda one: f"institution={one.act.institution.id}&therapist={one.therapist}",
    }
    for id, key in keys.items():
        assert by_key(document, id, *FIGURES) == grouped(seen, key)
        table = document.table(id)
        assert table.total is not None
        for name in FIGURES:
            assert sum(table.values(name)) == table.total.cells[table.place(name)]  # type: ignore[arg-type]
        assert table.total.cells[table.place("acts")] == len(seen)


@settings(max_examples=25, deadline=None)
@given(
    seeds=st.lists(st.integers(0, 2**32), min_size=1, max_size=4, unique=True),
    filter=st.sampled_from([Filter(), month_of("2020-04"), month_of("2020-03", "H1"), Filter(institution="H3")]),
)
def test_it_is_counting_act_by_act(seeds: list[int], filter: Filter) -> None:
    check(World(invented(seeds)), filter)


@pytest.mark.parametrize("filter", [Filter(), month_of("2021-05"), month_of("2021-08", "H4")])
def test_the_invented_year_is_counted_act_by_act(filter: Filter) -> None:
    check(the_year(), filter)


@cache
def the_year() -> World:
    return World(list(effective(year(2021, 16))), patients_a_batch=5)


def test_other_readings_settle_otherwise() -> None:
    facts = invented((1, 2, 3))
    check(World(facts, profile="strict", readings={"winner": "first"}), Filter())


@pytest.mark.parametrize(
    ("at", "month"),
    [
        ("2021-02-28T23:59", "2021-02"),
        ("2021-03-01T00:00", "2021-03"),
        ("2021-03-31T23:59", "2021-03"),
        ("2021-04-01T00:00", "2021-04"),
        ("2020-12-31T23:59", "2020-12"),
    ],
)
def test_months_begin_at_midnight_in_shanghai(at: str, month: str) -> None:
    journal = Journal()
    day, clock = at.split("T")
    journal.session(1, day, clock, fee=700)
    world = World(journal.facts)
    document = monthly(world.batches, world.question())
    assert by_key(document, "months", "acts", "amount_fen") == {f"month={month}": (1, 700)}
    for asked in ("2020-12", "2021-02", "2021-03", "2021-04"):
        rows = monthly(world.batches, world.question(month_of(asked))).table("months").rows
        assert [row.cells[0] for row in rows] == ([month] if asked == month else [])


def test_nothing_settles_to_nothing() -> None:
    world = world_of((3,))
    for batches in ([], world.batches):
        document = monthly(batches, world.question(month_of("1999-01")))
        for table in document.tables:
            assert table.rows == ()
            assert table.total is not None
            assert set(table.total.cells) <= {None, 0}


def test_money_is_exact_however_much_it_is() -> None:
    journal = Journal()
    for day in range(1, 20):
        journal.session(1, f"2021-03-{day:02}", fee=10**15 - day)
    world = World(journal.facts)
    table = monthly(world.batches, world.question()).table("months")
    assert table.values("amount_fen") == [19 * 10**15 - 190]


def test_items_have_their_names() -> None:
    journal = Journal()
    for slug in ("exercise-therapy", "exercise-therapy/strength", "cupping"):
        journal.session(slug, "2021-03-01", fee=1)
    world = World(journal.facts)
    table = monthly(world.batches, world.question()).table("items")
    assert dict(zip(table.values("item"), table.values("name"), strict=True)) == {
        "exercise-therapy": "运动疗法",
        "exercise-therapy/strength": "肌力训练",
        "cupping": None,
    }
