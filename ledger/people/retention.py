"""How long a patient's personal data must be kept: a pure function of what happened to the patient.

Of three periods the longest decides (periods.py): the notice's and the records law's for out-patients run from the last
visit, the records law's for in-patients from the last discharge. A home bed (家庭病床) counts as in-patient: it has an
admission, a record of the stay and a discharge, and of two readings the longer one cannot destroy what should have been
kept.

A period of years ends with the day of the same date, where there is none with the month's last (民法典 art. 202); that
day is still inside. Knows facts, no clock, no disk.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final, NamedTuple

from ledger.people.periods import Periods
from ledger.treatment import facts as f
from ledger.treatment.facts import OWN_FACTS, EntryCorrected, Fact
from ledger.treatment.refusal import Refusal
from ledger.treatment.state import State, fold
from ledger.treatment.subjects import resolver, subject_of
from ledger.treatment.values import at_home

_SEEN: Final = (
    f.PatientFileOpened, f.PatientAdmitted, f.PatientDischarged, f.EpisodeOpened, f.EpisodeClosed, f.FindingsRecorded,
    f.PrescriptionIssued, f.PrescriptionStopped, f.SessionStarted, f.SessionStopped, f.AssessmentRecorded,
    f.StageSummaryWritten,
)  # fmt: skip
"""What is done with or about a patient by those who treat them. Fees, signatures and inspections come after."""
_VOIDED: Final = (f.SessionVoided, f.AssessmentVoided)
_IN_BED: Final = ("inpatient", "home_bed")


class Retention(NamedTuple):
    """What the periods come to. Days are natural days at +08:00.

    `last_seen`: the last act or visit. `last_in_bed`: the last discharge, or the last day of an act as an in-patient
    where that is later; None for who never was one. `open_stays`: not discharged yet. `until`: the last day on which
    the data must be kept; None while a stay is open, for then nobody knows it.
    """

    last_seen: date
    last_in_bed: date | None
    open_stays: tuple[str, ...]
    periods: Periods

    @property
    def ends(self) -> list[tuple[str, date, int, date]]:
        """(which period, counted from, years, last day) for each that applies, without the stays that are open."""
        bases: list[tuple[str, date | None, int]] = [
            ("notice", self.last_seen, self.periods.notice_years),
            ("out-patient", self.last_seen, self.periods.outpatient_years),
            ("in-patient", self.last_in_bed, self.periods.inpatient_years),
        ]
        return [(name, day, years, years_after(day, years)) for name, day, years in bases if day is not None]

    @property
    def until(self) -> date | None:
        return None if self.open_stays else max(last for *_, last in self.ends)

    def is_over(self, today: date) -> bool:
        """Whether the data need no longer be kept on this day."""
        return self.until is not None and today > self.until


def retention(patient: str, facts: Iterable[Fact], periods: Periods) -> Retention | None:
    """How long this patient's data must be kept, from everything that bears their pseudonym, corrections included.

    Each thing counts on the day it is now held to have happened; a voided act counts not at all. None if there is
    nothing that the patient was seen for.
    """
    seen: list[date] = []
    in_bed: list[date] = []
    open_stays: list[str] = []
    for state in _subjects(facts):
        days = _days_seen(patient, state)
        seen += days
        opening = state.now[0]
        if isinstance(opening, f.PatientAdmitted) and opening.patient == patient:
            discharges = [line.at for line in state.now if isinstance(line, f.PatientDischarged)]
            in_bed += [at_home(at).date() for at in discharges]
            if not discharges:
                open_stays.append(opening.stay)
        elif days and (_stay_of(opening) is not None or getattr(opening, "setting", None) in _IN_BED):
            in_bed.append(max(days))
    if not seen:
        return None
    return Retention(max(seen), max(in_bed, default=None), tuple(sorted(open_stays)), periods)


def _stay_of(opening: Fact) -> str | None:
    return opening.stay if isinstance(opening, f.SessionStarted | f.AssessmentRecorded) else None


def _days_seen(patient: str, state: State) -> list[date]:
    """The days on which the patient was seen for this subject."""
    if any(isinstance(line, _VOIDED) for line in state.now):
        return []
    whose = getattr(state.now[0], "patient", None)  # a later line of a subject is about whom its first line is about
    return [
        at_home(line.at).date()
        for line in state.now
        if isinstance(line, _SEEN) and getattr(line, "patient", whose) == patient
    ]


def _subjects(facts: Iterable[Fact]) -> list[State]:
    """The facts by what they are about, each as corrected."""
    known = [fact for fact in facts if not isinstance(fact, OWN_FACTS)]
    resolve = resolver(known, {fact.target for fact in known if isinstance(fact, EntryCorrected)})
    by_subject: dict[str, list[Fact]] = {}
    for fact in known:
        try:
            by_subject.setdefault(subject_of(fact, resolve), []).append(fact)
        except Refusal:
            continue  # a correction of a line that is not this patient's
    states = (fold(subject, lines) for subject, lines in by_subject.items())
    return [state for state in states if state.now]


def years_after(day: date, years: int) -> date:
    """The last day of a period of years that begins with a day: 2021-03-01 → 2036-03-01, 29 February → the 28th."""
    year = day.year + years
    if year > date.max.year:
        return date.max
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)
