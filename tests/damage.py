"""Damage: rows changed by somebody who can write the file, and who leaves its schema as it was."""

import sqlite3
from contextlib import closing
from pathlib import Path


def damage(path: Path, *statements: str) -> None:
    """Do in this database what its triggers would refuse, and no program of ours can."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for statement in (
            *(f"DROP TRIGGER {name}" for name, _ in triggers),
            *statements,
            *(sql for _, sql in triggers),
        ):
            connection.execute(statement)
