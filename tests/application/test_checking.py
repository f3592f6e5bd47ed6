"""Deciding from a staging file gives what deciding in memory gives, whatever the journal and whatever is there."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.application import Refused, TreatmentLedger
from ledger.application.checking import GROUP_LINES
from ledger.application.importing import ImportAsked, import_journal
from ledger.application.reading import Boundary
from ledger.treatment import batch
from tests.application.conftest import NOW
from tests.application.world import HOSPITAL, facts, line, patient, session

GOOD = [
    *HOSPITAL,
    *patient("P1"),
    *patient("P2", 5),
    *session("S1", "P1", 60),
    *session("S2", "P2", 75, "PT2"),
    line("AssessmentRecorded", 90, assessment="A1", patient="P1", episode="E-P1", item="adl-assessment",
         institution="H1", assessors=["PT1", "DR1"], results=[{"scale": "MBI", "score": 60}], id="L-A1"),
    line("FeeConfirmed", 100, act="S1", amount_fen=5000),
    line("FeeConfirmed", 101, act="A1", amount_fen=7000),
    line("FindingsRecorded", 102, patient="P1", episode="E-P1", findings={"deficit_balance": True}, id="L-F1"),
    line("InspectionOpened", 200, inspection="I1", institution="H1", reason="routine"),
    line("ViolationFound", 210, inspection="I1", act="S1", clause="1.day", amount_fen=5000),
    line("PatientAdmitted", 2, patient="P1", stay="ST1", institution="H1", kind="inpatient", file_no="1"),
    line("PatientDischarged", 300, patient="P1", stay="ST1"),
    line("SigningKeyEnrolled", 1, practitioner="PT1", key_id="K1", algorithm="Ed25519", public_key="AA"),
    line("SigningKeyRevoked", 400, key_id="K1", reason="lost"),
    line("RulebookAdopted", 1, rulebook="shanghai-2017", digest="00" * 32, effective_from="2021-01-01"),
]  # fmt: skip
STRANGE = [
    line("SessionStopped", 95, session="S1", effect="another"),
    line("SessionSigned", 96, session="S9", practitioner="PT1"),
    line("SessionVoided", 97, session="S2", reason="not done"),
    line("SessionSigned", 98, session="S2", practitioner="PT1"),
    line("FeeConfirmed", 100, act="S9", amount_fen=1),
    line("PatientFileOpened", 3, patient="P1", sex="male", born="1956-04-02", institution="H1", file_no="9"),
    line("EpisodeOpened", 3, episode="E-P1", patient="P2", institution="H1", diagnosis={"code": "X"}),
    line("StageSummaryWritten", 400, patient="P1", episode="E-P1", practitioner="PT1", text="x", id="L-F1"),
    line("EntryCorrected", 500, target="S1", field="therapist", old="PT1", new="PT2", reason="r", practitioner="DR1"),
    line("EntryCorrected", 501, target="S1", field="therapist", old="PT1", new="DR1", reason="r", practitioner="DR1"),
    line("EntryCorrected", 502, target="S1", field="therapist", old="PT2", new="DR1", reason="r", practitioner="DR1"),
    line("EntryCorrected", 503, target="S2", field="patient", old="P2", new="P1", reason="r", practitioner="DR1"),
    line("EntryCorrected", 504, target="L-F1", field="at", old="2021-03-01T09:42:00+08:00",
         new="2021-03-01T09:43:00+08:00", reason="r", practitioner="DR1", id="L-C"),
    line("EntryCorrected", 505, target="L-C", field="reason", old="r", new="q", reason="r", practitioner="DR1"),
    line("EntryCorrected", 506, target="nobody", field="at", old="x", new="y", reason="r", practitioner="DR1"),
    line("PrescriptionStopped", 600, prescription="R-P1", order="7"),
    line("InspectionClosed", 1, inspection="I1"),
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    left_out=st.floats(0, 0.5),
    held=st.floats(0, 1),
    chunk=st.integers(1, 9),
)
def test_agrees_with_deciding_in_memory(
    tmp_path_factory: pytest.TempPathFactory, seed: int, left_out: float, held: float, chunk: int
) -> None:
    """Some lines are in the ledger already, as far as they could be recorded; the rest come as a journal."""
    chance = random.Random(seed)
    lines = [text for text in [*GOOD, *STRANGE, *chance.sample(GOOD, 5)] if chance.random() >= left_out]
    first = [text for text in lines if chance.random() < held]
    chance.shuffle(lines)
    directory = tmp_path_factory.mktemp("data") / "ledger"
    TreatmentLedger.init(directory, "example.org/h1")
    with TreatmentLedger.open(directory) as ledger:
        for fact in sorted(facts(first), key=lambda fact: fact.at):
            try:
                ledger.record([fact], now=NOW)
            except Refused:
                continue
        size = ledger.size
        journal = directory.parent / "journal.ndjson"
        journal.write_text("".join(f"{text}\n" for text in lines))
        expected = expected_problems(ledger, lines, journal)
        problems: list[str] = []
        order = ImportAsked([journal], lambda: NOW, keep_going=True, problem=problems.append, chunk_lines=chunk)
        result = import_journal(ledger.recorder, directory, order)
        assert problems == expected
        assert result.refused == len(expected)
        assert result.accepted == ledger.size - size
        assert result.accepted + result.known + result.refused == len(lines)
        assert ledger.audit() == []


def expected_problems(ledger: TreatmentLedger, lines: list[str], journal: Path) -> list[str]:
    """What deciding all lines at once in memory refuses."""
    verdicts = batch.decide_batch(facts(lines), Boundary(ledger.recorder).read)
    return [
        f"{journal}:{n}: {verdict.field}: {verdict.what}"
        for n, verdict in enumerate(verdicts, 1)
        if isinstance(verdict, batch.Refused)
    ]


def test_very_many_lines_about_one_thing(ledger: TreatmentLedger, directory: Path, tmp_path: Path) -> None:
    """More than are decided at once, with equal ones, strange ones, corrections, and some that the ledger holds."""
    fees = [line("FeeConfirmed", 100 + n // 7, act="S1", amount_fen=n, id=f"F{n}") for n in range(GROUP_LINES + 2_000)]
    held = [*GOOD, *fees[:100], mended(3, 3, 4, 9_000)]
    ledger.record(facts(held), now=NOW)
    lines = [
        *fees,
        *fees[GROUP_LINES - 50 : GROUP_LINES + 50],
        line("ViolationFound", 150, inspection="I9", act="S1", clause="1.day", amount_fen=1),
        line("FeeConfirmed", 151, act="S1", amount_fen=5, id="F8"),
        mended(3, 3, 4, 9_000),
        mended(3, 4, 5, 9_001),
        mended(4, 7, 8, 9_001),
        mended(GROUP_LINES + 1_000, GROUP_LINES + 1_000, 1, 9_001),
    ]
    journal = tmp_path / "journal.ndjson"
    journal.write_text("".join(f"{text}\n" for text in lines))
    expected = expected_problems(ledger, lines, journal)
    problems: list[str] = []
    order = ImportAsked([journal], lambda: NOW, keep_going=True, problem=problems.append)
    result = import_journal(ledger.recorder, directory, order)
    assert problems == expected
    assert (result.refused, result.known, result.accepted) == (3, 201, len(fees) - 100 + 2)


def mended(fee: int, old: int, new: int, minutes: int) -> str:
    return line("EntryCorrected", minutes, target=f"F{fee}", field="amount_fen", old=old, new=new, reason="r",
                practitioner="DR1")  # fmt: skip


def test_a_name_that_was_corrected_is_not_given_again(ledger: TreatmentLedger, directory: Path, tmp_path: Path) -> None:
    """Also not in an import, which looks ids up in another way than a request does."""
    moved = line("EntryCorrected", 500, target="S1", field="institution", old="H1", new="H2", reason="r",
                 practitioner="DR1")  # fmt: skip
    other = line("InstitutionRegistered", institution="H2", name="Invented Clinic", kind="community", departments=[])
    ledger.record(facts([*GOOD, other, moved]), now=NOW)
    lines = [
        line("PatientFileOpened", 3, patient="P8", sex="male", born="1956-04-02", institution="H1", file_no="8",
             id="S1"),
        line("PrescriptionIssued", 9, prescription="S1", patient="P1", episode="E-P1", institution="H1",
             physician="DR1", orders=[{"order": "1", "item": "cupping", "site": "", "method": ""}]),
        line("StageSummaryWritten", 400, patient="P1", episode="E-P1", practitioner="PT1", text="x", id="S1"),
    ]  # fmt: skip
    for text, field in zip(lines, ["id", "prescription", None], strict=True):
        journal = tmp_path / "journal.ndjson"
        journal.write_text(f"{text}\n")
        problems: list[str] = []
        import_journal(ledger.recorder, directory, ImportAsked([journal], lambda: NOW, problem=problems.append))
        assert problems == expected_problems(ledger, [text], journal)
        assert [problem.split(": ")[1] for problem in problems] == ([field] if field else [])
