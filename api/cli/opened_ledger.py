"""A ledger as commands open it that only read: of an old backup they answer, for a ward must go on, and say so."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ledger.application import TreatmentLedger


@contextmanager
def opened_ledger(directory: Path) -> Iterator["TreatmentLedger"]:
    """The ledger in this directory; tells on standard error first where it is an old backup."""
    from api.cli.terminal import say
    from ledger.application import TreatmentLedger

    with TreatmentLedger.open(directory) as ledger:
        old = ledger.old_backup()
        if old is not None:
            say(f"warning: {old}")
        yield ledger
