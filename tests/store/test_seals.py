"""Seals as they are read, and what stands behind them: the key's signature, or else only the entries themselves.

Whoever can write the database plants here; they have no key. What they plant is never signed.
"""

import base64
import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from eventsourcing.dcb.api import DCBEvent

from ledger.proof import Checkpoint, open_checkpoint, tag_key
from ledger.store.entry import format_entry
from ledger.store.index_tables import NOTHING, IndexTables, Node, State
from ledger.store.judging import Judging
from ledger.store.progress import Progress
from ledger.store.refusals import Unsound
from ledger.store.sealing import SealedLog, Sealing
from ledger.store.seals import (
    SEAL_TAG,
    SEAL_TYPE,
    UNVOUCHED,
    Sealed,
    Vouched,
    first_seal,
    left_unsigned,
    read_seal,
    require_seal,
    vouched,
)
from ledger.store.signing import SignedBefore
from tests.invariants import index_root
from tests.store.stored import NOW, StoredLedger, spell_seal

SIGN = """
import sys
from pathlib import Path
from tests.store.stored import NOW, StoredLedger, event

stored = StoredLedger.again(Path(sys.argv[1]))
for n in range(int(sys.argv[2]), int(sys.argv[3])):
    stored.recorder.append([event(n)])
    print(stored.sign().split("\\n")[1], flush=True)
stored.close()
"""
SECOND = timedelta(seconds=1)
APPENDED = "2021-03-01T15:31:02.123456+08:00"


def spelled(size: int, tags: int, root: bytes) -> bytes:
    """The bytes of a seal's entry."""
    return format_entry(SEAL_TYPE, APPENDED, [SEAL_TAG], spell_seal(NOW, size, tags, root))


def plant(stored: StoredLedger, size: int, tags: int, root: bytes) -> None:
    """Put a seal in, hashed and tagged as the program's own are."""
    stored.recorder.append([DCBEvent(SEAL_TYPE, spelled(size, tags, root), [SEAL_TAG])])


