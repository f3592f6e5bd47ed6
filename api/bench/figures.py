"""What a benchmark says: one row a case, its own figure and a peer's, measured in turn in one run."""

from collections.abc import Callable, Sequence
from statistics import median

import msgspec

ROUNDS = 3


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """One run of one side: how many units in how many seconds; p99 of single calls where there are calls."""

    units: int
    seconds: float
    p99_ms: float | None = None

    @property
    def rate(self) -> float:
        """Units a second."""
        return self.units / self.seconds


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A case as `bench --json` prints it: `ratio` is how many times better ours is, `seconds` what ours took; `limit`,
    where one is set for a case of this size, the most that it may take or hold, with its unit.
    """

    case: str
    ours: float
    peer: float
    peer_name: str
    ratio: float
    unit: str
    seconds: float
    p99_ms: float | None = None
    limit: str | None = None


def side_by_side(
    case: str, unit: str, ours: Callable[[], Measured], peer: Callable[[], Measured], peer_name: str
) -> Row:
    """Runs both sides in turn, `ROUNDS` times, and gives the medians: what slows the machine slows both."""
    rounds = [(ours(), peer()) for _ in range(ROUNDS)]
    middle = sorted((mine for mine, _ in rounds), key=lambda mine: mine.rate)[ROUNDS // 2]
    theirs = median(other.rate for _, other in rounds)
    return Row(
        case=case,
        ours=round(middle.rate, 1),
        peer=round(theirs, 1),
        peer_name=peer_name,
        ratio=round(middle.rate / theirs, 2),
        unit=unit,
        seconds=round(middle.seconds, 3),
        p99_ms=None if middle.p99_ms is None else round(middle.p99_ms, 2),
    )


def smaller(case: str, unit: str, ours: float, peer: float, seconds: float, peer_name: str) -> Row:
    """A size instead of a rate: less is better, and `ratio` is how many times less ours is. It is the same each run."""
    return Row(
        case=case,
        ours=round(ours, 1),
        peer=round(peer, 1),
        peer_name=peer_name,
        ratio=round(peer / ours, 2),
        unit=unit,
        seconds=round(seconds, 3),
    )


def tabled(rows: Sequence[Row]) -> tuple[list[str], list[list[object]]]:
    """Columns and cells of the rows as a table; what none of them has is no column."""
    timed, limited = any(row.p99_ms is not None for row in rows), any(row.limit is not None for row in rows)
    columns = ["case", "ours", "peer", "ratio", "unit", "seconds", *["p99 ms"] * timed, *["limit"] * limited]
    cells = [
        [row.case, f"{row.ours:,.0f}", f"{row.peer:,.0f}", row.ratio, row.unit, row.seconds]
        + [row.p99_ms] * timed
        + [row.limit] * limited
        for row in rows
    ]
    return columns, cells
