"""An entry: the bytes that are hashed, stored, exported and verified (FORMAT.md, "Entry").

UTF-8 JSON in one spelling: these keys in this order, no space, tags sorted and each once, the append time at +08:00
with six digits, the fact as the journal spells it. Whoever writes the same entry writes the same bytes; nothing is
ever encoded again before it is hashed.

Knows that an entry holds a fact's bytes and its type name, and nothing of what they mean.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone

import msgspec

FORMAT = "treatment-ledger/1"
MAX_BYTES = 65_535
"""The longest entry: what a `tlog-tiles` entry bundle can hold (c2sp.org/tlog-tiles, 16-bit length)."""

SHANGHAI = timezone(timedelta(hours=8))  # China has had no other offset since 1991

_HEAD = b'{"format":"treatment-ledger/1","type":"'
_SPELLING = _HEAD + b'%b","appended_at":"%b","tags":%b,"fact":%b}'
_encode_tags = msgspec.json.Encoder().encode


class EntryTooLong(ValueError):
    """The entry would be longer than 65,535 bytes. Decisions refuse such a fact before it comes to this."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry taken apart; `fact` is still bytes."""

    format: str
    type: str
    appended_at: datetime
    tags: list[str]
    fact: msgspec.Raw


_decode = msgspec.json.Decoder(Entry).decode


def format_time(instant: datetime) -> str:
    """The one spelling of an append time: `2021-03-01T15:31:02.123456+08:00`. `instant` must be aware."""
    return instant.astimezone(SHANGHAI).isoformat(timespec="microseconds")


def format_entry(type: str, appended_at: str, tags: Iterable[str], fact: bytes) -> bytes:
    """The bytes of an entry. `appended_at` as `format_time` spells it, `fact` in the journal's one spelling.

    Raises EntryTooLong above 65,535 bytes.
    """
    data = _SPELLING % (type.encode(), appended_at.encode(), _encode_tags(sorted(set(tags))), fact)
    if len(data) > MAX_BYTES:
        raise EntryTooLong(f"an entry of {len(data):,} bytes, at most {MAX_BYTES:,} are stored")
    return data


def fact_of(data: bytes) -> bytes:
    """The fact's bytes in an entry that `format_entry` made, without decoding it.

    The first `,"fact":` is the key: before it stand only our own keys, and a quote inside a tag is escaped.
    """
    return data[data.index(b',"fact":') + 8 : -1]


def type_of(data: bytes) -> bytes:
    """The bytes of the type's name in an entry that `format_entry` made, without decoding it. Raises ValueError where
    nothing begins as an entry does. No type's name has a quote inside.
    """
    if not data.startswith(_HEAD):
        raise ValueError("not an entry: it does not begin as one")
    return data[len(_HEAD) : data.index(b'"', len(_HEAD))]


def tags_of(data: bytes) -> bytes:
    """The bytes of the tags in an entry that `format_entry` made, without decoding it. Raises ValueError without any.

    Before the first `,"tags":` stand a type's name and a time, neither of which has a quote inside.
    """
    start = data.index(b',"tags":') + 8
    return data[start : data.index(b',"fact":', start)]


def parse_entry(data: bytes) -> Entry:
    """The entry of these bytes, which must be in the one spelling. Raises ValueError saying what is wrong."""
    try:
        entry = _decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"not an entry: {error}") from None
    except RecursionError:
        raise ValueError("not an entry: it is nested too deeply") from None
    if entry.format != FORMAT:
        raise ValueError(f"its format is {entry.format!r}; this program reads {FORMAT!r}")
    try:
        appended_at = format_time(entry.appended_at)
    except (ValueError, OverflowError):  # without an offset it is no instant; near year 1 or 9999 none at +08:00
        raise ValueError(f"its append time is {entry.appended_at}, no instant of the years 1 to 9999") from None
    if format_entry(entry.type, appended_at, entry.tags, bytes(entry.fact)) != data:
        raise ValueError("it says what an entry says, but in another spelling (order of keys, spaces, tags, time)")
    return entry
