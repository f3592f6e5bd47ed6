"""N.span: the last payable day, the first one past it, and where the clock starts."""

from datetime import date, timedelta

import pytest

from tests.projections.rules.building import Journal

YEARS = [1, 2, 4, 5, 6, 7, 8, 14, 43, 18, 19, 23, 24, 39, 42]
START = date(2021, 3, 1)


@pytest.mark.parametrize(
    ("item", "days"), [*((item, 365) for item in YEARS), (17, 180), (40, 180)]
)  # 2021-03-01 to 2022-02-28
def test_the_last_day_is_payable_the_next_is_not(item: int, days: int) -> None:
    journal = Journal()
    first = journal.session(item, START)
    last = journal.session(item, START + timedelta(days - 1))
    past = journal.session(item, START + timedelta(days))
    decisions = journal.decisions()
    assert (decisions[first].denied_by, decisions[last].denied_by) == ((), ())
    assert decisions[past].denied_by == (f"{item}.span",)
    finding = journal.finding(past, f"{item}.span")
    assert (finding.used, finding.limit, finding.counted) == (days, days, (first,))
    assert finding.window == (START, START + timedelta(days - 1))


def test_an_anchor_of_29_february_ends_on_28_february() -> None:
    journal = Journal()
    journal.session(42, "2020-02-29")
    assert journal.denied(journal.session(42, "2021-02-28")) == ()
    assert journal.denied(journal.session(42, "2021-03-01")) == ("42.span",)


@pytest.mark.parametrize(
    ("anchor", "payable_until"),
    [("first_paid", "2022-02-28"), ("first_performed", "2022-02-14"), ("episode_onset", "2022-01-09")],
)
@pytest.mark.parametrize("offset", [0, 1])
def test_anchors(anchor: str, payable_until: str, offset: int) -> None:
    journal = Journal()
    journal.episode("E2", at=START_OF_EPISODE, onset="2021-01-10", findings={"endurance_decline": True})
    journal.session(42, "2021-02-01", episode="E2", voided=True)
    journal.session(42, "2021-02-15", episode="E2", signed=False)
    journal.session(42, "2021-03-01", episode="E2")
    act = journal.session(42, date.fromisoformat(payable_until) + timedelta(offset), episode="E2")
    assert journal.denied(act, span_anchor=anchor) == (("42.span",) if offset else ())


START_OF_EPISODE = Journal().facts[0].at


def test_without_onset_the_episodes_opening_day_is_the_anchor() -> None:
    journal = Journal()
    journal.episode("E2", at=START_OF_EPISODE.replace(year=2021))
    act = journal.session(42, "2021-12-31", episode="E2")
    past = journal.session(42, "2022-01-01", episode="E2")
    assert journal.denied(act, span_anchor="episode_onset") == ()
    assert journal.denied(past, span_anchor="episode_onset") == ("42.span",)


@pytest.mark.parametrize(("item", "limit"), [(42, 365), (40, 180)])
def test_paid_days(item: int, limit: int) -> None:
    journal = Journal()
    for n in range(limit - 1):
        journal.session(item, START + timedelta(2 * n))
    full = START + timedelta(2 * limit)
    last, again = journal.session(item, full), journal.session(item, full, "11:00")
    past = journal.session(item, full + timedelta(1))
    decisions = journal.decisions(span_measure="paid_days")
    assert [decisions[act].payable for act in (last, again, past)] == [True, True, False]
    assert decisions[past].denied_by == (f"{item}.span",)


def test_sub_items_share_the_clock() -> None:
    journal = Journal()
    journal.session("exercise-therapy/strength", START)
    assert journal.denied(journal.session(1, "2022-03-01")) == ("1.span",)


@pytest.mark.parametrize(
    ("readings", "payable"),
    [
        ({}, [True, False, True, True]),
        ({"episode": "gap_90"}, [True, True, True, True]),
        ({"episode": "admission"}, [True, False, False, True]),
    ],
)
def test_what_an_episode_is(readings: dict[str, str], payable: list[bool]) -> None:
    journal = Journal()
    journal.episode("E2", findings={})
    journal.admitted("Z", "2022-03-04")
    acts = [
        journal.session(42, START), journal.session(42, "2022-03-02"), journal.session(42, "2022-03-03", episode="E2"),
    ]  # fmt: skip
    acts.append(journal.session(42, "2022-03-05", "10:00", episode="E2"))
    decisions = journal.decisions(**readings)
    assert [decisions[act].payable for act in acts] == payable


