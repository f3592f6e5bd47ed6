"""Decisions about inspections (the notice, 三: 加大监管力度).

What an inspection finds is about acts, and needs known references only.
"""

from ledger.treatment.facts import InspectionClosed
from ledger.treatment.known import Known
from ledger.treatment.spans import check_ends_once, check_not_before_opening
from ledger.treatment.state import State


def close_inspection(after: State, fact: InspectionClosed, known: Known) -> None:
    """An inspection is closed once, and not before it was opened."""
    check_ends_once(after, fact, "closed")
    check_not_before_opening(after, fact, "opened")
