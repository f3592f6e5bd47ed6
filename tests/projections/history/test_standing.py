from datetime import datetime, timedelta, timezone

import msgspec

from ledger.treatment.facts import OWN_FACTS, IndexSealed, PersonCommitted
from projections.history import effective, history

SHANGHAI = timezone(timedelta(hours=8))


def at(day: str, time: str = "12:00") -> datetime:
    return datetime.fromisoformat(f"2021-{day}T{time}:00").replace(tzinfo=SHANGHAI)


def kinds(facts) -> list[str]:
    return [type(line).__name__ for line in facts]


def correction(
    fact, at="2021-03-02T10:00", target="S1", field="effect", old="tolerated well", new="tired", by="DR1", **more
):
    return fact(
        "EntryCorrected", at, target=target, field=field, old=old, new=new, reason="wrong", practitioner=by, **more
    )


def test_with_nothing_to_correct_and_nothing_to_cut_the_list_itself_comes_back(journal):
    assert effective(journal) is journal


def test_corrections_are_applied_and_are_gone(journal, fact):
    now = effective([*journal, correction(fact)])
    assert kinds(now) == kinds(journal)
    assert now[8].effect == "tired"


def test_as_of_leaves_out_what_happened_later_and_keeps_what_happened_at_that_instant(journal):
    assert kinds(effective(journal, as_of=at("03-01", "09:30")))[-2:] == ["SessionStarted", "SessionStopped"]
    assert kinds(effective(journal, as_of=at("03-01", "09:29")))[-1] == "SessionStarted"


def test_as_known_at_leaves_out_what_was_written_down_later(journal, fact):
    late = fact("SessionStopped", "2021-03-01T09:30", session="S1", effect="", recorded_at="2021-03-03T09:00")
    facts = [*journal[:8], late, *journal[9:]]
    assert "SessionStopped" not in kinds(effective(facts, as_known_at=at("03-02")))
    assert "SessionStopped" in kinds(effective(facts, as_known_at=at("03-03")))
    assert "SessionStopped" in kinds(effective(facts, as_of=at("03-02")))


def test_both_cuts_are_made(journal, fact):
    late = fact("FeeConfirmed", "2021-03-01T18:00", act="S1", amount_fen=1, recorded_at="2021-03-09T09:00")
    assert (
        kinds(effective([*journal, late], as_of=at("03-01", "09:35"), as_known_at=at("03-31")))[-1] == "SessionSigned"
    )


def test_what_refers_to_a_start_cut_away_is_cut_too(journal, fact):
    late = fact("SessionStarted", "2021-03-01T09:00", session="S1", patient="P1", prescription="R1", order="1",
                therapist="T1", institution="H1", setting="outpatient", recorded_at="2021-03-05T09:00")  # fmt: skip
    facts = [*journal[:7], late, *journal[8:]]
    assert kinds(effective(facts, as_known_at=at("03-02"))) == kinds(journal[:7])


def test_what_refers_to_what_refers_to_something_cut_away_is_cut_too(journal):
    late = msgspec.structs.replace(journal[4], recorded_at=at("04-01"))
    facts = [*journal[:4], late, *journal[5:]]
    assert kinds(effective(facts, as_known_at=at("03-31"))) == kinds(journal[:4])


def test_a_session_whose_therapist_was_registered_later_is_cut(journal):
    late = msgspec.structs.replace(journal[3], recorded_at=at("04-01"))
    facts = [*journal[:3], late, *journal[4:]]
    assert kinds(effective(facts, as_known_at=at("03-31"))) == kinds([*journal[:3], *journal[4:7]])


def test_an_assessment_is_cut_with_any_of_its_assessors(journal, fact):
    assessed = fact("AssessmentRecorded", "2021-03-01T10:00", assessment="A1", patient="P1", episode="E1",
                    institution="H1", assessors=["DR1", "T2"], results=[])  # fmt: skip
    newcomer = fact(
        "PractitionerRegistered",
        "2021-03-02T08:00",
        practitioner="T2",
        name="Invented",
        profession="therapist",
        institution="H1",
    )
    assert kinds(effective([*journal, newcomer, assessed], as_of=at("03-01"))) == kinds(journal[:10])


def test_a_stay_that_no_line_ever_introduced_is_no_reference_cut(journal):
    facts = [*journal[:7], msgspec.structs.replace(journal[7], stay="ST9"), *journal[8:]]
    assert kinds(effective(facts, as_of=at("03-31"))) == kinds(journal)


