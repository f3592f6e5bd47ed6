"""Clauses that many items share, tried at their edges: one below, at and one above each limit; the day before, on
and after each date. The tables are written from annex 1 of the notice and the project's rules, item by item, so that
an item that lost a clause, or has another number, fails here by name."""

from datetime import date, timedelta

import pytest

from projections.rules.judge import judge
from projections.rules.rulebook import load_rulebook
from tests.cases.notice import EXTENDED, GAP, PAID_DAYS, PER_DAY, PER_EPISODE, PER_STAY, SLUG, SPAN, TRAININGS
from tests.cases.story import build

# 限…的患者: findings that the indication needs together.
NEEDS: dict[int, str] = {
    1: "organic_lesion deficit_strength", 5: "organic_lesion deficit_living", 6: "organic_lesion deficit_cognition",
    7: "organic_lesion deficit_language severity_language=moderate",
    8: "deficit_swallowing severity_swallowing=moderate",
    10: "documented_dysfunction", 12: "hand_dysfunction", 14: "documented_balance", 15: "neuromuscular_dysfunction",
    16: "wheelchair_long_term wheelchair_self_operate", 17: "endurance_decline", 18: "joint_disorder",
    19: "hand_dysfunction", 20: "suspected_autism", 21: "adl_disorder severity_adl=moderate",
    22: "work_willing parq_cleared", 23: "gait_disorder", 24: "goal_upright", 25: "hearing_impaired",
    26: "suspected_speech_disorder", 39: "joint_disorder",
    43: "organic_lesion deficit_language severity_language=moderate",
}  # fmt: skip
CLAUSE = {24: "24.goal"}
# Findings that serve instead of the last one above (…、…和…; 中、重度; 或者).
SERVES = [
    (1, "organic_lesion deficit_rom"), (1, "organic_lesion deficit_balance"), (5, "organic_lesion deficit_work"),
    (7, "organic_lesion deficit_language severity_language=severe"), (24, "goal_less_bedrest"),
    (8, "deficit_swallowing severity_swallowing=severe"),
    (43, "organic_lesion deficit_language severity_language=severe"),
]  # fmt: skip
SERVES_NOT = [
    (1, "deficit_strength deficit_rom deficit_balance"), (1, "organic_lesion deficit_living"),
    (5, "organic_lesion deficit_strength"), (5, "deficit_living deficit_work"),
    (7, "organic_lesion deficit_language severity_language=mild"), (7, "organic_lesion severity_language=severe"),
    (8, "deficit_swallowing severity_swallowing=mild"), (8, "severity_swallowing=severe"),
    (43, "organic_lesion deficit_language severity_language=mild"), (43, "deficit_language severity_language=severe"),
    (14, "deficit_balance"), (12, "documented_dysfunction"), (10, "hand_dysfunction"), (18, "deficit_rom"),
    (24, "gait_disorder"), (26, "deficit_language severity_language=severe"),
]  # fmt: skip
CHILD = {3, 20, 25}
YEAR = {number for number, length in SPAN.items() if length == "1 year"}
DAYS_180 = set(SPAN) - YEAR
SEVERITY = {16: "", 21: "severity_adl=mild", 22: ""}
TIERS = {"mild": 30, "moderate": 60, "severe": 90}


def denied(number: int, story: str, findings: str | None = None) -> dict[str, str]:
    """Act → clauses that deny it, for a patient who is everything that the item asks for."""
    patient = "born=2015-06-01" if number in CHILD else ""
    held = NEEDS.get(number, "") if findings is None else findings
    orders = "2015-01-01 08:00 PrescriptionIssued R9 items=recreational-sports-training\n"  # 9.link asks for one
    facts = build(orders + story, patient=patient, findings=held)
    return {d.act: " ".join(d.denied_by) for d in judge(facts, load_rulebook("shanghai-2017"))}


def act(day: date, name: str, number: int, more: str = "") -> str:
    return f"{day} 09:00 {name} {SLUG[number]} {more}\n"


def on(number: int, first: date, *later: date) -> list[str]:
    """What denies an act of the item on each of the later days, when one was paid on the first."""
    story = "".join(act(day, f"S{n}", number) for n, day in enumerate((first, *later)))
    result = denied(number, story)
    assert result["S0"] == ""
    return [result[f"S{n}"] for n in range(1, len(later) + 1)]


@pytest.mark.parametrize("number", sorted(SLUG))
def test_an_act_in_good_order_is_paid(number: int) -> None:
    assert denied(number, act(date(2021, 3, 1), "S", number)) == {"S": ""}


@pytest.mark.parametrize("number", sorted(set(SLUG) - set(NEEDS)))
def test_an_item_without_an_indication_asks_for_no_finding(number: int) -> None:
    assert denied(number, act(date(2021, 3, 1), "S", number), "") == {"S": ""}


