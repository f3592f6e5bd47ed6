"""One patient: history, decisions, eligibility."""

from fastapi import APIRouter, Depends, Request, Response

from api import questions
from api.access import Allow
from api.answers import Decisions, Eligibility, Entry, History, refusals, reply, shows
from api.clock import now
from api.problems import Offence, Problem
from api.routes.asked import AsKnownAt, AsOf, At, EpisodeId, InstitutionId, Item, PatientId, given_once
from api.routes.examples import DECISION, STANDING, STARTED
from api.routes.judged import rules_of
from api.tokens import Role
from projections.eligibility import UnknownAsked

router = APIRouter(
    prefix="/patients", tags=["patients"], dependencies=[Depends(Allow(Role.SYSTEM, Role.AUDITOR)), Depends(given_once)]
)

_UNKNOWN = Problem(404, "unknown", "no patient P9 in this ledger; patients are named by the pseudonym of the journal")
_ENTRY = {"index": 40, "appended_at": "2021-03-01T15:00:01.500000+08:00", "fact": STARTED, "changes": []}


@router.get(
    "/{patient:path}/history",
    operation_id="get_history",
    summary="What happened to a patient, as it was or as it was known",
    responses=shows(History, {"patient": "P1", "entries": [_ENTRY]}) | refusals(_UNKNOWN),
)
def get_history(request: Request, patient: PatientId, as_of: AsOf = None, as_known_at: AsKnownAt = None) -> Response:
    """Corrections are applied, and each names itself in `changes`. In the order in which things happened."""
    recorded = questions.case(request.app.state.ledger, patient)
    entries = [
        Entry(index=one.index, appended_at=one.appended_at, fact=row.fact, changes=list(row.changes))
        for one, row in questions.rows(recorded, patient, questions.Cut(as_of, as_known_at))
    ]
    return reply(History(patient=patient, as_of=as_of, as_known_at=as_known_at, entries=entries))


@router.get(
    "/{patient:path}/decisions",
    operation_id="get_decisions",
    summary="Whether the fund pays each of a patient's acts, and why",
    responses=shows(Decisions, {"patient": "P1", "decisions": [DECISION]}) | refusals(_UNKNOWN),
)
def get_decisions(request: Request, patient: PatientId, as_of: AsOf = None, as_known_at: AsKnownAt = None) -> Response:
    """In the order of the acts; every clause is reported, with what it counted and the words of the rule."""
    facts = questions.facts(questions.case(request.app.state.ledger, patient))
    cut = questions.Cut(as_of, as_known_at)
    made = questions.decisions(facts, rules_of(request, facts, cut), cut, patient=patient)
    return reply(Decisions(patient=patient, as_of=as_of, as_known_at=as_known_at, decisions=list(made)))


@router.get(
    "/{patient:path}/eligibility",
    operation_id="get_eligibility",
    summary="What a patient has used up and has left, and whether one more act would be paid",
    responses=shows(Eligibility, {"patient": "P1", "at": "2021-03-01T18:00:00+08:00", "items": [STANDING]})
    | refusals(_UNKNOWN),
)
def get_eligibility(
    request: Request,
    patient: PatientId,
    item: Item = None,
    at: At = None,
    episode: EpisodeId = None,
    institution: InstitutionId = None,
) -> Response:
    """For each item: every limit and when it is reached at the present pace, the assessments that are asked for, the
    warnings ahead of limits, the last assessment, and the next day that would be paid.
    """
    moment = at or now()
    facts = questions.facts(questions.case(request.app.state.ledger, patient))
    by = rules_of(request, facts)
    try:
        found = questions.eligible(facts, patient, by, at=moment, item=item, episode=episode, institution=institution)
    except UnknownAsked as unknown:
        offence = Offence(field=unknown.field, what=str(unknown))
        raise Problem(422, "invalid-request", str(unknown), [offence]) from None
    return reply(Eligibility(patient=patient, at=moment, items=found))
