"""Where a journal waits, on disk, while it is checked whole: an import needs every line before it takes in the first.

A temporary SQLite file beside the ledger, one row a line, so that a journal of any length is held in the memory of
one page. It is unlinked as soon as it is open: whatever happens to this process, nothing of it is left behind.
Holds lines as bytes under the subject that decides about them; what subjects and verdicts mean it does not know.
"""

# ruff: noqa: S608  (statements are put together from our own words; every value is a parameter)

import json
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from ledger.store.staging_tables import INDEXES, TABLES

UNDECIDED, ACCEPTED, KNOWN, REFUSED = range(4)


class StagedLine(NamedTuple):
    """One line of a journal."""

    n: int
    at: int
    subject: str | None
    introduces: bool
    line_id: str | None
    type: str
    fact: bytes


class Source(NamedTuple):
    """Where a line came from; `raw` as it came, where someone wants to have it back."""

    n: int
    file: str
    number: int
    raw: bytes | None


class StagedVerdict(NamedTuple):
    """What was decided about a line; the others are None where they do not apply."""

    n: int
    verdict: int
    tags: str | None = None  # JSON
    field: str | None = None
    what: str | None = None


class RefusedLine(NamedTuple):
    """A refused line with where it came from and why."""

    file: str
    number: int
    field: str
    what: str
    raw: bytes | None


class Acceptable(NamedTuple):
    """An accepted line on its way into the log."""

    n: int
    at: int
    subject: str
    line_id: str | None
    type: str
    tags: str  # JSON
    fact: bytes


