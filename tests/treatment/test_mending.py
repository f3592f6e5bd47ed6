"""Given lines, when corrections come, then the chain holds and nothing is corrected into what cannot have happened."""

import pytest

from ledger.treatment.statements import BEGINNING


def test_a_field_of_a_session_is_corrected(story, fact, correction):
    story.accepts(correction("09:00", "S1", "setting", "outpatient", "home"))


def test_anyone_registered_may_correct_and_nobody_else(story, correction):
    story.accepts(correction("09:00", "S1", "setting", "outpatient", "home", practitioner="PT1"))
    story.refuses(
        "practitioner", "unknown", correction("09:00", "S1", "setting", "outpatient", "home", practitioner="PT9")
    )


@pytest.mark.parametrize("target", ["S9", "L-S9"])
def test_an_unknown_target_is_refused(story, correction, target):
    story.refuses("target", "unknown id", correction("09:00", target, "setting", "outpatient", "home"))


@pytest.mark.parametrize(
    ("target", "field"),
    [("S1", "type"), ("L-S1", "id"), ("S1", "session"), ("L-S1", "session"), ("X1", "assessment"),
     ("R1", "prescription"), ("L-H1", "institution"), ("L-DR1", "practitioner"), ("L-P1", "patient"),
     ("L-A1", "stay"), ("L-E1", "episode"), ("L-K1", "key_id"), ("L-I1", "inspection"), ("S1", "colour")],
)  # fmt: skip
def test_what_a_record_is_known_by_is_not_corrected(story, correction, target, field):
    story.refuses("field", "expected", correction("09:00", target, field, None, "other"))


def test_old_is_the_value_that_earlier_corrections_left(story, correction):
    story.refuses("old", 'expected "outpatient"', correction("09:00", "S1", "setting", "home", "inpatient"))
    story.given(correction("09:00", "S1", "setting", "outpatient", "home"))
    story.refuses("old", 'expected "home"', correction("10:00", "S1", "setting", "outpatient", "inpatient"))
    story.accepts(correction("10:00", "S1", "setting", "home", "inpatient"))


def test_a_correction_is_mended_by_another(story, correction):
    story.given(correction("09:00", "S1", "setting", "outpatient", "home", id="C1"))
    story.refuses("target", "is a correction", correction("10:00", "C1", "new", "home", "inpatient"))
    story.accepts(correction("10:00", "S1", "setting", "home", "outpatient"))


def test_corrections_apply_in_order_of_at_whatever_the_order_of_lines(fact, world, offer, correction):
    first = correction("09:00", "S1", "setting", "outpatient", "home")
    second = correction("10:00", "S1", "setting", "home", "inpatient")
    for lines in ([first, second], [second, first]):
        assert all(hasattr(verdict, "tags") for verdict in offer([*lines, *world]))


def test_a_correction_does_not_slip_in_before_one_that_was_taken(fact, world, ledger, correction):
    ledger.offer([*world, correction("10:00", "S1", "setting", "outpatient", "home")])
    (verdict,) = ledger.offer([correction("09:00", "S1", "setting", "outpatient", "inpatient")])
    assert (verdict.field, "already corrected" in verdict.what) == ("at", True)


@pytest.mark.parametrize(
    ("target", "field", "new"),
    [("S1", "stay", "A1"), ("S1", "mode", "group"), ("R1", "valid_until", "2021-04-01"), ("X1", "outcome", "improved"),
     ("L-S1", "actor", "DR1"), ("L-S1", "recorded_at", "2021-03-02T08:00:00+08:00"),
     ("L-P1", "employment_category", "cadre")],
)  # fmt: skip
def test_a_field_that_the_line_left_out_has_the_old_value_null(story, correction, target, field, new):
    story.given(correction("09:00", target, field, None, new))
    story.accepts(correction("10:00", target, field, new, None))


