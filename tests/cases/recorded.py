"""What was recorded, asked naively: every question goes through all the facts again. For `oracle.py`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from ledger.treatment import facts as f
from ledger.treatment.facts import Fact
from ledger.treatment.items import ITEMS


@dataclass(eq=False)
class Act:
    """What the clauses look at: the start (or the assessment) with what later lines say of it."""

    place: int
    fact: Any
    name: str
    item: str
    episode: str
    voided: bool
    stay: str | None = None
    opened_with: Any = None
    opens_block: bool = False
    denied_by: list[str] = field(default_factory=list)

    @property
    def day(self) -> date:
        return self.fact.at.date()  # type: ignore[no-any-return]

    @property
    def rule(self) -> int | None:
        return ITEMS[self.item].number if self.item in ITEMS else None


class Recorded:
    """The facts, and the clauses of the record (`record.*`)."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self.facts = facts
        self.voided = {
            x.session if isinstance(x, f.SessionVoided) else x.assessment
            for x in facts
            if isinstance(x, f.SessionVoided | f.AssessmentVoided)
        }
        self.acts = sorted(self._acts(), key=lambda act: act.fact.at)

    def of(self, kind: type[Any], **having: Any) -> Iterator[Any]:
        for x in self.facts:
            if type(x) is kind and all(getattr(x, name) == value for name, value in having.items()):
                yield x

    def _acts(self) -> Iterator[Act]:
        for place, x in enumerate(self.facts):
            if isinstance(x, f.SessionStarted):
                sheet = next(self.of(f.PrescriptionIssued, prescription=x.prescription))
                item = next(order.item for order in sheet.orders if order.order == x.order)
                act = Act(place, x, x.session, item, sheet.episode, x.session in self.voided)
            elif isinstance(x, f.AssessmentRecorded) and x.item is not None:
                act = Act(place, x, x.assessment, x.item, x.episode, x.assessment in self.voided)
            else:
                continue
            act.stay = x.stay or self._stay_around(x)
            yield act

    def _stay_around(self, x: Any) -> str | None:
        around = [
            a for a in self.of(f.PatientAdmitted, patient=x.patient, institution=x.institution) if self._in(a, x.at)
        ]
        return max(around, key=lambda a: a.at).stay if around else None

    def _in(self, admitted: Any, at: datetime) -> bool:
        left = [d.at for d in self.of(f.PatientDischarged, stay=admitted.stay)]
        return admitted.at <= at and all(at <= instant for instant in left)

    # --- record.*

    def holds_on(self, kind: type[Any], who: str, scopes: set[str], day: date) -> bool:
        key = "institution" if kind is f.InstitutionQualified else "practitioner"
        return any(
            q.scope in scopes and q.valid_from <= day and (q.valid_until is None or day <= q.valid_until)
            for q in self.of(kind, **{key: who})
        )

    def may(self, who: str, day: date) -> bool:
        return self.holds_on(f.PractitionerQualified, who, {"rehabilitation", "tcm"}, day)

    def record(self, act: Act) -> Iterator[tuple[str, bool]]:
        x, day = act.fact, act.day
        yield "record.voided", not act.voided
        if isinstance(x, f.SessionStarted):
            stops = [s.at for s in self.of(f.SessionStopped, session=x.session)]
            yield "record.stopped", any(stop > x.at for stop in stops)
            signed = [s.at for s in self.of(f.SessionSigned, session=x.session, practitioner=x.therapist)]
            yield "record.signed", any(all(at >= stop for stop in stops) for at in signed)
            sheet = next(self.of(f.PrescriptionIssued, prescription=x.prescription))
            order = next(o for o in sheet.orders if o.order == x.order)
            stopped = any(
                s.order in (None, x.order) and s.at <= x.at
                for s in self.of(f.PrescriptionStopped, prescription=x.prescription)
            )
            in_time = sheet.valid_until is None or day <= sheet.valid_until
            yield "record.prescription", sheet.patient == x.patient and sheet.at <= x.at and not stopped and in_time
            before = [
                other for other in self.acts
                if isinstance(other.fact, f.SessionStarted)
                and (other.fact.prescription, other.fact.order) == (x.prescription, x.order)
                and (not other.voided or other is act)
                and (other.fact.at, other.place) <= (x.at, act.place)
            ]  # fmt: skip
            yield "record.times", order.times is None or len(before) <= order.times
            doctor = next(self.of(f.PractitionerRegistered, practitioner=sheet.physician))
            yield (
                "record.physician",
                doctor.profession == "physician"
                and self.holds_on(
                    f.PractitionerQualified, sheet.physician, {"rehabilitation", "tcm", "training"}, sheet.at.date()
                ),
            )
            if act.rule != 25:
                yield "record.therapist", self.may(x.therapist, day)
        else:
            yield "record.signed", len(x.assessors) > 0
            yield "record.therapist", all(self.may(who, day) for who in x.assessors)
        yield (
            "record.institution",
            self.holds_on(f.InstitutionQualified, x.institution, {"rehabilitation", "tcm"}, day)
            and not self.suspended(x.institution, x.at),
        )
        stay = True
        if x.stay is not None:
            stay = any(self._in(a, x.at) for a in self.of(f.PatientAdmitted, stay=x.stay, patient=x.patient))
        if getattr(x, "setting", "outpatient") in ("inpatient", "home_bed"):
            stay = stay and act.stay is not None
        yield "record.stay", stay

    def suspended(self, institution: str, at: datetime) -> bool:
        lifted = [r.at for r in self.of(f.InstitutionReinstated, institution=institution) if r.at <= at]
        return any(
            s.from_ <= at.date() and (s.until is None or at.date() <= s.until) and not any(s.at < r for r in lifted)
            for s in self.of(f.InstitutionSuspended, institution=institution)
        )
