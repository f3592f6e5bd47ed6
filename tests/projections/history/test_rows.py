from datetime import datetime, timedelta, timezone

import msgspec

from projections.history import history

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


def test_history_has_the_patients_lines_in_order_of_time_and_nobody_elses(journal, fact):
    others = [
        msgspec.structs.replace(journal[4], patient="P2", id=None),
        msgspec.structs.replace(journal[7], patient="P2", session="S2", id=None),
        msgspec.structs.replace(journal[8], session="S2", id=None),
    ]
    rows = history([*others, *reversed(journal)], "P1")
    assert [row.what for row in rows] == kinds(journal[4:])
    assert [row.what for row in history([*others, *journal], "P2")] == kinds(others)


def test_a_row_says_when_it_happened_when_it_was_written_down_and_by_whom(journal, fact):
    facts = [*journal[:8], msgspec.structs.replace(journal[8], recorded_at=at("03-02"), actor="clerk-3"), *journal[9:]]
    rows = {row.what: row for row in history(facts, "P1")}
    stopped = rows["SessionStopped"]
    assert (stopped.at, stopped.recorded_at, stopped.by) == (at("03-01", "09:30"), at("03-02"), ("clerk-3",))
    assert rows["PrescriptionIssued"].by == ("DR1",)
    assert rows["SessionStarted"].by == ("T1",)
    assert rows["SessionSigned"].by == ("T1",)
    assert rows["PatientFileOpened"].by == ()
    assert facts[rows["FeeConfirmed"].place].amount_fen == 5000


def test_the_signatures_of_an_assessment_are_rows_of_its_patient(journal, fact):
    theirs = {"patient": "P1", "episode": "E1", "institution": "H1"}
    assessed = fact(
        "AssessmentRecorded", "2021-03-02T09:00", assessment="A1", assessors=["T1", "DR1"], results=[], **theirs
    )
    signed = [fact("AssessmentSigned", f"2021-03-02T10:0{n}", assessment="A1", practitioner=by)
              for n, by in enumerate(("T1", "DR1"))]  # fmt: skip
    rows = history([*journal, assessed, *signed], "P1")
    assert [(row.what, row.by) for row in rows[-2:]] == [("AssessmentSigned", ("T1",)), ("AssessmentSigned", ("DR1",))]
    cut = history([*journal, assessed, *signed], "P1", as_of=at("03-02", "10:00"))
    assert [row.by for row in cut if row.what == "AssessmentSigned"] == [("T1",)]


def test_a_corrected_row_says_from_what_to_what(journal, fact):
    rows = history([*journal, correction(fact)], "P1")
    (row,) = [row for row in rows if row.changes]
    assert row.fact.effect == "tired"
    assert [(change.field, change.old, change.new, change.reason) for change in row.changes] == [
        ("effect", "tolerated well", "tired", "wrong")
    ]


def test_a_row_of_the_past_knows_nothing_of_later_corrections(journal, fact):
    rows = history([*journal, correction(fact)], "P1", as_known_at=at("03-01", "23:00"))
    assert all(row.changes == () for row in rows)


def test_a_session_moved_to_another_patient_is_a_row_of_that_patient(journal, fact):
    file = fact(
        "PatientFileOpened",
        "2021-02-01T08:00",
        patient="P2",
        sex="male",
        born="1960-01-01",
        institution="H1",
        file_no="M2",
    )
    facts = [*journal, file, correction(fact, field="patient", old="P1", new="P2")]
    assert [row.what for row in history(facts, "P1")] == kinds(journal[4:7])
    assert [row.what for row in history(facts, "P2")] == ["PatientFileOpened", *kinds(journal[7:])]