def test_a_patient_with_one_file_left_is_still_known(journal, fact):
    other = fact(
        "PatientFileOpened",
        "2021-04-01T08:00",
        patient="P1",
        sex="female",
        born="1956-04-02",
        institution="H1",
        file_no="Z1",
    )
    assert kinds(effective([*journal, other], as_of=at("03-31"))) == kinds(journal)


def test_a_correction_is_known_from_the_time_it_was_written_down(journal, fact):
    facts = [*journal, correction(fact, recorded_at="2021-03-10T10:00")]
    assert effective(facts, as_known_at=at("03-09"))[8].effect == "tolerated well"
    assert effective(facts, as_known_at=at("03-10"))[8].effect == "tired"
    assert effective(facts, as_of=at("03-09"))[8].effect == "tired"


def test_of_two_corrections_the_one_that_is_known_applies(journal, fact):
    facts = [
        *journal,
        correction(fact, recorded_at="2021-03-10T10:00"),
        correction(fact, at="2021-03-03T10:00", old="tired", new="well"),
    ]
    assert effective(facts)[8].effect == "well"
    assert effective(facts, as_known_at=at("03-05"))[8].effect == "well"
    assert effective(facts, as_of=at("03-02"))[8].effect == "well", "what was, as it is known now"


def test_a_corrected_instant_moves_the_fact_over_the_cut(journal, fact):
    earlier, later = "2021-03-01T17:00:00+08:00", "2021-03-20T17:00:00+08:00"
    facts = [*journal, correction(fact, target="L10", field="at", old=earlier, new=later)]
    assert "FeeConfirmed" not in kinds(effective(facts, as_of=at("03-19")))
    assert "FeeConfirmed" in kinds(effective(facts, as_of=at("03-20", "17:00")))
    assert "FeeConfirmed" not in kinds(effective(facts, as_of=at("03-01", "17:00"))), "whenever it was corrected"
    known = effective(facts, as_of=at("03-01", "17:00"), as_known_at=at("03-01", "18:00"))
    assert "FeeConfirmed" in kinds(known), "before it was known, the fact still stands where it was claimed"


def test_a_corrected_instant_does_not_move_when_the_fact_was_known(journal, fact):
    earlier, later = "2021-03-01T17:00:00+08:00", "2021-03-20T17:00:00+08:00"
    facts = [*journal, correction(fact, target="L10", field="at", old=earlier, new=later)]
    known = effective(facts, as_known_at=at("03-05"))
    assert known[10].at == at("03-20", "17:00")


def test_a_correction_by_someone_cut_away_never_was(journal, fact):
    newcomer = msgspec.structs.replace(journal[2], practitioner="DR2", recorded_at=at("04-01"), id=None)
    facts = [*journal, newcomer, correction(fact, by="DR2")]
    assert effective(facts)[8].effect == "tired"
    assert effective(facts, as_known_at=at("03-31"))[8].effect == "tolerated well"


def test_references_are_those_that_corrections_left(journal, fact):
    other = fact(
        "PractitionerRegistered",
        "2021-05-01T08:00",
        practitioner="T2",
        name="Invented",
        profession="therapist",
        institution="H1",
    )
    facts = [*journal, other, correction(fact, field="therapist", old="T1", new="T2")]
    assert "SessionStarted" not in kinds(effective(facts, as_of=at("04-30")))
    assert "SessionStarted" in kinds(effective(facts, as_of=at("05-01")))


def test_what_only_the_ledger_writes_stands_and_is_cut_like_any_line(journal, fact):
    """A patient's commitment is cut with the patient; a seal names nobody, and asks for nothing."""
    committed = PersonCommitted(at=at("03-01", "09:10"), patient="P1", commitment="x")
    nobody = PersonCommitted(at=at("03-01", "09:10"), patient="P2", commitment="x")
    opened = fact("PatientFileOpened", "2021-03-02T09:00", patient="P2", sex="male", born="1960-01-01",
                  institution="H1", file_no="M2")  # fmt: skip
    seal = IndexSealed(at=at("03-01", "09:11"), size=9, tags=9, root="x")
    facts = [*journal, committed, nobody, seal, opened, correction(fact)]
    own = [line for line in effective(facts) if isinstance(line, OWN_FACTS)]
    assert own == [committed, nobody, seal]
    cut = [line for line in effective(facts, as_of=at("03-01", "09:29")) if isinstance(line, OWN_FACTS)]
    assert cut == [committed, seal]
    assert [row.what for row in history(facts, "P2")] == ["PersonCommitted", "PatientFileOpened"]
