"""Bundles: what a regulator verifies a patient, a practitioner or a session with, offline; or that there is nothing."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api import questions
from api.access import Allow
from api.answers import Bundle, Responses, refusals, reply, shows
from api.problems import Offence, Problem
from api.routes.asked import PatientId, PractitionerId, SessionId, given_once
from api.routes.bundle_example import BUNDLE
from api.tokens import Role
from ledger.proof import ProofError, open_checkpoint

router = APIRouter(tags=["bundles"], dependencies=[Depends(Allow(Role.SYSTEM, Role.AUDITOR)), Depends(given_once)])

_SINCE = "since: the older checkpoint has 90 entries, this ledger has 42: the log went back"
_REFUSED = (
    Problem(409, "checkpoint-rollback", _SINCE),
    Problem(500, "ledger-unsound", "entry-altered: index 17: the ledger is damaged; who runs it is to `audit` it"),
)
_ANSWERS: Responses = shows(
    Bundle,
    BUNDLE,
    "A bundle (FORMAT.md): verify it with `treatment-ledger verify`, `python -m ledger.verify` or verify.html. Where "
    "nothing is recorded under this id it proves just that, and its `absent` has the subject.",
) | refusals(*_REFUSED)

Since = Annotated[
    str | None,
    Query(
        max_length=20_000,
        description="The text of an older checkpoint of this ledger that you keep, as `GET /checkpoint` gave it: the "
        "bundle then proves that nothing was rewritten since.",
    ),
]
Each = Annotated[bool, Query(description="Prove each entry in the log itself too, not only through the seal.")]


@router.get(
    "/patients/{patient:path}/bundle",
    operation_id="get_bundle",
    summary="Everything that a regulator needs to verify a patient's facts offline",
    responses=_ANSWERS,
)
async def get_bundle(request: Request, patient: PatientId, since: Since = None, each: Each = False) -> Response:
    """Sealed by a checkpoint of the whole log, made for it if the latest does not cover it.

    That may take a while in a long log that grows: the service signs during a tenth of its time and no more.
    """
    return await _bundle(request, f"patient:{patient}", since, each)


@router.get(
    "/practitioners/{practitioner:path}/bundle",
    operation_id="get_practitioner_bundle",
    summary="Everything that a practitioner did and signed, provably whole",
    responses=_ANSWERS,
)
async def get_practitioner_bundle(
    request: Request, practitioner: PractitionerId, since: Since = None, each: Each = False
) -> Response:
    """As a patient's; here no statement that the practitioner signed can be missing."""
    return await _bundle(request, f"practitioner:{practitioner}", since, each)


@router.get(
    "/sessions/{session:path}/bundle",
    operation_id="get_session_bundle",
    summary="Everything about one session",
    responses=_ANSWERS,
)
async def get_session_bundle(request: Request, session: SessionId, since: Since = None, each: Each = False) -> Response:
    """As a patient's, without the prescription and the rest of the case."""
    return await _bundle(request, f"session:{session}", since, each)


async def _bundle(request: Request, subject: str, since: str | None, each: bool) -> Response:
    ledger = request.app.state.ledger
    if since is not None:
        _require_older(since, ledger.vkey, ledger.size)
    covering = await run_in_threadpool(questions.extent, ledger, subject)
    return reply(await request.app.state.checkpointing.bundle(subject, covering=covering, since=since, each=each))


def _require_older(since: str, vkey: str, size: int) -> None:
    """Whoever holds a checkpoint that is larger than the log holds the proof that the log went back."""
    try:
        older = open_checkpoint(since, vkey)
    except ProofError as error:
        what = f"{error}; expected is a checkpoint of this ledger, whole, as it was given out"
        raise Problem(422, "invalid-request", f"since: {what}", [Offence(field="since", what=what)]) from None
    if older.size > size:
        what = f"the older checkpoint has {older.size} entries, this ledger has {size}: the log went back"
        raise Problem(409, "checkpoint-rollback", f"since: {what}", [Offence(field="since", what=what)])
