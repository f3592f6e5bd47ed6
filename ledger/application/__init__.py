"""The ledger's use cases, one method each: read the boundary, decide, append, answer with a receipt.

The only place of this room where facts, decisions, the store and proofs meet. It reads no clock: instants come in.
"""

from ledger.application.importing import Imported
from ledger.application.keeping import PersonLost
from ledger.application.reading import Recorded
from ledger.application.recording import NotWritten, Overtaken, Problem, Receipt, Refused
from ledger.application.signing import NotToSign
from ledger.application.treatment_ledger import LedgerError, TreatmentLedger
from ledger.store.findings import Finding
from ledger.store.progress import Progress
from ledger.store.refusals import Unsound

__all__ = [
    "Finding",
    "Imported",
    "LedgerError",
    "NotToSign",
    "NotWritten",
    "Overtaken",
    "PersonLost",
    "Problem",
    "Progress",
    "Receipt",
    "Recorded",
    "Refused",
    "TreatmentLedger",
    "Unsound",
]
