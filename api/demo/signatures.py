"""Real signatures in the invented year: the central hospital of the first district signs electronically.

Why: so that a bundle of the year shows what a signature proves, and beside it what a name alone does. From the day its
staff enrol their keys, a sheet, a session or an assessment recorded at that hospital carries its signer's statement, in
the form of FORMAT.md, "People's signatures". Elsewhere, and for whoever has no key, a line says only who signed.

A statement is made only where its signer can have made it then, of what was recorded by then, and meant it: none by a
colleague, before the stop, about a session that stopped as it started, or of a record written down later, corrected or
voided. It runs over the finished facts of a district and draws nothing: the year is the same year, signed.
"""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from api.demo.institutions import Houses, Institution
from api.demo.staff import private_key
from ledger.proof.ed25519 import PrivateKey, sign
from ledger.treatment.facts import (
    AssessmentRecorded,
    AssessmentSigned,
    AssessmentVoided,
    EntryCorrected,
    Fact,
    PrescriptionIssued,
    SessionSigned,
    SessionStarted,
    SessionStopped,
    SessionVoided,
    SigningKeyEnrolled,
    SigningKeyRevoked,
)
from ledger.treatment.statements import (
    SIGNED,
    ChainEnd,
    digest,
    following,
    pack,
    says_assessment,
    says_session,
    says_sheet,
    spoken,
)

_Signable = PrescriptionIssued | SessionSigned | AssessmentSigned
_ABOUT: Final = ("session", "assessment", "prescription", "target")


def signing_house(of: Houses) -> Institution:
    """The institution that signs electronically."""
    return of.general


def sign_facts(facts: list[Fact], institution: str, seed: int) -> list[Fact]:
    """The facts, which are in order of `at`, with the signatures that the institution's people made; none added.

    One chain a key, in the order of the facts. The same facts and seed give the same bytes (RFC 8032 §5.1.6).
    """
    desk = _Desk(institution, seed, _unsettled(facts))
    return [desk.sign(fact) for fact in facts]


def _unsettled(facts: Iterable[Fact]) -> set[str]:
    """The sessions, assessments, sheets and lines that are corrected or voided some day."""
    gone = EntryCorrected | SessionVoided | AssessmentVoided
    return {name for fact in facts if isinstance(fact, gone) for name in _names(fact)}


def _names(fact: Fact) -> list[str]:
    return [name for field in _ABOUT if (name := getattr(fact, field, None)) is not None]


class _Desk:
    """What lies before the next fact, as far as its signature needs it."""

    def __init__(self, institution: str, seed: int, unsettled: set[str]) -> None:
        self._institution, self._seed, self._unsettled = institution, seed, unsettled
        self._keys: dict[str, tuple[str, PrivateKey]] = {}  # practitioner → key id and key, while it may sign
        self._heads: dict[str, ChainEnd] = {}
        self._sheets: dict[str, PrescriptionIssued] = {}
        self._started: dict[str, SessionStarted] = {}
        self._stopped: dict[str, SessionStopped] = {}
        self._recorded: dict[str, AssessmentRecorded] = {}

    def sign(self, fact: Fact) -> Fact:
        """The fact, signed where it is to be; what it says is known from then on."""
        match fact:
            case SigningKeyEnrolled():
                self._keys[fact.practitioner] = fact.key_id, private_key(self._seed, fact.practitioner)
            case SigningKeyRevoked():
                self._keys = {who: key for who, key in self._keys.items() if key[0] != fact.key_id}
            case SessionStarted() if fact.institution == self._institution:
                self._started[fact.session] = fact
            case SessionStopped():
                self._stopped[fact.session] = fact
            case AssessmentRecorded() if fact.institution == self._institution:
                self._recorded[fact.assessment] = fact
            case PrescriptionIssued():
                self._sheets[fact.prescription] = fact
                return self._signed(fact, self._sheet_said(fact))
            case SessionSigned():
                return self._signed(fact, self._session_said(fact))
            case AssessmentSigned():
                return self._signed(fact, self._assessment_said(fact))
        return fact

    def _signed(self, fact: _Signable, says: dict[str, Any] | None) -> Fact:
        kind, field = SIGNED[type(fact)]
        signer: str = getattr(fact, field)
        if says is None or signer not in self._keys or fact.recorded_at or not self._unsettled.isdisjoint(_names(fact)):
            return fact
        key_id, key = self._keys[signer]
        head = self._heads.get(key_id, ChainEnd())
        data = following(head, kind, says, signer=signer, key_id=key_id)
        self._heads[key_id] = ChainEnd(head.counter + 1, digest(data))
        return msgspec.structs.replace(fact, signature=pack(data, sign(key, data)))

    def _sheet_said(self, fact: PrescriptionIssued) -> dict[str, Any] | None:
        return says_sheet(fact) if fact.institution == self._institution else None

    def _session_said(self, fact: SessionSigned) -> dict[str, Any] | None:
        started, stopped = self._started.get(fact.session), self._stopped.get(fact.session)
        sheet = self._sheets.get(started.prescription) if started and started.prescription else None
        if started is None or stopped is None or sheet is None:
            return None
        if fact.practitioner != started.therapist or stopped.at == started.at or stopped.id in self._unsettled:
            return None
        order = next((order for order in sheet.orders if order.order == started.order), None)
        if order is None:
            return None
        return says_session(spoken(started), spoken(stopped), msgspec.structs.asdict(order))

    def _assessment_said(self, fact: AssessmentSigned) -> dict[str, Any] | None:
        recorded = self._recorded.get(fact.assessment)
        return says_assessment(spoken(recorded)) if recorded and fact.practitioner in recorded.assessors else None
