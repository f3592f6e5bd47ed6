"""Working days of 2021: weekends, holidays, Saturdays on the ward."""

from datetime import date

from api.demo.workdays import anniversary, is_workday, next_workday, workdays


def test_holidays_and_weekends_are_not_worked():
    assert not is_workday(date(2021, 2, 12))
    assert not is_workday(date(2021, 3, 6))
    assert is_workday(date(2021, 3, 6), saturdays=True)
    assert not is_workday(date(2021, 3, 7), saturdays=True)
    assert next_workday(date(2021, 9, 30)) == date(2021, 9, 30)
    assert next_workday(date(2021, 10, 1)) == date(2021, 10, 8)


def test_workdays_end_with_the_year():
    assert workdays(date(2021, 12, 29), date(2022, 1, 20)) == [
        date(2021, 12, 29),
        date(2021, 12, 30),
        date(2021, 12, 31),
    ]


def test_a_year_begun_on_a_leap_day_is_over_on_the_first_of_march():
    assert anniversary(date(2020, 2, 29)) == date(2021, 3, 1)
    assert anniversary(date(2020, 3, 9)) == date(2021, 3, 9)
