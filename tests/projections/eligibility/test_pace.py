"""Days until each limit at the present pace: what the forecast repeats, and that it is the judge who goes on."""

from datetime import date, timedelta
from random import Random

import pytest
from msgspec.structs import replace

from ledger.treatment.facts import PrescriptionIssued
from projections.eligibility import eligibility
from projections.rules.judge import Judge, judge
from projections.rules.rulebook import load_rulebook
from tests.cases.story import build
from tests.projections.eligibility.asked import FINDINGS, SHANGHAI, ask, counter_of, moment

WHEELCHAIR = "wheelchair-skills-training"
WORKED = f"2021-03-01 09:00 W1..W25 {WHEELCHAIR}"


def pace(story: str, at: str) -> tuple[str, int, int, int] | None:
    found = ask(story, WHEELCHAIR, at).pace
    return (str(found.since), found.weeks, found.acts, found.days) if found is not None else None


def test_the_pace_is_that_of_the_28_days_that_end_with_the_moments() -> None:
    story = """
    2021-02-01 09:00  W0 wheelchair-skills-training
    2021-03-01 09:00  W1 wheelchair-skills-training
    2021-03-08 09:00  W2 wheelchair-skills-training
    2021-03-08 15:00  W3 wheelchair-skills-training
    """
    assert pace(story, "2021-03-27") == ("2021-02-28", 4, 3, 2)
    assert pace(story, "2021-03-28") == ("2021-03-01", 4, 3, 2)
    assert pace(story, "2021-03-29") == ("2021-03-02", 4, 2, 1)
    assert pace(story, "2021-04-04") == ("2021-03-08", 4, 2, 1)
    assert pace(story, "2021-04-05") is None


@pytest.mark.parametrize(
    ("at", "weeks"),
    [
        ("2021-03-01", 1),
        ("2021-03-07", 1),
        ("2021-03-08", 2),
        ("2021-03-14", 2),
        ("2021-03-15", 3),
        ("2021-03-22", 4),
        ("2021-03-28", 4),
    ],
)
def test_treatment_that_began_less_than_four_weeks_ago_repeats_the_weeks_since(at: str, weeks: int) -> None:
    found = pace("2021-03-01 09:00 W1 wheelchair-skills-training", at)
    assert found is not None
    assert found[1:] == (weeks, 1, 1)


def test_the_pace_of_a_young_course_is_not_thinned_out_by_a_week_that_has_only_begun() -> None:
    """Every day from 1 March on: the 31st is the first day past 30, whenever one asks."""
    for days in (7, 8, 9, 13, 14, 15, 25):
        story = f"2021-03-01 09:00 W1..W{days} {WHEELCHAIR}"
        standing = ask(story, WHEELCHAIR, f"2021-03-{days:02}")
        assert counter_of(standing, "16.days").reached_on == date(2021, 3, 31)


def test_only_what_was_paid_sets_the_pace_and_only_up_to_the_moment() -> None:
    story = """
    2021-03-01 09:00  W1 wheelchair-skills-training
    2021-03-02 09:00  W2 wheelchair-skills-training sign=none
    2021-03-03 09:00  S1 occupational-therapy
    2021-03-04 22:00  W3 wheelchair-skills-training
    """
    assert pace(story, "2021-03-04") == ("2021-02-26", 1, 1, 1)


def test_the_day_on_which_a_limit_denies_at_this_pace() -> None:
    # Monday, Wednesday and Friday: 6 days used by Friday 12 March, 24 more need eight weeks; the next Monday denies.
    story = "\n".join(f"2021-03-{day:02} 09:00 W{day} wheelchair-skills-training" for day in (1, 3, 5, 8, 10, 12))
    days = counter_of(ask(story, WHEELCHAIR, "2021-03-14"), "16.days")
    assert (days.used, days.left) == (6, 24)
    assert days.reached_on == date(2021, 5, 10)
    assert days.reached_on.strftime("%A") == "Monday"
    assert days.days_left_at_pace == (date(2021, 5, 10) - date(2021, 3, 14)).days == 57


def test_a_day_already_counted_is_not_the_day_it_is_reached() -> None:
    story = "2021-03-01 09:00 W1..W30 wheelchair-skills-training"
    counter = counter_of(ask(story, WHEELCHAIR, "2021-03-30"), "16.days")
    assert (counter.used, counter.holds) == (30, True)
    assert (counter.days_left_at_pace, counter.reached_on) == (1, date(2021, 3, 31))


