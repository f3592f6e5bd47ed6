"""Given a sheet, when orders are stopped or sheets issued, then only what can have happened is taken."""

import pytest

SHEET = {"prescription": "R9", "patient": "P1", "episode": "E1", "institution": "H1", "physician": "DR1"}


def order(number="1", item="exercise-therapy"):
    return {"order": number, "item": item, "site": "", "method": ""}


@pytest.mark.parametrize("item", ["exercise-therapy", "exercise-therapy/strength", "cupping"])
def test_an_order_is_a_training_or_outside_the_catalogue(story, fact, item):
    story.accepts(fact("PrescriptionIssued", "09:00", **SHEET, orders=[order(item=item)]))


def test_an_order_is_no_assessment_of_the_catalogue(story, fact):
    story.refuses(
        "orders",
        "expected a training",
        fact("PrescriptionIssued", "09:00", **SHEET, orders=[order(item="balance-test")]),
    )


def test_a_number_stands_once_on_a_sheet(story, fact):
    story.refuses("orders", "twice", fact("PrescriptionIssued", "09:00", **SHEET, orders=[order(), order()]))


@pytest.mark.parametrize("field", ["patient", "episode", "institution", "physician"])
def test_what_a_sheet_names_is_known(story, fact, field):
    issued = fact("PrescriptionIssued", "09:00", **{**SHEET, field: "nobody"}, orders=[order()])
    story.refuses(field, "unknown", issued)


def test_the_episode_is_one_of_the_patient(story, fact):
    issued = fact("PrescriptionIssued", "09:00", **{**SHEET, "episode": "E2"}, orders=[order()])
    story.refuses("episode", "of patient P2", issued)


def test_a_sheet_is_introduced_once(story, fact):
    story.refuses(
        "prescription",
        "already introduced",
        fact("PrescriptionIssued", "09:00", **{**SHEET, "prescription": "R1"}, orders=[order()]),
    )


def test_orders_are_stopped_one_by_one_and_all_at_once(story, fact):
    story.given(fact("PrescriptionStopped", "09:00", prescription="R1", order="1"))
    story.accepts(
        fact("PrescriptionStopped", "09:30", prescription="R1", order="1", reason="once more"),
        fact("PrescriptionStopped", "10:00", prescription="R1"),
        fact("PrescriptionStopped", "11:00", prescription="R1", order="2"),
    )


def test_an_unknown_order_is_not_stopped(story, fact):
    story.refuses("order", "does not stand", fact("PrescriptionStopped", "09:00", prescription="R1", order="A"))


def test_an_unknown_sheet_is_not_stopped(story, fact):
    story.refuses("prescription", "unknown", fact("PrescriptionStopped", "09:00", prescription="R9"))


def test_a_sheet_is_not_stopped_before_it_was_issued(story, fact):
    story.refuses("at", "issued", fact("PrescriptionStopped", "07:59", prescription="R1"))
    story.accepts(fact("PrescriptionStopped", "08:00", prescription="R1"))
