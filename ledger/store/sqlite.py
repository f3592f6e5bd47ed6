"""A recorder for `eventsourcing.dcb` on one SQLite file: events, their tags and their Merkle leaves.

The library brings none for SQLite. This one keeps the library's contract (`eventsourcing.dcb.tests`) and adds
what the log needs: positions dense from 1, the leaf hash in the same transaction, rows that cannot be changed.
It takes any bytes for an event's data; that they are entries is the mapper's business.

What is read by tags is whole, or is refused: a row of the tag index whose entry is gone is not passed over. Audits ask
with `whole=False`: they name what is missing by themselves, and go on.
"""

# ruff: noqa: S608  (statements are put together from our own words; every value is a parameter)

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path

import msgspec
from eventsourcing.dcb.api import (
    DCBAppendCondition,
    DCBEvent,
    DCBQuery,
    DCBReadResponse,
    DCBRecorder,
    DCBSequencedEvent,
)
from eventsourcing.dcb.persistence import DCBListenNotifySubscription
from eventsourcing.persistence import ProgrammingError

from ledger.proof import leaf_hash
from ledger.store.connections import Connections
from ledger.store.known_schema import require_schema
from ledger.store.matching import Stored, arms, found, joined, stream_arm
from ledger.store.missing import entry_missing, require_present
from ledger.store.schema import BY_TAG
from ledger.store.writer import Row, Writer

__all__ = ["SQLiteDCBRecorder", "SQLiteSubscription", "Stored", "Wanted"]

PAGE_ROWS = 4_000
"""Rows a read fetches at once: large enough that the statement's cost is nothing, small enough to stay in cache."""

OTHER_PROCESSES_SECONDS = 0.25
"""How often a subscription looks for what other processes wrote; they cannot notify us, our own writer does."""


Wanted = Sequence[tuple[str, tuple[str, ...]]]
"""What one decision reads: entries that bear a tag and are of one of the types (none named: of any), or the next."""