def test_the_first_line_that_has_the_field_is_corrected(story, fact, correction):
    story.given(
        fact("SessionStopped", "08:30", session="S1", effect="worse", remark="tired"),
        fact("SessionSigned", "08:31", session="S1", practitioner="DR1"),
        fact("SessionSigned", "08:32", session="S1", practitioner="PT1"),
        fact("PrescriptionStopped", "09:00", prescription="R1", reason="home"),
        fact("AssessmentSigned", "09:00", assessment="X1", practitioner="DR1"),
        fact("AssessmentSigned", "09:01", assessment="X1", practitioner="PT1"),
    )
    story.accepts(
        correction("10:00", "X1", "practitioner", "DR1", "PT1"),
        correction("10:00", "S1", "effect", "worse", "better"),
        correction("10:00", "S1", "remark", "tired", None),
        correction("10:00", "S1", "practitioner", "DR1", "PT1"),
        correction("10:00", "R1", "reason", "home", "went home"),
    )


def test_a_stop_that_is_not_there_yet_has_no_field(story, correction):
    story.refuses("target", "expected one", correction("09:00", "S1", "effect", None, "better"))


@pytest.mark.parametrize("field", ["at", "actor", "recorded_at"])
def test_fields_of_every_line_need_the_lines_own_id(story, correction, field):
    story.refuses("target", "the line's own id", correction("09:00", "S1", field, None, "2021-03-01T07:00:00+08:00"))


def test_a_corrected_at_moves_the_fact_and_stays_possible(story, fact, correction):
    story.given(fact("SessionStopped", "08:30", session="S1", effect="", id="L-stop"))
    moved = correction("09:00", "L-S1", "at", "2021-03-01T00:00:00Z", "2021-03-01T08:31:00+08:00")
    story.refuses("new", "before session 'S1' was started", moved)
    story.refuses(
        "new",
        "before session 'S1' was started",
        correction("09:00", "L-stop", "at", "2021-03-01T08:30:00+08:00", "2021-03-01T07:59:00+08:00"),
    )
    story.accepts(correction("09:00", "L-S1", "at", "2021-03-01T08:00:00+08:00", "2021-03-01T07:30:00+08:00"))


def test_a_stop_is_held_against_the_corrected_start(story, fact, correction):
    """The start was written down an hour late; what counts is what stands in the end."""
    story.given(correction("07:50", "L-S1", "at", "2021-03-01T08:00:00+08:00", "2021-03-01T07:00:00+08:00"))
    story.accepts(fact("SessionStopped", "07:45", session="S1", effect=""))


def test_start_correction_and_stop_in_one_file(world, fact, correction, offer):
    lines = [
        fact("SessionStopped", "07:45", session="S1", effect=""),
        correction("09:00", "L-S1", "at", "2021-03-01T08:00:00+08:00", "2021-03-01T07:00:00+08:00"),
    ]
    assert all(hasattr(verdict, "tags") for verdict in offer([*world, *lines]))


@pytest.mark.parametrize(
    ("target", "field", "old", "new", "words"),
    [
        ("S1", "therapist", "PT1", "PT9", "unknown practitioner"),
        ("S1", "patient", "P1", "P9", "unknown patient"),
        ("S1", "order", "1", "7", "does not stand"),
        ("S1", "prescription", "R1", "R2", "does not stand"),
        ("S1", "setting", "outpatient", "moon", "no value for setting"),
        ("S1", "therapist", "PT1", None, "no value for therapist"),
        ("X1", "item", "balance-test", "exercise-therapy", "training"),
        ("X1", "assessors", ["PT1"], ["PT9"], "unknown practitioner"),
        ("L-P1", "born", "1956-04-02", "1956-04-31", "no value for born"),
        ("L-S1", "at", "2021-03-01T08:00:00+08:00", "2021-03-01T07:00:00", "no value for at"),
        ("L-S1", "at", "2021-03-01T08:00:00+08:00", "0001-01-01T00:00:00+14:00", "no value for at"),
    ],
)
def test_the_corrected_line_is_a_fact_that_can_have_happened(story, correction, target, field, old, new, words):
    story.refuses("new", words, correction("09:00", target, field, old, new))


def test_a_session_may_move_to_another_patient_and_stay(story, correction):
    story.accepts(correction("09:00", "S1", "patient", "P1", "P2"), correction("09:00", "S1", "stay", None, "nowhere"))


