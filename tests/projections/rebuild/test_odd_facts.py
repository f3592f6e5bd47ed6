"""Facts that nobody expects, and more of them than anybody would: decided as the reference decides them."""

from datetime import date, timedelta
from random import Random

import pytest

from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from tests.projections.rebuild.agreeing import differences, judged
from tests.projections.rules.building import SHANGHAI, Journal

ANY_ITEM = (1, 2, 3, 5, 6, 14, 16, 17, 21, 22, 23, 24, 25, 40, 41)
READINGS: tuple[dict[str, str], ...] = (
    {},
    {"episode": "gap_90", "container": "calendar_year", "span_anchor": "first_performed"},
    {"episode": "admission", "year": "rolling_365", "month_unit": "30_paid_days", "span_measure": "paid_days"},
    {"span_anchor": "episode_onset", "extension_from": "30_days_before", "year": "insurance_year"},
    {"winner": "dearest", "together": "same_episode", "day_unit": "elapsed", "gate_block": "elapsed"},
    {"winner": "dearest", "together": "overlapping", "month": "rolling_30_days"},
)
by_readings = pytest.mark.parametrize("readings", READINGS, ids=lambda readings: "-".join(readings) or "default")


@by_readings
def test_the_first_and_the_last_days_of_the_calendar(readings: dict[str, str]) -> None:
    journal = Journal(born="0001-01-01")
    journal.episode("E2", onset="0001-01-01")
    journal.episode("E3", onset="9999-12-31", findings={"organic_lesion": True})
    for day in ("0001-01-02", "0001-01-03", "0002-02-28", "1969-12-31", "1970-01-01", "9998-12-31", "9999-12-30"):
        for item in ANY_ITEM:
            journal.session(item, day, episode="E2" if item % 2 else "E3", fee=item)
        for item in (9, 10, 27, 28):
            journal.assessment(item, day, "12:00", outcome="improved", fee=item)
    journal.session(1, "9999-12-31", "23:00", minutes=10)
    journal.assessment(10, "9999-12-31", "23:59", outcome="improved")
    assert differences(Judge(Evidence(journal.facts), SHANGHAI, readings)) == []


@by_readings
def test_born_on_29_february_after_the_act_or_nobody_knows_when(readings: dict[str, str]) -> None:
    for born in ("2016-02-29", "2030-01-01", "9999-12-31"):
        journal = Journal(born=born)
        for year in range(2019, 2037):
            for day in ("02-28", "03-01", "12-31"):
                for item in (3, 20, 22, 25):
                    journal.session(item, f"{year}-{day}", minutes=20)
        assert differences(Judge(Evidence(journal.facts), SHANGHAI, readings)) == []
    unknown = Journal()
    for item in (3, 22, 25, 6):
        unknown.session(item, "2020-01-01", patient="P2", episode="E9", prescription="nothing")
    unknown.assessment(20, "2020-01-01", patient="P2", episode="E9")
    assert differences(Judge(Evidence(unknown.facts), SHANGHAI, readings)) == []


@by_readings
def test_no_order_no_stop_no_signature_no_staff_no_rule(readings: dict[str, str]) -> None:
    journal = Journal()
    day = date(2020, 1, 1)
    for step in range(40):
        day += timedelta(step % 3)
        item = ANY_ITEM[step % len(ANY_ITEM)]
        journal.session(item, day, prescription="nothing")
        journal.session(item, day, minutes=None, signed=step % 2 == 0)
        journal.session(item, day, minutes=0)
        journal.session(item, day, signed=False, therapist="nobody", institution="nowhere")
        journal.session("acupuncture", day, fee=1)
        journal.session(item, day, voided=True, fee=10_000)
        journal.session(item, day, stay="no such stay", setting="inpatient")
        journal.assessment(None, day, outcome="improved")
        journal.assessment(10, day, assessors=(), scales=(), outcome="improved", voided=step % 4 == 0)
        journal.assessment("acupuncture", day, episode="never opened")
        journal.session(item, day, fee=step)
    assert differences(Judge(Evidence(journal.facts), SHANGHAI, readings)) == []


def test_only_voided_acts() -> None:
    journal = Journal()
    for step in range(200):
        journal.session(1 + step % 4, date(2020, 1, 1) + timedelta(step * 45), voided=True)
    assert differences(Judge(Evidence(journal.facts), SHANGHAI, {"episode": "gap_90"})) == []


def test_nothing_at_all() -> None:
    judge = Judge(Evidence([]), SHANGHAI)
    rows, outcome = judged(judge)
    assert rows.acts == ()
    assert len(outcome.payable) == 0


@pytest.mark.parametrize("winner", ["first", "dearest"])
@pytest.mark.parametrize("episode", ["admission", "declared", "gap_90"])
def test_a_thousand_stays_and_episodes_of_one_patient(episode: str, winner: str) -> None:
    """What a case remembers outgrows the room that there is at first."""
    random = Random(5)
    journal = Journal()
    begin = date(1990, 1, 1)
    for number in range(1000):
        begin += timedelta(random.choice((2, 3, 95)))
        journal.admitted(f"stay{number}", begin.isoformat(), begin.isoformat())
        journal.episode(f"own{number}", findings={"organic_lesion": True, "deficit_strength": True})
        of = "E1" if number % 2 else f"own{number}"
        for clock in ("09:00", "10:00"):
            item = random.choice((1, 2, 3, 4, 15, 27))
            if item > 4:
                journal.assessment(item, begin, clock, episode=of, fee=number)
            else:
                journal.session(item, begin, clock, episode=of, fee=random.choice((1, 2)))
    readings = {"episode": episode, "winner": winner, "together": "same_episode" if winner == "first" else "same_day"}
    assert differences(Judge(Evidence(journal.facts), SHANGHAI, readings)) == []


@pytest.mark.parametrize(
    ("acts", "readings"),
    [
        (1000, {}),
        (1000, {"together": "overlapping", "combined": "item_only", "month": "rolling_30_days"}),
        (1000, {"together": "same_episode", "combined": "limb_training"}),
        (120, {"winner": "dearest"}),
        (120, {"winner": "dearest", "together": "overlapping"}),
        (120, {"winner": "dearest", "together": "same_episode"}),
    ],
    ids=str,
)
def test_many_acts_a_day(acts: int, readings: dict[str, str]) -> None:
    random = Random(acts)
    journal = Journal()
    for day in ("2020-02-29", "2020-03-01"):
        for number in range(acts):
            clock = f"{number * 20 // acts:02}:{number % 60:02}"
            if number % 3:
                journal.session(random.choice(ANY_ITEM), day, clock, minutes=random.choice((5, 60)), fee=number % 7)
            else:
                journal.assessment(random.choice((9, 10, 27, 28)), day, clock, outcome="improved", fee=number % 7)
    assert differences(Judge(Evidence(journal.facts), SHANGHAI, readings)) == []
