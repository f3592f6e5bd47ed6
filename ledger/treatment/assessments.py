"""Decisions about assessments (annex 1: 康复综合评定 and the other 评定、检查、测定)."""

from ledger.treatment.facts import AssessmentRecorded, AssessmentSigned, AssessmentVoided
from ledger.treatment.items import ITEMS
from ledger.treatment.known import Known
from ledger.treatment.refusal import refuse
from ledger.treatment.sessions import check_not_after_void, check_not_voided, check_void_is_last
from ledger.treatment.spans import check_ends_once
from ledger.treatment.state import State


def record_assessment(after: State, fact: AssessmentRecorded, known: Known) -> None:
    """The item is an assessment or outside the catalogue: trainings are given in sessions, on an order."""
    item = ITEMS.get(fact.item) if fact.item is not None else None
    if item is not None and item.kind == "training":
        refuse("item", f"{fact.item!r} is a training of the catalogue, expected an assessment or another item")


def sign_assessment(after: State, fact: AssessmentSigned, known: Known) -> None:
    """An assessment is signed while it is not voided; whether by one of its assessors is judged elsewhere."""
    check_not_voided(after)


def void_assessment(after: State, fact: AssessmentVoided, known: Known) -> None:
    """An assessment is voided once; what follows the voiding cannot be older than it."""
    check_ends_once(after, fact, "voided")
    check_not_after_void(after, after.now.index(fact))
    check_void_is_last(after, fact)
