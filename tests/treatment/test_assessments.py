"""Given an assessment, when lines about it come, then only what can have happened is taken."""

import pytest

RECORD = {"assessment": "X9", "patient": "P1", "episode": "E1", "institution": "H1", "assessors": [], "results": []}


@pytest.mark.parametrize("item", [None, "balance-test", "pulse-diagnosis"])
def test_an_item_is_an_assessment_or_outside_the_catalogue(story, fact, item):
    story.accepts(fact("AssessmentRecorded", "09:00", **RECORD, item=item))


def test_an_item_is_no_training_of_the_catalogue(story, fact):
    story.refuses("item", "training", fact("AssessmentRecorded", "09:00", **RECORD, item="exercise-therapy"))


def test_each_assessor_is_known(story, fact):
    recorded = fact("AssessmentRecorded", "09:00", **{**RECORD, "assessors": ["PT1", "PT9"]})
    story.refuses("assessors", "unknown practitioner 'PT9'", recorded)


@pytest.mark.parametrize("field", ["patient", "episode", "institution"])
def test_what_an_assessment_names_is_known(story, fact, field):
    story.refuses(field, "unknown", fact("AssessmentRecorded", "09:00", **{**RECORD, field: "nobody"}))


def test_the_episode_is_one_of_the_patient(story, fact):
    story.refuses("episode", "of patient P2", fact("AssessmentRecorded", "09:00", **{**RECORD, "episode": "E2"}))


def test_an_act_id_names_one_act(story, fact):
    """An assessment with the id of a session could not be told from it in a fee or a violation."""
    story.refuses(
        "assessment",
        "already introduced by SessionStarted",
        fact("AssessmentRecorded", "09:00", **{**RECORD, "assessment": "S1"}),
    )
    story.refuses(
        "session",
        "already introduced by AssessmentRecorded",
        fact("SessionStarted", "09:00", session="X1", patient="P1", prescription="R1", order="1", therapist="PT1",
             institution="H1", setting="outpatient"),
    )  # fmt: skip


def test_an_assessment_is_voided_once(story, fact):
    void = fact("AssessmentVoided", "09:00", assessment="X1", reason="a slip")
    story.given(void).knows(void)
    story.refuses("assessment", "already voided", fact("AssessmentVoided", "09:30", assessment="X1", reason="again"))


def test_a_session_is_not_voided_as_an_assessment(story, fact):
    story.refuses("assessment", "unknown", fact("AssessmentVoided", "09:00", assessment="S1", reason="a slip"))


def test_an_assessment_is_signed_by_each_of_its_assessors_and_by_others(story, fact):
    story.accepts(
        fact("AssessmentSigned", "09:00", assessment="X1", practitioner="PT1", signature="scanned"),
        fact("AssessmentSigned", "09:01", assessment="X1", practitioner="DR1"),
    )


def test_a_voided_assessment_is_not_signed_any_more(story, fact):
    story.given(fact("AssessmentVoided", "09:00", assessment="X1", reason="a slip"))
    sign = fact("AssessmentSigned", "09:00", assessment="X1", practitioner="PT1")
    story.refuses("at", "expected no signature on a voided assessment", sign)
    story.accepts(fact("AssessmentSigned", "08:59", assessment="X1", practitioner="PT1"))


def test_a_voiding_may_not_slip_in_before_a_held_signature(fact, world, ledger):
    ledger.offer([*world, fact("AssessmentSigned", "09:00", assessment="X1", practitioner="PT1")])
    (verdict,) = ledger.offer([fact("AssessmentVoided", "08:30", assessment="X1", reason="a slip")])
    assert (verdict.field, "assessment 'X1' was voided" in verdict.what) == ("at", True)


@pytest.mark.parametrize(
    ("field", "fields"),
    [("assessment", {"assessment": "S1", "practitioner": "PT1"}), ("assessment", {"assessment": "X9",
      "practitioner": "PT1"}), ("practitioner", {"assessment": "X1", "practitioner": "PT9"})],
)  # fmt: skip
def test_who_signs_what_is_known(story, fact, field, fields):
    story.refuses(field, "unknown", fact("AssessmentSigned", "09:00", **fields))
