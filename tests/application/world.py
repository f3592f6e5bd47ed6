"""A small invented hospital, as journal lines."""

import json
from datetime import datetime, timedelta
from typing import Any

from ledger.journal import parse_fact
from ledger.treatment.facts import Fact

START = datetime.fromisoformat("2021-03-01T08:00:00+08:00")


def line(type: str, minutes: float = 0, **fields: Any) -> str:
    """A journal line, so many minutes after the first of March 2021, eight o'clock."""
    at = (START + timedelta(minutes=minutes)).isoformat()
    return json.dumps({"type": type, "at": at, **fields}, ensure_ascii=False)


def fact(type: str, minutes: float = 0, **fields: Any) -> Fact:
    """The same as a fact."""
    return parse_fact(line(type, minutes, **fields).encode())


def facts(lines: list[str]) -> list[Fact]:
    """Lines as facts."""
    return [parse_fact(text.encode()) for text in lines]


def patient(name: str, minutes: float = 0, institution: str = "H1") -> list[str]:
    """A file, an episode and a prescription: P1 gets E-P1 and R-P1 with order 1."""
    return [
        line("PatientFileOpened", minutes, patient=name, sex="female", born="1956-04-02", institution=institution,
             file_no=f"M-{name}"),
        line("EpisodeOpened", minutes, episode=f"E-{name}", patient=name, institution=institution,
             diagnosis={"code": "I63.9"}, findings={"organic_lesion": True}),
        line("PrescriptionIssued", minutes + 1, prescription=f"R-{name}", patient=name, episode=f"E-{name}",
             institution=institution, physician="DR1",
             orders=[{"order": "1", "item": "exercise-therapy", "site": "left leg", "method": "walking"}]),
    ]  # fmt: skip


def session(name: str, of: str, minutes: float, therapist: str = "PT1") -> list[str]:
    """A session of a patient: started, stopped after half an hour, signed."""
    return [
        line("SessionStarted", minutes, session=name, patient=of, prescription=f"R-{of}", order="1",
             therapist=therapist, institution="H1", setting="outpatient"),
        line("SessionStopped", minutes + 30, session=name, effect="better"),
        line("SessionSigned", minutes + 31, session=name, practitioner=therapist),
    ]  # fmt: skip


HOSPITAL = [
    line("InstitutionRegistered", institution="H1", name="Invented Hospital", kind="general", departments=[]),
    line("InstitutionQualified", institution="H1", scope="rehabilitation", valid_from="2015-01-01"),
    line("PractitionerRegistered", practitioner="DR1", name="Invented physician", profession="physician",
         institution="H1"),
    line("PractitionerRegistered", practitioner="PT1", name="Invented therapist", profession="therapist",
         institution="H1", id="L-PT1"),
    line("PractitionerRegistered", practitioner="PT2", name="Another therapist", profession="therapist",
         institution="H1"),
]  # fmt: skip

JOURNAL = [
    *HOSPITAL,
    *patient("P1"),
    *patient("P2", 5),
    *session("S1", "P1", 60),
    *session("S2", "P2", 75, "PT2"),
    *session("S3", "P1", 600),
    line("FeeConfirmed", 700, act="S1", amount_fen=5000),
    line("EntryCorrected", 800, target="S3", field="therapist", old="PT1", new="PT2", reason="mistaken",
         practitioner="DR1"),
]  # fmt: skip