def test_corrections_that_are_possible_only_together_are_taken_together(story, correction):
    story.accepts(correction("09:00", "S1", "prescription", "R1", "R2"), correction("09:30", "S1", "order", "1", "A"))


ORDERS = [
    {"order": "1", "item": "exercise-therapy", "site": "leg", "method": "walking", "times": 10},
    {"order": "2", "item": "occupational-therapy", "site": "hand", "method": "grip"},
]


def test_orders_are_corrected_but_stay_on_the_sheet(story, correction):
    longer = [ORDERS[0], {**ORDERS[1], "times": 5}, {"order": "3", "item": "cupping", "site": "", "method": ""}]
    story.accepts(correction("09:00", "R1", "orders", ORDERS, longer))
    story.refuses("new", "would leave the sheet", correction("09:00", "R1", "orders", ORDERS, ORDERS[:1]))
    story.refuses(
        "new",
        "assessment of the catalogue",
        correction("09:00", "R1", "orders", ORDERS, [{**ORDERS[0], "item": "balance-test"}, ORDERS[1]]),
    )


def test_a_session_names_an_order_that_was_corrected_onto_the_sheet(story, fact, correction):
    third = {"order": "3", "item": "cupping", "site": "", "method": ""}
    story.given(correction("20:00", "R1", "orders", ORDERS, [*ORDERS, third]))
    story.accepts(
        fact("SessionStarted", "09:00", session="S2", patient="P1", prescription="R1", order="3", therapist="PT1",
             institution="H1", setting="outpatient")
    )  # fmt: skip


def test_a_voided_act_is_not_corrected(story, fact, correction):
    story.given(
        fact("SessionVoided", "09:00", session="S1", reason="a slip", id="L-void"),
        fact("AssessmentSigned", "08:00", assessment="X1", practitioner="PT1", id="L-signed"),
        fact("AssessmentVoided", "09:00", assessment="X1", reason="a slip"),
    )
    story.refuses("target", "voided", correction("09:30", "L-signed", "practitioner", "PT1", "DR1"))
    story.refuses("target", "voided", correction("09:00", "S1", "setting", "outpatient", "home"))
    story.refuses("target", "voided", correction("09:30", "L-void", "reason", "a slip", "another"))
    story.refuses("target", "voided", correction("09:30", "X1", "outcome", None, "improved"))
    story.accepts(correction("08:30", "S1", "setting", "outpatient", "home"))


def test_a_voiding_may_not_slip_in_before_a_correction(fact, world, ledger, correction):
    ledger.offer([*world, correction("10:00", "S1", "setting", "outpatient", "home")])
    (verdict,) = ledger.offer([fact("SessionVoided", "09:00", session="S1", reason="a slip")])
    assert (verdict.field, "corrected" in verdict.what) == ("at", True)


def test_a_fee_of_a_voided_act_may_be_corrected(story, fact, correction):
    story.given(
        fact("FeeConfirmed", "08:30", act="S1", amount_fen=10, id="L-fee"),
        fact("SessionVoided", "09:00", session="S1", reason="a slip"),
    )
    story.accepts(correction("09:30", "L-fee", "amount_fen", 10, 0))


@pytest.mark.parametrize(
    ("line", "field", "old", "new", "unknown"),
    [
        ({"type": "FeeConfirmed", "act": "S1", "amount_fen": 1}, "act", "S1", "X1", "X9"),
        ({"type": "FindingsRecorded", "patient": "P1", "episode": "E1", "findings": {}}, "episode", "E1", "E2", "E9"),
        ({"type": "ViolationFound", "inspection": "I1", "act": "S1", "clause": "1.day", "amount_fen": 1}, "act", "S1",
         "X1", "X9"),
    ],
)  # fmt: skip
def test_a_line_about_a_thing_may_be_corrected_to_be_about_another(
    story, fact, correction, line, field, old, new, unknown
):
    story.given(fact(**line, clock="08:30", id="L-about"))
    story.accepts(correction("09:00", "L-about", field, old, new))
    story.refuses("new", "unknown", correction("09:00", "L-about", field, old, unknown))


