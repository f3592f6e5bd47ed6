"""N.gap: the 13th, 14th and 15th day after, since which act, and where."""

from datetime import date, timedelta

import pytest

from tests.projections.rules.building import Journal

DAY = date(2021, 3, 1)
ITEMS = [10, 12, 13, 27, 28, *range(29, 39)]


@pytest.mark.parametrize("item", ITEMS)
@pytest.mark.parametrize(("days", "difference", "clear"), [(0, 0, 0), (13, 0, 0), (14, 1, 0), (15, 1, 1)])
def test_14_days(item: int, days: int, difference: int, clear: int) -> None:
    journal = Journal()
    first = journal.assessment(item, DAY, "08:00")
    act = journal.assessment(item, DAY + timedelta(days))
    assert journal.denied(act) == (() if difference else (f"{item}.gap",))
    assert journal.denied(act, gap_measure="clear_days") == (() if clear else (f"{item}.gap",))
    finding = journal.finding(act, f"{item}.gap")
    assert finding.counted == (first,)
    assert finding.observed == {"days_since_last": days}
    assert finding.next_payable_on == (None if difference else DAY + timedelta(14))


def test_since_the_last_paid_or_the_last_performed() -> None:
    journal = Journal()
    journal.assessment(13, DAY)
    journal.assessment(13, DAY + timedelta(10))  # performed, not paid
    journal.assessment(13, DAY + timedelta(20), voided=True)
    act = journal.assessment(13, DAY + timedelta(20), "10:00")
    assert journal.denied(act) == ()
    assert journal.denied(act, gap_from="last_performed") == ("13.gap",)


def test_over_all_institutions_or_within_one() -> None:
    journal = Journal()
    journal.institution("H2")
    journal.assessment(13, DAY)
    act = journal.assessment(13, DAY + timedelta(5), institution="H2")
    assert journal.denied(act) == ("13.gap",)
    assert journal.denied(act, gap_scope="institution") == ()


def test_each_item_by_itself() -> None:
    journal = Journal()
    journal.assessment(13, DAY)
    assert journal.denied(journal.assessment(29, DAY)) == ()


@pytest.mark.parametrize("item", [9, 11, 15, 20, 26])
def test_the_other_assessments_have_no_gap(item: int) -> None:
    journal = Journal(born="2016-01-01")
    journal.prescription("R", 14)
    journal.assessment(item, "2021-03-31")
    assert journal.denied(journal.assessment(item, "2021-04-01")) == ()