def test_what_denies_now_is_reached_now_with_or_without_a_pace() -> None:
    story = "2021-03-01 09:00 W1..W30 wheelchair-skills-training"
    for at in ("2021-03-31", "2021-07-01"):
        counter = counter_of(ask(story, WHEELCHAIR, at), "16.days")
        assert (counter.days_left_at_pace, counter.reached_on) == (0, moment(at).date())


def test_without_a_pace_nothing_is_foreseen() -> None:
    standing = ask("2021-03-01 09:00 W1..W20 wheelchair-skills-training", WHEELCHAIR, "2021-05-01")
    counter = counter_of(standing, "16.days")
    assert standing.pace is None
    assert (counter.days_left_at_pace, counter.reached_on) == (None, None)


def test_what_is_not_reached_within_two_years_is_not_foreseen() -> None:
    # One day in four weeks: 26 more in two years, of 30.
    story = """
    2021-03-01 09:00  W1 wheelchair-skills-training
    2021-03-29 09:00  W2 wheelchair-skills-training
    """
    slow = counter_of(ask(story, WHEELCHAIR, "2021-03-29"), "16.days")
    assert (slow.left, slow.reached_on) == (28, None)
    # With three of 30 days left the third act to come is the last, and the fourth, sixteen weeks on, is denied.
    story = f"2020-01-01 09:00 V1..V25 wheelchair-skills-training\n{story}"
    left = counter_of(ask(story, WHEELCHAIR, "2021-03-29"), "16.days")
    assert (left.left, left.reached_on) == (3, date(2021, 3, 29) + timedelta(weeks=16))


def test_a_limit_of_the_day_is_nothing_to_foresee() -> None:
    counter = counter_of(
        ask("2021-03-01 09:00 S1..S2 occupational-therapy every=0", "occupational-therapy", "2021-03-01"), "5.day"
    )
    assert (counter.holds, counter.days_left_at_pace, counter.reached_on) == (False, None, None)


def test_a_span_is_denied_on_the_first_treatment_past_its_end() -> None:
    story = """
    2021-03-15 09:00  S1 occupational-therapy
    2021-05-15 09:00  S2 occupational-therapy
    2021-05-22 09:00  S3 occupational-therapy
    """
    span = counter_of(ask(story, "occupational-therapy", "2021-05-25"), "5.span")
    assert span.window == (date(2021, 3, 15), date(2022, 3, 14))
    assert span.reached_on == date(2021, 5, 15) + timedelta(weeks=44) == date(2022, 3, 19)


def test_no_further_assessment_is_presumed_so_a_gate_closes() -> None:
    findings = "adl_disorder severity_adl=severe"
    open_gate = """
    2021-03-01 09:00  S1..S7 adl-training
    2021-03-03 15:00  A1 - outcome=improved
    """
    closed = ask("2021-03-01 09:00 S1..S7 adl-training", "adl-training", "2021-03-07", findings)
    assert counter_of(closed, "21.gate").reached_on == date(2021, 3, 15)
    assert counter_of(closed, "21.days").reached_on is None  # denied acts use nothing up
    once = ask(open_gate, "adl-training", "2021-03-07", findings)
    assert counter_of(once, "21.gate").reached_on == date(2021, 3, 29)


def test_a_forecast_sees_no_more_of_the_record_than_the_moment_does() -> None:
    story = """
    2021-03-01 09:00  S1..S7 adl-training
    2021-03-08 15:00  A1 - outcome=improved
    """
    standing = ask(story, "adl-training", "2021-03-07", "adl_disorder severity_adl=severe")
    assert counter_of(standing, "21.gate").reached_on == date(2021, 3, 15)


def test_a_forecast_sees_all_that_the_moment_does() -> None:
    story = """
    2021-03-01 09:00  S1..S7 adl-training
    2021-03-07 20:00  A1 - outcome=improved
    """
    standing = ask(story, "adl-training", "2021-03-07", "adl_disorder severity_adl=severe")
    assert counter_of(standing, "21.gate").reached_on == date(2021, 3, 29)


def test_treatment_goes_on_in_the_episode_asked_about() -> None:
    story = f"{WORKED}\n2021-03-20 08:00 EpisodeOpened E2 wheelchair_long_term wheelchair_self_operate"
    old = counter_of(ask(story, WHEELCHAIR, "2021-03-25", episode="E1"), "16.days")
    new = counter_of(ask(story, WHEELCHAIR, "2021-03-25", episode="E2"), "16.days")
    assert (old.used, old.reached_on) == (25, date(2021, 3, 31))
    assert (new.used, new.reached_on) == (
        0,
        date(2021, 4, 25),
    )  # 21 days a round of three weeks: 30 days from 26 March on


