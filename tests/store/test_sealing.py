"""A seal is the next entry after what it covers, whoever writes meanwhile, and whatever fails on the way.

(That each seal is of all entries before it is held against a naive index when a test is over: `tests.invariants`.)
"""

import json
import signal
import sqlite3
import subprocess
import sys
import threading
from hashlib import sha256
from pathlib import Path

import pytest

from ledger.proof import tag_key, trie_root
from ledger.store.entry import format_entry
from ledger.store.index import index_state
from ledger.store.index_tables import Held, IndexTables, Node, State
from ledger.store.refusals import StoreError, Unsound
from ledger.store.schema import create_projections
from ledger.store.sealing import CHUNK_ENTRIES, Sealing
from ledger.store.seals import SEAL_TAG, SEAL_TYPE, UNVOUCHED, Vouched, read_seal
from ledger.store.tree import Tree
from tests.store.stored import NOW, StoredLedger, spell_seal

SEAL = """
import sys
from ledger.store.sealing import Sealing
from ledger.store.sqlite import SQLiteDCBRecorder
from tests.store.stored import NOW, event, spell_seal

recorder = SQLiteDCBRecorder(sys.argv[1])
sealing = Sealing(recorder, spell_seal, chunk_entries=3)
for n in range(int(sys.argv[2]), int(sys.argv[3])):
    recorder.append([event(n)])
    print(sealing.seal(NOW).size, flush=True)
recorder.close()
"""


