"""The one thread that writes: many callers' appends, one durable transaction.

A commit costs what the disk's sync costs, whether it holds one entry or a thousand. So callers queue, the writer
takes whatever has queued while it was syncing, gives each caller a savepoint of their own inside one transaction,
and commits once for all of them (group commit). A caller whose condition fails is rolled back to their savepoint
and told so; the others are not touched.

Several processes may write the same file: BEGIN IMMEDIATE takes SQLite's write lock at once and waits for it. (A
deferred BEGIN takes it at the first INSERT, where SQLite cannot wait without breaking the snapshot already read,
and answers "database is locked".)

The writer knows positions, types, tags and leaves. What an entry says it does not know.
"""

import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import NamedTuple

from eventsourcing.dcb.api import DCBAppendCondition
from eventsourcing.persistence import IntegrityError, OperationalError

from ledger.store.connections import Connections
from ledger.store.matching import arms
from ledger.store.refusals import Unsound, Unusable

GROUP_ROWS = 10_000
"""A group takes no further caller once it holds this many rows: the first caller in it is waiting."""

_ARMS_AT_ONCE = 100  # of a condition's SELECTs in one statement; SQLite takes 500


class Row(NamedTuple):
    """One entry on its way in; its position is given at the commit."""

    type: str
    tags: Sequence[str]
    tags_json: str
    leaf: bytes
    data: bytes


class _Caller(NamedTuple):
    rows: Sequence[Row]
    condition: DCBAppendCondition | None
    last_position: Future[int]


class Writer:
    """Owns the write connection. `append` may be called from any thread."""

    def __init__(self, connections: Connections, committed: Callable[[], None] = lambda: None) -> None:
        """`committed` is called, by the writer's thread, once after each group that put something in."""
        self._connections = connections
        self._committed = committed
        self._queue: SimpleQueue[_Caller | None] = SimpleQueue()
        self._connection: sqlite3.Connection | None = None
        self._closing = threading.Lock()  # held to put into the queue: nothing is queued behind the end
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="ledger-writer", daemon=True)
        self._thread.start()

    def append(self, rows: Sequence[Row], condition: DCBAppendCondition | None = None) -> Future[int]:
        """Queue the rows; the future gives the position of the last once they are durable.

        All rows get consecutive positions, or none is taken in. The future raises IntegrityError if the condition
        fails, OperationalError if the disk or the lock does; after the latter the rows may nevertheless be in
        (a sync can fail after the log was written), so whoever asks again must ask idempotently. Unsound where the
        file's schema is not what a log is written by.
        """
        caller = _Caller(rows, condition, Future())
        with self._closing:
            if self._closed:
                raise OperationalError("the ledger is closed: nothing more can be appended through this object")
            self._queue.put(caller)
        return caller.last_position

    def close(self) -> None:
        """Commit what has been queued, then end the thread."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        ended = False
        while not ended:
            group, ended = self._gather()
            if group:
                self._write(group)
        self._disconnect()

    def _gather(self) -> tuple[list[_Caller], bool]:
        """Wait for a caller and take those queued behind; with it, whether the queue's end was reached."""
        group: list[_Caller] = []
        rows = 0
        caller = self._queue.get()
        while caller is not None:
            # From here on a caller can no longer cancel. One who did already gets nothing written.
            if caller.last_position.set_running_or_notify_cancel():
                group.append(caller)
                rows += len(caller.rows)
            if rows >= GROUP_ROWS:
                return group, False
            try:
                caller = self._queue.get_nowait()
            except Empty:
                return group, False
        return group, True

    def _write(self, group: Sequence[_Caller]) -> None:
        try:
            outcomes = self._transaction(group)
        except Exception as error:
            # Nothing is known of this connection's state any more; the next group gets a new one.
            self._disconnect()
            for caller in group:
                caller.last_position.set_exception(error if isinstance(error, Unsound) else _not_written(error))
            return
        # Acknowledged from here on, and durable since before.
        for caller, outcome in zip(group, outcomes, strict=True):
            if isinstance(outcome, int):
                caller.last_position.set_result(outcome)
            else:
                caller.last_position.set_exception(
                    _not_written(outcome) if isinstance(outcome, sqlite3.Error) else outcome
                )
        if any(isinstance(outcome, int) for outcome in outcomes):
            self._committed()

    def _transaction(self, group: Sequence[_Caller]) -> list[int | Exception]:
        connection = self._connection = self._connection or self._connections.write()
        outcomes: list[int | Exception] = []
        connection.execute("BEGIN IMMEDIATE")
        # Asked again of each group: what lies in the file's schema decides what becomes of the rows.
        self._connections.fit(connection)
        # Read under the write lock, so that positions are dense whichever process wrote last.
        (head,) = connection.execute("SELECT coalesce(max(position), 0) FROM entries NOT INDEXED").fetchone()
        for caller in group:
            connection.execute("SAVEPOINT caller")
            try:
                _check(connection, caller.condition, head)
                insert(connection, head, caller.rows)
            except Exception as error:
                if not connection.in_transaction:
                    raise  # disk full or I/O error: SQLite has rolled back everybody
                connection.execute("ROLLBACK TO caller")
                outcomes.append(error)
            else:
                head += len(caller.rows)
                outcomes.append(head)
            connection.execute("RELEASE caller")
        self.commit(connection)
        return outcomes

    def commit(self, connection: sqlite3.Connection) -> None:
        """The commit point.

        A crash before this statement has written its last frame to the write-ahead log leaves none of the group:
        recovery drops a transaction whose commit frame is not there, and no caller has been answered. A crash
        after it leaves all of the group: entries, tags and leaves are frames of the same transaction. Between
        the two, while SQLite syncs, a crash leaves all or nothing, as the disk got to it; still nobody has been
        answered, so "there whole, or not at all" holds, and the caller finds out by asking again. Callers are
        answered only when this has returned, that is after the sync.
        """
        connection.execute("COMMIT")

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()  # rolls back what is open


