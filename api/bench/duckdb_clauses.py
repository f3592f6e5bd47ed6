"""The peer of judging in SQL: five kinds of clauses, asked of a mirror's own files by DuckDB, each by itself.

Five kinds look at a patient's other acts in a way that a window of SQL can say: `count` (so many a day, month, stay or
episode), `days` (so many days in all), `gap` (so many days since the last), `span` (so long since the first) and
`exclusive` (nothing of the other side on the same day). Not said are `gate`, `proof` and the extension of a span, which
use up one assessment after another; `year`, whose months count within a year that moves with each act and whose limit
changes on a birthday; `mode`, a share of what was paid so far; `link`, a set of orders in force. What is left asks the
act alone and needs no window.

It is not the rule. Whether an act is paid depends on all clauses of all acts before it: one that is denied, by whatever
clause, uses nothing up. SQL asks the clauses one by one and puts the answers together, so it counts what was attempted,
paid or not, and denies too much; and it gives no reason. So it is a measure of time, not of the answer.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from projections.mirror.columns import SEVERITY_SHIFT
from projections.mirror.mirror import Mirror
from projections.rules.calendar import period_of
from projections.rules.rulebook import Rulebook
from projections.rules.schema import CountClause, DaysClause, ExclusiveClause, GapClause, SpanClause

KINDS = (CountClause, DaysClause, GapClause, SpanClause, ExclusiveClause)

ACTS = """
CREATE OR REPLACE TEMP TABLE acts AS
SELECT row_number() OVER () AS act, patient, item, day, episode, stay, findings,
       year(DATE '1970-01-01' + day) * 12 + month(DATE '1970-01-01' + day) AS month
FROM read_parquet(?) WHERE kind <> 2
"""
"""Acts by the order of judging, in which the files have them."""

FAILING = """
CREATE OR REPLACE TEMP VIEW failing AS
SELECT act, clause FROM (
    SELECT act, clause, most, row_number() OVER (
        PARTITION BY patient, clause, CASE per WHEN 'day' THEN day WHEN 'month' THEN month WHEN 'stay' THEN stay
                                      ELSE episode END ORDER BY act) AS place
    FROM acts JOIN counts USING (item) WHERE per <> 'stay' OR stay >= 0
) WHERE place > most
UNION ALL
SELECT act, clause FROM (
    SELECT act, clause, CASE (findings >> shift) & 3 WHEN 0 THEN none WHEN 1 THEN mild WHEN 2 THEN moderate
                        ELSE severe END AS most,
           dense_rank() OVER (PARTITION BY patient, clause, episode ORDER BY day) AS place
    FROM acts JOIN days USING (item)
) WHERE place > most
UNION ALL
SELECT act, clause FROM (
    SELECT act, clause, least, day - lag(day) OVER (PARTITION BY patient, clause ORDER BY act) AS since
    FROM acts JOIN gaps USING (item)
) WHERE since < least
UNION ALL
SELECT act, clause FROM (
    SELECT act, clause, months, days, day, min(day) OVER (PARTITION BY patient, clause, episode) AS first
    FROM acts JOIN spans USING (item)
) WHERE DATE '1970-01-01' + day >= DATE '1970-01-01' + first + to_months(months) + to_days(days)
UNION ALL
SELECT act, clause FROM (
    SELECT act, clause, own, bool_or(NOT own) OVER (
        PARTITION BY patient, clause, day ORDER BY act ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS met
    FROM acts JOIN sides USING (item)
) WHERE own AND met
"""
"""Every act that fails a clause, with the clause, under the readings that the rulebook takes by default."""

SUMS = "SELECT (SELECT count(*) FROM acts), (SELECT count(DISTINCT act) FROM failing)"

_COLUMNS = {
    "counts": ("item", "clause", "per", "most"),
    "days": ("item", "clause", "shift", "none", "mild", "moderate", "severe"),
    "gaps": ("item", "clause", "least"),
    "spans": ("item", "clause", "months", "days"),
    "sides": ("item", "clause", "own"),
}
_UNITS = {"Y": (12, 0), "M": (1, 0), "D": (0, 1)}


class DuckDB:
    """DuckDB over the files of a mirror that has no patches, on one core, with a rulebook's limits as tables."""

    def __init__(self, mirror: Mirror, book: Rulebook) -> None:
        """ImportError where there is no DuckDB: it is for developers."""
        import duckdb

        self.name = f"DuckDB {duckdb.__version__}: five kinds of clauses as SQL, each by itself, one core"
        self._files = [str(file) for file in files_of(mirror)]
        self._connection = duckdb.connect(config={"threads": 1})
        for name, rows in limits(book, mirror.words.items).items():
            self._connection.register(name, pa.table(dict(zip(_COLUMNS[name], zip(*rows, strict=True), strict=True))))

    def judge(self) -> tuple[int, int]:
        """How many acts there are, and how many of them fail no clause of the five kinds."""
        self._connection.execute(ACTS, [self._files])
        self._connection.execute(FAILING)
        [(acts, failing)] = self._connection.execute(SUMS).fetchall()
        return acts, acts - failing

    def failing(self) -> list[tuple[int, str]]:
        """(number of the act in the order of the files, from 1, and the clause), sorted; once it has judged."""
        rows: list[tuple[int, str]] = self._connection.execute("SELECT * FROM failing ORDER BY ALL").fetchall()
        return rows

    def close(self) -> None:
        """Let go of the database, which is in memory."""
        self._connection.close()


def files_of(mirror: Mirror) -> list[Path]:
    """The files that have the rows, in order."""
    if mirror.patches:
        raise ValueError("a mirror with patches has rows that do not count")
    return [mirror.directory / f"{part.name}.parquet" for part in mirror.manifest.parts]


def limits(book: Rulebook, items: Sequence[str]) -> dict[str, list[tuple[Any, ...]]]:
    """The clauses of the five kinds as rows, by table: one for each item that is asked, by its number in the mirror."""
    numbers = {
        rule.number: [k for k, slug in enumerate(items) if book.by_slug.get(slug) is rule] for rule in book.items
    }
    tables: dict[str, list[tuple[Any, ...]]] = {name: [] for name in _COLUMNS}
    for rule in book.items:
        for words in rule.clause:
            if isinstance(words, KINDS):
                table, row = _limit(words)
                tables[table] += [(item, words.clause, *row) for item in numbers[rule.number]]
            if isinstance(words, ExclusiveClause):
                tables["sides"] += [(item, words.clause, False) for n in words.excludes for item in numbers[n]]
    return tables


def _limit(words: CountClause | DaysClause | GapClause | SpanClause | ExclusiveClause) -> tuple[str, tuple[Any, ...]]:
    """The table of a clause, and what its row says behind the item and the clause."""
    if isinstance(words, CountClause):
        return "counts", (words.per, words.max)
    if isinstance(words, DaysClause):
        if words.severity is None:
            return "days", (0, *[words.max] * 4)
        by = words.max_by
        return "days", (SEVERITY_SHIFT[words.severity], 0, *(by[degree] for degree in ("mild", "moderate", "severe")))
    if isinstance(words, GapClause):
        return "gaps", (words.days["date_difference"],)
    if isinstance(words, SpanClause):
        count, unit = period_of(words.length)
        return "spans", tuple(count * each for each in _UNITS[unit])
    return "sides", (True,)
