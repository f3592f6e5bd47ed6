"""Whether an entry is what was hashed, and the columns beside it what it says: one answer for all who ask."""

import pytest

from ledger.proof import leaf_hash
from ledger.store.entry import format_entry
from ledger.store.findings import Finding
from ledger.store.refusals import Unsound
from ledger.store.soundness import (
    HANDED_OUT,
    PUBLISHED,
    SEALED,
    SIGNED,
    altered,
    beside,
    require,
    require_sound,
    require_unaltered,
    unsound,
)
from ledger.store.sqlite import Stored

TAGS = '["patient:P1","session:病"]'
DATA = format_entry(
    "session-stopped.v1", "2021-03-01T15:31:02.123456+08:00", ["session:病", "patient:P1"], b'{"type":"SessionStopped"}'
)
ROW = Stored(7, "session-stopped.v1", TAGS, leaf_hash(DATA), DATA)


def test_an_entry_as_it_was_hashed() -> None:
    assert (altered(ROW), altered(ROW, ROW.leaf), beside(ROW)) == (None, None, None)
    require(None, SIGNED)
    require_unaltered(ROW)
    require_sound(ROW)


@pytest.mark.parametrize(
    "row", [ROW._replace(data=DATA[:-1] + b" "), ROW._replace(leaf=bytes(32)), ROW._replace(leaf=b"")]
)
def test_altered(row: Stored) -> None:
    leaf = leaf_hash(row.data)
    what = f"its stored bytes hash to {leaf.hex()}, its leaf in the log is {row.leaf.hex()}"
    found = Finding("entry-altered", "index 6", what)
    assert altered(row) == altered(row, leaf) == found
    for ask in (require_unaltered, require_sound):
        with pytest.raises(Unsound) as refused:
            ask(row)
        assert str(refused.value) == f"{found}. Nothing is handed out; run `audit`, restore a backup"


def test_whoever_hashed_it_by_a_path_of_their_own_is_heard() -> None:
    found = altered(ROW, b"h" * 32)
    assert found is not None
    assert found.what.startswith(f"its stored bytes hash to {'68' * 32}, its leaf in the log is {ROW.leaf.hex()}")


@pytest.mark.parametrize(
    "tags",
    ["", "[]", '["patient:P1"]', '["patient:P1", "session:病"]', '["session:病","patient:P1"]', TAGS + " ", TAGS[:-1],
     '["patient:P1","session:\udce7\udc97\udc85x"]', "x" * 10_000],
)  # fmt: skip
def test_another_column_of_tags(tags: str) -> None:
    row = ROW._replace(tags_json=tags)
    assert altered(row) is None
    what = f"the column beside the entry says that its tags are {tags[:200]!r}, its bytes do not"
    assert beside(row) == Finding("malformed", "index 6", what)


@pytest.mark.parametrize(
    "type",
    ["", "session-stopped", "session-stopped.v1 ", "session-stopped.v11", "Session-stopped.v1", "\udcff", "t" * 10_000,
     'session-stopped.v1","appended_at":"2021-03-01T15:31:02.123456+08:00'],
)  # fmt: skip
def test_another_column_of_type(type: str) -> None:
    what = f"the column beside the entry says that its type is {type[:200]!r}, its bytes do not"
    assert beside(ROW._replace(type=type)) == Finding("malformed", "index 6", what)


def test_columns_are_bytes_that_may_be_no_text() -> None:
    """As the store reads them: what is no UTF-8 comes as lone surrogates, also where the entry has it, too."""
    data = DATA.replace("病".encode(), b"\xff")
    row = Stored(7, "session-stopped.v1", '["patient:P1","session:\udcff"]', leaf_hash(data), data)
    assert beside(row) is None
    assert beside(row._replace(tags_json=TAGS)) is not None
    with pytest.raises(Unsound, match="malformed: index 6: not an entry"):
        require_sound(row)


@pytest.mark.parametrize("data", [b"", b"\x00", b"{}", DATA[1:], DATA.replace(b'"tags"', b'"tigs"'), DATA[:60]])
def test_bytes_that_are_no_entry_say_nothing(data: bytes) -> None:
    row = ROW._replace(data=data, leaf=leaf_hash(data))
    found = beside(row)
    assert found is not None
    assert (altered(row), found.name, found.where) == (None, "malformed", "index 6")
    with pytest.raises(Unsound, match=r"malformed: index 6: not an entry.*\. Nothing is handed out; run `audit`"):
        require_sound(row)


@pytest.mark.parametrize(
    ("then", "why"), [(HANDED_OUT, "handed out"), (SEALED, "sealed"), (SIGNED, "signed"), (PUBLISHED, "published")]
)
def test_what_is_found_is_raised_with_what_becomes_of_it(then: str, why: str) -> None:
    with pytest.raises(Unsound, match=rf"^seal-not-in-log: index 3: why\. Nothing is {why}; run `audit`"):
        require(Finding.of_entry("seal-not-in-log", 3, "why"), then)


def test_a_finding_as_what_stops_whoever_meets_it() -> None:
    assert str(unsound("history-fork", "log", "why")) == f"history-fork: log: why. {HANDED_OUT}"
