"""Journals drawn at random from a few ids, often wrong, so that everything meets everything."""

import random
from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import strategies as st

from ledger.treatment.facts import FACTS, Fact

TYPES = {fact.__name__: fact for fact in FACTS}
ORDERS = [{"order": number, "item": "cupping", "site": "", "method": ""} for number in ("1", "2", "3")]


def line(draw: random.Random, corrections: float) -> dict[str, Any]:
    """A line about one of a few things, often wrong."""

    def pick(*values: Any) -> Any:
        return draw.choice(values)

    hospital, staff, patient, episode = pick("H1", "H2"), pick("D1", "D2"), pick("P1", "P2"), pick("E1", "E2")
    session, sheet, number = pick("S1", "S2"), pick("R1", "R2"), pick("1", "2", "3")
    stay = pick("A1", "A2")
    makers: list[Callable[[], dict[str, Any]]] = [
        lambda: {"type": "InstitutionRegistered", "institution": hospital, "name": "h", "kind": "tcm",
                 "departments": []},
        lambda: {"type": "PractitionerRegistered", "practitioner": staff, "name": "d", "profession": "nurse",
                 "institution": hospital},
        lambda: {"type": "PatientFileOpened", "patient": patient, "sex": pick("male", "female"), "born": "1990-01-01",
                 "institution": hospital, "file_no": "1"},
        lambda: {"type": "PatientAdmitted", "patient": patient, "stay": stay, "institution": hospital,
                 "kind": "inpatient", "file_no": "1"},
        lambda: {"type": "PatientDischarged", "patient": patient, "stay": stay},
        lambda: {"type": "EpisodeOpened", "episode": episode, "patient": patient, "institution": hospital,
                 "diagnosis": {"code": "x"}},
        lambda: {"type": "FindingsRecorded", "episode": episode, "patient": patient, "findings": {}},
        lambda: {"type": "PrescriptionIssued", "prescription": pick("R1", "R2", "S1"), "patient": patient,
                 "episode": episode, "institution": hospital, "physician": staff, "orders": ORDERS[: pick(1, 2)]},
        lambda: {"type": "PrescriptionStopped", "prescription": sheet, "order": pick(None, number)},
        lambda: {"type": "SessionStarted", "session": session, "patient": patient, "prescription": sheet,
                 "order": number, "therapist": staff, "institution": hospital, "setting": "home"},
        lambda: {"type": "SessionStopped", "session": session, "effect": ""},
        lambda: {"type": "SessionSigned", "session": session, "practitioner": staff},
        lambda: {"type": "SessionVoided", "session": session, "reason": "r"},
        lambda: {"type": "AssessmentRecorded", "assessment": pick("S1", "X1"), "patient": patient, "episode": episode,
                 "institution": hospital, "assessors": [staff], "results": []},
        lambda: {"type": "AssessmentSigned", "assessment": pick("S1", "X1"), "practitioner": staff},
        lambda: {"type": "AssessmentVoided", "assessment": pick("S1", "X1"), "reason": "r"},
        lambda: {"type": "FeeConfirmed", "act": session, "amount_fen": 1},
    ]  # fmt: skip
    corrected: list[Callable[[], tuple[str, str, Any, Any]]] = [
        lambda: (session, "therapist", pick("D1", "D2"), pick("D1", "D2")),
        lambda: (pick("S1", "R1", "S2"), "institution", pick("H1", "H2"), pick("H1", "H2")),
        lambda: (session, "patient", pick("P1", "P2"), pick("P1", "P2")),
        lambda: (session, "order", pick("1", "2"), pick("1", "2", "3")),
        lambda: (session, "practitioner", pick("D1", "D2"), pick("D1", "D2")),
        lambda: (sheet, "orders", ORDERS[: pick(1, 2)], ORDERS[: pick(2, 3)]),
        lambda: (sheet, "remark", None, "seen"),
        lambda: (pick("L1", "L2", "L3"), "at", instant(draw.randrange(90)), instant(draw.randrange(90))),
        lambda: (pick("L1", "L2"), "actor", None, "D1"),
        lambda: (pick("L1", "L2"), "sex", pick("male", "female"), pick("male", "female")),
        lambda: (pick("L1", "L2"), "institution", pick("H1", "H2"), pick("H1", "H2")),
    ]
    if draw.random() < corrections:
        target, field, old, new = draw.choice(corrected)()
        made = {"type": "EntryCorrected", "target": target, "field": field, "old": old, "new": new, "reason": "r",
                "practitioner": staff}  # fmt: skip
    else:
        made = draw.choice(makers)()
    return {**made, "id": pick("L1", "L2", "L3", "S1", "R1")} if draw.random() < 0.1 else made


def instant(minute: int) -> str:
    return f"2021-03-01T{8 + minute // 60:02}:{minute % 60:02}:00+08:00"


def journal(seed: int, length: int, corrections: float = 0.3) -> list[Fact]:
    """A world that stands, most of the time, and lines of it in disorder; no two with the same `at`."""
    draw = random.Random(seed)
    lines = [line(draw, corrections) for _ in range(length)]
    base = [
        {"type": "InstitutionRegistered", "institution": "H1", "name": "h", "kind": "tcm", "departments": []},
        {"type": "PractitionerRegistered", "practitioner": "D1", "name": "d", "profession": "nurse",
         "institution": "H1"},
        {"type": "PractitionerRegistered", "practitioner": "D2", "name": "d", "profession": "nurse",
         "institution": "H1"},
        {"type": "PatientFileOpened", "patient": "P1", "sex": "male", "born": "1990-01-01", "institution": "H1",
         "file_no": "1", "id": "L2"},
        {"type": "EpisodeOpened", "episode": "E1", "patient": "P1", "institution": "H1", "diagnosis": {"code": "x"}},
        {"type": "PrescriptionIssued", "prescription": "R1", "patient": "P1", "episode": "E1", "institution": "H1",
         "physician": "D1", "orders": ORDERS[:1]},
        {"type": "SessionStarted", "session": "S1", "patient": "P1", "prescription": "R1", "order": "1",
         "therapist": "D1", "institution": "H1", "setting": "home", "id": "L1"},
    ]  # fmt: skip
    lines = [made for made in base if draw.random() < 0.97] + lines
    minutes = draw.sample(range(len(lines) + 30), len(lines))
    for made in lines:
        if made.get("field") == "at" and draw.random() < 0.8:  # mostly the value that the line has
            bearing = [
                minute for other, minute in zip(lines, minutes, strict=True) if other.get("id") == made["target"]
            ]
            made["old"] = instant(draw.choice(bearing)) if bearing else made["old"]
    return [
        msgspec.convert({**made, "at": instant(minute)}, TYPES[made["type"]])
        for made, minute in zip(lines, minutes, strict=True)
    ]


journals = st.builds(journal, st.integers(0, 2**32), st.integers(0, 30))