@pytest.mark.parametrize(
    ("number", "missing"), [(number, name) for number, names in NEEDS.items() for name in names.split()]
)
def test_each_finding_of_an_indication_is_needed(number: int, missing: str) -> None:
    clause = CLAUSE.get(number, "21.days" if missing.startswith("severity_adl") else f"{number}.ind")
    kept = " ".join(name for name in NEEDS[number].split() if name != missing)
    assert denied(number, act(date(2021, 3, 1), "S", number), kept) == {"S": clause}
    absent = f"{kept} {missing.split('=')[0]}=false"
    if not missing.startswith("severity"):
        assert denied(number, act(date(2021, 3, 1), "S", number), absent) == {"S": clause}


@pytest.mark.parametrize(("number", "findings"), SERVES)
def test_an_indication_names_alternatives(number: int, findings: str) -> None:
    assert denied(number, act(date(2021, 3, 1), "S", number), findings) == {"S": ""}


@pytest.mark.parametrize(("number", "findings"), SERVES_NOT)
def test_an_indication_is_not_met_by_another(number: int, findings: str) -> None:
    assert denied(number, act(date(2021, 3, 1), "S", number), findings) == {"S": CLAUSE.get(number, f"{number}.ind")}


@pytest.mark.parametrize("number", sorted(YEAR))
def test_a_years_span_ends_the_day_before_the_same_date(number: int) -> None:
    before, last, after = date(2022, 2, 27), date(2022, 2, 28), date(2022, 3, 1)
    assert on(number, date(2021, 3, 1), before, last, after) == ["", "", f"{number}.span"]


@pytest.mark.parametrize("number", sorted(DAYS_180))
def test_a_span_of_180_days_ends_with_the_180th(number: int) -> None:
    first = date(2021, 3, 1)
    days = [first + timedelta(days=n) for n in (178, 179, 180)]
    assert on(number, first, *days) == ["", "", f"{number}.span"]


@pytest.mark.parametrize("number", sorted(YEAR | DAYS_180))
def test_what_goes_on_after_a_span_when_an_assessment_says_so(number: int) -> None:
    evidence = "2022-03-10 08:00 A comprehensive-rehabilitation-assessment outcome=improved documented_dysfunction\n"
    story = act(date(2021, 3, 1), "S0", number) + evidence + act(date(2022, 3, 10), "S1", number)
    assert denied(number, story) == {"S0": "", "A": "", "S1": "" if number in EXTENDED else f"{number}.span"}


@pytest.mark.parametrize("number", sorted(set(SLUG) - YEAR - DAYS_180 - set(PER_EPISODE) - CHILD))
def test_the_others_have_no_span(number: int) -> None:
    assert on(number, date(2021, 3, 1), date(2021, 9, 1), date(2023, 9, 1), date(2028, 9, 1)) == ["", "", ""]


@pytest.mark.parametrize("number", sorted(set(SLUG) - GAP))
def test_a_days_limit_is_reached_and_not_passed(number: int) -> None:
    """Items without a limit of the day: five on one day are paid, if nothing else counts them."""
    limit = {**PER_DAY, **PER_EPISODE, 9: 1}.get(number, 5)
    story = "".join(f"2021-03-01 {9 + n:02}:00 S{n} {SLUG[number]}\n" for n in range(5))
    over = f"{number}.{'day' if number in PER_DAY else 'month' if number == 9 else 'episode'}"
    assert list(denied(number, story).values()) == [""] * limit + [over] * (5 - limit)


@pytest.mark.parametrize("number", sorted(PER_DAY))
def test_a_days_limit_is_of_the_day(number: int) -> None:
    story = "".join(f"2021-03-0{1 + n // 3} {9 + n % 3:02}:00 S{n} {SLUG[number]}\n" for n in range(6))
    day = [""] * PER_DAY[number] + [f"{number}.day"] * (3 - PER_DAY[number])
    assert list(denied(number, story).values()) == day * 2


@pytest.mark.parametrize("number", sorted(GAP))
def test_an_interval_of_fourteen_days(number: int) -> None:
    first = date(2021, 3, 1)
    assert on(number, first, first, first + timedelta(days=13)) == [f"{number}.gap"] * 2
    assert on(number, first, first + timedelta(days=14)) == [""]
    assert on(number, first, first + timedelta(days=15)) == [""]


@pytest.mark.parametrize("number", sorted(n for n in SLUG if n not in GAP | TRAININGS | {9}))
def test_the_other_assessments_have_no_interval(number: int) -> None:
    assert on(number, date(2021, 3, 1), date(2021, 3, 2)) == [""]


