"""3.child, 20.age, 22.age, 25.age: the day before, the day, and the statutory table."""

from datetime import date, timedelta

import pytest

from projections.rules.acts import Person
from projections.rules.clauses.age import retirement_day
from tests.projections.rules.building import SHANGHAI, Journal

TABLE = SHANGHAI.file.retirement_age


@pytest.mark.parametrize(
    ("item", "readings", "years"),
    [
        (3, {}, 18),
        (3, {"child": "up_to_14"}, 15),
        (20, {}, 7),
        (20, {"age_6": "under_6"}, 6),
        (25, {}, 7),
        (25, {"age_6": "under_6"}, 6),
    ],
)
@pytest.mark.parametrize("born", ["2001-06-15", "2000-02-29"])
def test_before_the_birthday(item: int, readings: dict[str, str], years: int, born: str) -> None:
    day = date.fromisoformat(born)
    leap = day.month == 2 and (day.year + years) % 4
    birthday = date(day.year + years, 3, 1) if leap else day.replace(year=day.year + years)
    clause = "3.child" if item == 3 else f"{item}.age"
    for offset, holds in ((-1, True), (0, False), (1, False)):
        journal = Journal(born=born)
        when = birthday + timedelta(offset)
        act = journal.assessment(item, when) if item == 20 else journal.session(item, when)
        assert (clause not in journal.denied(act, **readings)) is holds


@pytest.mark.parametrize(
    ("sex", "category", "born", "retired"),
    [
        ("male", None, "1964-12-31", "2024-12-31"),
        ("male", None, "1965-01-01", "2025-02-01"),
        ("male", None, "1965-04-30", "2025-05-30"),
        ("male", None, "1965-05-31", "2025-07-31"),
        ("male", None, "1976-08-15", "2039-07-15"),
        ("male", None, "1976-09-15", "2039-09-15"),
        ("male", None, "1990-01-01", "2053-01-01"),
        ("female", "cadre", "1969-12-31", "2024-12-31"),
        ("female", "cadre", "1970-01-31", "2025-02-28"),
        ("female", "cadre", "1995-01-01", "2053-01-01"),
        ("female", "worker", "1974-12-31", "2024-12-31"),
        ("female", "worker", "1975-01-31", "2025-02-28"),
        ("female", "worker", "1975-02-15", "2025-03-15"),
        ("female", "worker", "1975-03-15", "2025-05-15"),
        ("female", "worker", "1990-01-01", "2045-01-01"),
        ("female", None, "1974-12-31", "2024-12-31"),
        ("female", None, "1972-02-29", "2022-02-28"),
    ],
)
def test_the_statutory_retirement_day(sex: str, category: str | None, born: str, retired: str) -> None:
    journal = Journal()
    journal.patient("P2", born, sex, category)
    journal.episode("E2", patient="P2", findings={"work_willing": True, "parq_cleared": True})
    first = date.fromisoformat(retired)
    last_day = journal.session(22, first - timedelta(1), patient="P2", episode="E2")
    day = journal.session(22, first, patient="P2", episode="E2")
    assert journal.denied(last_day) == ()
    assert journal.denied(day) == ("22.age",)


@pytest.mark.parametrize(
    ("sex", "category", "years"),
    [("male", None, 60), ("female", "cadre", 55), ("female", "worker", 50), ("female", None, 50)],
)
def test_the_fixed_ages_leave_the_later_steps_out(sex: str, category: str | None, years: int) -> None:
    person = Person("P")
    person.sex, person.category = sex, category  # type: ignore[assignment]
    assert TABLE is not None
    born = date(1990, 5, 31)
    assert retirement_day(person, born, TABLE, fixed=True) == born.replace(year=1990 + years)
    journal = Journal(born="1975-06-01", sex="female")
    session = journal.session(22, "2025-06-01")
    assert journal.denied(session) == ()
    assert journal.denied(session, working_age="fixed") == ("22.age",)


@pytest.mark.parametrize(("day", "holds"), [("2021-02-28", False), ("2021-03-01", True)])
def test_working_age_begins_on_the_16th_birthday(day: str, holds: bool) -> None:
    journal = Journal(born="2005-03-01")
    session = journal.session(22, day)
    assert journal.denied(session) == (() if holds else ("22.age",))
    if not holds:
        assert journal.finding(session, "22.age").next_payable_on == date(2021, 3, 1)


def test_sex_and_category_come_from_any_file() -> None:
    journal = Journal(born="1968-01-01", sex="female")
    journal.patient("P1", "1968-01-01", "female", "cadre")
    assert journal.denied(journal.session(22, "2022-12-31")) == ()
    assert journal.denied(journal.session(22, "2023-01-01")) == ("22.age",)


def test_a_patient_without_file_fails_and_says_so() -> None:
    journal = Journal()
    session = journal.session(22, "2021-01-01", patient="P9")
    assert journal.denied(session) == ("22.age",)
    assert journal.finding(session, "22.age").observed == {"born": "not recorded"}
    child = journal.session(3, "2021-01-01", patient="P9")
    assert journal.denied(child) == ("3.child", "3.year", "3.proof")
