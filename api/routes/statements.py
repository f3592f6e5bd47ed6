"""What people sign: the exact bytes, handed out to whoever has the key. The signed fact comes back by `POST /facts`."""

from typing import Any

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from api.access import Allow
from api.answers import Signature, ToSign, refusals, reply, shows
from api.devices import AssertedStatement, DeviceError, challenge_of, signature_text
from api.intake import malformed, parse_body, read_body
from api.problems import Offence, Problem
from api.routes.asked import ActId, KeyId, given_once
from api.routes.examples import SHEET, SHEET_STATEMENT, STATEMENT
from api.tokens import Role
from ledger.proof import format_base64
from ledger.treatment.facts import PrescriptionIssued

router = APIRouter(
    prefix="/statements", tags=["statements"], dependencies=[Depends(Allow(Role.SYSTEM)), Depends(given_once)]
)

_UNKNOWN = Problem(404, "unknown", "no session 'S9' in this ledger; record its start first")
_NO_ASSERTION = Problem(400, "no-assertion", "the device signed another challenge than this statement's; ask it again")
_NOTHING = Problem(409, "nothing-to-sign", "session 'S3' is not stopped yet; record its stop first, for the signature "
                   "covers it")  # fmt: skip
_MEANING = (
    "What is to be signed: Ed25519 (RFC 8032) over exactly these bytes, which are UTF-8; or, by a key on a device, "
    "WebAuthn with `challenge` and userVerification 'required'."
)
_ASSERTED: dict[str, Any] = {
    "statement": STATEMENT["base64"],
    "assertion": {
        "response": {"clientDataJSON": "eyJ0eXBlIjoid2Vi…", "authenticatorData": "SZYN5YgO…", "signature": "MEUCIQD…"}
    },
}


@router.get(
    "/session/{session:path}",
    operation_id="get_session_statement",
    summary="The exact bytes that a therapist signs of a session",
    responses=shows(ToSign, STATEMENT, _MEANING) | refusals(_UNKNOWN, _NOTHING),
)
def get_session_statement(request: Request, session: ActId, key_id: KeyId) -> Response:
    """The session as it stands, and the place in the key's chain that is next.

    Sign the bytes, and post SessionSigned with `signature` = base64 of the bytes, a full stop, base64 of the 64 bytes
    of the signature. Nothing is kept of having asked: of two who ask at once with one key, one is refused then.
    """
    return _to_sign(request.app.state.ledger.statement("session", session, key_id))


@router.get(
    "/assessment/{assessment:path}",
    operation_id="get_assessment_statement",
    summary="The exact bytes that an assessor signs of an assessment",
    responses=shows(ToSign, STATEMENT, _MEANING) | refusals(_UNKNOWN, _NOTHING),
)
def get_assessment_statement(request: Request, assessment: ActId, key_id: KeyId) -> Response:
    """Each assessor signs with a key of their own, and AssessmentSigned is posted for each."""
    return _to_sign(request.app.state.ledger.statement("assessment", assessment, key_id))


@router.post(
    "/prescription",
    operation_id="draft_prescription_statement",
    summary="The exact bytes that a physician signs of a prescription",
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "The PrescriptionIssued fact as it is to be recorded, without `signature`.",
            "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/PrescriptionIssued"}, "example": SHEET}
            },
        }
    },
    responses=shows(ToSign, SHEET_STATEMENT, _MEANING)
    | refusals(
        malformed([Offence(line=1, field="orders", what="is missing")]),
        _UNKNOWN,
        _NOTHING,
        Problem(413, "content-too-large", "the body is larger than 8,388,608 bytes"),
        Problem(415, "unsupported-media-type", "text/xml is not read here"),
    ),
)
async def draft_prescription_statement(request: Request, key_id: KeyId) -> Response:
    """Records nothing. The signed sheet is posted to /facts: the same fact with `signature`."""
    body = await read_body(request.stream())
    return await run_in_threadpool(_draft, request, body, key_id)


@router.post(
    "/signature",
    operation_id="make_signature",
    summary="What a device signed, as the text for a fact's `signature`",
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "The statement's bytes in base64, and `credential.toJSON()` of navigator.credentials.get().",
            "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/AssertedStatement"}, "example": _ASSERTED}
            },
        }
    },
    responses=shows(Signature, {"signature": "eyJmb3JtYXQiOi….MEUCIQD….SZYN5YgO….eyJ0eXBlIjoid2Vi…"}, "The text.")
    | refusals(_NO_ASSERTION, Problem(413, "content-too-large", "the body is larger than 8,388,608 bytes")),
)
async def make_signature(request: Request) -> Response:
    """Records nothing, and checks no signature: whether it is right is said when the signed fact is posted."""
    return await run_in_threadpool(_made, await read_body(request.stream()))


def _made(body: bytes) -> Response:
    try:
        asserted = msgspec.json.decode(body, type=AssertedStatement)
        return reply(Signature(signature=signature_text(asserted.statement, asserted.assertion)))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, DeviceError) as error:
        raise Problem(400, "no-assertion", str(error)) from None


def _draft(request: Request, body: bytes, key_id: str) -> Response:
    facts = parse_body(body, request.headers.get("content-type", ""))
    draft = facts[0][1]
    if len(facts) != 1 or not isinstance(draft, PrescriptionIssued):
        raise malformed([Offence(line=1, field="type", what="one PrescriptionIssued is expected, and nothing else")])
    return _to_sign(request.app.state.ledger.sheet_statement(draft, key_id))


def _to_sign(data: bytes) -> Response:
    return reply(ToSign(statement=data.decode(), base64=format_base64(data), challenge=challenge_of(data)))
