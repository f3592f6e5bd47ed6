"""The peer: the same facts kept by the plain `eventsourcing` library, as its own documentation has it.

One aggregate a line, stored in SQLite through the library's application. It decides nothing across entities, tags
nothing, hashes nothing.
"""

from importlib.metadata import version
from typing import Any

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate

NAME = f"eventsourcing {version('eventsourcing')}"


class PlainLine(Aggregate):
    """A journal line as one aggregate with one event."""

    def __init__(self, line: dict[str, Any]) -> None:
        self.line = line


def plain_library(directory: str) -> "Application[Any]":
    """An application of the library on a SQLite file in `directory`; a context manager."""
    return Application({"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": f"{directory}/peer.sqlite"})
