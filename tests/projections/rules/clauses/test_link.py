"""9.link: a prescription of a training in force at some time of the day, or the training named."""

from datetime import date

import pytest

from ledger.treatment.facts import PrescriptionStopped
from ledger.treatment.items import CATALOGUE
from tests.projections.rules.building import Journal, moment

DAY = "2021-03-01"


def linked(item: int | str = 14, stopped: str | None = None, order: str | None = None, **sheet: object) -> bool:
    """Whether an assessment at 09:00 of the day is linked by a sheet."""
    journal = Journal()
    journal.prescription("R", item, **sheet)
    if stopped is not None:
        journal.add(PrescriptionStopped(at=moment(*stopped.split()), prescription="R", order=order))
    act = journal.assessment(9, DAY)
    denied = journal.denied(act)
    assert denied in ((), ("9.link",))
    return not denied


@pytest.mark.parametrize("slug", [item.slug for item in CATALOGUE])
def test_trainings_of_the_list_sub_items_included(slug: str) -> None:
    training = next(item.kind == "training" for item in CATALOGUE if item.slug == slug)
    assert linked(slug) is training


def test_a_treatment_outside_the_list_is_no_training() -> None:
    assert not linked("acupuncture")


@pytest.mark.parametrize(
    ("sheet", "holds"),
    [
        ({"day": "2021-03-01", "clock": "23:59"}, True),  # later than the assessment, but that day
        ({"day": "2021-03-02", "clock": "00:00"}, False),
        ({"valid_until": date(2021, 3, 1)}, True),
        ({"valid_until": date(2021, 2, 28)}, False),
        ({"stopped": "2021-03-01 00:00"}, False),
        ({"stopped": "2021-03-01 00:01"}, True),
        ({"stopped": "2021-02-28 23:59"}, False),
        ({"stopped": "2021-02-28 23:59", "order": "1"}, False),
        ({"stopped": "2021-02-28 23:59", "order": "2"}, True),
        ({"day": "2021-03-01", "clock": "10:00", "stopped": "2021-03-01 10:00"}, False),
        ({"day": "2021-03-01", "clock": "10:00", "stopped": "2021-03-01 10:01"}, True),
    ],
)
def test_in_force_at_some_time_of_the_day(sheet: dict[str, object], holds: bool) -> None:
    assert linked(**sheet) is holds  # type: ignore[arg-type]


def test_it_has_to_be_this_patients_of_whatever_episode() -> None:
    journal = Journal()
    journal.patient("P2", "1980-01-01")
    journal.episode("E2", patient="P2")
    journal.episode("E3")
    journal.prescription("R2", 14, patient="P2", episode="E2")
    act = journal.assessment(9, DAY)
    assert journal.denied(act) == ("9.link",)
    journal.prescription("R3", 14, episode="E3")
    assert journal.denied(act) == ()


@pytest.mark.parametrize(
    ("serves", "holds"),
    [
        (None, False),
        ("balance-training", True),
        ("exercise-therapy/freehand", True),
        ("gait-analysis", False),
        ("acupuncture", False),
    ],
)
def test_named(serves: str | None, holds: bool) -> None:
    journal = Journal()
    journal.prescription("R", 14)
    act = journal.assessment(9, DAY, serves=serves)
    assert journal.denied(act, adl_link="named") == (() if holds else ("9.link",))


def test_a_sheet_issued_later_is_not_waited_for() -> None:
    journal = Journal()
    act = journal.assessment(9, DAY)
    assert journal.finding(act, "9.link").observed == {"prescription": "not recorded"}
    journal.prescription("R", 14, day="2021-03-02")
    finding = journal.finding(act, "9.link")
    assert (finding.next_payable_on, finding.observed) == (None, {"prescription": "not recorded"})


@pytest.mark.parametrize(("stopped", "problem"), [(True, "stopped"), (False, "past valid_until")])
def test_why_the_latest_sheet_is_not_in_force(stopped: bool, problem: str) -> None:
    journal = Journal()
    journal.prescription("R0", 14, valid_until=date(2020, 1, 1))
    journal.prescription("R", 14, day="2021-02-01", valid_until=None if stopped else date(2021, 2, 28))
    if stopped:
        journal.add(PrescriptionStopped(at=moment("2021-02-20"), prescription="R"))
    finding = journal.finding(journal.assessment(9, DAY), "9.link")
    assert finding.observed == {"prescription": "R", "item": "balance-training", "problem": problem}


def test_what_it_serves_was_not_recorded() -> None:
    journal = Journal()
    finding = journal.finding(journal.assessment(9, DAY), "9.link", adl_link="named")
    assert finding.observed == {"serves": "not recorded"}