def test_sex_born_and_category_are_the_patients(story, fact, correction):
    second = {"patient": "P1", "born": "1956-04-02", "institution": "H2", "file_no": "7"}
    story.given(
        fact("PatientFileOpened", "08:30", **second, sex="female", id="L-P1b"),
        correction("09:00", "L-P1", "sex", "female", "male"),
    )
    story.refuses("old", 'expected "male"', correction("10:00", "L-P1b", "sex", "female", "male"))
    story.accepts(correction("10:00", "L-P1b", "sex", "male", "female"))


@pytest.mark.parametrize("sex", ["male", "female"])
def test_a_new_file_may_say_what_the_patient_was_corrected_from_or_to(story, fact, correction, sex):
    story.given(correction("09:00", "L-P1", "sex", "female", "male"))
    story.accepts(
        fact("PatientFileOpened", "10:00", patient="P1", sex=sex, born="1956-04-02", institution="H2", file_no="7")
    )


def test_two_files_are_not_corrected_into_one_institution(story, fact, correction):
    story.given(
        fact("PatientFileOpened", "08:30", patient="P1", sex="female", born="1956-04-02", institution="H2",
             file_no="7", id="L-P1b")
    )  # fmt: skip
    story.refuses("new", "one per institution", correction("09:00", "L-P1b", "institution", "H2", "H1"))


def test_an_admission_moves_to_another_patient_and_its_discharge_follows(story, fact, correction):
    story.given(
        fact("PatientDischarged", "08:30", patient="P1", stay="A1", id="L-out"),
        correction("09:00", "L-A1", "patient", "P1", "P2"),
    )
    story.accepts(correction("10:00", "L-out", "patient", "P1", "P2"))


def test_a_target_that_fits_two_things_is_refused(story, fact, correction):
    story.given(
        fact("FeeConfirmed", "08:30", act="X1", amount_fen=1, id="R1"),
        fact("SessionSigned", "08:30", session="S1", practitioner="PT1"),
        fact("SessionSigned", "08:31", session="S1", practitioner="PT1", id="S1"),
    )
    story.accepts(correction("09:00", "R1", "amount_fen", 1, 2), correction("09:00", "R1", "remark", None, "new"))
    story.refuses("target", "names one thing", correction("09:00", "S1", "signature", None, "x"))


def test_a_line_id_and_a_session_id_of_two_records_are_told_apart_by_the_field(story, fact, correction):
    story.given(
        fact("PatientFileOpened", "08:30", patient="P4", sex="male", born="1950-01-01", institution="H1", file_no="4",
             id="S1")
    )  # fmt: skip
    story.accepts(
        correction("09:00", "S1", "setting", "outpatient", "home"), correction("09:00", "S1", "file_no", "4", "5")
    )
    story.refuses("target", "fits act:S1 and patient:P4", correction("09:00", "S1", "institution", "H1", "H2"))


def test_a_late_signature_does_not_take_the_place_of_a_corrected_one(fact, world, ledger, correction):
    ledger.offer(
        [
            *world,
            fact("SessionSigned", "09:00", session="S1", practitioner="DR1"),
            correction("10:00", "S1", "practitioner", "DR1", "PT1"),
        ]
    )
    (verdict,) = ledger.offer([fact("SessionSigned", "08:30", session="S1", practitioner="DR1")])
    assert (verdict.field, "corrected" in verdict.what) == ("at", True)


def test_a_line_that_comes_later_does_not_take_a_correction_by_its_id(fact, world, ledger, correction):
    """The session was corrected by its name; another record's line of that id would make it mean either."""
    ledger.offer([*world, correction("09:00", "S1", "institution", "H1", "H2")])
    file = {"patient": "P4", "sex": "male", "born": "1950-01-01", "institution": "H1", "file_no": "4"}
    signed = fact("SessionSigned", "09:30", session="S1", practitioner="PT1", id="S1")
    (refused,) = ledger.offer([fact("PatientFileOpened", "08:30", **file, id="S1")])
    assert (refused.field, "calls something else" in refused.what) == ("id", True)
    assert [bool(v.tags) for v in ledger.offer([signed, fact("PatientFileOpened", "08:30", **file)])] == [True, True]


