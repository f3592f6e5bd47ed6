"""限儿童, 6岁以下, 7岁以前 / 以后, 法定就业年龄段: the day before a birthday, the birthday and the day after."""

from collections.abc import Iterator
from datetime import date

from tests.cases.boundaries.making import case, days_on, line, needs, whatever
from tests.cases.case import PAYS, Case
from tests.cases.notice import SLUG

HOME = "ages"
EXTENSION = ("extension_valid", "improvement", "extension_source")
RETIREMENT = [
    # Men: sixty; born from January 1965 on, ⌊months since / 4⌋ + 1 months later, at most 36.
    ("male", "", "1964-12-15", "2024-12-15", "2024-12-15"), ("male", "", "1965-01-01", "2025-02-01", "2025-01-01"),
    ("male", "", "1965-04-30", "2025-05-30", "2025-04-30"), ("male", "", "1965-05-01", "2025-07-01", "2025-05-01"),
    ("male", "", "1976-08-31", "2039-07-31", "2036-08-31"), ("male", "", "1976-09-01", "2039-09-01", "2036-09-01"),
    ("male", "", "1980-12-31", "2043-12-31", "2040-12-31"),
    ("male", "worker", "1965-01-01", "2025-02-01", "2025-01-01"),
    ("male", "cadre", "1960-07-07", "2020-07-07", "2020-07-07"),
    # A day that its month lacks is the month's last.
    ("male", "", "1965-01-31", "2025-02-28", "2025-01-31"), ("male", "", "1967-06-30", "2028-02-29", "2027-06-30"),
    ("male", "", "1964-02-29", "2024-02-29", "2024-02-29"),
    ("female", "cadre", "1968-02-29", "2023-02-28", "2023-02-28"),
    # Women, cadre: fifty-five; born from January 1970 on.
    ("female", "cadre", "1969-12-31", "2024-12-31", "2024-12-31"),
    ("female", "cadre", "1970-01-01", "2025-02-01", "2025-01-01"),
    ("female", "cadre", "1970-05-10", "2025-07-10", "2025-05-10"),
    ("female", "cadre", "1981-08-10", "2039-07-10", "2036-08-10"),
    ("female", "cadre", "1981-09-10", "2039-09-10", "2036-09-10"),
    ("female", "cadre", "1990-09-10", "2048-09-10", "2045-09-10"),
    # Women, worker or not recorded: fifty; born from January 1975 on, ⌊months since / 2⌋ + 1 months, at most 60.
    ("female", "worker", "1974-12-31", "2024-12-31", "2024-12-31"),
    ("female", "worker", "1975-01-01", "2025-02-01", "2025-01-01"),
    ("female", "worker", "1975-02-28", "2025-03-28", "2025-02-28"),
    ("female", "worker", "1975-03-01", "2025-05-01", "2025-03-01"),
    ("female", "worker", "1984-10-31", "2039-09-30", "2034-10-31"),
    ("female", "worker", "1984-11-01", "2039-11-01", "2034-11-01"),
    ("female", "worker", "1990-06-15", "2045-06-15", "2040-06-15"),
    ("female", "", "1974-12-31", "2024-12-31", "2024-12-31"), ("female", "", "1975-03-01", "2025-05-01", "2025-03-01"),
]  # fmt: skip
"""Sex, category, birth; the statutory retirement day, and the one that `fixed` leaves without the later steps."""


def cases() -> Iterator[Case]:
    yield from _before(3, 18, {}, 2005, "3.child")
    yield from _before(3, 15, {"child": "up_to_14"}, 2008, "3.child")
    for number in (20, 25):
        yield from _before(number, 7, {}, 2016, f"{number}.age")
        yield from _before(number, 6, {"age_6": "under_6"}, 2017, f"{number}.age")
    yield from _proof()
    yield from _months_a_year()
    yield from _days_a_year()
    yield from _working_age()


def _before(number: int, age: int, readings: dict[str, str], year: int, clause: str) -> Iterator[Case]:
    birthday = date(year + age, 5, 10)
    given, expect = "", {"S0..S1": PAYS, "S2..S3": clause}
    if number == 3:  # from seven on, only with an assessment
        given = f"{days_on(birthday, -20)[0]} 08:00 A comprehensive-rehabilitation-assessment outcome=improved\n"
        expect |= {"A": PAYS}
    given += "".join(line(day, f"S{n}", number) for n, day in enumerate(days_on(birthday, -2, -1, 0, 1)))
    yield case(
        HOME, f"{SLUG[number]}: the {age}th birthday", number, given, expect, patient=f"born={year}-05-10",
        findings=f"{needs(number)} documented_dysfunction", readings=readings,
    )  # fmt: skip


