"""N.day, N.month, N.stay, N.episode: limit − 1, limit, limit + 1, and what counts together."""

from datetime import date, timedelta

import pytest

from ledger.treatment.items import ITEMS
from tests.projections.rules.building import Journal

DAY = date(2021, 3, 1)
SUB_ITEMS = [slug for slug, item in ITEMS.items() if item.number == 1]


@pytest.mark.parametrize(("item", "limit"), [(1, 2), (5, 2), (7, 2), (43, 2), (25, 1)])
def test_so_many_a_day(item: int, limit: int) -> None:
    journal = Journal(born="2016-01-01" if item == 25 else "1980-01-01")
    acts = [journal.session(item, DAY, f"{9 + n:02}:00") for n in range(4)]
    next_day = journal.session(item, DAY + timedelta(1), "00:00")
    decisions = journal.decisions()
    assert [decisions[act].denied_by for act in acts] == [() if n < limit else (f"{item}.day",) for n in range(4)]
    assert decisions[next_day].payable
    finding = journal.finding(acts[3], f"{item}.day")
    assert (finding.used, finding.limit, finding.unit) == (limit, limit, "session")
    assert finding.counted == tuple(acts[:limit])
    assert finding.window == (DAY, DAY)
    assert finding.next_payable_on == DAY + timedelta(1)


@pytest.mark.parametrize("item", [2, 4, 6, 8, 14, 16, 17, 18, 19, 21, 22, 23, 24, 39, 40, 41, 42])
def test_other_trainings_have_no_limit_a_day(item: int) -> None:
    journal = Journal(born="1980-01-01")
    acts = [journal.session(item, DAY, f"{9 + n:02}:00") for n in range(4)]
    assert all(journal.decisions()[act].payable for act in acts)


def test_only_paid_acts_use_up_the_day() -> None:
    journal = Journal()
    journal.session(1, DAY, "09:00", voided=True)
    journal.session(1, DAY, "10:00", signed=False)
    acts = [journal.session(1, DAY, f"{11 + n}:00") for n in range(3)]
    assert [journal.decisions()[act].payable for act in acts] == [True, True, False]


def test_the_day_is_counted_over_all_institutions_and_episodes_but_for_one_patient() -> None:
    journal = Journal()
    journal.institution("H2")
    journal.episode("E2", findings={"organic_lesion": True, "deficit_rom": True})
    journal.patient("P2", "1980-01-01")
    journal.episode("E3", patient="P2", findings={"organic_lesion": True, "deficit_rom": True})
    journal.session(1, DAY, "09:00")
    journal.session(1, DAY, "10:00", episode="E2")
    third = journal.session(1, DAY, "11:00", institution="H2")
    other = journal.session(1, DAY, "11:00", patient="P2", episode="E3")
    assert journal.denied(third) == ("1.day",)
    assert journal.denied(other) == ()


@pytest.mark.parametrize(
    ("combined", "payable"),
    [("included_items", [1, 1, 0, 0]), ("item_only", [1, 1, 1, 0]), ("limb_training", [1, 1, 0, 0])],
)
def test_included_items_count_together(combined: str, payable: list[int]) -> None:
    journal = Journal()
    slugs = ["exercise-therapy/strength", "exercise-therapy/strength", "exercise-therapy/freehand"]
    acts = [journal.session(slug, DAY, f"{9 + n:02}:00") for n, slug in enumerate([*slugs, slugs[0]])]
    decisions = journal.decisions(combined=combined)
    assert [int(decisions[act].payable) for act in acts] == payable


@pytest.mark.parametrize("slug", SUB_ITEMS)
def test_every_sub_item_is_rule_1(slug: str) -> None:
    journal = Journal()
    journal.session(1, DAY, "09:00")
    journal.session(1, DAY, "10:00")
    decision = journal.decision(journal.session(slug, DAY, "11:00"))
    assert (decision.rule, decision.item, decision.denied_by) == (1, slug, ("1.day",))


@pytest.mark.parametrize("item", [2, 3, 4])
def test_limb_training_fills_the_day_of_item_1_but_not_its_own(item: int) -> None:
    journal = Journal(born="2016-01-01")
    acts = [journal.session(item, DAY, f"{9 + n:02}:00", minutes=10) for n in range(3)]
    act = journal.session(1, DAY, "12:00")
    readings = {"together": "overlapping"}
    assert all(journal.decisions(combined="limb_training", **readings)[a].payable for a in acts)
    assert journal.denied(act, combined="limb_training", **readings) == ("1.day",)
    assert journal.denied(act, **readings) == ()