class Staging:
    """The lines of one import. One thread at a time."""

    def __init__(self, directory: Path) -> None:
        descriptor, name = tempfile.mkstemp(prefix="import-", suffix=".staging", dir=directory)  # mode 0600
        os.close(descriptor)
        self._connection = sqlite3.connect(name, isolation_level=None)
        try:
            # Nothing here has to survive this process: no journal, no sync.
            for pragma in ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", "cache_size = -8192"):
                self._connection.execute(f"PRAGMA {pragma}")
            self._connection.executescript(f"{TABLES}BEGIN;")
        except BaseException:
            self._connection.close()
            raise
        finally:
            os.unlink(name)  # also where there is no room for it

    def close(self) -> None:
        """Forget everything."""
        self._connection.close()

    # --- reading in

    def add(self, lines: Sequence[StagedLine], sources: Sequence[Source]) -> None:
        """Put lines in, and where they came from."""
        self._connection.executemany("INSERT INTO lines VALUES (?, ?, ?, ?, ?, ?, ?)", lines)
        self._connection.executemany("INSERT INTO sources VALUES (?, ?, ?, ?)", sources)

    def all_read(self) -> None:
        """No more lines come: from here on they are looked up."""
        self._connection.executescript(f"{INDEXES}BEGIN;")

    def without_subject(self) -> Iterator[tuple[int, bytes]]:
        """Lines whose subject depends on what else there is, as (n, fact)."""
        return self._paged("SELECT n, fact FROM lines WHERE subject IS NULL AND n > ? ORDER BY n LIMIT 1000")

    def set_subject(self, n: int, subject: str | None) -> None:
        """The subject of a line, now that it is known; None: it has none, and is in no group."""
        self._connection.execute("UPDATE lines SET subject = ? WHERE n = ?", (subject, n))

    # --- deciding

    def by_id(self, line_ids: Iterable[str]) -> dict[str, bytes]:
        """For each line id that is staged, the first fact that bears it, by (at, n)."""
        rows = self._connection.execute(
            "SELECT l.line_id, l.fact FROM json_each(?) AS wanted CROSS JOIN lines AS l ON l.line_id = wanted.value "
            "ORDER BY l.line_id, l.at DESC, l.n DESC",
            (json.dumps(list(line_ids)),),
        )
        return dict(rows)  # the last of a key stays: the first by (at, n)

    def all_with_id(self, line_id: str) -> list[bytes]:
        """Every staged fact that bears this line id."""
        rows = self._connection.execute("SELECT fact FROM lines WHERE line_id = ? ORDER BY at, n", (line_id,))
        return [fact for (fact,) in rows]

    def of_type(self, type: str) -> list[bytes]:
        """The staged facts of a type, by (at, n). All lines are gone through."""
        rows = self._connection.execute("SELECT fact FROM lines WHERE type = ? ORDER BY at, n", (type,))
        return [fact for (fact,) in rows]

    def introducing(self, subject: str) -> list[bytes]:
        """The staged facts that introduce a subject."""
        rows = self._connection.execute(
            "SELECT fact FROM lines WHERE subject = ? AND introduces ORDER BY at, n", (subject,)
        )
        return [fact for (fact,) in rows]

    def groups(
        self, prefix: str, *, introducing_only: bool, after: tuple[int, int], subjects: int
    ) -> Iterator[list[tuple[str, list[tuple[int, bytes]]]]]:
        """Lines behind (at, n) of subjects that begin with the prefix: lists of (subject, [(n, fact)] by (at, n))."""
        last, beyond = "", prefix + "\U0010ffff"
        only = "AND introduces" if introducing_only else ""
        while True:
            names = [
                name
                for (name,) in self._connection.execute(
                    f"SELECT DISTINCT subject FROM lines WHERE subject > ? AND subject >= ? AND subject < ? {only} "
                    "ORDER BY 1 LIMIT ?",
                    (last, prefix, beyond, subjects),
                )
            ]
            if not names:
                return
            last = names[-1]
            yield list(self._lines_of(names, only, after))

    def lines_of(
        self, subjects: Sequence[str], *, introducing_only: bool, after: tuple[int, int]
    ) -> list[tuple[str, list[tuple[int, bytes]]]]:
        """The same for subjects by name; those without lines are left out."""
        return list(self._lines_of(subjects, "AND introduces" if introducing_only else "", after))

    def _lines_of(
        self, names: Sequence[str], only: str, after: tuple[int, int]
    ) -> Iterator[tuple[str, list[tuple[int, bytes]]]]:
        rows = self._connection.execute(
            "SELECT l.subject, l.n, l.fact FROM json_each(?) AS wanted CROSS JOIN lines AS l "
            f"ON l.subject = wanted.value WHERE (l.at, l.n) > (?, ?) {only} ORDER BY l.subject, l.at, l.n",
            (json.dumps(names), *after),
        )
        for name, group in groupby(rows, key=lambda row: row[0]):
            yield name, [(n, fact) for _, n, fact in group]

    def decide(self, verdicts: Iterable[StagedVerdict]) -> None:
        """Set verdicts; of a line decided before, the new one stands."""
        self._connection.executemany("INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?, ?, ?)", verdicts)

    def stand(self, standings: Iterable[tuple[str, bytes]]) -> None:
        """Set what stands of subjects."""
        self._connection.executemany("INSERT OR REPLACE INTO standings VALUES (?, ?)", standings)

    def standing(self, subject: str) -> bytes | None:
        """What stands of a subject."""
        row = self._connection.execute("SELECT standing FROM standings WHERE subject = ?", (subject,)).fetchone()
        return None if row is None else bytes(row[0])

    def forget_standings(self) -> None:
        """Nothing is decided any more: all of it is to be decided again."""
        self._connection.execute("DELETE FROM standings")

    # --- signatures

    def accepted_with(
        self, types: Sequence[str], words: bytes, *, after: tuple[int, int]
    ) -> Iterator[tuple[int, int, bytes]]:
        """The accepted lines (at, n, fact) behind (at, n) of these types in which the words stand, in that order."""
        while rows := self._connection.execute(
            "SELECT l.at, l.n, l.fact FROM lines AS l INDEXED BY lines_by_at CROSS JOIN verdicts AS v ON v.n = l.n "
            f"WHERE v.verdict = {ACCEPTED} AND l.type IN ({','.join('?' * len(types))}) AND instr(l.fact, ?) > 0 "
            "AND l.at >= ? AND (l.at, l.n) > (?, ?) ORDER BY l.at, l.n LIMIT 1000",
            (*types, words, after[0], *after),
        ).fetchall():
            yield from rows
            after = rows[-1][:2]

    def accepted_of(self, subjects: Sequence[str], *, after: tuple[int, int]) -> Iterator[tuple[str, int, int, bytes]]:
        """The accepted lines (subject, at, n, fact) of these subjects behind (at, n), each subject's in that order."""
        return self._connection.execute(
            "SELECT l.subject, l.at, l.n, l.fact FROM json_each(?) AS wanted CROSS JOIN lines AS l "
            "ON l.subject = wanted.value CROSS JOIN verdicts AS v ON v.n = l.n "
            f"WHERE v.verdict = {ACCEPTED} AND (l.at, l.n) > (?, ?) ORDER BY l.subject, l.at, l.n",
            (json.dumps(subjects), *after),
        )

    def accepted_introducing(self, prefix: str, *, after: tuple[int, int]) -> Iterator[tuple[int, int, bytes]]:
        """The accepted lines (at, n, fact) behind (at, n) that open subjects of this prefix, in that order."""
        return self._connection.execute(
            "SELECT l.at, l.n, l.fact FROM lines AS l INDEXED BY lines_by_subject "
            "CROSS JOIN verdicts AS v ON v.n = l.n "
            f"WHERE l.subject >= ? AND l.subject < ? AND l.introduces AND v.verdict = {ACCEPTED} "
            "AND (l.at, l.n) > (?, ?) ORDER BY l.at, l.n",
            (prefix, prefix + "\U0010ffff", *after),
        )

    def add_links(self, links: Iterable[tuple[int, str, int, str, str]]) -> None:
        """Put in links of chains: (n, key, counter, previous, digest). A line is one link, and always the same."""
        self._connection.executemany("INSERT OR REPLACE INTO links VALUES (?, ?, ?, ?, ?)", links)

    def links(
        self, *, after: tuple[int, int], keys: Iterable[str] | None = None
    ) -> Iterator[tuple[int, str, int, str, str]]:
        """The links of accepted lines behind (at, n), those of a key together; of these keys alone, if given."""
        these = "" if keys is None else "k.key_id IN (SELECT value FROM json_each(?)) AND"
        return self._connection.execute(
            "SELECT k.* FROM links AS k INDEXED BY links_by_key CROSS JOIN verdicts AS v ON v.n = k.n "
            f"CROSS JOIN lines AS l ON l.n = k.n WHERE {these} v.verdict = {ACCEPTED} AND (l.at, l.n) > (?, ?) "
            "ORDER BY k.key_id, k.counter, k.n",
            (*([] if keys is None else [json.dumps(list(keys))]), *after),
        )

    def keys_of(self, subjects: Iterable[str]) -> list[str]:
        """The keys of the links that lines of these subjects are, whatever was decided about them."""
        rows = self._connection.execute(
            "SELECT DISTINCT k.key_id FROM json_each(?) AS wanted CROSS JOIN lines AS l ON l.subject = wanted.value "
            "CROSS JOIN links AS k ON k.n = l.n",
            (json.dumps(list(subjects)),),
        )
        return [key_id for (key_id,) in rows]

    # --- what came of it

    def count(self, verdict: int) -> int:
        """How many lines got this verdict."""
        (count,) = self._connection.execute("SELECT count(*) FROM verdicts WHERE verdict = ?", (verdict,)).fetchone()
        return int(count)

    def refused(self) -> Iterator[RefusedLine]:
        """Every refused line, in order of files and lines."""
        rows = self._paged(
            "SELECT v.n, s.file, s.number, v.field, v.what, s.raw FROM verdicts AS v JOIN sources AS s ON s.n = v.n "
            f"WHERE v.verdict = {REFUSED} AND v.n > ? ORDER BY v.n LIMIT 1000"
        )
        return (RefusedLine(*row[1:]) for row in rows)

    def acceptable(self, after: tuple[int, int], limit: int) -> list[Acceptable]:
        """The next accepted lines behind (at, n), in that order."""
        rows = self._connection.execute(
            "SELECT l.n, l.at, l.subject, l.line_id, l.type, v.tags, l.fact "
            "FROM lines AS l INDEXED BY lines_by_at CROSS JOIN verdicts AS v ON v.n = l.n "
            f"WHERE v.verdict = {ACCEPTED} AND l.at >= ? AND (l.at, l.n) > (?, ?) ORDER BY l.at, l.n LIMIT ?",
            (after[0], *after, limit),
        )
        return [Acceptable(*row) for row in rows]

    def _paged(self, sql: str) -> Iterator[tuple[Any, ...]]:
        last = 0
        while rows := self._connection.execute(sql, (last,)).fetchall():
            yield from rows
            last = rows[-1][0]
