"""New entries are judged before they are sealed; what is judged are the very bytes that are sealed and signed."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from eventsourcing.dcb.api import DCBEvent

from ledger.proof import Checkpoint, leaf_hash, open_checkpoint
from ledger.store import judging
from ledger.store.continuity import Continued
from ledger.store.entry import format_entry, format_time
from ledger.store.following import Following
from ledger.store.judging import EntryRules, Judging, Reader, Terms
from ledger.store.refusals import Unsound
from ledger.store.sqlite import Stored
from ledger.store.tree import Tree
from tests.store.stored import ANYTHING, NOW, StoredLedger, no_problem

AT = "2021-03-01T15:31:02.123456+08:00"
TYPE = "session-voided.v1"
FALSE = b'{"n":"false"}'
WITH = b'{"with":"session:S%d"}'


def problem(type: str, fact: bytes) -> str | None:
    """Of one invented fact."""
    return "it is the false one" if fact == FALSE else None


def tag_problems(rows: Sequence[Stored], reader: Reader, upto: int) -> Iterator[tuple[int, str]]:
    """An entry that names another's tag has to say the same number as the other does."""
    for row in rows:
        if b'"with"' in row.data:
            tag = row.data.split(b'"with":"')[1].split(b'"')[0].decode()
            ((other,),) = reader.streams([[(tag, ())]], upto=upto)
            if f'"n":{tag.removeprefix("session:S")}}}'.encode() not in other.data:
                yield row.position, f"{tag} is not what it says"


STRICT = EntryRules(problem, tag_problems)


