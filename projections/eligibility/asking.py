"""The question: a patient, an item or all, a moment.

The answer is of the moment asked about: later acts do not count, what later lines say of the earlier ones does, as in
judging.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches

from ledger.treatment.facts import AssessmentRecorded, AssessmentVoided, Fact, PatientFileOpened
from ledger.treatment.values import at_home
from projections.eligibility.pace import case_and_paid
from projections.eligibility.standing import Standing, standing_of
from projections.rules.judge import Judge
from projections.rules.readings import Profile
from projections.rules.rulebook import Rulebook
from projections.rules.succession import Succession


class UnknownPatient(LookupError):
    """No file of that patient was opened."""


class UnknownAsked(LookupError):
    """What was asked about is not there; the message names what is. `field`: the word of the question."""

    field = ""


class UnknownItem(UnknownAsked):
    """The rulebook has no such item; the message names those that look like it."""

    field = "item"


class UnknownEpisode(UnknownAsked):
    """The patient has no such episode."""

    field = "episode"


class UnknownInstitution(UnknownAsked):
    """The record names no such institution, so that nothing is known of it."""

    field = "institution"


def eligibility(
    facts: Sequence[Fact],
    rulebook: Rulebook | Succession,
    patient: str,
    *,
    at: datetime,
    item: str | None = None,
    episode: str | None = None,
    institution: str | None = None,
    readings: Mapping[str, str] | None = None,
    profile: str | Profile = "default",
) -> list[Standing]:
    """How the patient stands at `at` with one item, or with every item of the rulebook, in its order.

    `facts` are effective facts in journal order: the patient's case, with the registry facts that judging needs.
    Without an `episode`, the latest opened by then; without an `institution`, that episode's. Raises UnknownPatient,
    UnknownItem, UnknownEpisode, UnknownInstitution, and ReadingRefused for a reading that the rulebook does not
    declare.
    """
    if not any(type(fact) is PatientFileOpened and fact.patient == patient for fact in facts):
        raise UnknownPatient(f"patient {patient}: no file was opened; expected a patient that the ledger knows")
    judge = Judge(facts, rulebook, readings, profile=profile)
    _check_place(judge, patient, episode, institution)
    case, paid = case_and_paid(judge, patient, at)
    book = case.rulebook_of(case.hypothetical(item or "", at, episode=episode, institution=institution))
    if book is None:
        if item is None:
            return []
        raise UnknownItem(f"item {item}: no rulebook is in force on {at_home(at).date()}; expected a later moment")
    if item is not None and item not in book.by_slug:
        near = get_close_matches(item, book.by_slug) or sorted(book.by_slug)[:3]
        raise UnknownItem(f"item {item}: {book.id} has no such item; expected a slug, for example {', '.join(near)}")
    voided = {fact.assessment for fact in facts if isinstance(fact, AssessmentVoided)}
    made = [
        fact
        for fact in facts
        if isinstance(fact, AssessmentRecorded) and fact.patient == patient and fact.assessment not in voided
    ]
    return [
        standing_of(case, case.hypothetical(slug, at, episode=episode, institution=institution), book, paid, made)
        for slug in ([item] if item is not None else [known.slug for known in book.items])
    ]


def _check_place(judge: Judge, patient: str, episode: str | None, institution: str | None) -> None:
    if episode is not None:
        episodes = {known.id for known in judge.evidence.episodes_of(patient)}
        if episode not in episodes:
            there = ", ".join(sorted(episodes)) or "none"
            raise UnknownEpisode(f"episode {episode}: patient {patient} has no such episode; there are: {there}")
    if institution is not None:
        known = judge.evidence.institutions
        if institution not in known:
            raise UnknownInstitution(
                f"institution {institution}: the record of patient {patient} names no such institution, so that "
                f"nothing is known of it; it names: {', '.join(sorted(known)) or 'none'}"
            )
