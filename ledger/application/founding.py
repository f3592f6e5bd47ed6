"""How a ledger comes to be: its key, then its empty log, each whole or not there at all."""

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
        unfinished = log.with_name(log.name + ".new")
        unfinished.unlink(missing_ok=True)
        create_ledger(unfinished, Identity(origin, key.vkey))
        unfinished.rename(log)
        sync_directory(directory)
    except OSError as error:
        raise StoreError(f"{directory}: no ledger can be made here ({error.strerror})") from error
    return key.vkey
