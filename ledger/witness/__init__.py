"""A witness: cosigns the checkpoints of logs it watches, as long as each continues all that it has cosigned before.

Whoever does not trust a log runs one (a regulator over hospitals). It keeps no entries: of each log only the last size
and root that it cosigned. So of a log that shows two histories to two readers it cosigns one, and not the other.

Knows `ledger.proof` and a directory of its own: no ledger, no web, no clock. Sources:
c2sp.org/tlog-witness and c2sp.org/tlog-cosignature; what deviates is said where it does.
"""

from ledger.witness.refusals import WitnessError
from ledger.witness.requests import MAX_REQUEST_BYTES, Request, format_request, parse_request
from ledger.witness.rule import SIZE_TYPE
from ledger.witness.state import Fork, Watched
from ledger.witness.witness import Answer, Witness

__all__ = [
    "MAX_REQUEST_BYTES",
    "SIZE_TYPE",
    "Answer",
    "Fork",
    "Request",
    "Watched",
    "Witness",
    "WitnessError",
    "format_request",
    "parse_request",
]
