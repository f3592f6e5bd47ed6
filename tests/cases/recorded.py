"""What was recorded, asked naively: every question goes through all the facts again. For `oracle.py`.

The clauses of the record (`record.*`) are here: they ask what was written down, never what was paid.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from msgspec import UNSET

from ledger.treatment import facts as f
from ledger.treatment.facts import Fact
from ledger.treatment.items import ITEMS

MINUTE = timedelta(seconds=60)


@dataclass(eq=False)
class Act:
    """What the clauses look at: the start (or the assessment) with what later lines say of it.

    `episode` is the declared one, `course` what counts as one under the reading `episode`.
    """

    place: int
    fact: Any
    name: str
    item: str
    episode: str
    voided: bool
    stay: str | None = None
    course: object = None
    ends: Any = None
    opened_with: Any = None
    opens_block: bool = False
    denied_by: list[str] | None = None

    @property
    def at(self) -> datetime:
        return self.fact.at  # type: ignore[no-any-return]

    @property
    def day(self) -> date:
        return self.at.date()

    @property
    def patient(self) -> str:
        return self.fact.patient  # type: ignore[no-any-return]

    @property
    def rule(self) -> int | None:
        return ITEMS[self.item].number if self.item in ITEMS else None

    def before(self, other: "Act") -> bool:
        return (self.at, self.place) < (other.at, other.place)


@dataclass
class Recorded:
    """The facts, what acts they tell of, and the clauses of the record."""

    facts: Sequence[Fact]
    readings: Mapping[str, str]
    acts: list[Act] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.kinds: dict[type[Any], list[tuple[int, Any]]] = {}
        for place, x in enumerate(self.facts):
            self.kinds.setdefault(type(x), []).append((place, x))
        self.voided = {x.session for x in self.of(f.SessionVoided)} | {
            x.assessment for x in self.of(f.AssessmentVoided)
        }
        self.acts = sorted(self._acts(), key=lambda act: (act.at, act.place))
        for act in self.acts:
            act.course, act.ends = self._course(act), self._ends(act)

    def of(self, kind: type[Any], **having: Any) -> Iterator[Any]:
        return (x for _, x in self.placed(kind, **having))

    def placed(self, kind: type[Any], **having: Any) -> Iterator[tuple[int, Any]]:
        """The facts of a kind with these values, each after its place in the journal, which settles ties."""
        for place, x in self.kinds.get(kind, ()):
            if all(getattr(x, name) == value for name, value in having.items()):
                yield place, x

    def reading(self, name: str) -> str:
        return self.readings[name]

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
        return max(reversed(around), key=lambda a: a.at).stay if around else None

    def _in(self, admitted: Any, at: datetime) -> bool:
        left = [d.at for d in self.of(f.PatientDischarged, stay=admitted.stay)]
        return admitted.at <= at and all(at <= instant for instant in left)

    def _course(self, act: Act) -> object:
        """The reading `episode`: what counts together with this act."""
        if self.reading("episode") == "declared":
            return act.episode
        if self.reading("episode") == "admission":
            return act.stay
        days = [a.day for a in self.acts if a.patient == act.patient and not a.voided and a.before(act)] + [act.day]
        return len([1 for one, other in pairwise(days) if (other - one).days >= 90])

    def _ends(self, act: Act) -> datetime:
        """The end of its half-open interval; a session without a later stop is its start."""
        if isinstance(act.fact, f.AssessmentRecorded):
            return act.at + MINUTE
        return max([act.at, *(s.at for s in self.of(f.SessionStopped, session=act.name))])

    def finding(self, act: Act, name: str) -> Any:
        """As the act sees it in its own declared episode: the last word, None where there is none."""
        said = []
        for kind in (f.EpisodeOpened, f.FindingsRecorded, f.AssessmentRecorded):
            for place, x in self.placed(kind, episode=act.episode):
                if x.findings is None or x.at > act.at or getattr(x, "assessment", None) in self.voided:
                    continue
                value = getattr(x.findings, name)
                if value is not UNSET:
                    said.append((x.at, place, value))
        return max(said, key=lambda line: line[:2])[2] if said else None

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
            yield from self._ordered(act, x)
            if act.rule != 25:
                yield "record.therapist", self.may(x.therapist, day)
        else:
            yield "record.signed", len(x.assessors) > 0
            yield "record.therapist", all(self.may(who, day) for who in x.assessors)
        yield (
            "record.institution",
            self.holds_on(f.InstitutionQualified, x.institution, {"rehabilitation", "tcm"}, day)
            and not self._suspended(x.institution, x.at),
        )
        stay = True
        if x.stay is not None:
            stay = any(self._in(a, x.at) for a in self.of(f.PatientAdmitted, stay=x.stay, patient=x.patient))
        if getattr(x, "setting", "outpatient") in ("inpatient", "home_bed"):
            stay = stay and act.stay is not None
        yield "record.stay", stay

    def _ordered(self, act: Act, x: Any) -> Iterator[tuple[str, bool]]:
        sheet = next(self.of(f.PrescriptionIssued, prescription=x.prescription))
        order = next(o for o in sheet.orders if o.order == x.order)
        stopped = any(
            s.order in (None, x.order) and s.at <= x.at
            for s in self.of(f.PrescriptionStopped, prescription=x.prescription)
        )
        in_time = sheet.valid_until is None or act.day <= sheet.valid_until
        yield "record.prescription", sheet.patient == x.patient and sheet.at <= x.at and not stopped and in_time
        so_far = [
            other for other in self.acts
            if isinstance(other.fact, f.SessionStarted)
            and (other.fact.prescription, other.fact.order) == (x.prescription, x.order)
            and (other is act or (not other.voided and other.before(act)))
        ]  # fmt: skip
        yield "record.times", order.times is None or len(so_far) <= order.times
        doctor = next(self.of(f.PractitionerRegistered, practitioner=sheet.physician))
        qualified = self.may(sheet.physician, sheet.at.date())
        trained = self.holds_on(f.PractitionerQualified, sheet.physician, {"training"}, sheet.at.date())
        both = self.reading("physician_scope") == "both"
        enough = qualified and trained if both else qualified or trained
        yield "record.physician", doctor.profession == "physician" and enough

    def _suspended(self, institution: str, at: datetime) -> bool:
        """A reinstatement lifts, from its `at` on, the suspensions written before it (ties: journal order)."""
        lifted = [
            (r.at, place) for place, r in self.placed(f.InstitutionReinstated, institution=institution) if r.at <= at
        ]
        return any(
            s.from_ <= at.date()
            and (s.until is None or at.date() <= s.until)
            and not any((s.at, place) < lift for lift in lifted)
            for place, s in self.placed(f.InstitutionSuspended, institution=institution)
        )
