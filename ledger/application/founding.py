"""How a ledger comes to be: its key, then its empty log, each whole or not there at all."""

import sqlite3
from pathlib import Path

from ledger.files import sync_directory
from ledger.store.key import create_key
from ledger.store.refusals import StoreError
from ledger.store.schema import Identity, create_ledger

LOG = "ledger.sqlite3"
KEY = Path("keys", "signing.key")


def found(directory: Path, origin: str) -> str:
    """Make a ledger and its signing key in `directory`; the verifier key. See `TreatmentLedger.init`."""
    log = directory / LOG
    try:
        if log.exists():
            raise StoreError(f"{log}: a ledger is here already; open it, or name another directory")
        # The key first: its file can be made by one process only, and until the log has its name there is no
        # ledger. A crash in between leaves a key that has signed nothing, and the next `init` says so.
        key = create_key(directory / KEY, origin)
        _make_log(log, Identity(origin, key.vkey), directory / KEY)
        sync_directory(directory)
    except (OSError, sqlite3.OperationalError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise StoreError(f"{directory}: no ledger can be made here ({why})") from error
    return key.vkey


def _make_log(log: Path, identity: Identity, key: Path) -> None:
    """Makes the log under its name; where it cannot be made (a full disk), the key that is for it goes as well.

    It was made just now and nobody has seen it; left behind, it would stand in the way of the next `init`.
    """
    unfinished = log.with_name(log.name + ".new")
    try:
        unfinished.unlink(missing_ok=True)
        create_ledger(unfinished, identity)
        unfinished.rename(log)
    except Exception:
        for left in (key, *(unfinished.with_name(unfinished.name + end) for end in ("", "-wal", "-shm"))):
            left.unlink(missing_ok=True)
        raise