def _check(connection: sqlite3.Connection, condition: DCBAppendCondition | None, head: int) -> None:
    """Raise IntegrityError if an event after the condition's position matches its query.

    Sees what earlier callers of the same group put in: they are in the same transaction.
    """
    if condition is None:
        return
    after = condition.after or 0
    if after >= head:
        return  # nothing came in between at all
    selects = list(arms(condition.fail_if_events_match))
    for start in range(0, len(selects), _ARMS_AT_ONCE):
        some = selects[start : start + _ARMS_AT_ONCE]
        sql = " OR ".join(f"EXISTS ({arm.sql})" for arm in some)
        parameters = [parameter for arm in some for parameter in (*arm.parameters, after)]
        if connection.execute(f"SELECT {sql}", parameters).fetchone() != (0,):
            raise IntegrityError(condition)


def insert(connection: sqlite3.Connection, head: int, rows: Sequence[Row]) -> None:
    """Put rows in at positions head + 1, head + 2, …: each entry with its leaf and its tags."""
    connection.executemany(
        "INSERT INTO entries (position, type, tags, leaf, data) VALUES (?, ?, ?, ?, ?)",
        ((position, row.type, row.tags_json, row.leaf, row.data) for position, row in enumerate(rows, head + 1)),
    )
    connection.executemany(
        "INSERT INTO tags (tag, position, type) VALUES (?, ?, ?)",
        # Sorted as the index is: many rows then fall into one page one after another.
        sorted((tag, position, row.type) for position, row in enumerate(rows, head + 1) for tag in row.tags),
    )


def _not_written(error: Exception) -> OperationalError:
    if isinstance(error, Unusable):
        return OperationalError(str(error))  # says itself where, why and what to do
    return OperationalError(
        f"the ledger could not be written ({error}); ask again: what did go in is answered with its first receipt"
    )