@pytest.mark.parametrize("number", sorted(n for n in SLUG if n not in TRAININGS and n != 9))
def test_three_a_stay_where_the_words_say_so(number: int) -> None:
    days = [date(2021, 3, 2) + timedelta(days=14 * n) for n in range(5)]
    admitted = "2021-03-01 08:00 PatientAdmitted ST1\n"
    story = admitted + "".join(act(day, f"S{n}", number) for n, day in enumerate(days))
    limit = PER_STAY.get(number, PER_EPISODE.get(number, 5))
    clause = f"{number}.{'stay' if number in PER_STAY else 'episode'}"
    assert list(denied(number, story).values()) == [""] * limit + [clause] * (5 - limit)


@pytest.mark.parametrize("number", sorted(PAID_DAYS))
def test_paid_days(number: int) -> None:
    limit = {16: 30, 21: 30, 22: 90}[number]
    severity = SEVERITY[number]
    assert days_paid(number, severity, limit + 1) == [""] * limit + [f"{number}.days"]


@pytest.mark.parametrize(("tier", "limit"), sorted(TIERS.items()))
def test_paid_days_by_severity(tier: str, limit: int) -> None:
    assert days_paid(21, f"severity_adl={tier}", limit + 1) == [""] * limit + ["21.days"]


def days_paid(number: int, severity: str, days: int) -> list[str]:
    """What denies each of so many days of training, an assessment saying progress on each of them."""
    first = date(2021, 3, 1)
    story = "".join(
        f"{first + timedelta(days=n)} 07:00 A{n} - outcome=improved\n" + act(first + timedelta(days=n), f"S{n}", number)
        for n in range(days)
    )
    return list(denied(number, story, f"{NEEDS[number]} {severity}").values())


@pytest.mark.parametrize("number", sorted(TRAININGS - {16, 21, 22} - set(PER_DAY)))
def test_the_other_trainings_count_no_days(number: int) -> None:
    story = act(date(2021, 3, 1), "S1..S100", number)
    born = "born=2015-06-01" if number == 3 else ""
    facts = build(story, patient=born, findings=NEEDS.get(number, ""))
    assert {d.denied_by for d in judge(facts, load_rulebook("shanghai-2017"))} == {()}


RETIREMENT = [
    # Men: sixty; born from January 1965 on, ⌊months since / 4⌋ + 1 months later, at most 36.
    ("male", "", "1964-12-15", date(2024, 12, 15)), ("male", "", "1965-01-01", date(2025, 2, 1)),
    ("male", "", "1965-04-30", date(2025, 5, 30)), ("male", "", "1965-05-01", date(2025, 7, 1)),
    ("male", "", "1976-08-31", date(2039, 7, 31)), ("male", "", "1976-09-01", date(2039, 9, 1)),
    ("male", "", "1980-12-31", date(2043, 12, 31)), ("male", "worker", "1965-01-01", date(2025, 2, 1)),
    ("male", "cadre", "1960-07-07", date(2020, 7, 7)),
    # A day that its month lacks is the month's last.
    ("male", "", "1965-01-31", date(2025, 2, 28)), ("male", "", "1967-06-30", date(2028, 2, 29)),
    # Women, cadre: fifty-five; born from January 1970 on.
    ("female", "cadre", "1969-12-31", date(2024, 12, 31)), ("female", "cadre", "1970-01-01", date(2025, 2, 1)),
    ("female", "cadre", "1970-05-10", date(2025, 7, 10)), ("female", "cadre", "1981-08-10", date(2039, 7, 10)),
    ("female", "cadre", "1981-09-10", date(2039, 9, 10)), ("female", "cadre", "1990-09-10", date(2048, 9, 10)),
    # Women, worker or not recorded: fifty; born from January 1975 on, ⌊months since / 2⌋ + 1 months, at most 60.
    ("female", "worker", "1974-12-31", date(2024, 12, 31)), ("female", "worker", "1975-01-01", date(2025, 2, 1)),
    ("female", "worker", "1975-02-28", date(2025, 3, 28)), ("female", "worker", "1975-03-01", date(2025, 5, 1)),
    ("female", "worker", "1984-10-31", date(2039, 9, 30)), ("female", "worker", "1984-11-01", date(2039, 11, 1)),
    ("female", "worker", "1990-06-15", date(2045, 6, 15)), ("female", "", "1974-12-31", date(2024, 12, 31)),
    ("female", "", "1975-03-01", date(2025, 5, 1)),
]  # fmt: skip


@pytest.mark.parametrize(("sex", "category", "born", "retires"), RETIREMENT)
def test_vocational_training_until_the_day_before_the_statutory_retirement_age(
    sex: str, category: str, born: str, retires: date
) -> None:
    file = f"sex={sex} born={born}" + (f" employment_category={category}" if category else "")
    days = [retires + timedelta(days=n) for n in (-2, -1, 0, 1)]
    story = "".join(act(day, f"S{n}", 22) for n, day in enumerate(days))
    facts = build(story, patient=file, findings=NEEDS[22])
    verdicts = [" ".join(d.denied_by) for d in judge(facts, load_rulebook("shanghai-2017"))]
    assert verdicts == ["", "", "22.age", "22.age"]
