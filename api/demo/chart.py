"""One patient's record while it is being written: files, stays, the episode, prescription sheets.

Sessions and assessments are written in the files beside this one; what they leave behind (`paid`, `slips`) is kept
here, because the planted mistakes need to know which limits a patient has used.
"""

from datetime import date, timedelta
from typing import Any

from api.demo.institutions import Institution
from api.demo.scene import Scene
from api.demo.texts import SHEET_REMARKS, frequency
from api.demo.treatments import TREATMENTS, indicated
from api.demo.visit import Done, Place, Slip
from api.demo.workdays import instant
from ledger.treatment.facts import (
    EpisodeClosed,
    EpisodeOpened,
    FindingsRecorded,
    PatientAdmitted,
    PatientDischarged,
    PatientFileOpened,
    PrescriptionIssued,
)
from ledger.treatment.values import Diagnosis, EmploymentCategory, Findings, Order, Sex, StayKind


class Chart:
    """A patient. Times of day: files and admissions before 07:45, sheets at 07:45, sessions 08:00–16:45."""

    def __init__(
        self, scene: Scene, number: int, sex: Sex, born: date, category: EmploymentCategory | None = None
    ) -> None:
        self.scene, self.number, self.sex, self.born, self.category = scene, number, sex, born, category
        self.id = f"P{number:04d}"
        self.episode = f"{self.id}-E1"
        self.findings: dict[str, Any] = {}
        self.busy: dict[int, int] = {}
        self.paid: list[Done] = []
        self.first_paid: dict[int, int] = {}
        self.slips: list[Slip] = []
        self.stay_ends: dict[str, int] = {}
        self.first_sheet: int | None = None
        self.flaw_rate = 0.0
        self.summaries = 0
        self.closed: int | None = None
        self._files: set[str] = set()
        self._counts: dict[str, int] = {}

    def next_id(self, letter: str) -> str:
        """The next id of a kind: `P0001-S007`."""
        n = self._counts[letter] = self._counts.get(letter, 0) + 1
        return f"{self.id}-{letter}{n:03d}" if letter == "S" else f"{self.id}-{letter}{n:02d}"

    def free(self, day: int) -> int:
        """The places of that day in which the patient is not being treated, as a bit mask."""
        return ~self.busy.get(day, 0) & 0b11_1111_1111

    def take(self, day: int, slot: int) -> None:
        """The patient is treated in that place of the day."""
        self.busy[day] = self.busy.get(day, 0) | 1 << slot

    # --- files, stays, episode ---------------------------------------------------------------------------

    def open_file(self, institution: Institution, day: date, born: date | None = None, kind: str = "MZ") -> None:
        """一人一档: the file at that institution, once. `born` differs from the truth where it will be corrected."""
        if institution.id in self._files:
            return
        self._files.add(institution.id)
        self.scene.facts.append(
            PatientFileOpened(
                at=instant(day, 440),
                id=f"file/{self.id}/{institution.id}",
                actor=self.scene.clerk(institution.id),
                patient=self.id,
                sex=self.sex,
                born=born or self.born,
                institution=institution.id,
                file_no=f"{kind}{day:%Y%m}{self.number:05d}",
                employment_category=self.category,
            )
        )

    def admit(self, institution: Institution, day: date, kind: StayKind) -> Place:
        """A stay from that day 07:22 on, with its file."""
        self.open_file(institution, day, kind="ZY")
        stay = self.next_id("Z")
        self.scene.facts.append(
            PatientAdmitted(
                at=instant(day, 442),
                patient=self.id,
                stay=stay,
                institution=institution.id,
                kind=kind,
                file_no=f"ZY{day:%Y%m}{self.number:05d}",
            )
        )
        return Place(institution, kind, stay)

    def discharge(self, place: Place, day: date) -> None:
        """The stay ends that day at 16:55."""
        if place.stay is not None:
            self.stay_ends[place.stay] = day.toordinal()
            self.scene.facts.append(PatientDischarged(at=instant(day, 1015), patient=self.id, stay=place.stay))

    def open_episode(
        self, institution: Institution, day: date, code: str, text: str, onset_days: int, **findings: Any
    ) -> None:
        """The course of disease, declared that day at 07:25 with its findings; onset so many days before."""
        self.findings.update(findings)
        self.scene.facts.append(
            EpisodeOpened(
                at=instant(day, 445),
                episode=self.episode,
                patient=self.id,
                institution=institution.id,
                diagnosis=Diagnosis(code=code, system="ICD-10", text=text),
                onset=day - timedelta(days=onset_days),
                findings=Findings(**findings),
            )
        )

    def close_episode(self, day: date, reason: str) -> None:
        """The course of disease is over, that day at 17:00."""
        self.closed = day.toordinal()
        self.scene.facts.append(EpisodeClosed(at=instant(day, 1020), episode=self.episode, reason=reason))

    def find(self, day: date, practitioner: str, **findings: Any) -> None:
        """Findings from that day 07:40 on."""
        self.findings.update(findings)
        self.scene.facts.append(
            FindingsRecorded(
                at=instant(day, 460),
                patient=self.id,
                episode=self.episode,
                findings=Findings(**findings),
                practitioner=practitioner,
            )
        )

    # --- prescription sheets ----------------------------------------------------------------------------

    def prescribe(
        self,
        day: date,
        until: date,
        institution: Institution,
        lines: list[tuple[str, int, int, int]],
        *,
        physician: str | None = None,
        minute: int = 465,
    ) -> list[Slip]:
        """A sheet for (slug, times, days a week, times a day) each, valid to `until` (inclusive)."""
        dice = self.scene.dice
        sheet = self.next_id("R")
        doctors = self.scene.physicians(institution.id, day.toordinal())
        orders, slips = [], []
        for n, (slug, times, weekdays, per_day) in enumerate(lines, 1):
            treatment = TREATMENTS[slug]
            orders.append(
                Order(
                    order=str(n),
                    item=slug,
                    site=treatment.sites[self.number % len(treatment.sites)],
                    method=treatment.method,
                    minutes=treatment.minutes,
                    frequency=frequency(weekdays, per_day),
                    times=times,
                )
            )
            slips.append(Slip(sheet, str(n), slug, times, until.toordinal()))
        self.scene.facts.append(
            PrescriptionIssued(
                at=instant(day, minute, dice.below(60)),
                prescription=sheet,
                patient=self.id,
                episode=self.episode,
                institution=institution.id,
                physician=physician or doctors[self.number % len(doctors)].id,
                orders=orders,
                valid_until=until,
                remark=dice.pick(SHEET_REMARKS) if dice.chance(0.3) else None,
            )
        )
        self.slips += slips
        self.scene.needle_slips += [(self.id, slip) for slip in slips if not slip.number]
        if self.first_sheet is None:
            self.first_sheet = day.toordinal()
        return slips

    # --- what has been used -----------------------------------------------------------------------------

    def count(self, day: int, *numbers: int) -> int:
        """How many payable acts of these rows that day holds."""
        return sum(1 for done in self.paid if done.day == day and done.number in numbers)

    def indicated(self, number: int) -> bool:
        """Whether the episode's findings are those the row asks for."""
        return indicated(self.findings, number)
