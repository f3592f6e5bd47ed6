"""A therapist in two places at once."""

import pytest

from tests.projections.exceptions.asking import Written, ask, the

NAME = "therapist-in-two-places"


def at_two_institutions(second: str, **fields: str) -> Written:
    journal = Written()
    journal.institution("H2")
    journal.treat(clock="09:00", minutes=30)
    journal.treat(clock=second, minutes=30, patient="P2", **({"institution": "H2"} | fields))
    return journal


def test_at_two_institutions() -> None:
    found = the(at_two_institutions("09:10"), NAME)
    assert (found.practitioners, found.patients, found.institutions) == (("T1",), ("P1", "P2"), ("H1", "H2"))
    assert (found.evidence["patients_at_once"], found.evidence["minutes"]) == (2, 20)
    assert found.evidence["times"] == ("09:00–09:30", "09:10–09:40")
    assert (f"{found.begin:%H:%M}", f"{found.end:%H:%M}") == ("09:00", "09:40")


@pytest.mark.parametrize(("second", "found"), [("09:24", 1), ("09:25", 0), ("09:26", 0)])
def test_more_than_five_shared_minutes_are_an_overlap(second: str, found: int) -> None:
    assert len(ask(at_two_institutions(second))) == found


@pytest.mark.parametrize(("patients", "found"), [(5, 0), (6, 0), (7, 1)])
def test_a_group_of_more_than_six(patients: int, found: int) -> None:
    journal = Written()
    for n in range(patients):
        journal.treat(patient=f"P{n + 1}", mode="group")
    assert [(one.name, one.evidence["patients_at_once"]) for one in ask(journal)] == [(NAME, patients)] * found


def test_two_items_at_one_institution_are_no_group() -> None:
    journal = Written()
    journal.treat(item=14)
    journal.treat(item=18, patient="P2")
    assert the(journal, NAME).evidence["items"] == ("balance-training", "large-joint-mobilization")


def test_a_group_of_another_item_beside_a_group() -> None:
    journal = Written()
    for n, item in enumerate((14, 14, 18)):
        journal.treat(item=item, patient=f"P{n + 1}", mode="group")
    assert len(the(journal, NAME).acts) == 3


def test_innocent_one_after_the_other_a_group_and_another_therapist() -> None:
    journal = at_two_institutions("09:30")
    journal.treat("2021-03-02", mode="group")
    journal.treat("2021-03-02", mode="group", patient="P2")
    journal.treat("2021-03-03")
    journal.treat("2021-03-03", patient="P2", therapist="T2", institution="H2")
    assert ask(journal) == []


def test_innocent_voided_or_never_stopped() -> None:
    journal = Written()
    journal.institution("H2")
    journal.treat()
    journal.treat(patient="P2", institution="H2", voided=True)
    journal.treat("2021-03-02")
    journal.treat("2021-03-02", patient="P2", institution="H2", minutes=None)
    assert ask(journal) == []