def test_two_years_are_foreseen_and_no_more() -> None:
    """A day every four weeks from 1 March 2021: the 27th to come is 27 March 2023, one day before the horizon."""
    for used, reached in ((4, date(2023, 3, 27)), (3, None)):
        before = f"2020-01-01 09:00 V1..V{used - 1} {WHEELCHAIR}"
        counter = counter_of(ask(f"{before}\n2021-03-01 09:00 W1 {WHEELCHAIR}", WHEELCHAIR, "2021-03-28"), "16.days")
        assert (counter.used, counter.reached_on) == (used, reached)
        assert counter.days_left_at_pace == (None if reached is None else 729)


def test_what_the_order_says_goes_on_too() -> None:
    """Which limb the days of amputees are counted for, the order says: 30 for the upper limbs."""
    facts = build("2021-03-01 09:00 S1..S7 amputee-limb-training sheet=P1/E1/amputee-limb-training")
    facts = [
        replace(fact, orders=[replace(fact.orders[0], site="左上肢")]) if isinstance(fact, PrescriptionIssued) else fact
        for fact in facts
    ]
    national, now = load_rulebook("national-29"), moment("2021-03-07")
    (standing,) = eligibility(facts, national, "P1", at=now, item="amputee-limb-training")
    assert counter_of(standing, "20.days").reached_on == date(2021, 3, 31)


@pytest.mark.parametrize("seed", range(16))
def test_the_forecast_is_what_the_judge_says_when_the_acts_are_really_given(seed: int) -> None:
    """Repeat the rhythm in the record itself: each limit is first denied on the day that was foreseen."""
    chance = Random(seed)
    readings = {name: chance.choice(list(reading.options)) for name, reading in SHANGHAI.readings.items()}
    readings["winner"] = "first"
    item = chance.choice(("wheelchair-skills-training", "adl-training", "vocational-training", "occupational-therapy",
                          "endurance-training", "cerebral-palsy-limb-training", "exercise-therapy"))  # fmt: skip
    findings = f"{FINDINGS} endurance_decline work_willing parq_cleared deficit_strength deficit_balance deficit_work"
    born = "born=2012-01-01" if "palsy" in item else ""
    begin = moment("2021-03-01 09:00")
    days = sorted(chance.sample(range(28), chance.randrange(1, 12)))
    lines = [f"{begin + timedelta(days=day):%Y-%m-%d %H:%M} S{day} {item}" for day in days]
    lines += [f"2021-03-{chance.randrange(1, 28):02} 20:00 A{n} - outcome=improved" for n in range(chance.randrange(3))]
    now = begin + timedelta(days=27, hours=12)
    told = f"{findings} severity_adl=severe"
    story = "\n".join(lines)
    standing = ask(story, item, f"{now:%Y-%m-%d %H:%M}", told, born, readings=readings)
    made_so_far = judge(build(story, findings=told, patient=born), SHANGHAI, readings)
    paid = {made.act for made in made_so_far if made.payable}
    pace = standing.pace
    again = [
        f"{begin + timedelta(days=day, weeks=pace.weeks * k):%Y-%m-%d %H:%M} F{k}x{day} {item}"
        for k in range(1, 120)
        for day in days
        if pace is not None and f"S{day}" in paid and (begin + timedelta(days=day)).date() >= pace.since
    ]
    whole = build("\n".join([*lines, *again]), findings=told, patient=born)
    later = judge(whole, SHANGHAI, readings, patient="P1")
    first: dict[str, date] = {}
    for made in later:
        if made.act.startswith("F"):
            for clause in made.denied_by:
                first.setdefault(clause, made.at.date())
    horizon = date(2023, 3, 28)
    for counter in standing.counters:
        if counter.holds and counter.clause != "5.day" and counter.clause != "1.day":
            really = first.get(counter.clause)
            assert counter.reached_on == (really if really is not None and really <= horizon else None), counter


def test_asking_changes_nothing_in_the_case() -> None:
    story = "2021-03-01 09:00 W1..W7 wheelchair-skills-training"
    case = Judge(build(story, findings=FINDINGS), SHANGHAI).case("P1")
    asked = case.hypothetical(WHEELCHAIR, moment("2021-03-08"))
    before = case.decide(asked)
    ask(story, WHEELCHAIR, "2021-03-08")
    assert case.decide(asked) == before
