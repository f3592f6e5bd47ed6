"""Given an inspection, when it finds, orders and closes, then acts and inspections must be known."""

import pytest

VIOLATION = {"inspection": "I1", "act": "S1", "clause": "1.day", "amount_fen": 4500}


@pytest.mark.parametrize("act", ["S1", "X1"])
def test_an_act_is_a_session_or_an_assessment(story, fact, act):
    story.accepts(
        fact("ViolationFound", "09:00", **{**VIOLATION, "act": act}),
        fact("ViolationAppealed", "09:30", inspection="I1", act=act, text="not so"),
        fact("FeeConfirmed", "10:00", act=act, amount_fen=4500),
        fact("FeeConfirmed", "10:30", act=act, amount_fen=0, fund_fen=9),
    )


@pytest.mark.parametrize("field", ["inspection", "act"])
def test_what_a_violation_names_is_known(story, fact, field):
    story.refuses(field, "unknown", fact("ViolationFound", "09:00", **{**VIOLATION, field: "nobody"}))


def test_a_fee_and_a_refund_need_what_they_name(story, fact):
    story.refuses("act", "unknown session or assessment", fact("FeeConfirmed", "09:00", act="S9", amount_fen=1))
    story.refuses("inspection", "unknown", fact("RefundOrdered", "09:00", inspection="I9", amount_fen=1))
    story.accepts(fact("RefundOrdered", "09:00", inspection="I1", amount_fen=1, fine_fen=5))


def test_an_inspection_closes_once_and_not_before_it_opened(story, fact):
    story.refuses("at", "opened", fact("InspectionClosed", "07:00", inspection="I1"))
    story.given(fact("InspectionClosed", "09:00", inspection="I1"))
    story.refuses("inspection", "already closed", fact("InspectionClosed", "10:00", inspection="I1"))
    story.refuses("inspection", "unknown", fact("InspectionClosed", "10:00", inspection="I9"))
    story.accepts(fact("ViolationFound", "10:00", **VIOLATION))


def test_a_fee_of_a_voided_act_is_recorded(story, fact):
    story.given(fact("SessionVoided", "09:00", session="S1", reason="a slip"))
    story.accepts(fact("FeeConfirmed", "09:30", act="S1", amount_fen=4500))
