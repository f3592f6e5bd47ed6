"""The clock, and instants as people type them. The only module of the project that asks what time it is.

Everywhere else times are arguments, so that the same input gives the same answer on every day. (Measurements that are
only shown, in `bench` and `demo`, are taken with a stopwatch of their own, `perf_counter`, which knows no time of day.)
"""

import time
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from ledger.treatment.values import HOME, at_home


def now() -> datetime:
    """This instant, at +08:00, in microseconds."""
    return datetime.now(HOME)


def elapsed_seconds() -> float:
    """Seconds since some fixed moment, never going back: the difference of two says how long something took."""
    return time.monotonic()


def parse_instant(text: str) -> datetime:
    """Reads an RFC 3339 instant with its offset and returns it at +08:00. Raises ValueError saying what is expected.

    A blank where the plus sign belongs is read as the plus sign: an unescaped `+08:00` in a URL arrives so.
    """
    try:
        instant: datetime = msgspec.convert(text.strip().replace(" ", "+"), Annotated[datetime, Meta(tz=True)])
        return at_home(instant)
    except (msgspec.ValidationError, OverflowError):
        raise ValueError(f"{text!r} is no instant; expected date, time and offset: 2021-03-01T15:00:00+08:00") from None
