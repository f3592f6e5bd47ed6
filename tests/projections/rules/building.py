"""Journals written in a few words: an invented hospital with qualified staff, and the lines a test wants to add.

Everything is in order unless a test says otherwise; so a test names only what it is about.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any

import msgspec

from ledger.treatment.facts import (
    AssessmentRecorded,
    AssessmentVoided,
    EpisodeOpened,
    Fact,
    FeeConfirmed,
    FindingsRecorded,
    InstitutionQualified,
    InstitutionRegistered,
    PatientAdmitted,
    PatientDischarged,
    PatientFileOpened,
    PractitionerQualified,
    PractitionerRegistered,
    PrescriptionIssued,
    SessionSigned,
    SessionStarted,
    SessionStopped,
    SessionVoided,
)
from ledger.treatment.items import ITEMS
from ledger.treatment.values import Diagnosis, Findings, Order, Result
from projections.rules.decision import Decision, Finding
from projections.rules.judge import Judge
from projections.rules.rulebook import Rulebook, load_rulebook

CHINA = timezone(timedelta(hours=8))
LONG_AGO = datetime(2010, 1, 1, 8, tzinfo=CHINA)
SHANGHAI: Rulebook = load_rulebook("shanghai-2017")
SLUG = {item.number: item.slug for item in ITEMS.values() if "/" not in item.slug}

EVERY_FINDING: dict[str, Any] = {
    name: ("severe" if name.startswith("severity_") else True) for name in Findings.__struct_fields__
}


def moment(day: str | date, clock: str = "09:00") -> datetime:
    """`2021-03-01` at `09:00` in Shanghai."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=CHINA)


def slug_of(item: int | str) -> str:
    """The slug of an item given by number, or a slug as it is."""
    return SLUG[item] if isinstance(item, int) else item


