"""What a person is to sign next: the exact bytes, over what is recorded, next in the chain of their key.

Nothing is signed here, and no private key comes near the ledger. What could not be recorded once it is signed is
refused now: a statement that is signed and then thrown away leaves a gap in its signer's chain for ever.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from ledger.application.approvals import LEAST_SIGNERS
from ledger.application.enrolments import EnrolledKey, find_key, key_to_check_with, last_statement
from ledger.application.reading import Boundary
from ledger.journal.spelling import MAX_SPELLED, normalise
from ledger.store.refusals import StoreError
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.treatment.agreement import assessment_said, session_said
from ledger.treatment.batch import Refused, decide_batch
from ledger.treatment.facts import AssessmentRecorded, PrescriptionIssued, SessionStarted, SessionStopped
from ledger.treatment.sessions import void_of
from ledger.treatment.signing_keys import WEBAUTHN, KeyProblem
from ledger.treatment.state import State, fold
from ledger.treatment.statements import (
    SIGNATURE_BYTES,
    Kind,
    following,
    pack,
    says_sheet,
)

_LINE_BYTES = 700  # what a signature's line has besides: type, times and ids of at most 64 characters
_DEVICE_BYTES = 1_300  # what a device and a browser add: 37 bytes, and what the browser was asked, in base64


class NotToSign(StoreError):
    """There is nothing to sign, or not with this key. `unknown`: because the ledger knows no such thing."""

    def __init__(self, what: str, *, unknown: bool = False) -> None:
        super().__init__(what)
        self.unknown = unknown


def session_statement(recorder: SQLiteDCBRecorder, session: str, key_id: str) -> bytes:
    """What the therapist signs of a session: its lines as they stand. Raises `NotToSign`."""
    boundary = Boundary(recorder)
    act = _state(boundary, f"act:{session}")
    start = act.now[0] if act.now else None
    if not isinstance(start, SessionStarted):
        _refuse(f"no session {session!r} in this ledger; record its start first", unknown=True)
    _require_standing(act, f"session {session!r}")
    if not any(isinstance(line, SessionStopped) for line in act.now):
        _refuse(f"session {session!r} is not stopped yet; record its stop first, for the signature covers it")
    says = session_said(act, _state(boundary, f"prescription:{start.prescription}"))
    if says is None:
        _refuse(f"session {session!r}: order {start.order!r} does not stand on {start.prescription!r}; correct it")
    key = _key(recorder, key_id, boundary.size, [start.therapist])
    _require_owner(key, [start.therapist], f"session {session!r} was given by")
    return _next(recorder, key, "session", says, boundary.size)


def assessment_statement(recorder: SQLiteDCBRecorder, assessment: str, key_id: str) -> bytes:
    """What each assessor signs of an assessment: the whole line as it stands. Raises `NotToSign`."""
    boundary = Boundary(recorder)
    act = _state(boundary, f"act:{assessment}")
    line = act.now[0] if act.now else None
    says = assessment_said(act)
    if not isinstance(line, AssessmentRecorded) or says is None:
        _refuse(f"no assessment {assessment!r} in this ledger; record it first", unknown=True)
    _require_standing(act, f"assessment {assessment!r}")
    key = _key(recorder, key_id, boundary.size, line.assessors)
    _require_owner(key, line.assessors, f"assessment {assessment!r} was made by")
    return _next(recorder, key, "assessment", says, boundary.size)


def sheet_statement(recorder: SQLiteDCBRecorder, draft: PrescriptionIssued, key_id: str) -> bytes:
    """What the physician signs of a sheet that is not recorded yet: all of it. Raises `NotToSign`."""
    boundary = Boundary(recorder)
    issued = normalise(draft)
    if not isinstance(issued, PrescriptionIssued) or issued.signature is not None:
        _refuse(f"prescription {draft.prescription!r} is signed already; a draft bears no signature")
    key = _key(recorder, key_id, boundary.size, [issued.physician])
    _require_owner(key, [issued.physician], f"prescription {issued.prescription!r} is issued by")
    (verdict,) = decide_batch([issued], boundary.read)
    if isinstance(verdict, Refused):
        _refuse(f"prescription {issued.prescription!r} would be refused: {verdict.field}: {verdict.what}")
    if verdict == "known":
        _refuse(f"prescription {issued.prescription!r} is recorded already, without a signature")
    return _next(recorder, key, "prescription", says_sheet(issued), boundary.size)


def next_statement(recorder: SQLiteDCBRecorder, kind: Kind, says: Mapping[str, Any], key_id: str) -> bytes:
    """The statement of a key that says this; whether it may be signed is the caller's to know. Raises `NotToSign`."""
    size = recorder.size()
    return _next(recorder, _key(recorder, key_id, size, ()), kind, says, size)


def _next(recorder: SQLiteDCBRecorder, key: EnrolledKey, kind: Kind, says: Mapping[str, Any], size: int) -> bytes:
    head = last_statement(recorder, key, size)
    data = following(head, kind, says, signer=key.owner, key_id=key.enrolled.key_id)
    by_device = kind == "erasure" or key.enrolled.algorithm.lower() == WEBAUTHN  # who else approves is not known yet
    signature = len(pack(data, bytes(SIGNATURE_BYTES))) + (_DEVICE_BYTES if by_device else 0)
    again = len(data) if kind in ("prescription", "erasure") else 0  # what is signed stands in the line besides
    length = signature * (LEAST_SIGNERS if kind == "erasure" else 1) + again + _LINE_BYTES
    if length > MAX_SPELLED:
        _refuse(f"signed, the line would take {length:,} bytes, and at most {MAX_SPELLED:,} are recorded; shorten it")
    return data


def _key(recorder: SQLiteDCBRecorder, key_id: str, size: int, signers: Iterable[str]) -> EnrolledKey:
    """The key, if what it signs now could be recorded; that of one of these signers, if it is theirs."""
    key = find_key(recorder, key_id, size, signers)
    if key is None:
        _refuse(f"no signing key {key_id!r} is enrolled; record its SigningKeyEnrolled first", unknown=True)
    problem = key_to_check_with(recorder, key, key.owner, size)
    if isinstance(problem, KeyProblem):
        _refuse(f"signing key {key_id!r} {problem.what}; enrol another")
    return key


def _require_owner(key: EnrolledKey, expected: list[str], whose: str) -> None:
    if key.owner not in expected:
        names = ", ".join(expected) or "nobody"
        _refuse(f"{whose} {names}, and signing key {key.enrolled.key_id!r} is {key.owner}'s")


def _require_standing(act: State, name: str) -> None:
    void = void_of(act)
    if void is not None:
        _refuse(f"{name} was voided at {void.at.isoformat()}; what was not performed is not signed")


def _state(boundary: Boundary, subject: str) -> State:
    return fold(subject, boundary.read([subject])[subject])


def _refuse(what: str, *, unknown: bool = False) -> NoReturn:
    raise NotToSign(what, unknown=unknown)