def start(stored: StoredLedger, first: int, end: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", SEAL, str(stored.path), str(first), str(end)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path.cwd())


def seals(stored: StoredLedger) -> list[int]:
    """The positions of the seals."""
    return [row.position for row in stored.recorder.rows(upto=stored.recorder.size()) if row.type == SEAL_TYPE]


def sealing(stored: StoredLedger, chunk_entries: int = CHUNK_ENTRIES) -> Sealing:
    return Sealing(stored.recorder, spell_seal, chunk_entries)


def as_signed(stored: StoredLedger) -> Vouched:
    """What is vouched for where a checkpoint was signed that ends in the last seal there is."""
    position = max(seals(stored), default=0)
    if not position:
        return UNVOUCHED
    (row,) = stored.recorder.rows(after=position - 1, upto=position)
    return Vouched(position, State(*read_seal(row.data)))


def seal(stored: StoredLedger, chunk_entries: int = CHUNK_ENTRIES) -> int:
    """Seal a log that was signed up to its last seal."""
    return sealing(stored, chunk_entries).seal(NOW, vouched=as_signed(stored)).size


def test_the_last_entry_seals_all_before_it(stored: StoredLedger) -> None:
    stored.grow(5)
    assert seal(stored) == 6
    (last,) = stored.recorder.rows(after=5, upto=6)
    assert (last.type, json.loads(last.tags_json)) == (SEAL_TYPE, [SEAL_TAG])
    assert read_seal(last.data).size == 5
    with stored.recorder.connections.read() as connection:
        state = index_state(connection)
        assert state is not None
        assert tuple(state) == read_seal(last.data)
        assert connection.execute("PRAGMA user_version").fetchone() == (2,)


def test_a_log_that_has_not_grown_is_not_sealed_again(stored: StoredLedger) -> None:
    stored.grow(5)
    assert [seal(stored) for _ in range(3)] == [6, 6, 6]
    stored.grow(1)
    assert seal(stored) == 8
    assert seals(stored) == [6, 8]


def test_programs_that_know_no_seals_are_kept_out(stored: StoredLedger) -> None:
    """A ledger of before is brought up by its first seal, not by being opened."""
    connection = stored.recorder.connections.write()
    connection.execute("PRAGMA user_version = 1")
    stored.close()
    stored.open()
    stored.grow(1)
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    seal(stored)
    assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    connection.close()


def test_whoever_listens_is_told(stored: StoredLedger) -> None:
    stored.grow(1)
    told = threading.Event()
    stored.recorder.listen(told)
    seal(stored)
    assert told.is_set()


def test_a_subscription_gets_the_seal(stored: StoredLedger) -> None:
    with stored.recorder.subscribe() as subscription:
        stored.grow(2)
        assert [next(subscription).position for _ in range(2)] == [1, 2]
        seal(stored)
        assert next(subscription).event.type == SEAL_TYPE


@pytest.mark.parametrize("chunk_entries", [1, 3, 10, 100])
def test_a_long_backlog_is_caught_up_before(stored: StoredLedger, chunk_entries: int) -> None:
    """Built at once where that is faster, in chunks else, and under the lock what is left: the same seal."""
    for count in (40, 1, 3, 30):
        stored.grow(count)
        seal(stored, chunk_entries)
    assert len(seals(stored)) == 4
    with stored.recorder.connections.read() as connection:
        assert Tree(connection).held() == 0, "no 256 leaves yet"


def test_kept_nodes_come_with_a_seal(stored: StoredLedger) -> None:
    stored.grow(600)
    seal(stored)
    with stored.recorder.connections.read() as connection:
        assert Tree(connection).held() == 512


class Faulty(Sealing):
    """One whose commit number `at` goes wrong: `failed`; or `persisted`, and failed nevertheless."""

    fault: str | None = None
    at = 1
    commits = 0

    def commit(self, connection: sqlite3.Connection) -> None:
        self.commits += 1
        if self.commits != self.at or self.fault is None:
            super().commit(connection)
        elif self.fault == "persisted":
            super().commit(connection)
            raise sqlite3.OperationalError("disk I/O error")
        else:
            raise sqlite3.OperationalError("disk I/O error")


@pytest.mark.parametrize("fault", ["failed", "persisted"])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_faults_of_the_commit(stored: StoredLedger, fault: str, at: int) -> None:
    """Whatever of catching up and sealing fails, asking again gives one seal, and of everything."""
    stored.grow(50)
    seal(stored)
    signed = as_signed(stored)
    stored.grow(1)
    faulty = Faulty(stored.recorder, spell_seal, chunk_entries=1)  # grows one entry, then keeps nodes, then seals
    faulty.fault, faulty.at = fault, at
    with pytest.raises(StoreError, match=r"the log could not be sealed \(disk I/O error\); ask again"):
        faulty.seal(NOW, vouched=signed)
    assert stored.recorder.size() == (53 if (fault, at) == ("persisted", 3) else 52)
    assert faulty.commits == at
    assert faulty.seal(NOW, vouched=signed).size == 53
    assert seals(stored) == [51, 53]


def test_a_full_disk(stored: StoredLedger) -> None:
    stored.grow(300)
    full = sealing(stored)
    write = stored.recorder.connections.write

    def limited() -> sqlite3.Connection:
        connection = write()
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    stored.recorder.connections.write = limited  # type: ignore[method-assign]
    with pytest.raises(StoreError, match="no room is left on the disk"):
        full.seal(NOW)
    stored.recorder.connections.write = write  # type: ignore[method-assign]
    assert seals(stored) == []
    assert full.seal(NOW).size == 301


def test_processes_that_seal_at_once(stored: StoredLedger) -> None:
    processes = [start(stored, 100 * n, 100 * n + 15) for n in range(3)]
    sizes = []
    for process in processes:
        out, errors = process.communicate(timeout=120)
        assert (process.returncode, errors) == (0, "")
        sizes += [int(line) for line in out.split()]
    positions = seals(stored)
    assert set(sizes) == set(positions)
    assert stored.recorder.size() == 45 + len(positions)


def test_threads_that_seal_at_once(stored: StoredLedger) -> None:
    stored.grow(10)
    one = sealing(stored, 2)
    sizes: list[int] = []
    threads = [threading.Thread(target=lambda: sizes.append(one.seal(NOW).size)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sizes == [11] * 8


def test_killed(stored: StoredLedger) -> None:
    """A seal that was told is there; whatever is there, with its index, is whole."""
    for round_ in range(4):
        process = start(stored, 1_000 * round_, 1_000_000)
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(3 + round_)]
        process.send_signal(signal.SIGKILL)
        rest, _ = process.communicate(timeout=60)
        told += [line for line in rest.splitlines(keepends=True) if line.endswith("\n")]
        assert {int(line) for line in told} <= set(seals(stored))
        seal(stored)


def alter(stored: StoredLedger, *statements: str) -> None:
    """Change projections, which no trigger guards."""
    connection = sqlite3.connect(stored.path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize("chunk_entries", [1, CHUNK_ENTRIES])
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM index_state",
        "DELETE FROM index_tags",
        "DELETE FROM index_nodes",
        "DROP TABLE index_tags",
        "UPDATE index_state SET covers = covers - 1",
        "UPDATE index_state SET covers = covers + 1",
        "UPDATE index_state SET covers = 1000",
        "UPDATE index_tags SET count = count + 1",
    ],
)
def test_damaged_tables_are_built_again(stored: StoredLedger, statement: str, chunk_entries: int) -> None:
    stored.grow(50)
    seal(stored)
    alter(stored, statement)
    stored.grow(2)
    assert seal(stored, chunk_entries) == 54


def test_tables_of_an_older_moment_are_built_again(stored: StoredLedger) -> None:
    """Consistent in themselves, as when somebody puts back only them."""
    stored.grow(50)
    seal(stored)
    kept = ("index_tags", "index_nodes", "index_state")
    older = stored.backup()
    stored.grow(5)
    seal(stored)
    back = (f"INSERT INTO main.{table} SELECT * FROM older.{table}" for table in kept)
    alter(stored, f"ATTACH '{older}' AS older", *(f"DELETE FROM main.{table}" for table in kept), *back)
    stored.grow(5)
    assert seal(stored) == 63


def test_a_last_entry_that_seals_another_index_refuses(stored: StoredLedger) -> None:
    stored.grow(5)
    false = spell_seal(NOW, 5, 8, bytes(32))
    append_seal(stored, false)
    with pytest.raises(Unsound, match="index-mismatch: index 5: the seal there has the root 0000"):
        sealing(stored).seal(NOW)
    assert stored.recorder.size() == 6
    stored.damaged = True


@pytest.mark.parametrize(
    ("fact", "error", "why"),
    [
        (spell_seal(NOW, 4, 8, bytes(32)), Unsound, "index-mismatch: index 5: a seal of 4 entries stands there"),
        (b'{"type":"IndexSealed","size":5,"root":"AA=="}', Unsound, "malformed: index 5: a seal cannot be read"),
        (
            b'{"type":"IndexSealed","size":"5","root":"%b="}' % (b"A" * 43),
            Unsound,
            "malformed: index 5: a seal cannot be read",
        ),
        (b'{"type":"IndexSealed"}', Unsound, "malformed: index 5: a seal cannot be read"),
    ],
)
def test_a_last_entry_that_is_no_seal(stored: StoredLedger, fact: bytes, error: type[StoreError], why: str) -> None:
    stored.grow(5)
    append_seal(stored, fact)
    with pytest.raises(error, match=why):
        sealing(stored).seal(NOW)
    assert stored.recorder.size() == 6
    stored.damaged = True


def append_seal(stored: StoredLedger, fact: bytes) -> None:
    from eventsourcing.dcb.api import DCBEvent

    data = format_entry(SEAL_TYPE, "2021-03-01T15:31:02.123456+08:00", [SEAL_TAG], fact)
    stored.recorder.append([DCBEvent(SEAL_TYPE, data, [SEAL_TAG])])


def test_a_tag_index_that_lost_a_row_is_not_sealed(stored: StoredLedger) -> None:
    stored.grow(50)
    stored.damage("DELETE FROM tags WHERE position = 7")
    with pytest.raises(Unsound, match="index-mismatch: tag index: it does not have the tags that the entries bear"):
        seal(stored, 1)
    assert seals(stored) == []


def test_progress_where_an_index_is_built(stored: StoredLedger) -> None:
    stored.grow(20)
    seen: list[tuple[int, int]] = []
    sealing(stored, 3).seal(NOW, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (40, 40)
    sealing(stored, 3).seal(NOW, lambda done, total: seen.append((0, 0)), vouched=as_signed(stored))
    assert seen[-1] == (40, 40), "nothing was behind"


HIDDEN = (
    "UPDATE entries SET tags = '[\"id:zzz\"]' WHERE position = 27",
    "DELETE FROM tags WHERE position = 27",
    "INSERT INTO tags VALUES ('id:zzz', 27, 'session-voided.v1')",
)


@pytest.mark.parametrize("chunk_entries", [1, 100])
@pytest.mark.parametrize("before", [0, 20, 40])
def test_an_entry_hidden_from_its_tags_is_not_sealed(stored: StoredLedger, before: int, chunk_entries: int) -> None:
    """Columns and tag index agree with each other, and not with what was hashed: before the first seal and after it.

    Behind a seal, where growing does not look any more, building anew does.
    """
    if before:
        stored.grow(before)
        seal(stored)
    stored.grow(50 - before)
    stored.damage(*HIDDEN, "DELETE FROM index_state" if before == 40 else "SELECT 1")
    head, there = stored.recorder.size(), seals(stored)
    with pytest.raises(Unsound, match="malformed: index 26: the column beside the entry says that its tags are"):
        seal(stored, chunk_entries)
    with pytest.raises(Unsound, match="malformed: index 26: "):
        stored.checkpoints.sealing.rebuild()
    assert (stored.recorder.size(), seals(stored)) == (head, there)


def test_damage_that_was_mended_leaves_nothing_behind(stored: StoredLedger) -> None:
    stored.grow(20)
    stored.sign()
    stored.grow(30)
    backup = stored.backup()
    stored.damage(*HIDDEN)
    with pytest.raises(Unsound, match="malformed: index 26: "):
        stored.sign()
    with pytest.raises(Unsound, match="malformed: index 26: "):
        stored.checkpoints.sealing.rebuild()
    old = sqlite3.connect(backup)
    (column,) = old.execute("SELECT tags FROM entries WHERE position = 27").fetchone()
    old.close()
    rows = (f"INSERT INTO tags VALUES ('{tag}', 27, 'session-voided.v1')" for tag in json.loads(column))
    stored.damage(
        f"UPDATE entries SET tags = '{column}' WHERE position = 27", "DELETE FROM tags WHERE position = 27", *rows
    )
    stored.sign()
    assert stored.audit() == []
    stored.damaged = False  # held against the invariants again


def false_tables(stored: StoredLedger) -> None:
    """The tables of another log, one in which an entry is hidden, self-consistent, in the place of this one's."""
    stored.checkpoints.sealing.rebuild()
    ours = stored.backup()
    stored.damage(
        *HIDDEN,
        'UPDATE entries SET data = CAST(replace(data, \'"tags":["patient:P2","session:S26"]\', \'"tags":["id:zzz"]\') '
        "AS BLOB) WHERE position = 27",
    )
    connection = sqlite3.connect(stored.path)
    (data,) = connection.execute("SELECT data FROM entries WHERE position = 27").fetchone()
    (leaf,) = connection.execute("SELECT leaf FROM entries WHERE position = 27").fetchone()
    connection.close()
    hashed = sha256(b"\x00" + data).hexdigest()
    assert hashed != leaf.hex(), "the tags are there to be hidden"
    stored.damage(f"UPDATE entries SET leaf = x'{hashed}' WHERE position = 27")
    stored.checkpoints.sealing.rebuild()
    theirs = stored.path.with_name("theirs")
    stored.path.rename(theirs)
    stored.restore(ours)
    stored.damage(
        f"ATTACH '{theirs}' AS theirs",
        *(f"DELETE FROM {table}" for table in ("index_tags", "index_nodes", "index_state")),
        *(
            f"INSERT INTO {table} SELECT * FROM theirs.{table}"
            for table in ("index_tags", "index_nodes", "index_state")
        ),
    )
    stored.damaged = False


def test_tables_that_no_seal_speaks_for_are_not_built_upon(stored: StoredLedger) -> None:
    """They lead to the root that they say; only a seal says that a root is the log's."""
    stored.grow(20)
    stored.sign()
    stored.grow(30)
    false_tables(stored)
    stored.grow(3)
    stored.sign()
    assert stored.audit() == []


def put_index(stored: StoredLedger, *, without: str | None = None, more_tags: int = 0) -> None:
    """Put tables in the place of those that are there, of the same entries and true to themselves."""
    connection = stored.recorder.connections.write()
    connection.execute("BEGIN IMMEDIATE")
    tables = IndexTables(connection)
    state = tables.state()
    assert state is not None
    nodes: list[Node] = []
    if without is not None:
        assert connection.execute("DELETE FROM index_tags WHERE key = ?", (tag_key(without),)).rowcount == 1
        connection.execute("DELETE FROM index_nodes")
        more_tags -= 1
    root = tables.fold_all(nodes.append)
    tables.put((), nodes, State(state.covers, state.tags + more_tags, root))
    connection.execute("COMMIT")
    connection.close()


@pytest.mark.parametrize("row", [False, True], ids=["tables alone", "and a row of the tag index"])
@pytest.mark.parametrize("chunk_entries", [1, CHUNK_ENTRIES], ids=["caught up before", "under the lock"])
def test_tables_as_long_as_the_last_seal_that_are_not_its_own(
    stored: StoredLedger, chunk_entries: int, row: bool
) -> None:
    """A stream is taken out of them, before anything more is taken in: what is sealed next has it nevertheless.

    Nobody is led astray by a row that says that there is a later seal: such a row can be put in, and is no entry.
    """
    stored.grow(60)
    stored.sign()
    put_index(stored, without="patient:P1")
    if row:
        alter(stored, "INSERT INTO tags VALUES ('seal:index', 500, 'index-sealed.v1')")
        stored.damaged = True
    stored.grow(3)
    seal(stored, chunk_entries)
    stored.sign()
    assert [finding.where for finding in stored.audit()] == (["index 499"] if row else [])


def test_tables_with_another_number_of_tags(stored: StoredLedger) -> None:
    stored.grow(30)
    stored.sign()
    put_index(stored, more_tags=1)
    stored.grow(3)
    stored.sign()
    assert stored.audit() == []


def test_tables_of_no_entries_that_have_tags(stored: StoredLedger) -> None:
    """Before the first seal there is nothing that a table may say."""
    stored.grow(3)
    connection = stored.recorder.connections.write()
    create_projections(connection)
    tables = IndexTables(connection)
    held = Held(tag_key("patient:P9"), 1, bytes(32))
    tables.put([held], [], State(0, 1, trie_root([held.leaf()], 0)))
    connection.close()
    stored.sign()
    assert stored.audit() == []


def test_behind_a_false_seal_a_right_one_is_made_anew(stored: StoredLedger) -> None:
    """What was sealed and signed falsely stays false, and is named; what comes after it is right."""
    stored.grow(50)
    false_tables(stored)
    with stored.recorder.connections.read() as connection:
        state = index_state(connection)
    assert state is not None
    append_seal(stored, spell_seal(NOW, *state))
    stored.sign_whatever()
    stored.grow(1)
    stored.sign()
    where = [finding.where for finding in stored.audit()]
    assert list(dict.fromkeys(where)) == ["index 50", "index 52", "kept index"], "false, and what was built upon it"
    note = stored.checkpoints.sign(now=NOW, anew=True)
    assert seals(stored) == [51, 53, 54], "also behind a seal, where nothing has come in"
    assert [finding.where for finding in stored.audit()] == ["index 50", "index 52"]
    assert stored.checkpoints.sign(now=NOW, anew=True) == note == stored.sign()
    stored.grow(1)
    stored.sign()
    assert [finding.where for finding in stored.audit()] == ["index 50", "index 52"]
    stored.damaged = True


def test_a_last_seal_of_another_index_is_sealed_behind_only_if_it_was_signed(stored: StoredLedger) -> None:
    stored.grow(5)
    append_seal(stored, spell_seal(NOW, 5, 8, bytes(32)))
    for anew in (False, True):
        with pytest.raises(
            Unsound, match=r"index-mismatch: index 5: the seal there has the root 0000.* No checkpoint was"
        ):
            stored.checkpoints.sign(now=NOW, anew=anew)
    assert stored.checkpoints.mark.note() is None
    stored.sign_whatever()
    with pytest.raises(Unsound, match=r"index-mismatch: index 5: .*0000.* `checkpoint --anew` seals again behind it"):
        stored.sign()
    note = stored.checkpoints.sign(now=NOW, anew=True)
    assert seals(stored) == [6, 7]
    assert stored.sign() == note
    stored.damaged = True
