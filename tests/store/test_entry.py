"""An entry has one spelling, and whatever is not in it is refused."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.store.entry import (
    MAX_BYTES,
    SHANGHAI,
    EntryTooLong,
    fact_of,
    format_entry,
    format_time,
    parse_entry,
    tags_of,
    type_of,
)

AT = "2021-03-01T15:31:02.123456+08:00"
ENTRY = (
    b'{"format":"treatment-ledger/1","type":"session-stopped.v1","appended_at":"2021-03-01T15:31:02.123456+08:00",'
    b'"tags":["patient:P1","session:S1"],"fact":{"type":"SessionStopped"}}'
)


def test_spelling() -> None:
    fact = b'{"type":"SessionStopped"}'
    assert format_entry("session-stopped.v1", AT, ["session:S1", "patient:P1", "session:S1"], fact) == ENTRY


def test_append_time_is_at_plus_eight_with_six_digits() -> None:
    assert format_time(datetime(2021, 3, 1, 7, 31, 2, 123456, tzinfo=UTC)) == AT
    assert format_time(datetime(2021, 3, 1, 7, 31, 2, tzinfo=UTC)) == "2021-03-01T15:31:02.000000+08:00"
    assert format_time(datetime(2021, 3, 1, 0, 0, tzinfo=timezone(timedelta(hours=-5)))).startswith("2021-03-01T13:00")


def test_parsed() -> None:
    entry = parse_entry(ENTRY)
    assert entry.appended_at == datetime(2021, 3, 1, 15, 31, 2, 123456, tzinfo=SHANGHAI)
    assert (entry.type, entry.tags, bytes(entry.fact)) == (
        "session-stopped.v1",
        ["patient:P1", "session:S1"],
        b'{"type":"SessionStopped"}',
    )


@pytest.mark.parametrize(
    ("was", "becomes", "why"),
    [
        (b"treatment-ledger/1", b"treatment-ledger/2", "format"),
        (b'"tags":["patient:P1","session:S1"]', b'"tags":["session:S1","patient:P1"]', "spelling"),
        (b'["patient:P1",', b'["patient:P1","patient:P1",', "spelling"),
        (b".123456+08:00", b".123456Z", "spelling"),
        (b".123456+08:00", b".1234560+08:00", "spelling"),
        (b'{"format"', b'{ "format"', "spelling"),
        (b'"fact":{', b'"fact": {', "spelling"),
        (b"}}", b"}} ", "spelling"),
        (b"}}", b"}}}", "not an entry"),
        (b"}}", b'},"more":1}', "not an entry"),
        (b'"type":"session-stopped.v1",', b"", "not an entry"),
        (b"P1", b"P\xff", "not an entry"),
    ],
)
def test_another_spelling_is_refused(was: bytes, becomes: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_entry(ENTRY.replace(was, becomes, 1))


def test_length() -> None:
    def of(length: int) -> bytes:
        return b'{"x":"%b"}' % (b"x" * length)

    room = MAX_BYTES - len(format_entry("t.v1", AT, ["id:1"], of(0)))
    assert len(format_entry("t.v1", AT, ["id:1"], of(room))) == MAX_BYTES
    with pytest.raises(EntryTooLong, match="65,536 bytes, at most 65,535"):
        format_entry("t.v1", AT, ["id:1"], of(room + 1))


ids = st.text("abcXYZ019._:@/-", min_size=1, max_size=20)


@given(
    tags=st.lists(st.one_of(ids, st.text(max_size=10))),
    fact=st.dictionaries(st.text(max_size=5), st.text(max_size=9) | st.integers()),
    seconds=st.integers(0, 4_000_000_000),
    microsecond=st.integers(0, 999_999),
)
def test_what_is_written_is_read(tags: list[str], fact: dict[str, str | int], seconds: int, microsecond: int) -> None:
    now = datetime.fromtimestamp(seconds, UTC).replace(microsecond=microsecond)
    spelled = json.dumps(fact, ensure_ascii=False, separators=(",", ":")).encode()
    data = format_entry("t.v1", format_time(now), tags, spelled)
    entry = parse_entry(data)
    assert (entry.appended_at, entry.tags, bytes(entry.fact)) == (now, sorted(set(tags)), spelled)
    assert fact_of(data) == spelled
    assert type_of(data) == b"t.v1"
    assert json.loads(tags_of(data)) == entry.tags
    assert json.loads(data)["fact"] == fact
