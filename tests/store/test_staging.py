"""Lines wait in order, by subject and by time, and nothing of them is left on disk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.store.staging import (
    ACCEPTED,
    KNOWN,
    REFUSED,
    Acceptable,
    RefusedLine,
    Source,
    StagedLine,
    StagedVerdict,
    Staging,
)

BEFORE = (-(2**62), 0)


@pytest.fixture
def staging(tmp_path: Path) -> Iterator[Staging]:
    """Six lines of three subjects, one without, two with one id, out of order."""
    staging = Staging(tmp_path)
    lines = [
        StagedLine(1, 30, "act:b", False, None, "t", b"1"),
        StagedLine(2, 10, "act:a", True, "L", "t", b"2"),
        StagedLine(3, 20, "act:b", True, None, "t", b"3"),
        StagedLine(4, 10, "about:act:a", False, "L", "u", b"4"),
        StagedLine(5, 5, None, False, None, "v", b"5"),
        StagedLine(6, 10, "act:a", False, None, "t", b"6"),
    ]
    staging.add(lines, [Source(line.n, "f", line.n, b"raw %d" % line.n) for line in lines])
    staging.all_read()
    yield staging
    staging.close()


def test_nothing_is_left_on_disk(staging: Staging, tmp_path: Path) -> None:
    assert list(tmp_path.iterdir()) == []


def test_groups(staging: Staging) -> None:
    def groups(prefix: str, *, introducing_only: bool = False) -> list[list[tuple[str, list[tuple[int, bytes]]]]]:
        return list(staging.groups(prefix, introducing_only=introducing_only, after=BEFORE, subjects=1))

    act_a, act_b = ("act:a", [(2, b"2"), (6, b"6")]), ("act:b", [(3, b"3"), (1, b"1")])
    assert groups("act:") == [[act_a], [act_b]]
    assert groups("act:b") == [[act_b]], "a prefix may be the whole name"
    assert groups("act:", introducing_only=True) == [[("act:a", [(2, b"2")])], [("act:b", [(3, b"3")])]]
    assert groups("about:") == [[("about:act:a", [(4, b"4")])]]
    assert groups("patient:") == []
    assert list(staging.groups("act:", introducing_only=False, after=BEFORE, subjects=9)) == [[act_a, act_b]]


def test_lines_behind_a_place(staging: Staging) -> None:
    names = ["act:a", "act:b", "act:none"]
    assert staging.lines_of(names, introducing_only=False, after=(10, 2)) == [
        ("act:a", [(6, b"6")]),
        ("act:b", [(3, b"3"), (1, b"1")]),
    ]
    assert staging.lines_of(names, introducing_only=True, after=(10, 2)) == [("act:b", [(3, b"3")])]


def test_subjects_found_later(staging: Staging) -> None:
    assert list(staging.without_subject()) == [(5, b"5")]
    staging.set_subject(5, "act:a")
    assert list(staging.without_subject()) == []
    assert staging.lines_of(["act:a"], introducing_only=False, after=BEFORE) == [
        ("act:a", [(5, b"5"), (2, b"2"), (6, b"6")])
    ]


def test_ids(staging: Staging) -> None:
    assert staging.by_id(["L", "M"]) == {"L": b"2"}
    assert staging.all_with_id("L") == [b"2", b"4"]
    assert staging.introducing("act:b") == [b"3"]


def test_verdicts(staging: Staging) -> None:
    staging.decide(
        [
            StagedVerdict(2, ACCEPTED, '["a"]'),
            StagedVerdict(4, REFUSED, None, "field", "what"),
            StagedVerdict(6, KNOWN),
            StagedVerdict(3, REFUSED, None, "x", "y"),
            StagedVerdict(1, ACCEPTED, "[]"),
        ]
    )
    staging.decide([StagedVerdict(3, ACCEPTED, "[]")])
    assert [staging.count(verdict) for verdict in (ACCEPTED, KNOWN, REFUSED)] == [3, 1, 1]
    assert list(staging.refused()) == [RefusedLine("f", 4, "field", "what", b"raw 4")]
    assert [line.n for line in staging.acceptable(BEFORE, 9)] == [2, 3, 1]
    assert staging.acceptable((10, 2), 1) == [Acceptable(3, 20, "act:b", None, "t", "[]", b"3")]


def test_standings(staging: Staging) -> None:
    assert staging.standing("act:a") is None
    staging.stand([("act:a", b"old"), ("act:b", b"b")])
    staging.stand([("act:a", b"new")])
    assert staging.standing("act:a") == b"new"


def test_by_type(staging: Staging) -> None:
    assert staging.of_type("t") == [b"2", b"6", b"3", b"1"]
    assert staging.of_type("x") == []


def test_accepted_openings(staging: Staging) -> None:
    staging.decide(
        [StagedVerdict(2, ACCEPTED, "[]"), StagedVerdict(3, ACCEPTED, "[]"), StagedVerdict(6, ACCEPTED, "[]")]
    )
    assert list(staging.accepted_introducing("act:", after=BEFORE)) == [(10, 2, b"2"), (20, 3, b"3")]
    assert list(staging.accepted_introducing("act:", after=(10, 2))) == [(20, 3, b"3")]
    assert list(staging.accepted_introducing("key:", after=BEFORE)) == []
    staging.decide([StagedVerdict(3, REFUSED, None, "f", "w")])
    assert list(staging.accepted_introducing("act:", after=BEFORE)) == [(10, 2, b"2")]
