"""Records of three invented patients, mixed up at random: sessions on another's sheet, acts, sheets, episodes and stays
recorded under the wrong patient and corrected, from one to the next and back, findings and fees moved.

Only what the ledger takes is kept, line by line, so that each line meets whatever the others have left.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from typing import Any

from ledger.application import TreatmentLedger
from ledger.application.recording import Refused
from ledger.journal import parse_fact
from ledger.treatment.facts import Fact
from tests.application.world import facts, line

PATIENTS = ("A", "B", "C")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
START = datetime(2021, 3, 1, 8, tzinfo=timezone(timedelta(hours=8)))
ITEMS = ("exercise-therapy", "occupational-therapy", "speech-training", "cognitive-perceptual-training")
ASSESSED = ("comprehensive-rehabilitation-assessment", "balance-test", "adl-assessment", None)
FOUND = ("organic_lesion", "deficit_balance", "deficit_cognition", "deficit_rom")
OWNED = ("patient", "episode", "stay", "prescription", "act")
"""Fields that say where a line belongs, which are corrected more often than others."""


def mixed_up(ledger: TreatmentLedger, seed: int, count: int = 70) -> None:
    """Record what the ledger takes of so many lines."""
    ledger.record(facts(hospital()), now=NOW)
    mixing = MixedUp(seed)
    for fact in mixing.lines(count):
        try:
            ledger.record([fact], now=NOW)
        except Refused:
            continue
        mixing.taken()


def hospital() -> list[str]:
    """One hospital with its staff, and each patient's file."""
    ago = -5_000_000
    lines = [
        line("InstitutionRegistered", ago, institution="H1", name="h", kind="general", level=3,
             departments=["rehabilitation"]),
        line("InstitutionQualified", ago, institution="H1", scope="rehabilitation", valid_from="2015-01-01"),
    ]  # fmt: skip
    for staff, profession in (("DR1", "physician"), ("PT1", "therapist"), ("PT2", "therapist")):
        lines += [
            line("PractitionerRegistered", ago, practitioner=staff, name=staff, profession=profession,
                 institution="H1"),
            line("PractitionerQualified", ago, practitioner=staff, scope="rehabilitation", valid_from="2015-01-01"),
            line("PractitionerQualified", ago, practitioner=staff, scope="training", valid_from="2015-01-01"),
        ]  # fmt: skip
    for patient in PATIENTS:
        lines.append(line("PatientFileOpened", -9, patient=patient, sex="female", born="1956-04-02", institution="H1",
                          file_no=patient))  # fmt: skip
    return lines


