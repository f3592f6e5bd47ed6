"""Is an entry dated later than it can have been recorded? Held against clocks: a witness's, or that of whoever signs.

A witness that signed a checkpoint saw it no later than its own clock said: what stands under it was recorded by then.
Clocks differ, so a little is allowed, the same as verifiers allow (FORMAT.md, "Verifying, in order", step 13). Nothing
is ever dated too early.

Pure: knows instants and sizes, no entry and no clock of its own.
"""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

TOLERANCE = timedelta(seconds=300)
"""By how much clocks may differ."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Seen(NamedTuple):
    """When a witness saw the first `size` entries: seconds since 1970, and who it was."""

    size: int
    seconds: int
    who: str


class Witnessed:
    """All that witnesses saw of a log."""

    def __init__(self, seen: Iterable[Seen] = ()) -> None:
        # What was seen of more entries at an earlier time says more: of the others nothing is asked.
        told: list[Seen] = []
        for one in sorted(seen, key=lambda one: (-one.size, one.seconds)):
            if not told or one.seconds < told[-1].seconds:
                told.append(one)
        self._told = told[::-1]
        self._sizes = [one.size for one in self._told]

    def within(self, after: int, upto: int) -> "Witnessed":
        """What says something of entries with after <= index < upto."""
        first = bisect_right(self._sizes, after)
        return Witnessed(self._told[first : bisect_right(self._sizes, upto - 1) + 1])

    def late(self, index: int, appended_at: datetime) -> str | None:
        """What is wrong with an entry that says that it was appended then; None where nothing says that it was not."""
        place = bisect_right(self._sizes, index)
        if place == len(self._told):
            return None
        first = self._told[place]
        if appended_at <= _latest(first.seconds):
            return None
        return f"appended, it says, after {_shown(first.seconds)}, when {first.who} saw the log with it"


UNSEEN: Final = Witnessed()
"""No witness saw anything."""


def ahead(appended_at: datetime, now: datetime) -> str | None:
    """What is wrong with an entry that is to be signed at `now`, and dated then; None if nothing is."""
    if appended_at <= now + TOLERANCE:
        return None
    return f"it is dated {appended_at.isoformat()}, and the clock says {now.astimezone(appended_at.tzinfo).isoformat()}"


def _latest(seconds: int) -> datetime:
    try:
        return _EPOCH + timedelta(seconds=seconds) + TOLERANCE
    except OverflowError:  # a witness may say any u64
        return datetime.max.replace(tzinfo=UTC)


def _shown(seconds: int) -> str:
    return (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S UTC")
