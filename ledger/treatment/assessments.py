"""Decisions about assessments (annex 1: 康复综合评定 and the other 评定、检查、测定)."""

from ledger.treatment.facts import AssessmentRecorded, AssessmentVoided
from ledger.treatment.items import ITEMS
from ledger.treatment.known import Known
from ledger.treatment.refusal import refuse
from ledger.treatment.sessions import check_void_is_last
from ledger.treatment.spans import check_ends_once
from ledger.treatment.state import State


def record_assessment(after: State, fact: AssessmentRecorded, known: Known) -> None:
    """The item is an assessment or outside the catalogue: trainings are given in sessions, on an order."""
    item = ITEMS.get(fact.item) if fact.item is not None else None
    if item is not None and item.kind == "training":
        refuse("item", f"{fact.item!r} is a training of the catalogue, expected an assessment or another item")


def void_assessment(after: State, fact: AssessmentVoided, known: Known) -> None:
    """An assessment is voided once."""
    check_ends_once(after, fact, "voided")
    check_void_is_last(after, fact)