class Journal:
    """Facts in journal order. Institution H1 (level 3, general, with department), physician D1, therapists T1 to T5."""

    def __init__(self, born: str = "1960-05-05", sex: str = "male", findings: dict[str, Any] | None = None) -> None:
        self.facts: list[Fact] = []
        self._count = 0
        self.institution("H1")
        self.practitioner("D1", "physician", "rehabilitation")
        for n in range(1, 6):
            self.practitioner(f"T{n}", "therapist", "rehabilitation")
        self.patient("P1", born, sex)
        self.episode("E1", findings=EVERY_FINDING if findings is None else findings)

    def add(self, *facts: Fact) -> None:
        """Lines as they are."""
        self.facts.extend(facts)

    def institution(self, id: str, scope: str | None = "rehabilitation", **fields: Any) -> None:
        """An institution, qualified since long ago unless `scope` is None."""
        given = {"name": id, "kind": "general", "level": 3, "departments": ["rehabilitation"]} | fields
        self.add(InstitutionRegistered(at=LONG_AGO, institution=id, **given))
        if scope is not None:
            self.add(InstitutionQualified(at=LONG_AGO, institution=id, scope=scope, valid_from=date(2000, 1, 1)))

    def practitioner(self, id: str, profession: str = "therapist", *scopes: str) -> None:
        """A member of staff with scopes held since long ago."""
        self.add(PractitionerRegistered(at=LONG_AGO, practitioner=id, name=id, profession=profession, institution="H1"))
        for scope in scopes:
            self.add(PractitionerQualified(at=LONG_AGO, practitioner=id, scope=scope, valid_from=date(2000, 1, 1)))

    def patient(self, id: str, born: str, sex: str = "male", category: str | None = None) -> None:
        """A patient's file."""
        self.add(
            PatientFileOpened(
                at=LONG_AGO, patient=id, sex=sex, born=date.fromisoformat(born), institution="H1", file_no=id,
                employment_category=category,
            )
        )  # fmt: skip

    def episode(
        self,
        id: str,
        patient: str = "P1",
        at: datetime = LONG_AGO,
        onset: str | None = None,
        findings: dict[str, Any] | None = None,
    ) -> None:
        """An episode with its findings."""
        self.add(
            EpisodeOpened(
                at=at, episode=id, patient=patient, institution="H1", diagnosis=Diagnosis(code="G81"),
                onset=date.fromisoformat(onset) if onset else None,
                findings=Findings(**findings) if findings else None,
            )
        )  # fmt: skip

    def findings(self, day: str, episode: str = "E1", clock: str = "08:00", patient: str = "P1", **found: Any) -> None:
        """Findings recorded later."""
        self.add(FindingsRecorded(at=moment(day, clock), patient=patient, episode=episode, findings=Findings(**found)))

    def admitted(
        self, stay: str, begin: str, end: str | None = None, institution: str = "H1", patient: str = "P1"
    ) -> None:
        """A stay from 08:00 of a day to 18:00 of another."""
        self.add(
            PatientAdmitted(
                at=moment(begin, "08:00"), patient=patient, stay=stay, institution=institution, kind="inpatient",
                file_no=stay,
            )
        )  # fmt: skip
        if end is not None:
            self.add(PatientDischarged(at=moment(end, "18:00"), patient=patient, stay=stay))

    def prescription(self, id: str, item: int | str, day: str | date = "2010-01-01", **fields: Any) -> None:
        """A sheet with one order, number 1."""
        order = {"order": "1", "item": slug_of(item), "site": "", "method": ""}
        order |= {name: fields.pop(name) for name in ("site", "times", "minutes") if name in fields}
        given = {"patient": "P1", "episode": "E1", "institution": "H1", "physician": "D1"} | fields
        clock = given.pop("clock", "08:00")
        self.add(PrescriptionIssued(at=moment(day, clock), prescription=id, orders=[Order(**order)], **given))

    def session(
        self,
        item: int | str,
        day: str | date,
        clock: str = "09:00",
        *,
        id: str | None = None,
        minutes: int | None = 30,
        signed: bool = True,
        voided: bool = False,
        fee: int | None = None,
        episode: str = "E1",
        **fields: Any,
    ) -> str:
        """A session, stopped and signed, on a sheet of its own unless `prescription` is given. Returns its id."""
        self._count += 1
        session = id or f"S{self._count}"
        start = moment(day, clock)
        given = {"patient": "P1", "order": "1", "therapist": "T1", "institution": "H1", "setting": "outpatient"}
        given |= fields
        if "prescription" not in given:
            given["prescription"] = f"{session}-rx"
            self.prescription(given["prescription"], item, patient=given["patient"], episode=episode)
        self.add(SessionStarted(at=start, session=session, **given))
        if minutes is not None:
            self.add(SessionStopped(at=start + timedelta(minutes=minutes), session=session, effect="better"))
        if signed:
            self.add(
                SessionSigned(
                    at=start + timedelta(minutes=minutes or 0), session=session, practitioner=given["therapist"]
                )
            )
        if voided:
            self.add(SessionVoided(at=start + timedelta(days=1), session=session, reason="not performed"))
        if fee is not None:
            self.add(FeeConfirmed(at=start, act=session, amount_fen=fee))
        return session

    def assessment(
        self,
        item: int | str | None,
        day: str | date,
        clock: str = "09:00",
        *,
        id: str | None = None,
        assessors: Sequence[str] = ("T1", "T2", "T3"),
        scales: Sequence[str] = ("FIM", "MMSE"),
        voided: bool = False,
        fee: int | None = None,
        found: dict[str, Any] | None = None,
        **fields: Any,
    ) -> str:
        """An assessment by three persons on two scales. Returns its id."""
        self._count += 1
        assessment = id or f"A{self._count}"
        at = moment(day, clock)
        given = {"patient": "P1", "episode": "E1", "institution": "H1"} | fields
        self.add(
            AssessmentRecorded(
                at=at, assessment=assessment, item=None if item is None else slug_of(item), assessors=list(assessors),
                results=[Result(scale=scale, score=1) for scale in scales],
                findings=Findings(**found) if found else None, **given,
            )
        )  # fmt: skip
        if voided:
            self.add(AssessmentVoided(at=at + timedelta(days=1), assessment=assessment, reason="not performed"))
        if fee is not None:
            self.add(FeeConfirmed(at=at, act=assessment, amount_fen=fee))
        return assessment

    # --- what comes of it ---------------------------------------------------------------------------------

    def decisions(self, **readings: str) -> dict[str, Decision]:
        """Every decision by act, under the default readings but for those given."""
        return {decision.act: decision for decision in Judge(self.facts, SHANGHAI, readings).decisions()}

    def decision(self, act: str, **readings: str) -> Decision:
        """The decision on one act."""
        return self.decisions(**readings)[act]

    def denied(self, act: str, **readings: str) -> tuple[str, ...]:
        """The clauses an act is denied by."""
        return self.decisions(**readings)[act].denied_by

    def finding(self, act: str, clause: str, **readings: str) -> Finding:
        """What one clause says on an act."""
        return next(f for f in self.decisions(**readings)[act].findings if f.clause == clause)


def spelled(decision: Decision) -> dict[str, Any]:
    """A decision as it goes out in JSON."""
    spelling: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(decision))
    return spelling
