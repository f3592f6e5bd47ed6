"""Append times against clocks: those of witnesses, whose earliest word counts, and that of whoever signs."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from ledger.store.lateness import TOLERANCE, UNSEEN, Seen, Witnessed, ahead
from ledger.verify.timing import TOLERANCE_SECONDS

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOW = datetime(2021, 3, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)


def test_as_much_is_allowed_as_verifiers_allow() -> None:
    assert timedelta(seconds=TOLERANCE_SECONDS) == TOLERANCE


@pytest.mark.parametrize(("later", "is_late"), [(TOLERANCE, False), (TOLERANCE + MICROSECOND, True)])
def test_the_limit(later: timedelta, is_late: bool) -> None:
    seconds = int(NOW.timestamp())
    witnessed = Witnessed([Seen(5, seconds, "w.example")])
    said = "appended, it says, after 2021-03-01 00:00:00 UTC, when w.example saw the log with it" if is_late else None
    assert [witnessed.late(index, NOW + later) for index in (0, 4, 5)] == [said, said, None]
    assert UNSEEN.late(0, NOW + later) is None
    assert (ahead(NOW + later, NOW) is not None) == is_late


def test_too_far_ahead_says_both_times() -> None:
    assert ahead(NOW + timedelta(days=1), NOW) == (
        "it is dated 2021-03-02T00:00:00+00:00, and the clock says 2021-03-01T00:00:00+00:00"
    )


@pytest.mark.parametrize("seed", range(20))
def test_the_earliest_time_at_which_it_was_seen_counts(seed: int) -> None:
    """Against asking of every entry everything that was seen; also of a part of the log alone."""
    draw = random.Random(seed)
    seen = [Seen(draw.randint(1, 30), draw.randint(0, 40) * 400, f"w{n}") for n in range(draw.randint(0, 12))]
    witnessed = Witnessed(seen)
    after = draw.randint(0, 25)
    part = witnessed.within(after, after + 8)
    for index in range(32):
        times = [one.seconds for one in seen if one.size > index]
        for seconds in range(0, 17_000, 100):
            late = bool(times) and seconds > min(times) + 300
            assert (witnessed.late(index, EPOCH + seconds * SECOND) is not None) == late
            if after <= index < after + 8:
                assert (part.late(index, EPOCH + seconds * SECOND) is not None) == late


def test_any_number_may_be_a_witness_s_time() -> None:
    witnessed = Witnessed([Seen(5, 2**64 - 1, "w.example")])
    assert witnessed.late(0, datetime.max.replace(tzinfo=UTC)) is None
