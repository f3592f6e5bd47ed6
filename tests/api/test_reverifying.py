"""What a bundle's facts come to: judged only when they are proven, and only the patient whose bundle it is."""

from pathlib import Path

import pytest

from api.clock import parse_instant
from api.questions import facts, judge_of, rules
from api.reverifying import reverify
from ledger.application import TreatmentLedger
from ledger.journal import load, parse_fact
from ledger.verify import Unreadable, Verdict, verify

NOW = parse_instant("2021-03-02T08:00:00+08:00")
MOVED = (
    b'{"type":"EntryCorrected","at":"2021-03-01T19:00:00+08:00","target":"S2","field":"patient","old":"P1","new":"P2",'
    b'"reason":"wrong file on the screen","practitioner":"PT1"}'
)
OTHER = (
    b'{"type":"PatientFileOpened","at":"2021-03-01T08:00:00+08:00","patient":"P2","sex":"male","born":"1950-01-01",'
    b'"institution":"H1","file_no":"M2"}'
)


@pytest.fixture
def filled(tmp_path: Path, journal: Path):  # type: ignore[no-untyped-def]
    TreatmentLedger.init(tmp_path / "ledger", "hospital.example/ledger")
    with TreatmentLedger.open(tmp_path / "ledger") as ledger:
        ledger.record([*load([journal]), parse_fact(OTHER), parse_fact(MOVED)], now=NOW)
        yield ledger


@pytest.mark.parametrize("patient", ["P1", "P2"])
def test_a_bundle_comes_to_what_the_ledger_comes_to(filled: TreatmentLedger, patient: str) -> None:
    by = rules()
    verdict, judged = reverify(verify(filled.export(patient, now=NOW), filled.vkey), by)
    assert verdict.sound
    assert judged is not None
    whole = list(judge_of(facts(filled.facts()), by).decisions(patient))
    assert (judged.acts, judged.payable) == (len(whole), sum(decision.payable for decision in whole))
    assert judged.acts == {"P1": 2, "P2": 1}[patient]
    assert judged.digest == by.rulebook.digest


def test_it_is_claimed_that_it_was_judged_and_not_that_anything_was_compared(filled: TreatmentLedger) -> None:
    verdict, _ = reverify(verify(filled.export("P1", now=NOW), filled.vkey), rules())
    assert [claim.what for claim in verdict.claims if claim.name == "re-derived"]
    (left,) = [claim.what for claim in verdict.not_claimed if claim.name == "re-derived"]
    assert "nothing was compared" in left


def test_what_is_not_proven_is_not_judged(filled: TreatmentLedger) -> None:
    bundle = filled.export("P1", now=NOW).replace(b"tolerated well", b"tolerated ill!")
    verdict, judged = reverify(verify(bundle, filled.vkey), rules())
    assert not verdict.sound
    assert judged is None


def test_an_entry_of_a_newer_program_is_told() -> None:
    entry = (
        b'{"format":"treatment-ledger/1","type":"session-paused.v1","appended_at":"2021-03-01T15:31:02.123456+08:00",'
        b'"tags":[],"fact":{"type":"SessionPaused","at":"2021-03-01T15:30:00+08:00"}}'
    )
    with pytest.raises(Unreadable, match="entry 7 is proven, but this program cannot read it"):
        reverify(Verdict((), facts=((7, entry),), patient="patient:P1"), rules())
