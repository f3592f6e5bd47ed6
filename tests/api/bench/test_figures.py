"""What a row says, from runs whose lengths are given: nothing here measures."""

import msgspec
import pytest

from api.bench.figures import ROUNDS, Measured, side_by_side, smaller, tabled


def test_a_row_is_the_medians_and_their_ratio() -> None:
    seconds = iter([4.0, 1.0, 2.0])
    peers = iter([10.0, 20.0, 5.0])
    order: list[str] = []

    def ours() -> Measured:
        order.append("ours")
        return Measured(units=100, seconds=next(seconds), p99_ms=1.234)

    def peer() -> Measured:
        order.append("peer")
        return Measured(units=100, seconds=next(peers))

    row = side_by_side("case/1", "facts/s", ours, peer, "another library")
    assert order == ["ours", "peer"] * ROUNDS, "in turn, so that what slows the machine slows both"
    assert (row.ours, row.peer, row.ratio, row.seconds, row.p99_ms) == (50.0, 10.0, 5.0, 2.0, 1.23)
    assert (row.case, row.unit, row.peer_name) == ("case/1", "facts/s", "another library")


@pytest.mark.parametrize("units", [0, 7])
def test_a_rate_is_units_a_second(units: int) -> None:
    assert Measured(units=units, seconds=2).rate == units / 2


def test_of_sizes_the_smaller_is_the_better() -> None:
    row = smaller("memory/2", "B/patient", 50.04, 200, 1.23456, "another library")
    assert (row.ours, row.peer, row.ratio, row.seconds, row.p99_ms) == (50.0, 200, 4.0, 1.235, None)


def test_a_table_has_a_column_of_limits_where_there_are_any() -> None:
    plain = smaller("memory/2", "B/patient", 50.4, 2_000, 1.5, "another library")
    base = ["case", "ours", "peer", "ratio", "unit", "seconds"]
    cells = ["memory/2", "50", "2,000", 39.68, "B/patient", 1.5]
    assert tabled([plain]) == (base, [cells])
    limited = msgspec.structs.replace(plain, limit="60 B")
    assert tabled([plain, limited]) == ([*base, "limit"], [[*cells, None], [*cells, "60 B"]])
    timed = msgspec.structs.replace(limited, p99_ms=2.5)
    assert tabled([timed]) == ([*base, "p99 ms", "limit"], [[*cells, 2.5, "60 B"]])
