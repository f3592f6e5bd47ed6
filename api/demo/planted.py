"""The side channel of the demo: which acts were planted as mistakes, and what must come of them.

Not part of the journal. An act without an entry here is payable by construction; one with an entry is denied by
exactly the clauses named, or, where none is named, payable and an exception for the auditor all the same.
"""

from datetime import datetime
from typing import NamedTuple


class Planted(NamedTuple):
    """`denied_by` in the order of a decision: `record.*` first; `fund_fen` is what the fund paid for it."""

    act: str
    patient: str
    institution: str
    at: datetime
    denied_by: tuple[str, ...]
    story: str
    fund_fen: int