@pytest.mark.parametrize(("idle", "new"), [(89, False), (90, True)])
def test_90_days_without_any_performed_act_begin_a_new_episode(idle: int, new: bool) -> None:
    journal = Journal()
    journal.session(42, START)
    for n in range(1, 5):
        journal.session("acupuncture", START + timedelta(80 * n))  # any performed act keeps the episode going
    journal.session("acupuncture", START + timedelta(320 + 45), voided=True)  # this one was not performed
    act = journal.session(42, START + timedelta(320 + idle))
    assert journal.denied(act, episode="gap_90") == (() if new else ("42.span",))


@pytest.mark.parametrize("item", [23, 24])
@pytest.mark.parametrize(
    ("readings", "payable"),
    [
        ({}, [True, True, False, True]),
        ({"container": "lifetime"}, [True, True, False, False]),
        ({"container": "calendar_year"}, [True, True, True, True]),
        ({"container": "calendar_year", "span_anchor": "episode_onset"}, [False, False, False, False]),
    ],
)
def test_containers(item: int, readings: dict[str, str], payable: list[bool]) -> None:
    found = {"gait_disorder": True, "goal_upright": True}
    journal = Journal()
    journal.episode("E2", findings=found)
    acts = [
        journal.session(item, START),
        journal.session(item, "2022-02-28"),
        journal.session(item, "2022-03-01"),
        journal.session(item, "2022-03-02", episode="E2"),
    ]
    decisions = journal.decisions(**readings)
    assert [decisions[act].payable for act in acts] == payable


def test_a_new_calendar_year_is_when_it_is_next_payable() -> None:
    journal = Journal()
    act = journal.session(40, START)
    past = journal.session(40, "2021-11-01")
    assert journal.finding(act, "40.span").next_payable_on is None
    assert journal.finding(past, "40.span").next_payable_on is None
    for n in range(365):
        journal.session(23, date(2020, 1, 1) + timedelta(n))
    full = journal.session(23, "2020-12-31")
    readings = {"container": "calendar_year", "span_measure": "paid_days"}
    assert journal.finding(full, "23.span", **readings).next_payable_on == date(2021, 1, 1)


def test_which_readings_a_span_asks() -> None:
    journal = Journal()
    within, past = journal.session(14, START), journal.session(14, "2022-06-01")
    base = {"episode": "declared", "span_anchor": "first_paid", "span_measure": "elapsed"}
    extension = {
        "extension_from": "after_limit", "extension_valid": "P1Y", "improvement": "latest", "extension_source": "valid",
    }  # fmt: skip
    assert journal.finding(within, "14.span").readings == base
    # A valid assessment is one that 10.staff would let pass, and so rests on its reading.
    assert journal.finding(past, "14.span").readings == base | extension | {"persons_3": "at_least_3"}
    paid = journal.finding(past, "14.span", extension_source="paid").readings
    assert paid == base | extension | {"extension_source": "paid"}


@pytest.mark.parametrize(
    ("readings", "named"),
    [
        ({"span_anchor": "episode_onset"}, {"span_anchor", "span_measure"}),
        ({"span_measure": "paid_days"}, {"container", "episode", "span_measure"}),
        ({"container": "lifetime"}, {"container", "span_anchor", "span_measure"}),
        ({}, {"container", "episode", "span_anchor", "span_measure"}),
    ],
)
def test_a_reading_that_another_makes_moot_is_not_named(readings: dict[str, str], named: set[str]) -> None:
    journal = Journal()
    act = journal.session(23, START)
    assert set(journal.finding(act, "23.span", **readings).readings) == named


def test_waiting_helps_where_it_begins_a_new_episode() -> None:
    journal = Journal()
    journal.session(40, START)
    late = START + timedelta(200)
    journal.session("acupuncture", late - timedelta(120))
    journal.session("acupuncture", late - timedelta(40))
    act = journal.session(40, late)
    assert journal.finding(act, "40.span").next_payable_on is None
    assert journal.finding(act, "40.span", episode="gap_90").next_payable_on == late + timedelta(50)