@pytest.fixture(params=[65_536, 0], ids=["a short log", "a long log"])
def stored(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[StoredLedger]:
    """600 entries, signed, and then five more."""
    stored = StoredLedger(tmp_path / "ledger", request.param)
    stored.grow(600)
    stored.sign()
    stored.rules = stored.checkpoints.rules = STRICT
    stored.grow(5)
    yield stored
    stored.close()


def put(stored: StoredLedger, data: bytes, type: str = TYPE, tags: Sequence[str] = ("patient:P1",)) -> str:
    stored.recorder.append([DCBEvent(type, data, list(tags))])
    return f"index {stored.recorder.size() - 1}"


def entry(fact: bytes, *, at: str = AT, tags: Sequence[str] = ("patient:P1",)) -> bytes:
    return format_entry(TYPE, at, tags, fact)


def refused(stored: StoredLedger, why: str) -> None:
    """Neither signed nor sealed, again and again; and without what was put in it goes on."""
    size, first = stored.recorder.size(), stored.checkpoints.latest()
    for anew in (False, True):
        with pytest.raises(Unsound, match=why):
            stored.checkpoints.sign(now=NOW, anew=anew)
    assert (stored.recorder.size(), stored.checkpoints.latest(), stored.checkpoints.mark.note()) == (size, first, first)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"garbage", "malformed: {}: "),
        (entry(b"garbage"), "malformed: {}: not an entry: JSON is malformed"),
        (entry(b"{}")[:-1] + b',"tags":["patient:P1"]}', "malformed: {}: it says what an entry says, but in another"),
        (entry(b"{}").replace(b'"type"', b' "type"', 1), "malformed: {}: "),
        (entry(b'"%b"' % (b"m" * 65_000)).replace(b'm"', b"m" * 600 + b'"'), r"malformed: {}: an entry of 65,"),
        (entry(FALSE), "malformed: {}: it is the false one. No checkpoint covers it: somebody wrote it .* restore"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("behind", [0, 3])
def test_what_is_no_entry_of_a_fact(stored: StoredLedger, data: bytes, why: str, behind: int) -> None:
    before = stored.backup()
    where = put(stored, data)
    if behind:
        stored.grow(behind)
    refused(stored, f"^{why.format(where)}")
    stored.restore(before)
    assert stored.sign() == stored.checkpoints.latest()
    assert stored.audit() == []


def test_an_entry_under_tags_that_are_not_its_own(stored: StoredLedger) -> None:
    where = put(stored, entry(WITH % 3))
    assert open_checkpoint(stored.sign(), stored.checkpoints.vkey).size == 608, f"{where} names what is as it says"
    stored.recorder.append([DCBEvent(TYPE, entry(b'{"n":0}', tags=["session:S9999"]), ["session:S9999"])])
    where = put(stored, entry(WITH % 9999))
    refused(stored, f"index-mismatch: {where}: session:S9999 is not what it says. No checkpoint covers it: somebody")


def test_a_seal_s_tag_on_another_entry(stored: StoredLedger) -> None:
    tags = ["patient:P1", "seal:index"]
    where = put(stored, entry(b"{}", tags=tags), tags=tags)
    refused(stored, f"malformed: {where}: it bears the tag seal:index, and is no seal")


@pytest.mark.parametrize("seconds", [300, 301])
def test_an_entry_dated_later_than_now(stored: StoredLedger, seconds: int) -> None:
    """Until that time has come; a log is not lost by a clock that was fast."""
    at = NOW + timedelta(seconds=seconds)
    where = put(stored, entry(b"{}", at=format_time(at)))
    if seconds > 300:
        refused(
            stored, f"time-outside: {where}: it is dated {re.escape(format_time(at))}, and .* before that time comes"
        )
    later = NOW + timedelta(seconds=seconds - 300)
    note = stored.checkpoints.sign(now=later)
    assert open_checkpoint(note, stored.checkpoints.vkey).size == 608
    assert stored.audit() == []


def test_what_was_signed_is_not_asked_again(stored: StoredLedger) -> None:
    """It is an audit's to find; and a log on which a checkpoint lies has to go on."""
    stored.checkpoints.rules = ANYTHING
    put(stored, entry(FALSE))
    stored.sign()
    stored.checkpoints.rules = STRICT
    stored.grow(1)
    stored.sign()


def test_a_seal_that_a_crash_left_behind_such_an_entry_is_not_signed_either(stored: StoredLedger) -> None:
    where = put(stored, entry(FALSE))
    stored.checkpoints.sealing.seal(NOW)
    stored.grow(1)
    with pytest.raises(Unsound, match=f"malformed: {where}: it is the false one"):
        stored.sign()


# --- the very bytes


def change(stored: StoredLedger, position: int, data: bytes) -> None:
    """Put other bytes in the place of an entry's, and the leaf that is theirs."""
    stored.damage(
        f"UPDATE entries SET data = x'{data.hex()}', leaf = x'{leaf_hash(data).hex()}' WHERE position = {position}"
    )


@pytest.mark.parametrize("when", ["before", "after"])
def test_bytes_that_are_others_while_they_are_judged(stored: StoredLedger, when: str) -> None:
    """Somebody puts a harmless entry in place while new ones are judged, and the false one back before it is sealed;
    or the other way round.
    """
    position = int(put(stored, entry(FALSE)).removeprefix("index ")) + 1
    first = stored.checkpoints.latest()

    def swapping(rows: Sequence[Stored], reader: Reader, upto: int) -> Iterator[tuple[int, str]]:
        change(stored, position, entry(FALSE) if when == "before" else entry(b"{}"))
        return iter(())

    if when == "before":
        change(stored, position, entry(b"{}"))
    stored.checkpoints.rules = EntryRules(problem if when == "before" else no_problem, swapping)
    with pytest.raises(Unsound, match=r"(history-fork: log|entry-altered: index \d+): "):
        stored.sign()
    assert stored.checkpoints.latest() == first


def test_what_comes_in_while_the_others_are_judged_is_judged_before_it_is_sealed(stored: StoredLedger) -> None:
    size, left = stored.recorder.size(), [entry(b"{}"), entry(FALSE)]

    def meanwhile(rows: Sequence[Stored], reader: Reader, upto: int) -> Iterator[tuple[int, str]]:
        if left:
            put(stored, left.pop(0))
        return iter(())

    stored.checkpoints.rules = EntryRules(problem, meanwhile)
    with pytest.raises(Unsound, match=f"malformed: index {size + 1}: it is the false one"):
        stored.sign()
    assert stored.recorder.size() == size + 2, "and nothing was sealed"


def test_what_comes_in_at_the_last_moment_is_judged_under_the_lock(stored: StoredLedger) -> None:
    size, sealing = stored.recorder.size(), stored.checkpoints.sealing
    keep_nodes = sealing._keep_nodes

    def late() -> None:
        keep_nodes()
        put(stored, entry(FALSE))

    sealing._keep_nodes = late  # type: ignore[method-assign]
    with pytest.raises(Unsound, match=f"malformed: index {size}: it is the false one"):
        stored.sign()
    assert stored.recorder.size() == size + 1


def test_what_came_in_meanwhile_and_is_another_when_it_is_sealed(stored: StoredLedger) -> None:
    """Nothing but what was judged knows how it was when it was judged."""
    size, first, left = stored.recorder.size(), stored.checkpoints.latest(), [entry(b"{}")]
    sealing = stored.checkpoints.sealing
    keep_nodes = sealing._keep_nodes

    def meanwhile(rows: Sequence[Stored], reader: Reader, upto: int) -> Iterator[tuple[int, str]]:
        if left:
            put(stored, left.pop())
        return iter(())

    def swapped() -> None:
        keep_nodes()
        change(stored, size + 1, entry(FALSE))

    stored.checkpoints.rules = EntryRules(problem, meanwhile)
    sealing._keep_nodes = swapped  # type: ignore[method-assign]
    with pytest.raises(Unsound, match=f"history-fork: log: judged were {size + 1} entries"):
        stored.sign()
    assert (stored.recorder.size(), stored.checkpoints.latest()) == (size + 1, first), "nothing was sealed"


def test_what_stands_before_a_seal_that_was_left_is_what_was_judged(stored: StoredLedger) -> None:
    """Somebody seals a false entry, and puts a harmless one in its place for as long as it is judged."""
    position, first = stored.recorder.size() + 1, stored.checkpoints.latest()
    put(stored, entry(FALSE))
    stored.checkpoints.sealing.seal(NOW)
    stored.grow(1)
    signing = stored.checkpoints.signing
    check = signing._continuity.check

    def looked_at(size: int, signed: Sequence[Checkpoint]) -> Continued:
        found = check(size, signed)
        if size == position + 2:
            change(stored, position, entry(b"{}"))
        return found

    def back(rows: Sequence[Stored], reader: Reader, upto: int) -> Iterator[tuple[int, str]]:
        change(stored, position, entry(FALSE))
        return iter(())

    signing._continuity.check = looked_at  # type: ignore[method-assign]
    stored.checkpoints.rules = EntryRules(problem, back)
    with pytest.raises(Unsound, match=f"history-fork: log: judged were {position + 1} entries"):
        stored.sign()
    assert stored.checkpoints.latest() == first


# --- what they are judged by


@pytest.mark.parametrize("kept", [True, False])
def test_what_was_signed_stays_what_others_are_judged_by(stored: StoredLedger, kept: bool) -> None:
    """An old entry is put into the place of another, its leaf and all; of a long log nobody reads that otherwise."""
    if not kept:
        with closing(sqlite3.connect(stored.path, isolation_level=None)) as connection:
            connection.execute("UPDATE tree SET hash = zeroblob(32)")
    put(stored, entry(WITH % 9))
    good = stored.backup()
    position = next(row.position for row in stored.recorder.rows(upto=20) if b'"n":9}' in row.data)
    stored.checkpoints.rules = swapping(stored, position)
    with pytest.raises(Unsound, match=f"entry-altered: index {position - 1}: new entries were judged by it"):
        stored.sign()
    stored.restore(good)
    stored.sign()
    assert stored.audit() == []


def swapping(stored: StoredLedger, position: int) -> EntryRules:
    """The rules, and somebody who puts another entry in place while it is read, and the right one back."""
    return EntryRules(problem, lambda rows, reader, upto: tag_problems(rows, _Swap(stored, position, reader), upto))


class _Swap:
    """Reads what somebody puts in place for the moment."""

    def __init__(self, stored: StoredLedger, position: int, reader: Reader) -> None:
        self._stored, self._position, self._reader = stored, position, reader

    def streams(self, boundaries: Sequence[object], *, upto: int, whole: bool = True) -> list[list[Stored]]:
        (row,) = self._stored.recorder.rows(after=self._position - 1, upto=self._position)
        change(self._stored, self._position, row.data.replace(b'"fact":{', b'"fact":{"m":0,'))
        try:
            return self._reader.streams(boundaries, upto=upto, whole=whole)  # type: ignore[arg-type]
        finally:
            change(self._stored, self._position, row.data)


def test_what_new_entries_are_judged_by_is_what_was_judged_itself(stored: StoredLedger) -> None:
    put(stored, entry(WITH % 603))
    position = next(row.position for row in stored.recorder.rows(after=600, upto=620) if b'"n":603}' in row.data)
    stored.checkpoints.rules = swapping(stored, position)
    with pytest.raises(Unsound, match=f"entry-altered: index {position - 1}: new entries were judged by it, and it"):
        stored.sign()


# --- how


def test_in_stretches_the_same(stored: StoredLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "STRETCH", 7)
    put(stored, entry(WITH % 603))
    put(stored, entry(WITH % 3))
    stored.grow(20)
    size = stored.recorder.size()
    judged = Judging(stored.path, Following(()), None, Terms(STRICT, NOW))
    judged.go_on(size)
    with stored.recorder.connections.read() as connection:
        assert (judged.size, judged.root) == (size, Tree(connection).root(size))
    stored.sign()
    where = put(stored, entry(FALSE))
    stored.grow(20)
    refused(stored, f"malformed: {where}: it is the false one")


def test_entries_are_judged_by_those_behind_them_too(stored: StoredLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of an import, of which later lines may correct what earlier ones name."""
    monkeypatch.setattr(judging, "STRETCH", 2)
    size = stored.recorder.size()
    put(stored, entry(WITH % (size + 7)))
    stored.grow(9)
    stored.sign()
    assert stored.audit() == []


@pytest.mark.parametrize("stretch", [1, 100], ids=["another time", "the same time"])
def test_what_is_read_twice_is_the_same(stored: StoredLedger, monkeypatch: pytest.MonkeyPatch, stretch: int) -> None:
    """The first time it is right, the second time what somebody put there."""
    monkeypatch.setattr(judging, "STRETCH", stretch)
    for _ in range(2):
        put(stored, entry(WITH % 9))
    position = next(row.position for row in stored.recorder.rows(upto=20) if b'"n":9}' in row.data)
    times = 0

    def reading(rows: Sequence[Stored], reader: Reader, upto: int) -> Iterator[tuple[int, str]]:
        nonlocal times
        for row in rows:
            if b'"with"' in row.data:
                times += 1
                used = reader if times == 1 else _Swap(stored, position, reader)
                yield from tag_problems([row], used, upto)

    stored.checkpoints.rules = EntryRules(problem, reading)
    what = f"entry-altered: index {position - 1}: new entries were judged by it, and it was another a moment ago"
    with pytest.raises(Unsound, match=what):
        stored.sign()


def test_an_entry_that_is_missing(stored: StoredLedger) -> None:
    size = stored.recorder.size()
    judged = Judging(stored.path, Following(()), None, Terms(ANYTHING, NOW))
    stored.damage("DELETE FROM entries WHERE position = 602")
    with pytest.raises(Unsound, match=r"entry-missing: index 601: .*\. Nothing is signed"):
        judged.go_on(size)