def _proof() -> Iterator[Case]:
    """No assessment at all: nobody asks before the birthday, and nothing serves from it on."""
    given = "".join(line(day, f"S{n}", 3) for n, day in enumerate(days_on(date(2021, 6, 15), -1, 0)))
    expect = {"S0": PAYS, "S1": "3.proof"}
    one = case(HOME, f"{SLUG[3]}: the 7th birthday asks for proof", 3, given, expect, patient="born=2014-06-15")
    yield from whatever(one, *EXTENSION)


def _months_a_year() -> Iterator[Case]:
    """Six calendar months a year before the seventh birthday, three from it on: of a child of six, and one of seven."""
    halves = {
        # a half year that lies in one calendar year and in one insurance year; and what follows it in either
        "first": ("2021-01-10 2021-02-10 2021-03-10 2021-04-10 2021-05-10 2021-06-10", "2021-07-10"),
        "second": ("2021-07-10 2021-08-10 2021-09-10 2021-10-10 2021-11-10 2021-12-10", "2022-01-10"),
    }
    for half, year, in_year in (
        ("first", "calendar_year", "born=2014-12-31"), ("first", "rolling_365", "born=2014-12-31"),
        ("second", "insurance_year", "born=2015-06-30"), ("second", "rolling_365", "born=2015-06-30"),
    ):  # fmt: skip
        months = [date.fromisoformat(day) for day in [*halves[half][0].split(), halves[half][1]]]
        readings = {} if year == "calendar_year" else {"year": year}
        given = "".join(line(day, f"S{n}", 3) for n, day in enumerate(months))
        given += line(days_on(months[5], 9)[0], "T5", 3)  # another act in the sixth month uses no other
        expect = {"S0..S5": PAYS, "T5": PAYS, "S6": "3.year"}
        name = f"{SLUG[3]}: six months before the 7th birthday, {half} half of {year}"
        yield from whatever(case(HOME, name, 3, given, expect, patient=in_year, readings=readings), "turning_7")
    for year, born in (
        ("calendar_year", "2014-01-01"), ("rolling_365", "2014-01-01"), ("insurance_year", "2013-07-02"),
    ):  # fmt: skip
        readings = {} if year == "calendar_year" else {"year": year}
        given = "2021-01-02 08:00 A comprehensive-rehabilitation-assessment outcome=improved\n"
        days = ["2021-01-10", "2021-02-10", "2021-03-10", "2021-03-19", "2021-04-10"]
        given += "".join(line(date.fromisoformat(day), f"S{n}", 3) for n, day in enumerate(days))
        expect = {"A": PAYS, "S0..S3": PAYS, "S4": "3.year"}
        one = case(
            HOME, f"{SLUG[3]}: three months from the 7th birthday on, {year}", 3, given, expect,
            patient=f"born={born}", findings="documented_dysfunction", readings=readings,
        )  # fmt: skip
        yield from whatever(one, "turning_7")


def _days_a_year() -> Iterator[Case]:
    """`month_unit`: 30_paid_days makes 180 and 90 days of them; from 1 January they lie in one year of any kind."""
    for limit, born, assessed in (
        (180, "2014-12-31", ""),
        (90, "2014-01-01", "2021-01-01 08:00 A comprehensive-rehabilitation-assessment outcome=improved\n"),
    ):
        first, last, past = days_on(date(2021, 1, 1), 0, limit - 1, limit)
        given = assessed + line(first, f"W1..W{limit}", 3) + line(last, "S1", 3, at="15:00") + line(past, "S2", 3)
        expect = {"A": PAYS} if assessed else {}
        expect |= {f"W1..W{limit}": PAYS, "S1": PAYS, "S2": "3.year"}
        one = case(
            HOME, f"{SLUG[3]}: {limit} paid days a year", 3, given, expect, patient=f"born={born}",
            findings="documented_dysfunction", readings={"month_unit": "30_paid_days"},
        )  # fmt: skip
        yield from whatever(one, "year", "turning_7")


def _working_age() -> Iterator[Case]:
    sixteen = days_on(date(2021, 5, 10), -2, -1, 0, 1)
    given = "".join(line(day, f"S{n}", 22) for n, day in enumerate(sixteen))
    expect = {"S0..S1": "22.age", "S2..S3": PAYS}
    one = case(HOME, f"{SLUG[22]}: the 16th birthday", 22, given, expect, patient="born=2005-05-10")
    yield from whatever(one, "working_age")
    for sex, category, born, statutory, fixed in RETIREMENT:
        file = f"sex={sex} born={born}" + (f" employment_category={category}" if category else "")
        for option, day in (("statutory", statutory), ("fixed", fixed)):
            days = days_on(date.fromisoformat(day), -2, -1, 0, 1)
            given = "".join(line(day, f"S{n}", 22) for n, day in enumerate(days))
            readings = {} if option == "statutory" else {"working_age": option}
            name = f"{SLUG[22]}: retirement, {file}"
            verdicts = {"S0..S1": PAYS, "S2..S3": "22.age"}
            yield case(HOME, name, 22, given, verdicts, patient=file, readings=readings)
