"""What is wrong with one entry, in the words of an audit and of whoever signs."""

import pytest

from ledger.store.entry import format_entry
from ledger.store.entry_problem import read_right
from ledger.store.sqlite import Stored

AT = "2021-03-01T15:31:02.123456+08:00"
DATA = format_entry("x.v1", AT, ["a:1", "b:治"], b'{"n":1}')


def right(type: str, fact: bytes) -> str | None:
    return None if (type, fact) == ("x.v1", b'{"n":1}') else "another fact"


def row(type: str = "x.v1", tags: str = '["a:1","b:治"]', data: bytes = DATA) -> Stored:
    return Stored(1, type, tags, bytes(32), data)


@pytest.mark.parametrize("tags", ['["a:1","b:治"]', '["a:1", "b:\\u6cbb"]'])
def test_the_entry(tags: str) -> None:
    assert read_right(row(tags=tags), right).tags == ["a:1", "b:治"]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (row(type="y.v1"), "the entry's type is 'x.v1', the column beside it says 'y.v1'"),
        (row(tags='["a:1"]'), "the entry's tags are .*, the column beside it says"),
        (row(tags="rubbish"), "the entry's tags are .*, the column beside it says"),
        (row(tags="[" * 100_000), "the entry's tags are .*, the column beside it says"),
        (row(data=DATA.replace(b'"n":1', b'"n":2')), "another fact"),
        (row(data=DATA + b" "), "it says what an entry says, but in another spelling"),
        (row(data=b""), "not an entry"),
    ],
)
def test_what_is_wrong(wrong: Stored, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_right(wrong, right)