def alter(stored: StoredLedger, *statements: str) -> None:
    connection = sqlite3.connect(stored.path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def head_of(stored: StoredLedger, note: str) -> Checkpoint:
    return open_checkpoint(note, stored.checkpoints.vkey)


def test_what_a_seal_says() -> None:
    assert read_seal(spelled(7, 3, b"r" * 32)) == Sealed(7, 3, b"r" * 32)


def test_a_seal_is_an_entry_and_no_row_of_the_tag_index(stored: StoredLedger) -> None:
    for _ in range(2):
        stored.grow(3)
        signed = head_of(stored, stored.sign())
    alter(stored, *(f"INSERT INTO tags VALUES ('{SEAL_TAG}', {n}, '{SEAL_TYPE}')" for n in (1, 2, 6, 7, 9, 500)))
    stored.damaged = True
    with stored.recorder.connections.read() as connection:
        assert read_seal(require_seal(connection, 8)).size == 7
        assert (first_seal(connection, 0, 9), first_seal(connection, 4, 9)) == (4, 8)
        assert (first_seal(connection, 0, 4), first_seal(connection, 4, 8), first_seal(connection, 8, 999)) == (
            None,
        ) * 3
        assert left_unsigned(connection, signed, None, 999) is None
        for size in (0, 1, 7, 9, 500):
            what = f"seal-not-in-log: checkpoint .size {size}.: its last entry, index {size - 1}, is no seal of the"
            with pytest.raises(Unsound, match=what):
                require_seal(connection, size)


def test_a_column_does_not_make_a_seal(stored: StoredLedger) -> None:
    stored.grow(3)
    stored.damage(
        f"UPDATE entries SET type = '{SEAL_TYPE}' WHERE position = 2",
        f"INSERT INTO tags VALUES ('{SEAL_TAG}', 2, '{SEAL_TYPE}')",
    )
    what = f"malformed: index 1: .* says that its type is '{SEAL_TYPE}', its bytes"
    with stored.recorder.connections.read() as connection, pytest.raises(Unsound, match=what):
        require_seal(connection, 2)


def odd_spellings(at: str, size: int, tags: int, root: bytes) -> Iterator[tuple[str, str]]:
    """Facts that say the same as a seal's to one reader, and to another something else; by what is odd."""
    said = f'"size":{size},"tags":{tags},"root":"{base64.b64encode(root).decode()}"'
    right = f'{{"type":"IndexSealed","at":"{at}",{said}}}'
    yield "a key twice", right.replace(f'"size":{size}', f'"size":1,"size":{size}')
    yield "another key", right.replace("}", ',"lie":"P1 paid"}')
    yield "another type", right.replace("IndexSealed", "SessionStopped")
    yield "no time", f'{{"type":"IndexSealed",{said}}}'
    yield "no time at all", right.replace(at, "then")
    yield "a space", right.replace(":", ": ", 1)
    yield "an escape", right.replace('"size"', '"\\u0073ize"')
    yield "another order", f'{{"type":"IndexSealed",{said},"at":"{at}"}}'
    yield "no whole number", right.replace(f'"tags":{tags}', f'"tags":{tags}.0')
    yield "padding", right.replace('="}', '"}')


ODD = [name for name, _ in odd_spellings("", 0, 0, b"")]
OF_ANOTHER_TIME = "of another time"


@pytest.mark.parametrize("odd", ODD)
def test_a_seal_in_another_spelling_says_nothing(odd: str) -> None:
    fact = dict(odd_spellings(APPENDED, 7, 3, b"r" * 32))[odd]
    with pytest.raises(Unsound, match="malformed: seal: a seal cannot be read"):
        read_seal(format_entry(SEAL_TYPE, APPENDED, [SEAL_TAG], fact.encode()))


@pytest.mark.parametrize(("type", "tags"), [("index-sealed.v2", [SEAL_TAG]), (SEAL_TYPE, []), (SEAL_TYPE, ["x:1"])])
def test_another_entry_with_a_seal_s_fact_says_nothing(type: str, tags: list[str]) -> None:
    with pytest.raises(Unsound, match="malformed: seal: a seal cannot be read"):
        read_seal(format_entry(type, APPENDED, tags, spell_seal(NOW, 7, 3, b"r" * 32)))


@pytest.mark.parametrize("odd", [*ODD, OF_ANOTHER_TIME])
@pytest.mark.parametrize("behind", [0, 2])
@pytest.mark.parametrize("anew", [False, True])
def test_a_true_seal_in_another_spelling_is_not_signed(stored: StoredLedger, odd: str, behind: int, anew: bool) -> None:
    """Its numbers are those of the entries; verifiers would refuse every bundle that ends in it."""
    stored.grow(10)
    first = stored.sign()
    stored.grow(5)
    good = stored.backup()
    size = stored.recorder.size()
    facts = dict(odd_spellings(APPENDED, size, *without(stored, "no such tag")))
    facts[OF_ANOTHER_TIME] = spell_seal(NOW + SECOND, size, *without(stored, "no such tag")).decode()
    data = format_entry(SEAL_TYPE, APPENDED, [SEAL_TAG], facts[odd].encode())
    stored.recorder.append([DCBEvent(SEAL_TYPE, data, [SEAL_TAG])])
    if behind:
        stored.grow(behind)
    with pytest.raises(Unsound, match=f"malformed: (index {size}|seal): .*seal"):
        stored.checkpoints.sign(now=NOW, anew=anew)
    assert stored.checkpoints.latest() == stored.checkpoints.mark.note() == first
    stored.restore(good)
    stored.sign()
    assert stored.audit() == []


# --- what is vouched for


def test_the_largest_checkpoint_vouches_for_the_index_that_it_ends_in(stored: StoredLedger) -> None:
    signed = []
    for count in (3, 4):
        stored.grow(count)
        signed.append(head_of(stored, stored.sign()))
    stored.grow(2)
    stored.checkpoints.sealing.seal(NOW)
    with stored.recorder.connections.read() as connection:
        expected = State(*read_seal(require_seal(connection, 9)))
        assert vouched(connection, signed) == Vouched(9, expected, tuple(signed))
        assert vouched(connection, signed[::-1]) == Vouched(9, expected, tuple(signed[::-1]))
        assert vouched(connection, []) == UNVOUCHED
        assert first_seal(connection, 0, 5) == 4
        for kept, mark in ((signed[1], None), (signed[1], signed[1]), (signed[0], signed[1]), (None, signed[1])):
            ahead = kept != signed[1]
            assert left_unsigned(connection, kept, mark, 13) == (9 if ahead else 12), "what the mark alone is of counts"
            assert left_unsigned(connection, kept, mark, 12) == (9 if ahead else None)
        beside = Checkpoint(signed[1].origin, 8, signed[1].root)
        assert vouched(connection, [beside]) == Vouched(8, NOTHING, (beside,)), "it ends in no seal"


@pytest.mark.parametrize("count", [3, 255], ids=["in the ragged edge", "under a kept node"])
def test_a_seal_that_is_not_under_the_signed_root_vouches_for_nothing(stored: StoredLedger, count: int) -> None:
    """Its bytes and its leaf were put in the place of those that were signed; a kept node leads to the root still."""
    stored.grow(count)
    signed = [head_of(stored, stored.sign())]
    false = spelled(count, 1, bytes(32))
    leaf = sha256(b"\x00" + false).hexdigest()
    stored.damage(f"UPDATE entries SET data = x'{false.hex()}', leaf = x'{leaf}' WHERE position = {count + 1}")
    with stored.recorder.connections.read() as connection:
        assert read_seal(require_seal(connection, count + 1)).root == bytes(32)
        assert vouched(connection, signed) == Vouched(count + 1, NOTHING, tuple(signed))


# --- false seals behind what was signed


def without(stored: StoredLedger, hidden: str) -> tuple[int, bytes]:
    """The index of the entries as it would be if none bore that tag: (tags, root)."""
    rows = stored.recorder.rows(upto=stored.recorder.size())
    return index_root([([tag for tag in json.loads(row.tags_json) if tag != hidden], row.leaf) for row in rows])


def tables_without(stored: StoredLedger, hidden: str) -> None:
    """Tables of that index, true to themselves, in the place of those that are there."""
    stored.checkpoints.sealing.rebuild()
    connection = stored.recorder.connections.write()
    connection.execute("BEGIN IMMEDIATE")
    tables = IndexTables(connection)
    state = tables.state()
    assert state is not None
    connection.execute("DELETE FROM index_tags WHERE key = ?", (tag_key(hidden),))
    connection.execute("DELETE FROM index_nodes")
    nodes: list[Node] = []
    root = tables.fold_all(nodes.append)
    tables.put((), nodes, State(state.covers, state.tags - 1, root))
    connection.execute("COMMIT")
    connection.close()


@pytest.mark.parametrize("anew", [False, True])
@pytest.mark.parametrize("behind", [0, 1], ids=["last", "with an entry behind it"])
@pytest.mark.parametrize("with_tables", [False, True], ids=["alone", "with tables that agree"])
@pytest.mark.parametrize("signed", [False, True], ids=["nothing signed", "behind a checkpoint"])
def test_a_seal_that_leaves_an_entry_out_is_not_signed(
    stored: StoredLedger, signed: bool, with_tables: bool, behind: int, anew: bool
) -> None:
    """Hashed, tagged, of the right size; the tables may agree. No signature vouches for it, and so nothing does."""
    stored.grow(20)
    first = stored.sign() if signed else None
    stored.grow(9)
    size, said = stored.recorder.size(), without(stored, "session:S25")
    if with_tables:
        tables_without(stored, "session:S25")
    plant(stored, size, *said)
    if behind:
        stored.grow(behind)
    for _ in range(2):
        with pytest.raises(Unsound, match=f"index-mismatch: index {size}: the seal there .* restore the newest backup"):
            stored.checkpoints.sign(now=NOW, anew=anew)
    assert stored.checkpoints.latest() == stored.checkpoints.mark.note() == first
    assert stored.recorder.size() == size + 1 + behind, "and nothing is put in behind it"
    found = [one for one in stored.audit() if one.where != "kept index"]
    assert [(one.name, one.where) for one in found] == [("index-mismatch", f"index {size}")]
    assert found[0].what.endswith("restore the newest backup that lacks it")
    stored.damaged = True


def test_where_a_false_seal_was_restored_away_the_log_goes_on(stored: StoredLedger) -> None:
    stored.grow(20)
    stored.sign()
    stored.grow(9)
    good = stored.backup()
    size = stored.recorder.size()
    plant(stored, size, *without(stored, "session:S25"))
    with pytest.raises(Unsound, match="index-mismatch"):
        stored.sign()
    stored.restore(good)
    stored.sign()
    assert stored.audit() == []


@pytest.mark.parametrize("behind", [0, 1, 5])
@pytest.mark.parametrize("crashes", [1, 3])
@pytest.mark.parametrize("tables", ["as left", "lost", "false"])
def test_true_seals_that_a_crash_left_are_signed(stored: StoredLedger, tables: str, crashes: int, behind: int) -> None:
    """Each with a checkpoint of its own, in order, whatever became of the tables."""
    stored.grow(10)
    stored.sign()
    sizes = [11]
    for _ in range(crashes):
        stored.grow(4)
        sizes.append(stored.checkpoints.sealing.seal(NOW).size)
    if tables == "lost":
        alter(stored, "DELETE FROM index_state")
    elif tables == "false":
        tables_without(stored, "session:S3")
    if behind:
        stored.grow(behind)
        sizes.append(sizes[-1] + behind + 1)
    assert head_of(stored, stored.sign()).size == sizes[-1]
    assert [head_of(stored, note).size for note in stored.checkpoints.notes()] == sizes
    assert stored.audit() == []


def start(stored: StoredLedger, first: int, end: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", SIGN, str(stored.path.parent), str(first), str(end)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path.cwd())


def test_processes_that_sign_at_once_one_of_them_killed(stored: StoredLedger) -> None:
    """Each finds seals of the others, signed and not: every one is signed, once, and none is said to be false."""
    stored.grow(5)
    stored.sign()
    killed, *others = [start(stored, 1_000 * n, 1_000 * n + end) for n, end in ((1, 900), (2, 12), (3, 12))]
    assert killed.stdout is not None
    told = [killed.stdout.readline() for _ in range(4)]
    killed.send_signal(signal.SIGKILL)
    told += [line for line in killed.communicate(timeout=60)[0].splitlines(keepends=True) if line.endswith("\n")]
    for process in others:
        out, errors = process.communicate(timeout=120)
        assert (process.returncode, errors) == (0, "")
        told += out.splitlines()
    stored.sign()
    kept = [head_of(stored, note).size for note in stored.checkpoints.notes()]
    assert {int(line) for line in told} <= set(kept)
    assert kept == [row.position for row in stored.recorder.rows(upto=stored.recorder.size()) if row.type == SEAL_TYPE]
    assert stored.audit() == []


# --- entries that were put in the place of signed ones


@pytest.fixture
def long(tmp_path: Path) -> Iterator[StoredLedger]:
    """A long log: of its old entries only kept nodes are asked when it is signed."""
    stored = StoredLedger(tmp_path / "long", whole_entries=100)
    stored.grow(600)
    stored.sign()
    yield stored
    stored.close()


def replaced(position: int) -> tuple[str, str, str]:
    """Statements that put a harmless entry in the place of one: bytes, leaf, columns and rows agree with each other."""
    data = format_entry("session-voided.v1", "2021-03-01T15:31:02.123456+08:00", ["id:harmless"], b"{}")
    leaf = sha256(b"\x00" + data).hexdigest()
    return (
        f"UPDATE entries SET tags = '[\"id:harmless\"]', leaf = x'{leaf}', data = x'{data.hex()}' "
        f"WHERE position = {position}",
        f"DELETE FROM tags WHERE position = {position}",
        f"INSERT INTO tags VALUES ('id:harmless', {position}, 'session-voided.v1')",
    )


@pytest.mark.parametrize("anew", [False, True])
@pytest.mark.parametrize("tables", ["DELETE FROM index_state", "UPDATE index_tags SET count = count + 1"])
def test_what_is_sealed_comes_from_what_was_signed(long: StoredLedger, tables: str, anew: bool) -> None:
    """An index that has to be built is built from all entries; old ones that are not those signed seal nothing."""
    first = long.checkpoints.latest()
    good = long.backup()
    long.damage(*replaced(5), tables)
    long.grow(1)
    size = long.recorder.size()
    with pytest.raises(Unsound, match=r"history-fork: log: the first 601 entries have the root .* was signed"):
        long.checkpoints.sign(now=NOW, anew=anew)
    assert long.checkpoints.latest() == first
    assert long.recorder.size() == size, "nothing was put in"
    long.restore(good)
    long.grow(1)
    assert long.checkpoints.sign(now=NOW, anew=anew) != first
    assert long.audit() == []


def test_a_rebuild_refuses_them_too(long: StoredLedger) -> None:
    signed = [head_of(long, str(long.checkpoints.latest()))]
    long.damage(*replaced(5))
    with pytest.raises(Unsound, match="history-fork: log"):
        long.checkpoints.sealing.rebuild(signed=signed)
    long.damaged = True


class Swapping(Sealing):
    """What somebody who can write the database does right before the seal is made, and right after."""

    def __init__(self, stored: StoredLedger, before: Callable[[], None], after: Callable[[], None]) -> None:
        super().__init__(stored.recorder, spell_seal)
        self._before, self._after = before, after

    def seal(
        self,
        now: datetime,
        progress: Progress = lambda done, total: None,
        *,
        vouched: Vouched = UNVOUCHED,
        anew: bool = False,
        judging: Judging | None = None,
    ) -> SealedLog:
        self._before()
        try:
            return super().seal(now, progress, vouched=vouched, anew=anew, judging=judging)
        finally:
            self._after()


def put_back(stored: StoredLedger, position: int) -> tuple[str, ...]:
    """Statements that put the entry back that stands there now."""
    connection = sqlite3.connect(stored.path)
    sql = "SELECT type, tags, leaf, data FROM entries WHERE position = ?"
    type, tags, leaf, data = connection.execute(sql, (position,)).fetchone()
    connection.close()
    row = f"tags = '{tags}', leaf = x'{leaf.hex()}', data = x'{data.hex()}'"
    return (
        f"UPDATE entries SET {row} WHERE position = {position}",
        f"DELETE FROM tags WHERE position = {position}",
        *(f"INSERT INTO tags VALUES ('{tag}', {position}, '{type}')" for tag in json.loads(tags)),
    )


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("position", [5, 17])
def test_entries_that_are_others_while_the_index_is_derived_seal_nothing(
    stored: StoredLedger, signed: bool, position: int
) -> None:
    """The log is looked at first, and hashed at last; between the two somebody puts other entries in place."""
    stored.grow(10)
    first = stored.sign() if signed else None
    stored.grow(9)
    size, back = stored.recorder.size(), put_back(stored, position)
    stored.checkpoints.sealing = Swapping(
        stored, lambda: stored.damage(*replaced(position)), lambda: stored.damage(*back)
    )
    with pytest.raises(Unsound, match="history-fork: log: the first"):
        stored.sign()
    assert stored.checkpoints.latest() == first
    assert stored.recorder.size() == size, "nothing was put in"
    stored.checkpoints.sealing = Sealing(stored.recorder, spell_seal)
    assert stored.sign() != first
    assert stored.audit() == []


def test_an_entry_that_came_in_meanwhile_is_held_to_what_is_hashed_at_last(stored: StoredLedger) -> None:
    stored.grow(10)
    first = stored.sign()
    back: list[str] = []

    def before() -> None:
        stored.grow(1)
        back.extend(put_back(stored, stored.recorder.size()))
        stored.damage(*replaced(stored.recorder.size()))

    stored.checkpoints.sealing = Swapping(stored, before, lambda: stored.damage(*back))
    with pytest.raises(Unsound, match=r"history-fork: log: .* somebody writes the database meanwhile"):
        stored.sign()
    assert stored.checkpoints.latest() == stored.checkpoints.mark.note() == first


@pytest.mark.parametrize("column", ["size = 999", "root = zeroblob(32)"])
def test_a_row_of_checkpoints_that_is_not_as_its_note_says_hides_no_seal(stored: StoredLedger, column: str) -> None:
    stored.grow(10)
    stored.sign()
    stored.grow(5)
    stored.damage(f"UPDATE checkpoints SET {column}")
    with pytest.raises(Unsound, match=r"checkpoint-signature: last checkpoint: it is kept as of (999|11) entries"):
        stored.sign()


@pytest.mark.parametrize("column", ["size = 999", "root = zeroblob(32)"])
@pytest.mark.parametrize("when", ["looked at", "sealed"])
def test_one_that_is_so_for_a_moment_hides_none_either(stored: StoredLedger, when: str, column: str) -> None:
    """A false seal is put in; while the log is signed the last row says that all of it was signed."""
    stored.grow(10)
    first = stored.sign()
    stored.grow(5)
    size = stored.recorder.size()
    if when == "looked at":
        plant(stored, size, *without(stored, "session:S12"))
        stored.grow(2)
    signing = stored.checkpoints.signing
    before = signing._before

    def compared() -> SignedBefore:
        was = before()
        stored.damage(f"UPDATE checkpoints SET {column} WHERE size = 11")
        return was

    if when == "looked at":
        signing._before = compared  # type: ignore[method-assign]
        with pytest.raises(Unsound, match=f"index-mismatch: index {size}: the seal there|checkpoint-signature: last"):
            stored.sign()
    else:
        stored.checkpoints.sealing = Swapping(
            stored, lambda: None, lambda: stored.damage(f"UPDATE checkpoints SET {column} WHERE size = 11")
        )
        with pytest.raises(Unsound, match="checkpoint-signature: last checkpoint: it is kept as of"):
            stored.sign()
    assert stored.checkpoints.mark.note() == first


@pytest.mark.parametrize("tags", [[], ["x:1"], ["seal:index", "x:1"]])
@pytest.mark.parametrize("behind", [0, 1])
def test_a_seal_under_other_tags_is_none(stored: StoredLedger, tags: list[str], behind: int) -> None:
    stored.grow(10)
    first = stored.sign()
    stored.grow(5)
    size = stored.recorder.size()
    data = format_entry(SEAL_TYPE, "2021-03-01T15:31:02.123456+08:00", tags, spell_seal(NOW, size, 1, bytes(32)))
    stored.recorder.append([DCBEvent(SEAL_TYPE, data, tags)])
    if behind:
        stored.grow(behind)
    with pytest.raises(Unsound, match=f"malformed: index {size}: a seal bears the tag seal:index alone"):
        stored.sign()
    assert stored.checkpoints.latest() == first
    stored.damaged = True