class MixedUp:
    """Draws lines, and remembers what those that were taken say by now, so that corrections name the right `old`."""

    def __init__(self, seed: int) -> None:
        self._draw = Random(seed)
        self._minute = 0
        self._count = 0
        self._taken: dict[str, dict[str, Any]] = {}  # by id, as corrected
        self._offered: dict[str, Any] = {}

    def lines(self, count: int) -> Iterator[Fact]:
        """Lines to be offered one by one; `taken` is called for each that the ledger took."""
        for patient in PATIENTS:
            yield self._fact("EpisodeOpened", episode=f"E-{patient}", patient=patient, institution="H1",
                             diagnosis={"code": "I63.9"}, findings={"organic_lesion": True})  # fmt: skip
            yield self._fact("PatientAdmitted", stay=f"Y-{patient}", patient=patient, institution="H1",
                             kind="inpatient", file_no="1")  # fmt: skip
            yield self._sheet(patient)
        for _ in range(count):
            yield self._correction() if self._draw.random() < 0.4 else self._line()

    def taken(self) -> None:
        """The line offered last stands."""
        offered = self._offered
        if offered["type"] == "EntryCorrected":
            line = self._meant(offered["target"], offered["field"])
            line[offered["field"]] = offered["new"]
        else:
            self._taken[offered["id"]] = dict(offered)

    def _line(self) -> Fact:
        draw, patient = self._draw, self._draw.choice(PATIENTS)
        named = self._named
        session, assessment = named("SessionStarted", "session"), named("AssessmentRecorded", "assessment")
        kind = draw.randrange(20)
        if kind < 7 or session is None:
            sheet = self._one("PrescriptionIssued", patient if draw.random() < 0.7 else None)
            stay = draw.choice([None, None, None, "Y-A", "Y-B", "Y-C", "Y-none"])
            return self._fact("SessionStarted", session=f"S{self._count}", patient=patient,
                              prescription=sheet["prescription"], order=draw.choice("12"),
                              therapist=draw.choice(("PT1", "PT2")), institution="H1", setting="inpatient",
                              **({"stay": stay} if stay else {}))  # fmt: skip
        if kind < 10:
            return self._fact("SessionStopped", session=session, effect="")
        if kind < 12:
            return self._fact("SessionSigned", session=session, practitioner=draw.choice(("PT1", "PT2")))
        if kind == 12:
            return self._fact("SessionVoided", session=session, reason="r")
        if kind < 15:
            episode = self._one("EpisodeOpened", patient)
            item = draw.choice(ASSESSED)
            return self._fact("AssessmentRecorded", assessment=f"X{self._count}", patient=patient,
                              episode=episode["episode"], institution="H1", assessors=["DR1", "PT1"],
                              results=[{"scale": "Berg", "score": draw.randrange(50)}],
                              outcome=draw.choice(("improved", "unchanged")),
                              **({"item": item} if item else {}))  # fmt: skip
        if kind == 15 and assessment is not None:
            return self._fact("AssessmentVoided", assessment=assessment, reason="r")
        if kind == 16:
            episode = self._one("EpisodeOpened", patient)
            return self._fact("FindingsRecorded", patient=patient, episode=episode["episode"],
                              findings={draw.choice(FOUND): draw.random() < 0.5})  # fmt: skip
        if kind == 17:
            return self._sheet(patient)
        if kind == 18:
            return draw.choice((
                self._fact("PrescriptionStopped", prescription=self._one("PrescriptionIssued", None)["prescription"]),
                self._fact("PatientDischarged", stay=f"Y-{patient}", patient=patient),
            ))  # fmt: skip
        return self._fact("FeeConfirmed", act=session, amount_fen=draw.randrange(9000))

    def _sheet(self, patient: str) -> Fact:
        episode = self._one("EpisodeOpened", patient)["episode"] if self._taken else f"E-{patient}"
        orders = [{"order": number, "item": self._draw.choice(ITEMS), "site": "leg", "method": "",
                   "times": self._draw.choice((1, 2, 3))} for number in "12"]  # fmt: skip
        return self._fact("PrescriptionIssued", prescription=f"R{self._count}", patient=patient, episode=episode,
                          institution="H1", physician="DR1", orders=orders)  # fmt: skip

    def _correction(self) -> Fact:
        draw = self._draw
        line = self._one(draw.choice(sorted({line["type"] for line in self._taken.values()})), None)
        owned = [field for field in OWNED if field in line and not _is_its_name(field, line)]
        other = [field for field in ("at", "order", "therapist") if field in line]
        field = draw.choice(owned if owned and draw.random() < 0.85 else other)
        new: Any
        if field == "patient":
            new = draw.choice(PATIENTS)
        elif field == "at":
            new = (datetime.fromisoformat(line["at"]) + timedelta(minutes=draw.choice((-30, 1, 50)))).isoformat()
        elif field == "order":
            new = draw.choice("12")
        elif field == "therapist":
            new = draw.choice(("PT1", "PT2"))
        else:
            of = {"episode": "EpisodeOpened", "stay": "PatientAdmitted", "prescription": "PrescriptionIssued",
                  "act": "SessionStarted"}[field]  # fmt: skip
            new = self._named(of, {"act": "session"}.get(field, field))
        target = line["id"]
        name = {"SessionStarted": "session", "AssessmentRecorded": "assessment", "PrescriptionIssued": "prescription"}
        if field != "at" and line["type"] in name and draw.random() < 0.5:
            target = line[name[line["type"]]]
        return self._fact("EntryCorrected", target=target, field=field, old=line.get(field), new=new, reason="r",
                          practitioner="DR1")  # fmt: skip

    def _fact(self, type: str, **fields: Any) -> Fact:
        self._count += 1
        self._minute += self._draw.choice((1, 7, 45, 700))
        at = (START + timedelta(minutes=self._minute - self._draw.choice((0, 0, 0, 60)))).isoformat()
        self._offered = {"type": type, "at": at, "id": f"L{self._count}", **fields}
        minutes = (datetime.fromisoformat(at) - START).total_seconds() / 60
        return parse_fact(line(type, minutes, id=f"L{self._count}", **fields).encode())

    def _one(self, type: str | None, patient: str | None) -> dict[str, Any]:
        """A line that stands, of this type and, if there is one, of this patient."""
        lines = [line for line in self._taken.values() if type in (None, line["type"])]
        return self._draw.choice([line for line in lines if patient in (None, line.get("patient"))] or lines)

    def _named(self, type: str, field: str) -> str | None:
        """The name of a thing that such a line introduces; None while there is none. Later ones come up more often."""
        names = [line[field] for line in self._taken.values() if line["type"] == type]
        return self._draw.choice(names[-6:]) if names else None

    def _meant(self, target: str, field: str) -> dict[str, Any]:
        return next(
            line
            for line in self._taken.values()
            if line["id"] == target
            or (field in line and target in (line.get("session"), line.get("assessment"), line.get("prescription")))
        )


def _is_its_name(field: str, line: dict[str, Any]) -> bool:
    return {"EpisodeOpened": "episode", "PatientAdmitted": "stay", "PrescriptionIssued": "prescription",
            "PatientDischarged": "stay", "PrescriptionStopped": "prescription"}.get(line["type"]) == field  # fmt: skip
