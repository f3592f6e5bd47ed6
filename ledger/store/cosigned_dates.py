"""The latest date that each witness ever put under a checkpoint of this log, kept beside the key.

A witness is asked about one checkpoint again and again, and each answer is a valid cosignature; the database keeps the
first. Whoever holds back the others may hand them in later. What tells an old answer from a new one is its date alone,
by the witness's own clock, which may be fast: so the latest that came is kept, also of answers that are not. Not in the
database: restoring that must not make anybody forget.

An answer that never came here leaves no date: that it is old nobody can tell here.
"""

import json
from pathlib import Path

from ledger.files import write_durably
from ledger.proof import parse_vkey
from ledger.store.refusals import StoreError

_PREFIX = "cosigned-"


class CosignedDates:
    """Those that lie in this directory, a file a witness. Seconds since 1970, as in a cosignature."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def latest(self, vkey: str) -> int | None:
        """That of this witness; None where none was kept. StoreError where the file cannot be read."""
        path = self._path(vkey)
        try:
            said = json.loads(path.read_text("utf-8"))
            if type(said["latest"]) is int:
                return int(said["latest"])
            why = "it has no date"
        except FileNotFoundError:
            return None
        except OSError as error:
            why = str(error.strerror)
        except (ValueError, KeyError, TypeError, RecursionError):
            why = "it is damaged"
        raise StoreError(
            f"{path}: the latest date of the witness's cosignatures cannot be read ({why}), and nobody can tell an old "
            "one. Restore the file; or remove it, if nothing that the witness said against this log stands"
        )

    def keep(self, vkey: str, seconds: int) -> None:
        """This is the latest; durable on return. Under the write lock: of two processes the later must win."""
        path = self._path(vkey)
        try:
            write_durably(path, json.dumps({"witness": vkey, "latest": seconds}, ensure_ascii=False) + "\n")
        except OSError as error:
            raise StoreError(f"{path}: the date of a cosignature cannot be kept ({error.strerror})") from error

    def _path(self, vkey: str) -> Path:
        return self._directory / f"{_PREFIX}{parse_vkey(vkey).key_id.hex()}.json"
