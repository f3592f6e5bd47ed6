"""Entries as their tags are judged: the tags that one bears, and its fact; nothing else of it is read."""

# ruff: noqa: S608  (statements are put together from our own words; every value is a parameter)

from collections.abc import Iterator

import msgspec

from ledger.application.mapper import AnyFact
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.treatment.facts import Fact


class Tagged(msgspec.Struct, frozen=True):
    """What is asked of an entry here."""

    tags: list[str]
    fact: AnyFact


_decode = msgspec.json.Decoder(Tagged).decode


def tagged(data: bytes) -> Tagged:
    """What is asked of the entry with these bytes. ValueError or RecursionError where they are none."""
    read: Tagged = _decode(data)
    return read


def read_tagged(recorder: SQLiteDCBRecorder, which: str, *parameters: int | str) -> Iterator[tuple[int, Tagged]]:
    """(position, entry) in log order, `which` in SQL; entries that cannot be read are named elsewhere."""
    with recorder.connections.read() as connection:
        sql = f"SELECT position, data FROM entries NOT INDEXED WHERE {which} ORDER BY position"
        for position, data in connection.execute(sql, parameters):
            try:
                yield position, tagged(data)
            except (ValueError, RecursionError):
                continue


def fact_in(data: bytes) -> Fact | None:
    """The fact of an entry; None where it is no entry any more."""
    try:
        fact: Fact = tagged(data).fact
    except (ValueError, RecursionError):
        return None
    return fact
