"""A small journal to ask questions of: one patient, one treated day. All persons and institutions are invented."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from ledger.treatment.facts import FACTS, Fact

Make = Callable[..., Fact]
_BY_NAME = {fact.__name__: fact for fact in FACTS}


def make(type_name: str, at: str, /, **fields: Any) -> Fact:
    """A fact by its journal name; instants without an offset are Shanghai's."""
    for field in ("at", "recorded_at"):
        value = at if field == "at" else fields.get("recorded_at")
        if value is not None:
            fields[field] = value if "+" in value else f"{value}:00+08:00"
    return msgspec.convert({"type": type_name, **fields}, _BY_NAME[type_name])


@pytest.fixture
def fact() -> Make:
    return make


@pytest.fixture
def journal() -> list[Fact]:
    """A session S1 of patient P1 on 1 March 2021, signed; the lines have ids L0, L1, …"""
    here, theirs = {"institution": "H1"}, {"patient": "P1"}
    order = {"order": "1", "item": "exercise-therapy", "site": "left arm", "method": "active"}
    start = {"prescription": "R1", "order": "1", "therapist": "T1", "setting": "outpatient"}
    hospital = {"name": "Invented Hospital", "level": 3, "kind": "general", "departments": ["rehabilitation"]}
    physician = {"practitioner": "DR1", "name": "Invented Physician", "profession": "physician"}
    therapist = {"practitioner": "T1", "name": "Invented Therapist", "profession": "therapist"}
    file = {"sex": "female", "born": "1956-04-02", "file_no": "M1"}
    lines: list[tuple[str, str, dict[str, Any]]] = [
        ("InstitutionRegistered", "2015-01-01T08:00", here | hospital),
        ("InstitutionQualified", "2015-01-01T08:00", here | {"scope": "rehabilitation", "valid_from": "2015-01-01"}),
        ("PractitionerRegistered", "2015-01-01T08:00", here | physician),
        ("PractitionerRegistered", "2015-01-01T08:00", here | therapist),
        ("PatientFileOpened", "2021-02-01T08:00", here | theirs | file),
        ("EpisodeOpened", "2021-02-01T08:30", here | theirs | {"episode": "E1", "diagnosis": {"code": "I63"}}),
        (
            "PrescriptionIssued",
            "2021-02-01T09:00",
            here | theirs | {"prescription": "R1", "episode": "E1", "physician": "DR1", "orders": [order]},
        ),
        ("SessionStarted", "2021-03-01T09:00", here | theirs | start | {"session": "S1"}),
        ("SessionStopped", "2021-03-01T09:30", {"session": "S1", "effect": "tolerated well"}),
        ("SessionSigned", "2021-03-01T09:35", {"session": "S1", "practitioner": "T1"}),
        ("FeeConfirmed", "2021-03-01T17:00", {"act": "S1", "amount_fen": 5000}),
    ]
    return [make(type_name, at, id=f"L{n}", **fields) for n, (type_name, at, fields) in enumerate(lines)]
