"""A DCB query as SQL over the two tables of the log: which positions match, and the entries that lie there.

An event matches a query if it matches one of its items; it matches an item if its type is one of the item's types
(or the item names none) and it bears all of the item's tags. A query without items matches everything.
"""

# ruff: noqa: S608  (statements are put together from our own words; every value is a parameter)

import json
from collections.abc import Iterator
from typing import NamedTuple

from eventsourcing.dcb.api import DCBQuery, DCBQueryItem

from ledger.store.schema import BY_TAG


class Stored(NamedTuple):
    """One entry as it lies in the log."""

    position: int
    type: str
    tags_json: str
    leaf: bytes
    data: bytes


class Arm(NamedTuple):
    """A SELECT of positions, each once, above a bound; its own parameters, which the bound follows as the last."""

    sql: str
    parameters: tuple[str, ...]


def arms(query: DCBQuery | None) -> Iterator[Arm]:
    """The query as SELECTs whose union is what matches.

    Items of one tag that ask for the same types share one SELECT (the tags handed over as one JSON array): the
    boundary of an import's chunk is thousands of such items, and a statement each would be the import's whole time.
    """
    items = query.items if query is not None else []
    if not items:
        yield Arm("SELECT position FROM entries NOT INDEXED WHERE position > ?", ())
        return
    by_types: dict[tuple[str, ...], list[str]] = {}
    for item in items:
        if len(item.tags) == 1:
            by_types.setdefault(tuple(sorted(item.types)), []).append(item.tags[0])
        else:
            yield _arm(item)
    for types, tags in by_types.items():
        # CROSS JOIN holds SQLite to this order: for each tag a range of the primary key, never a scan of `tags`.
        yield Arm(
            f"SELECT DISTINCT t.position FROM json_each(?) AS wanted CROSS JOIN tags AS t {BY_TAG} "
            f"WHERE t.tag = wanted.value {_of_types('t', types)} AND t.position > ?",
            (json.dumps(tags), *types),
        )


def _arm(item: DCBQueryItem) -> Arm:
    """An item with no tags, or with several that one event must bear together."""
    types = tuple(item.types)
    if not item.tags:
        return Arm(
            f"SELECT e.position FROM entries AS e NOT INDEXED WHERE TRUE {_of_types('e', types)} AND e.position > ?",
            types,
        )
    others = "".join(
        f" CROSS JOIN tags AS t{n} {BY_TAG} ON t{n}.tag = ? AND t{n}.position = t0.position"
        for n in range(1, len(item.tags))
    )
    return Arm(
        f"SELECT t0.position FROM tags AS t0 {BY_TAG}{others} "
        f"WHERE t0.tag = ? {_of_types('t0', types)} AND t0.position > ?",
        (*item.tags[1:], item.tags[0], *types),
    )


def found(page: str) -> str:
    """The entries at the positions `page`, as `Stored`, NULL where there is none; further parameters: upto, a limit."""
    return (
        f"SELECT m.position, e.type, e.tags, e.leaf, e.data FROM ({page}) AS m "
        f"LEFT JOIN entries AS e NOT INDEXED ON e.position = m.position "
        "WHERE m.position <= ? ORDER BY m.position LIMIT ?"
    )


def stream_arm(types: tuple[str, ...], *, whole: bool = True) -> str:
    """The entries of many tags at once, as (number, entry): parameters are JSON [[number, tag], …], types, upto."""
    return (
        "SELECT json_extract(wanted.value, '$[0]'), t.position, e.type, e.tags, e.leaf, e.data "
        f"FROM json_each(?) AS wanted CROSS JOIN tags AS t {BY_TAG} "
        f"{joined(whole)} entries AS e NOT INDEXED ON e.position = t.position "
        f"WHERE t.tag = json_extract(wanted.value, '$[1]') {_of_types('t', types)} AND t.position <= ?"
    )


def joined(whole: bool) -> str:
    """How a tag's row is joined to its entry: `whole`, so that it stands there also where the entry is gone."""
    return "LEFT JOIN" if whole else "CROSS JOIN"


def _of_types(table: str, types: tuple[str, ...]) -> str:
    return f"AND {table}.type IN ({','.join('?' * len(types))})" if types else ""
