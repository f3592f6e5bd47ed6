"""The clock, and instants as people type them. The only module of the project that asks what time it is.

Everywhere else times are arguments, so that the same input gives the same answer on every day.
"""

from datetime import datetime, timedelta, timezone
from typing import Annotated

import msgspec
from msgspec import Meta

SHANGHAI = timezone(timedelta(hours=8))
"""Asia/Shanghai as the ledger spells it: no other offset has been in force there since 1991-09-15."""


def now() -> datetime:
    """This instant, at +08:00, in microseconds."""
    return datetime.now(SHANGHAI)


def parse_instant(text: str) -> datetime:
    """Reads an RFC 3339 instant with its offset and returns it at +08:00. Raises ValueError saying what is expected.

    A blank where the plus sign belongs is read as the plus sign: an unescaped `+08:00` in a URL arrives so.
    """
    try:
        instant: datetime = msgspec.convert(text.strip().replace(" ", "+"), Annotated[datetime, Meta(tz=True)])
        return instant.astimezone(SHANGHAI)
    except (msgspec.ValidationError, OverflowError):
        raise ValueError(f"{text!r} is no instant; expected date, time and offset: 2021-03-01T15:00:00+08:00") from None
