"""Given a session, when lines about it come, then only what can have happened is taken."""

import pytest


def test_a_session_is_started_stopped_and_signed(story, fact):
    story.accepts(
        fact("SessionStopped", "08:30", session="S1", effect="better"),
        fact("SessionSigned", "08:31", session="S1", practitioner="PT1"),
    )


def test_a_stop_without_a_start_is_refused(story, fact):
    story.refuses("session", "unknown session 'S9'", fact("SessionStopped", "08:30", session="S9", effect=""))


def test_an_assessment_is_not_stopped(story, fact):
    story.refuses("session", "unknown session 'X1'", fact("SessionStopped", "08:30", session="X1", effect=""))


def test_a_stop_before_the_start_is_refused(story, fact):
    story.refuses("at", "before session 'S1' was started", fact("SessionStopped", "07:59", session="S1", effect=""))


def test_a_stop_at_the_very_start_is_recorded(story, fact):
    story.accepts(fact("SessionStopped", "08:00", session="S1", effect=""))


def test_a_second_stop_is_refused_and_the_same_one_known(story, fact):
    stop = fact("SessionStopped", "08:30", session="S1", effect="better")
    story.given(stop).knows(stop)
    story.refuses("session", "already stopped", fact("SessionStopped", "08:40", session="S1", effect="better"))


def test_a_start_with_the_same_id_and_other_content_is_refused(story, fact, world):
    start = next(line for line in world if type(line).__name__ == "SessionStarted")
    story.knows(start)
    story.refuses(
        "session",
        "already introduced",
        fact("SessionStarted", "09:00", session="S1", patient="P1", prescription="R1", order="1", therapist="PT1",
             institution="H1", setting="outpatient"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "words"),
    [("patient", "unknown patient"), ("prescription", "unknown prescription"), ("therapist", "unknown practitioner"),
     ("institution", "unknown institution"), ("order", "does not stand on prescription 'R1', expected one of 1, 2")],
)  # fmt: skip
def test_what_a_session_names_is_known(story, fact, field, words):
    fields = {"session": "S2", "patient": "P1", "prescription": "R1", "order": "1", "therapist": "PT1",
              "institution": "H1", "setting": "outpatient"}  # fmt: skip
    story.refuses(field, words, fact("SessionStarted", "09:00", **{**fields, field: "nobody"}))


def test_an_unknown_stay_and_another_patients_sheet_are_recorded(story, fact):
    story.accepts(
        fact("SessionStarted", "09:00", session="S2", patient="P2", prescription="R1", order="1", therapist="PT1",
             institution="H2", setting="inpatient", stay="nowhere"),
    )  # fmt: skip


def test_a_voided_session_is_not_signed_any_more(story, fact):
    story.given(fact("SessionVoided", "09:00", session="S1", reason="the patient did not come"))
    sign = fact("SessionSigned", "09:00", session="S1", practitioner="PT1")
    story.refuses("at", "expected no signature on a voided session", sign)
    story.accepts(fact("SessionSigned", "08:59", session="S1", practitioner="PT1"))


def test_a_session_is_not_voided_before_its_signature(story, fact):
    story.given(fact("SessionSigned", "09:00", session="S1", practitioner="PT1"))
    story.accepts(fact("SessionVoided", "09:00", session="S1", reason="a slip"))


def test_a_voiding_may_not_slip_in_before_a_held_signature(fact, world, ledger):
    ledger.offer([*world, fact("SessionSigned", "09:00", session="S1", practitioner="PT1")])
    (verdict,) = ledger.offer([fact("SessionVoided", "08:30", session="S1", reason="a slip")])
    assert verdict.field == "at"


def test_a_session_is_voided_once(story, fact):
    void = fact("SessionVoided", "09:00", session="S1", reason="a slip")
    story.given(void).knows(void)
    story.refuses("session", "already voided", fact("SessionVoided", "09:01", session="S1", reason="a slip"))


def test_signatures_of_others_and_before_the_stop_are_recorded(story, fact):
    story.accepts(
        fact("SessionSigned", "08:10", session="S1", practitioner="DR1"),
        fact("SessionStopped", "08:30", session="S1", effect=""),
        fact("SessionSigned", "08:31", session="S1", practitioner="PT1"),
    )


def test_an_unknown_signer_is_refused(story, fact):
    story.refuses(
        "practitioner", "unknown practitioner", fact("SessionSigned", "09:00", session="S1", practitioner="PT9")
    )
