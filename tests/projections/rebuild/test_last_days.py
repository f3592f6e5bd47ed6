"""Each limit on its very day, by hand: what random acts seldom meet. The reference says what is right."""

from datetime import date, timedelta

import pytest

from projections.rules.calendar import add_months, add_years
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from tests.projections.rebuild.agreeing import differences
from tests.projections.rebuild.test_agreement import BOOKS
from tests.projections.rules.building import Journal

SHANGHAI, NINE, TWENTY_NINE = BOOKS
START = date(2020, 2, 29)


def around(day: date) -> list[date]:
    return [day + timedelta(step) for step in (-1, 0, 1)]


@pytest.mark.parametrize(
    ("sex", "category", "years", "first"),
    [
        ("male", None, 60, 1965),
        ("female", "cadre", 55, 1970),
        ("female", "worker", 50, 1975),
        ("female", None, 50, 1975),
    ],
)
def test_the_first_and_the_last_day_of_working_age(sex: str, category: str | None, years: int, first: int) -> None:
    for months in (-1, 0, 1, 2, 4, 5):
        born = add_months(date(first - 1, 12, 31), months + 1)
        journal = Journal()
        journal.patient("P1", born.isoformat(), sex, category)
        for day in around(add_years(born, 16)):
            journal.session(22, day)
        for later in range(5):
            for day in around(add_months(born, years * 12 + later)):
                journal.session(22, day)
        for option in SHANGHAI.readings["working_age"].options:
            assert differences(Judge(Evidence(journal.facts), SHANGHAI, {"working_age": option})) == []


@pytest.mark.parametrize("turning", SHANGHAI.readings["turning_7"].options)
@pytest.mark.parametrize("unit", SHANGHAI.readings["month_unit"].options)
@pytest.mark.parametrize("year", SHANGHAI.readings["year"].options)
def test_a_child_turns_seven(turning: str, unit: str, year: str) -> None:
    """With nothing paid before, with the limit from then on used up, and with more than that used up."""
    for months in (0, 2, 3, 5):
        for born in ("2013-07-10", "2013-01-01"):
            journal = Journal(born=born)
            birthday = add_years(date.fromisoformat(born), 7)
            for month in range(months, 0, -1):
                journal.session(3, add_months(birthday, -month))
            for day in around(birthday):
                journal.session(3, day)
            journal.assessment(10, birthday + timedelta(3), outcome="improved")
            for later in (4, 40, 80, 120, 355, 362, 363, 364, 365, 366):
                journal.session(3, birthday + timedelta(later))
            readings = {"turning_7": turning, "month_unit": unit, "year": year, "extension_valid": "forever"}
            assert differences(Judge(Evidence(journal.facts), SHANGHAI, readings)) == []


@pytest.mark.parametrize("option", NINE.readings["years_in_all"].options)
def test_years_in_all(option: str) -> None:
    journal = Journal(born="2019-06-01")
    for year in range(7):
        for day in around(add_years(START, year)):
            journal.session(3, day)
    assert differences(Judge(Evidence(journal.facts), NINE, {"years_in_all": option})) == []


@pytest.mark.parametrize("year", TWENTY_NINE.readings["year"].options)
def test_days_of_a_year_and_of_each_limb(year: str) -> None:
    journal = Journal()
    for limb, sites in (("upper", ("upper limb", "lower limb", "upper and lower limbs")), ("lower", ("lower limb",))):
        for site in sites:
            journal.prescription(f"{limb}-{site}", "amputee-limb-training", site=site)
    for step in range(95):
        for _ in range(2):
            journal.session("psychiatric-occupational-therapy", START + timedelta(step), f"1{_}:00")
        if step < 64:
            sheet = ("upper-upper limb", "lower-lower limb", "upper-upper and lower limbs")[
                0 if step < 31 else step % 3
            ]
            journal.session("amputee-limb-training", START + timedelta(step), "14:00", prescription=sheet)
            journal.session("amputee-limb-training", START + timedelta(step), "15:00", prescription=sheet)
    for step in (363, 364, 365, 366, 367):
        journal.session("psychiatric-occupational-therapy", START + timedelta(step))
    assert differences(Judge(Evidence(journal.facts), TWENTY_NINE, {"year": year})) == []


def test_paid_days_of_a_span_are_full_on_a_day_that_goes_on() -> None:
    journal = Journal()
    for step in range(183):
        for clock in ("09:00", "10:00"):
            journal.session(40, START + timedelta(step), clock)
            journal.session(17, START + timedelta(step), clock)
    assert differences(Judge(Evidence(journal.facts), SHANGHAI, {"span_measure": "paid_days"})) == []


@pytest.mark.parametrize("source", SHANGHAI.readings["extension_from"].options)
@pytest.mark.parametrize("valid", SHANGHAI.readings["extension_valid"].options)
def test_the_days_of_an_extension(source: str, valid: str) -> None:
    past = add_years(START, 1)
    for assessed in (*around(past), *around(past - timedelta(30)), *around(past - timedelta(31))):
        journal = Journal()
        journal.session(6, START)
        journal.assessment(10, assessed, "08:00", outcome="improved")
        for day in around(past):
            journal.session(6, day)
        for later in (14, 90):
            for day in around(assessed + timedelta(later)):
                journal.session(6, day)
        for day in around(add_years(assessed, 1)):
            journal.session(6, day)
        readings = {"extension_from": source, "extension_valid": valid}
        assert differences(Judge(Evidence(journal.facts), SHANGHAI, readings)) == []


@pytest.mark.parametrize("idle", [88, 89, 90, 91])
@pytest.mark.parametrize("winner", ["first", "dearest"])
def test_a_new_episode_after_90_idle_days(idle: int, winner: str) -> None:
    journal = Journal()
    for step in (0, 1, 1 + idle, 2 + idle, 2 + 2 * idle):
        journal.assessment(15, START + timedelta(step))
        journal.session(1 + step % 2, START + timedelta(step), fee=step)
        journal.session(2 - step % 2, START + timedelta(step), "10:00", fee=step)
    readings = {"episode": "gap_90", "together": "same_episode", "winner": winner}
    assert differences(Judge(Evidence(journal.facts), SHANGHAI, readings)) == []


@pytest.mark.parametrize("winner", ["first", "dearest"])
def test_one_ends_as_the_other_begins(winner: str) -> None:
    journal = Journal()
    for step, minutes in enumerate((29, 30, 31, None, 0)):
        journal.session(1, START + timedelta(step), "09:00", minutes=minutes, fee=1)
        journal.session(2, START + timedelta(step), "09:30", fee=2)
        journal.session(1, START + timedelta(step), "09:59", fee=3)
        journal.session(3, START + timedelta(step), "10:00", minutes=1, fee=3)
        journal.session(1, START + timedelta(step), "10:29", fee=3)
    assert differences(Judge(Evidence(journal.facts), SHANGHAI, {"together": "overlapping", "winner": winner})) == []
