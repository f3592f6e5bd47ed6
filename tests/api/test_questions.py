"""What is asked of a ledger by several doors is asked the same way."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.clock import parse_instant
from api.questions import Cut, Unknown, case, case_of_act, decisions, eligible, facts, judge_of, patient_of, rows, rules
from ledger.application import TreatmentLedger
from ledger.journal import load, parse_fact, spell
from ledger.treatment.facts import Fact
from projections.rules.readings import ReadingRefused
from projections.rules.rulebook import HOME, Rulebook, RulebookRefused, load_rulebook
from projections.rules.succession import AdoptionRefused, InForce

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
        lambda: case_of_act(filled, "S9"),
    ):
        with pytest.raises(Unknown):
            ask()


def test_an_assessment_that_is_not_charged_has_a_patient_too(filled: TreatmentLedger) -> None:
    assert patient_of(filled, "A1") == "P1"


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


# --- which rulebook ------------------------------------------------------------------------------------------


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A rulebook of somebody's own: national-2010 under another id, one assessment a course more."""
    text = (HOME / "national-2010.toml").read_text(encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(text.replace('"national-2010"', '"mine"').replace("max = 4", "max = 5"), encoding="utf-8")
    return path


def adoption(
    rulebook: str | Path, begin: str, *, at: str = "2021-01-02T08:00:00+08:00", known: str | None = None
) -> Fact:
    book = load_rulebook(rulebook)
    line = {"type": "RulebookAdopted", "at": at, "rulebook": book.id, "digest": book.digest, "effective_from": begin}
    return parse_fact(json.dumps(line | ({"recorded_at": known} if known else {})).encode())


def test_a_file_given_beside_is_named_by_its_id(mine: Path) -> None:
    assert rules("mine", files=[mine]).rulebook.id == "mine"
    with pytest.raises(RulebookRefused, match="mine is not asked for by shanghai-2017"):
        rules(files=[mine])
    with pytest.raises(RulebookRefused, match="no such rulebook"):
        rules("mine")


def test_two_texts_of_one_id_are_refused_and_a_copy_is_not(mine: Path, tmp_path: Path) -> None:
    copy, other = tmp_path / "copy.toml", tmp_path / "other.toml"
    copy.write_bytes(mine.read_bytes())
    other.write_text(mine.read_text(encoding="utf-8").replace("max = 5", "max = 6"), encoding="utf-8")
    assert rules("mine", files=[mine, copy]).rulebook.id == "mine"
    with pytest.raises(RulebookRefused, match=r"mine has another text in another file"):
        rules("mine", files=[mine, other])


def test_in_force_takes_the_texts_of_the_project_and_the_files_given(mine: Path) -> None:
    by = rules("in-force", files=[mine])
    assert isinstance(by.rulebook, InForce)
    assert [text.id for text in by.rulebook.texts] == ["mine", "national-2010", "national-29", "shanghai-2017"]
    assert isinstance(rules().judging_by([]), Rulebook)


def test_what_was_adopted_judges_each_act_by_its_day(mine: Path, journal: Path) -> None:
    facts = [*load([journal]), adoption(mine, "2021-01-01"), adoption("shanghai-2017", "2021-03-01")]
    made = list(decisions(facts, rules("in-force", files=[mine])))
    assert {decision.rulebook for decision in made} == {"shanghai-2017"}
    with pytest.raises(AdoptionRefused, match="mine, adopted from 2021-01-01: no rulebook of that name is at hand"):
        list(decisions(facts, rules("in-force")))
    verdicts = [made.verdict for made in decisions(facts, rules("in-force", files=[mine]), profiles=["strict"])]
    assert len(verdicts) == len(made)


def test_an_adoption_counts_from_when_it_was_known(journal: Path) -> None:
    late = adoption("shanghai-2017", "2021-01-01", at="2021-01-03T08:00:00+08:00", known="2021-06-01T08:00:00+08:00")
    facts = [*load([journal]), late, adoption("national-2010", "2021-01-01")]
    by = rules("in-force")
    assert {made.rulebook for made in decisions(facts, by)} == {"shanghai-2017"}
    early = Cut(as_known_at=parse_instant("2021-04-01T00:00:00+08:00"))
    assert {made.rulebook for made in decisions(facts, by, early)} == {"national-2010"}
    before = Cut(as_known_at=parse_instant("2021-01-01T00:00:00+08:00"))
    with pytest.raises(AdoptionRefused, match="no rulebook was adopted by then"):
        list(decisions(facts, by, before))


def test_a_reading_that_no_adopted_rulebook_declares_is_refused(journal: Path) -> None:
    facts = [*load([journal]), adoption("national-2010", "2021-01-01")]
    with pytest.raises(ReadingRefused, match="unknown reading 'no_text'"):
        list(decisions(facts, rules("in-force", {"no_text": "payable"})))
    assert list(decisions(facts, rules("in-force", {"years_in_all": "elapsed"})))


def test_the_ledgers_case_of_a_patient_holds_the_adoptions(filled: TreatmentLedger) -> None:
    filled.record([adoption("national-2010", "2021-01-01")], now=NOW)
    by = rules("in-force")
    judge = judge_of(facts(case(filled, "P1")), by)
    made = judge.decision("S1")
    assert made is not None
    assert (made.rulebook, judge.rulebook_of(made)) == ("national-2010", judge.rulebooks[0])
    standings = eligible(facts(case(filled, "P1")), "P1", by, at=NOW, item="exercise-therapy")
    assert [standing.decision.rulebook for standing in standings] == ["national-2010"]
    filled.record([adoption("shanghai-2017", "2021-02-01", at="2021-01-02T09:00:00+08:00")], now=NOW)
    again = judge_of(facts(case(filled, "P1")), by).decision("S1")
    assert again is not None
    assert again.rulebook == "shanghai-2017"


def test_a_correction_of_an_adoption_in_the_ledger_counts(filled: TreatmentLedger) -> None:
    line = json.loads(spell(adoption("shanghai-2017", "2021-01-01", at="2021-01-02T09:00:00+08:00")))
    corrected = {
        "type": "EntryCorrected", "at": "2021-01-03T08:00:00+08:00", "target": "L1", "field": "effective_from",
        "old": "2021-01-01", "new": "2021-03-02", "reason": "a month too early", "practitioner": "DR1",
    }  # fmt: skip
    lines = [parse_fact(json.dumps(one).encode()) for one in (line | {"id": "L1"}, corrected)]
    filled.record([adoption("national-2010", "2021-01-01"), *lines], now=NOW)
    made = judge_of(facts(case(filled, "P1")), rules("in-force")).decision("S1")
    assert made is not None
    assert made.rulebook == "national-2010"