class SQLiteDCBRecorder(DCBRecorder):
    """The log in one SQLite file whose tables are there already. Safe to share between threads."""

    def __init__(self, path: str | Path, page_rows: int = PAGE_ROWS) -> None:
        self.connections = Connections(path, fit=require_schema)
        self._page_rows = page_rows
        self._listeners: set[threading.Event] = set()
        self._writer = self.start_writer(self.notify)

    def start_writer(self, committed: Callable[[], None]) -> Writer:
        """The writer this recorder appends through; it calls `committed` after each group."""
        return Writer(self.connections, committed)

    def close(self) -> None:
        """Commit what is queued and close every connection."""
        self._writer.close()
        self.connections.close()

    # --- appending

    def append(self, events: Sequence[DCBEvent], condition: DCBAppendCondition | None = None) -> int:
        """Append all events durably and return the last one's position, or raise and append none.

        IntegrityError: an event after `condition.after` matches the condition. OperationalError: the disk or
        another process's lock; see `Writer.append` for what is then known.
        """
        return self.submit(events, condition).result()

    def submit(self, events: Sequence[DCBEvent], condition: DCBAppendCondition | None = None) -> Future[int]:
        """`append` without waiting. Leaves are hashed here, on the caller's thread, not on the writer's."""
        if not events:
            raise ProgrammingError("nothing to append: at least one event is needed")
        return self._writer.append([_row(event) for event in events], condition)

    # --- reading

    def size(self) -> int:
        """The last position, which is the number of entries; 0 of an empty log."""
        with self.connections.read() as connection:
            (head,) = connection.execute("SELECT coalesce(max(position), 0) FROM entries NOT INDEXED").fetchone()
        return int(head)

    def rows(self, query: DCBQuery | None = None, *, after: int = 0, upto: int, limit: int = -1) -> Iterator[Stored]:
        """What matches with after < position <= upto, in log order, fetched in pages. Unsound where an entry is gone
        whose tags match; without tags nothing tells here that one is (`missing.in_order` does, of the whole log).

        The log only grows, so what lies up to a position never changes: pages read one after another, each in a
        transaction of its own, give the same rows as one long snapshot would, and keep no snapshot open that
        would stop the write-ahead log from being folded back.
        """
        selects = list(arms(query))
        if query is None or not query.items:
            sql = (
                "SELECT position, type, tags, leaf, data FROM entries NOT INDEXED "
                "WHERE position > ? AND position <= ? ORDER BY position LIMIT ?"
            )
        else:
            # Each arm gives at most a page of its first matches; the union's first page is among them.
            page = " UNION ".join(f"SELECT * FROM ({arm.sql} ORDER BY 1 LIMIT {self._page_rows})" for arm in selects)
            sql = found(page)
        while limit != 0:
            size = self._page_rows if limit < 0 else min(limit, self._page_rows)
            bounds = [parameter for arm in selects for parameter in (*arm.parameters, after)]
            with self.connections.read() as connection:
                rows = connection.execute(sql, (*bounds, upto, size)).fetchall()
            yield from require_present(rows)
            if len(rows) < size:
                return
            after = rows[-1][0]
            limit -= len(rows) if limit > 0 else 0

    def read(
        self, query: DCBQuery | None = None, *, after: int | None = None, limit: int | None = None
    ) -> DCBReadResponse:
        """As the library defines it: matching events in order; `head` is the log's last position.

        With a limit, `head` is the position of the last event given, and None when none is.
        """
        head = self.size()
        rows = self.rows(query, after=after or 0, upto=head, limit=-1 if limit is None else limit)
        if limit is None:
            return _Response(map(_sequenced, rows), head or None)
        events = [_sequenced(row) for row in rows]
        return _Response(iter(events), events[-1].position if events else None)

    def streams(self, boundaries: Sequence[Wanted], *, upto: int, whole: bool = True) -> list[list[Stored]]:
        """For each boundary the entries that match it, up to a position, in log order: many short reads in one.
        Unsound where one of them is gone.

        Decisions read like this: a handful of entries for each of a few, or a few thousand, subjects.
        """
        by_types: dict[tuple[str, ...], list[tuple[int, str]]] = {}
        for number, boundary in enumerate(boundaries):
            for tag, types in boundary:
                by_types.setdefault(types, []).append((number, tag))
        streams: list[dict[int, Stored]] = [{} for _ in boundaries]
        if not by_types or upto <= 0:
            return [[] for _ in boundaries]
        sql = " UNION ALL ".join(stream_arm(types, whole=whole) for types in by_types)
        parameters: list[str | int] = []
        for types, wanted in by_types.items():
            parameters += [_spell_json(wanted), *types, upto]
        with self.connections.read() as connection:
            for number, *row in connection.execute(sql, parameters):
                if row[-1] is None:
                    raise entry_missing(row[0])
                streams[number][row[0]] = Stored._make(row)
        return [[stream[position] for position in sorted(stream)] for stream in streams]

    def of_kind(self, kind: str, type: str, *, upto: int, whole: bool = True) -> list[Stored]:
        """The entries of a type, up to a position, that bear a tag of a kind (`key:`), in log order. Unsound where one
        is gone.

        For kinds of which there are few: all their tags are gone through, and no entry of another type is opened.
        """
        with self.connections.read() as connection:
            rows = connection.execute(
                "SELECT t.position, e.type, e.tags, e.leaf, e.data FROM (SELECT DISTINCT position "
                f"FROM tags {BY_TAG} WHERE tag > ? AND tag < ? AND type = ? AND position <= ?) AS t "
                f"{joined(whole)} entries AS e NOT INDEXED ON e.position = t.position",
                (kind, f"{kind[:-1]};", type, upto),
            ).fetchall()
        return sorted(require_present(rows))

    def leaves(self, after: int, upto: int) -> Iterator[bytes]:
        """The stored leaf hashes with after < position <= upto, in order, fetched in pages; Unsound at a hole."""
        while after < upto:
            with self.connections.read() as connection:
                page = connection.execute(
                    "SELECT position, leaf FROM entries NOT INDEXED WHERE position > ? AND position <= ? "
                    "ORDER BY position LIMIT ?",
                    (after, upto, self._page_rows),
                ).fetchall()
            if not page:
                return
            if page[-1][0] != after + len(page):
                raise entry_missing(next(n for n, (position, _) in enumerate(page, after + 1) if n != position))
            yield from (leaf for _, leaf in page)
            after += len(page)

    # --- following

    def subscribe(self, query: DCBQuery | None = None, *, after: int | None = None) -> "SQLiteSubscription":
        """Matching events from `after` on, without end, as they are committed by this or another process."""
        return SQLiteSubscription(self, query, after)

    def listen(self, event: threading.Event) -> None:
        """Set `event` after every group this process commits."""
        self._listeners.add(event)

    def unlisten(self, event: threading.Event) -> None:
        """No longer set `event`."""
        self._listeners.discard(event)

    def notify(self) -> None:
        """Tell whoever listens that something was committed; our own writer does, a seal has to."""
        for listener in tuple(self._listeners):
            listener.set()


class SQLiteSubscription(DCBListenNotifySubscription[SQLiteDCBRecorder]):
    """Woken by our own writer, and a few times a second for what other processes wrote."""

    def __init__(self, recorder: SQLiteDCBRecorder, query: DCBQuery | None = None, after: int | None = None) -> None:
        super().__init__(recorder=recorder, query=query, after=after)
        recorder.listen(self._has_been_notified)

    def stop(self) -> None:
        """Stops the subscription."""
        super().stop()
        self._recorder.unlisten(self._has_been_notified)

    def _loop_on_pull(self) -> None:
        try:
            while not self._has_been_stopped:
                self._pull()
                self._has_been_notified.wait(OTHER_PROCESSES_SECONDS)
        except BaseException as error:
            if self._thread_error is None:
                self._thread_error = error
            self.stop()


class _Response(DCBReadResponse):
    def __init__(self, events: Iterator[DCBSequencedEvent], head: int | None) -> None:
        self._events = events
        self._head = head

    @property
    def head(self) -> int | None:
        return self._head

    def __next__(self) -> DCBSequencedEvent:
        return next(self._events)


_encode = msgspec.json.Encoder().encode


def _spell_json(value: object) -> str:
    return _encode(value).decode()


def _row(event: DCBEvent) -> Row:
    return Row(event.type, tuple(dict.fromkeys(event.tags)), _spell_json(event.tags), leaf_hash(event.data), event.data)


def _sequenced(row: Stored) -> DCBSequencedEvent:
    return DCBSequencedEvent(DCBEvent(row.type, row.data, json.loads(row.tags_json)), row.position)