@pytest.mark.parametrize(
    ("days", "calendar", "rolling", "free"),
    [
        (["2021-03-01", "2021-03-31"], False, True, "2021-04-01"),
        (["2021-03-01", "2021-03-30"], False, False, "2021-04-01"),
        (["2021-03-31", "2021-04-01"], True, False, "2021-04-30"),
    ],
)
def test_once_a_month(days: list[str], calendar: bool, rolling: bool, free: str) -> None:
    journal = Journal()
    journal.prescription("R", 14)
    first, second = (journal.assessment(9, day) for day in days)
    assert journal.denied(first) == ()
    assert journal.denied(second) == (() if calendar else ("9.month",))
    assert journal.denied(second, month="rolling_30_days") == (() if rolling else ("9.month",))
    readings = {} if not calendar else {"month": "rolling_30_days"}
    finding = journal.finding(second, "9.month", **readings)
    assert (finding.next_payable_on, finding.counted) == (date.fromisoformat(free), (first,))


def test_a_calendar_month_is_shown_whole() -> None:
    journal = Journal()
    journal.prescription("R", 14)
    act = journal.assessment(9, "2021-02-10")
    assert journal.finding(act, "9.month").window == (date(2021, 2, 1), date(2021, 2, 28))
    assert journal.finding(act, "9.month", month="rolling_30_days").window == (date(2021, 1, 12), date(2021, 2, 10))


@pytest.mark.parametrize("item", [10, 11, 27, 28])
def test_three_in_a_stay(item: int) -> None:
    journal = Journal()
    journal.admitted("Z1", "2021-01-01", "2021-06-30")
    journal.admitted("Z2", "2021-07-01")
    in_stay = [journal.assessment(item, DAY + timedelta(20 * n)) for n in range(4)]
    named = journal.assessment(item, DAY + timedelta(90), stay="Z1")
    next_stay = journal.assessment(item, "2021-07-20")
    decisions = journal.decisions()
    assert [decisions[act].denied_by for act in in_stay] == [(), (), (), (f"{item}.stay",)]
    assert decisions[named].denied_by == (f"{item}.stay",)
    assert decisions[next_stay].payable


@pytest.mark.parametrize("item", [10, 11, 27, 28])
def test_outside_stays(item: int) -> None:
    journal = Journal()
    journal.episode("E2", findings={"documented_dysfunction": True})
    acts = [journal.assessment(item, DAY + timedelta(20 * n)) for n in range(4)]
    other_episode = journal.assessment(item, DAY + timedelta(100), episode="E2")
    decisions = journal.decisions()
    assert [decisions[act].payable for act in [*acts, other_episode]] == [True] * 5
    capped = journal.decisions(outpatient_cap="episode")
    assert [capped[act].payable for act in [*acts, other_episode]] == [True, True, True, False, True]
    together = journal.decisions(outpatient_cap="episode", episode="admission")
    assert not together[other_episode].payable


def test_of_two_admissions_the_later_begun_is_the_stay() -> None:
    journal = Journal()
    journal.admitted("Z1", "2021-01-01")
    journal.admitted("Z2", "2021-03-01")
    for n in range(3):
        journal.assessment(11, f"2021-02-0{n + 1}")
    act = journal.assessment(11, "2021-03-02")
    assert journal.denied(act) == ()
    assert journal.finding(act, "11.stay").observed == {"stay": "Z2"}


@pytest.mark.parametrize("item", [15, 26])
def test_two_in_an_episode(item: int) -> None:
    journal = Journal()
    journal.episode("E2", findings={"neuromuscular_dysfunction": True, "suspected_speech_disorder": True})
    acts = [journal.assessment(item, DAY + timedelta(n)) for n in range(3)]
    other = journal.assessment(item, DAY, episode="E2")
    decisions = journal.decisions()
    assert [decisions[act].denied_by for act in acts] == [(), (), (f"{item}.episode",)]
    assert decisions[other].payable
    assert not journal.decisions(episode="gap_90")[acts[1]].payable


@pytest.mark.parametrize(
    ("in_stay", "cap", "named"),
    [
        (True, "none", {}),
        (True, "episode", {}),
        (False, "none", {"outpatient_cap": "none"}),
        (False, "episode", {"outpatient_cap": "episode", "episode": "gap_90"}),
    ],
)
def test_a_stay_asks_no_reading_and_care_outside_does(in_stay: bool, cap: str, named: dict[str, str]) -> None:
    journal = Journal()
    if in_stay:
        journal.admitted("Z1", "2021-01-01")
    act = journal.assessment(11, DAY)
    assert journal.finding(act, "11.stay", outpatient_cap=cap, episode="gap_90").readings == named


def test_outside_stays_a_new_derived_episode_begins_by_waiting() -> None:
    journal = Journal()
    acts = [journal.assessment(11, DAY + timedelta(n)) for n in range(4)]
    readings = {"outpatient_cap": "episode", "episode": "gap_90"}
    finding = journal.finding(acts[3], "11.stay", **readings)
    assert (finding.holds, finding.next_payable_on) == (False, DAY + timedelta(2 + 90))
    assert journal.finding(acts[3], "11.stay", outpatient_cap="episode").next_payable_on is None
