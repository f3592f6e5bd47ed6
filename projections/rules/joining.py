"""Acts put together from their lines: start, stop, signature and voiding, with order, stay and staff.

Second of the two passes over the facts (see `evidence`). The order of judging is settled here: by `at`, ties in
journal order.
"""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING

from ledger.treatment.facts import AssessmentRecorded, AssessmentSigned, SessionSigned, SessionStarted
from ledger.treatment.values import at_home
from projections.rules.acts import Act, StayProblem

if TYPE_CHECKING:
    from projections.rules.evidence import Evidence

UNKNOWN_ITEM = "unknown"
"""The item of a session whose order is on no sheet. Import refuses such a line; a corrected sheet may leave one."""


def join(
    evidence: "Evidence",
    performed: Sequence[tuple[int, SessionStarted | AssessmentRecorded]],
    stops: Mapping[str, datetime],
    signed: Mapping[str, Sequence[SessionSigned]],
    assessed: Mapping[str, Sequence[AssessmentSigned]],
    voided: Set[tuple[str, str]],
) -> list[Act]:
    """The acts in the order of judging; assessments, charged or not, are noted in their episodes as well."""
    acts: list[Act] = []
    for place, fact in performed:
        if isinstance(fact, SessionStarted):
            act = _session(evidence, fact, stops.get(fact.session), signed.get(fact.session, ()))
            act.voided = ("session", fact.session) in voided
            acts.append(act)
        else:
            act = _assessment(evidence, fact, assessed.get(fact.assessment, ()))
            act.voided = ("assessment", fact.assessment) in voided
            if not act.voided:
                findings = evidence.values_of(fact.findings)
                evidence.episode(fact.episode).events.append((fact.at, place, findings, act))
            if fact.item is not None:
                acts.append(act)
    acts.sort(key=attrgetter("at"))  # stable: ties stay in journal order
    for act in acts:
        order = act.order
        if order is not None:
            act.earlier = len(order.sessions)
            if not act.voided:
                order.sessions.append(act.id)
    return acts


def _session(
    evidence: "Evidence", fact: SessionStarted, stop: datetime | None, signatures: Sequence[SessionSigned]
) -> Act:
    act = Act()
    act.id = fact.session
    act.kind = "session"
    act.patient = fact.patient
    act.order = order = evidence.orders.get(fact.prescription, {}).get(fact.order)
    act.item = order.item if order is not None else UNKNOWN_ITEM
    act.episode = order.sheet.episode if order is not None else ""
    act.at = act.seen = at = at_home(fact.at)
    act.day = at.date()
    act.institution = evidence.institution(fact.institution)
    act.staff = (evidence.practitioner(fact.therapist),)
    act.presumed = False
    act.stop = stop
    act.signature_problem = _signature_problem(fact.therapist, stop, signatures)
    act.recorded = fact.recorded_at or fact.at
    act.signed = min((one.at for one in signatures if one.practitioner == fact.therapist), default=None)
    act.setting = fact.setting
    act.mode = fact.mode
    act.scales = act.results = 0
    act.outcome = act.serves = None
    _settle_stay(evidence, act, fact.stay)
    return act


def _assessment(evidence: "Evidence", fact: AssessmentRecorded, signatures: Sequence[AssessmentSigned]) -> Act:
    act = Act()
    act.id = fact.assessment
    act.kind = "assessment"
    act.patient = fact.patient
    act.order = act.stop = act.setting = None
    act.item = fact.item or ""
    act.episode = fact.episode
    act.at = act.seen = at = at_home(fact.at)
    act.day = at.date()
    act.institution = evidence.institution(fact.institution)
    act.staff = tuple(map(evidence.practitioner, fact.assessors))
    act.presumed = False
    act.earlier = 0
    act.signature_problem = None if fact.assessors else "no assessor is named"
    act.recorded = fact.recorded_at or fact.at
    act.signed = min((one.at for one in signatures if one.practitioner in fact.assessors), default=None)
    act.mode = "individual"
    act.scales = len({result.scale for result in fact.results})
    act.results = len(fact.results)
    act.outcome = fact.outcome
    act.serves = fact.serves
    _settle_stay(evidence, act, fact.stay)
    return act


def _signature_problem(therapist: str, stop: datetime | None, signatures: Sequence[SessionSigned]) -> str | None:
    """What is wrong with the signatures: one has to be the therapist's, not before the stop if there is one."""
    problem = "not recorded"
    for signature in signatures:
        if signature.practitioner != therapist:
            if problem == "not recorded":
                problem = "not by the session's own therapist"
        elif stop is not None and signature.at < stop:
            problem = "before the stop"
        else:
            return None
    return problem


def _settle_stay(evidence: "Evidence", act: Act, named: str | None) -> None:
    """The stay the act belongs to: the one it names, else the admission its start lies in."""
    problem: StayProblem | None = None
    if named is not None:
        act.stay = named
        stay = evidence.stays.get(named)
        if stay is None:
            problem = "unknown stay"
        elif stay.patient != act.patient:
            problem = "a stay of another patient"
        elif not stay.covers(act.at):
            problem = "started outside the stay"
    else:
        lain = evidence.person(act.patient).stay_at(act.institution.id, act.at)
        act.stay = lain.id if lain is not None else None
        if lain is None and act.setting in ("inpatient", "home_bed"):
            problem = "not recorded"
    act.stay_problem = problem
