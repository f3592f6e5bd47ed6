"""What is asked of a ledger by several doors is asked the same way."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.clock import parse_instant
from api.questions import Cut, Unknown, case, decision, eligible, patient_of, rows, rules
from ledger.application import TreatmentLedger
from ledger.journal import load, parse_fact

NOW = parse_instant("2021-03-02T08:00:00+08:00")
FREE = (
    b'{"type":"AssessmentRecorded","at":"2021-03-01T12:00:00+08:00","assessment":"A1","patient":"P1","episode":"E1",'
    b'"institution":"H1","assessors":["PT1"],"results":[{"scale":"MBI","score":60}]}'
)


@pytest.fixture
def filled(tmp_path: Path, journal: Path) -> Iterator[TreatmentLedger]:
    TreatmentLedger.init(tmp_path / "ledger", "hospital.example/ledger")
    with TreatmentLedger.open(tmp_path / "ledger") as ledger:
        ledger.record([*load([journal]), parse_fact(FREE)], now=NOW)
        yield ledger


def test_strangers_are_unknown(filled: TreatmentLedger) -> None:
    for ask in (
        lambda: case(filled, "P9"),
        lambda: case(filled, "H1"),
        lambda: patient_of(filled, "S9"),
        lambda: decision(filled, "S9", rules()),
        lambda: eligible(filled, "P9", rules(), at=NOW),
    ):
        with pytest.raises(Unknown):
            ask()


def test_an_assessment_that_is_not_charged_is_no_act(filled: TreatmentLedger) -> None:
    assert patient_of(filled, "A1") == "P1"
    with pytest.raises(Unknown, match="A1 is recorded, but it is no act"):
        decision(filled, "A1", rules())


def test_each_row_knows_its_entry(filled: TreatmentLedger) -> None:
    found = rows(case(filled, "P1"), "P1", Cut(as_of=parse_instant("2021-03-01T09:00:00+08:00")))
    assert [row.what for _, row in found] == [
        "PatientFileOpened",
        "EpisodeOpened",
        "PrescriptionIssued",
        "SessionStarted",
    ]
    assert all(filled.entry(one.index).count(f'"type":"{row.what}"'.encode()) == 1 for one, row in found)
    assert all(one.appended_at == NOW for one, _ in found)


def test_the_rules_are_those_that_were_named(tmp_path: Path) -> None:
    assert rules().rulebook.id == "shanghai-2017"
    assert rules(readings={"child": "up_to_14"}).readings["child"] == "up_to_14"
