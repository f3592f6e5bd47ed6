"""A small invented hospital whose people sign: the ledger's world with keys, and how a line comes to be signed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from ledger.application import TreatmentLedger
from ledger.journal import spell
from ledger.treatment.facts import Fact
from tests.application.world import HOSPITAL, fact, facts, line, patient, session
from tests.signing import DevicePerson, Person

NOW = datetime.fromisoformat("2021-06-01T08:00:00+08:00")

PT1, PT2, DR1 = Person("PT1", "K-PT1"), DevicePerson("PT2", "K-PT2"), Person("DR1", "K-DR1")
PEOPLE = (PT1, PT2, DR1)

KEYS = [line("SigningKeyEnrolled", 2, **person.enrolment()) for person in PEOPLE]
WORLD = [*HOSPITAL, *KEYS, *patient("P1")]


def treated(name: str, minutes: float, of: str = "P1", therapist: str = "PT1") -> list[str]:
    """A session that is not signed yet."""
    return session(name, of, minutes, therapist)[:2]


def assessed(name: str, minutes: float, assessors: Sequence[str] = ("PT1", "DR1")) -> str:
    """An assessment that is not signed yet."""
    return line("AssessmentRecorded", minutes, assessment=name, patient="P1", episode="E-P1", institution="H1",
                assessors=list(assessors), results=[{"scale": "BBS", "score": 40.5, "max": 56}])  # fmt: skip


def take(ledger: TreatmentLedger, *lines: str | Fact, minutes: float = 0) -> None:
    """Record lines and facts in one call."""
    given = [made for one in lines for made in ([one] if isinstance(one, Fact) else facts([one]))]
    ledger.record(given, now=NOW + timedelta(minutes=minutes))


def sign_session(ledger: TreatmentLedger, name: str, by: Person, minutes: float, **fields: Any) -> Fact:
    """The signed line, not recorded yet."""
    signature = by.sign(ledger.statement("session", name, by.key_id))
    return fact("SessionSigned", minutes, session=name, practitioner=by.practitioner, signature=signature, **fields)


def sign_assessment(ledger: TreatmentLedger, name: str, by: Person, minutes: float) -> Fact:
    """The signed line, not recorded yet."""
    signature = by.sign(ledger.statement("assessment", name, by.key_id))
    return fact("AssessmentSigned", minutes, assessment=name, practitioner=by.practitioner, signature=signature)


def sheet(name: str, minutes: float, **fields: Any) -> Fact:
    """A prescription that is not signed yet."""
    orders = [{"order": "1", "item": "exercise-therapy", "site": "左下肢", "method": "渐进抗阻", "times": 10}]
    return fact("PrescriptionIssued", minutes, prescription=name, patient="P1", episode="E-P1", institution="H1",
                physician="DR1", orders=orders, **fields)  # fmt: skip


def spelled(made: Fact) -> str:
    """A fact as a journal line."""
    return spell(made).decode()