def test_a_session_that_comes_later_does_not_take_a_correction_by_its_name(fact, world, ledger, correction):
    file = {"patient": "P4", "sex": "male", "born": "1950-01-01", "institution": "H1", "file_no": "4"}
    start = {"patient": "P1", "prescription": "R1", "order": "1", "therapist": "PT1", "setting": "home"}
    ledger.offer(
        [
            *world,
            fact("PatientFileOpened", "08:30", **file, id="S7"),
            correction("09:00", "S7", "institution", "H1", "H2"),
            fact("PatientFileOpened", "08:30", **file | {"patient": "P5"}, id="S8"),
            correction("09:00", "S8", "file_no", "4", "5"),
            correction("09:00", "R1", "remark", None, "seen"),
        ]
    )
    starts = [fact("SessionStarted", "10:00", session=name, institution="H1", **start) for name in ("S7", "S8", "R1")]
    first, second, third = ledger.offer(starts)
    assert (first.field, "calls something else" in first.what) == ("session", True)
    assert second.tags, "a session has no file_no"
    assert third.field == "session", "a session's stop has a remark too"


def test_a_line_whose_instant_was_corrected_was_written_down_when_it_was(story, correction):
    story.given(correction("09:00", "L-S1", "at", "2021-03-01T08:00:00+08:00", "2021-03-01T07:00:00+08:00"))
    later = "2021-03-02T08:00:00+08:00"
    for old in (None, "2021-03-01T08:00:00+08:00"):
        story.accepts(correction("10:00", "L-S1", "recorded_at", old, later))
    story.refuses("old", "expected", correction("10:00", "L-S1", "recorded_at", "2021-03-01T07:00:00+08:00", later))


@pytest.mark.parametrize("target", ["S1", "X1", "L-signed", "L-asigned"])
def test_who_signed_a_statement_is_not_corrected(story, fact, correction, target):
    """The signature proves it; what was signed on paper is only text, and who signed that may be mistaken."""
    text = BEGINNING + "IiwiLi4u.AAAA"
    story.given(
        fact("SessionSigned", "08:31", session="S1", practitioner="PT1", signature=text, id="L-signed"),
        fact("AssessmentSigned", "08:31", assessment="X1", practitioner="PT1", signature=text, id="L-asigned"),
    )
    story.refuses("field", "says who signed", correction("09:00", target, "practitioner", "PT1", "DR1"))


def test_who_signed_on_paper_is_corrected(story, fact, correction):
    story.given(
        fact("SessionSigned", "08:31", session="S1", practitioner="PT1", signature="stamped"),
        fact("AssessmentSigned", "08:31", assessment="X1", practitioner="PT1"),
    )
    story.accepts(*(correction("09:00", target, "practitioner", "PT1", "DR1") for target in ("S1", "X1")))


def test_the_physician_of_a_signed_sheet_is_not_corrected(story, fact, correction):
    sheet = {"patient": "P1", "episode": "E1", "institution": "H1", "physician": "DR1",
             "orders": [{"order": "1", "item": "exercise-therapy", "site": "", "method": ""}]}  # fmt: skip
    text = BEGINNING + "IiwiLi4u.AAAA"
    story.given(fact("PrescriptionIssued", "08:31", prescription="R7", signature=text, **sheet))
    story.refuses("field", "says who signed", correction("09:00", "R7", "physician", "DR1", "DR1"))
    story.accepts(correction("09:00", "R7", "remark", None, "seen"))


@pytest.mark.parametrize("target", ["S1", "R1", "X1"])
def test_a_correction_signs_nothing(story, fact, correction, target):
    """A signature is checked in the line that bears it; foreign text is only text."""
    story.given(
        fact("SessionSigned", "08:31", session="S1", practitioner="PT1"),
        fact("AssessmentSigned", "08:31", assessment="X1", practitioner="PT1"),
    )
    text = BEGINNING + "IiwiLi4u.AAAA"
    story.refuses("new", "by a signature's own line", correction("09:00", target, "signature", None, text))
    story.accepts(correction("09:00", target, "signature", None, "seen on paper"))
