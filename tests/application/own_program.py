"""A program of somebody's own, who has the key: it signs what this one refuses, for audits and verifiers to find."""

from ledger.application import TreatmentLedger
from tests.store.stored import ANYTHING


def takes_anything(ledger: TreatmentLedger) -> TreatmentLedger:
    """The ledger, which from now on signs whatever facts there are under whatever tags."""
    ledger._checkpoints.rules = ANYTHING
    return ledger
