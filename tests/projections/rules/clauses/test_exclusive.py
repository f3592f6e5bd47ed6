"""N.excl: who is together with whom, and that only one side is paid."""

from datetime import date

import pytest

from tests.projections.rules.building import Journal

DAY = date(2021, 3, 1)
PAIRS = [(1, 2), (1, 3), (1, 4), (2, 1), (3, 1), (4, 1)]


def young() -> Journal:
    """A patient for whom each of the items 1 to 4 is indicated."""
    return Journal(born="2016-01-01")


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_on_the_same_day_the_second_side_is_not_paid(first: int, second: int) -> None:
    journal = young()
    a, b = journal.session(first, DAY, "09:00"), journal.session(second, DAY, "10:00")
    same_side = journal.session(first, DAY, "11:00")
    next_day = journal.session(second, date(2021, 3, 2))
    decisions = journal.decisions()
    assert decisions[a].payable
    assert decisions[b].denied_by == (f"{second}.excl",)
    assert decisions[same_side].payable
    assert decisions[next_day].payable
    finding = journal.finding(b, f"{second}.excl")
    assert (finding.counted, finding.next_payable_on) == ((a,), date(2021, 3, 2))


@pytest.mark.parametrize(("first", "second"), [(27, 28), (28, 27)])
def test_27_and_28(first: int, second: int) -> None:
    journal = Journal()
    journal.assessment(first, DAY)
    assert journal.denied(journal.assessment(second, DAY, "10:00")) == (f"{second}.excl",)
    assert journal.denied(journal.assessment(second, "2021-03-02")) == ()


@pytest.mark.parametrize(("first", "second"), [(2, 3), (3, 4), (4, 2), (1, 5), (27, 10)])
def test_others_do_not_exclude_one_another(first: int, second: int) -> None:
    journal = young()
    for item in (first, second):
        act = journal.assessment(item, DAY) if item in (10, 27) else journal.session(item, DAY)
        assert journal.denied(act) == ()


def test_an_unpaid_act_excludes_nothing() -> None:
    journal = young()
    journal.session(1, DAY, signed=False)
    journal.session(1, DAY, "09:10", voided=True)
    assert journal.denied(journal.session(2, DAY, "10:00")) == ()


def test_a_sub_item_is_item_1() -> None:
    journal = young()
    journal.session(2, DAY)
    assert journal.denied(journal.session("exercise-therapy/breathing", DAY, "10:00")) == ("1.excl",)


@pytest.mark.parametrize(("clock", "meets"), [("09:00", True), ("09:29", True), ("09:30", False), ("10:00", False)])
def test_overlapping_intervals_are_half_open(clock: str, meets: bool) -> None:
    journal = young()
    first = journal.session(1, DAY, "09:00", minutes=30)
    second = journal.session(2, DAY, clock, minutes=30)
    assert journal.denied(second, together="overlapping") == (("2.excl",) if meets else ())
    if meets:
        finding = journal.finding(second, "2.excl", together="overlapping")
        assert (finding.counted, finding.next_payable_on) == ((first,), date(2021, 3, 2))


@pytest.mark.parametrize(("clock", "meets"), [("09:00", True), ("09:29", True), ("09:30", False)])
def test_a_session_without_a_later_stop_is_its_start(clock: str, meets: bool) -> None:
    journal = young()
    journal.session(1, DAY, "09:00", minutes=30)
    second = journal.session(2, DAY, clock, minutes=None)
    expected = ("record.stopped", "2.excl") if meets else ("record.stopped",)
    assert journal.denied(second, together="overlapping") == expected


@pytest.mark.parametrize(("second", "meets"), [("09:00:00", True), ("09:00:59", True), ("09:01:00", False)])
def test_an_assessment_is_60_seconds(second: str, meets: bool) -> None:
    journal = Journal()
    journal.assessment(27, DAY, "09:00:00")
    act = journal.assessment(28, DAY, second)
    assert journal.denied(act, together="overlapping") == (("28.excl",) if meets else ())


def test_the_longest_of_the_paid_ones_decides() -> None:
    journal = young()
    journal.session(2, DAY, "09:00", minutes=120)
    journal.session(3, DAY, "09:10", minutes=10)
    assert journal.denied(journal.session(1, DAY, "10:00"), together="overlapping") == ("1.excl",)


@pytest.mark.parametrize(
    ("episode", "later", "other"), [("declared", False, True), ("gap_90", True, False), ("admission", False, False)]
)
def test_within_one_episode_at_all(episode: str, later: bool, other: bool) -> None:
    journal = young()
    journal.episode("E2")
    journal.session(2, "2021-01-01")
    journal.session(2, "2021-02-01", episode="E2", voided=True)
    act = journal.session(4, "2021-02-02")
    excluded = journal.session("exercise-therapy", "2021-02-03", episode="E1")
    other_episode = journal.session(1, "2021-02-04", episode="E2", id="other")
    journal.findings("2021-01-01", "E1", organic_lesion=True, deficit_rom=True)
    journal.findings("2021-01-01", "E2", organic_lesion=True, deficit_rom=True)
    much_later = journal.session(1, "2021-06-01")
    decisions = journal.decisions(together="same_episode", episode=episode)
    assert decisions[act].payable
    assert decisions[excluded].denied_by == ("1.excl",)
    assert decisions[other_episode].payable is other
    assert decisions[much_later].payable is later


def test_the_readings_named_are_those_that_decide() -> None:
    journal = young()
    act = journal.session(1, DAY)
    assert journal.finding(act, "1.excl").readings == {"together": "same_day", "winner": "first"}
    readings = journal.finding(act, "1.excl", together="same_episode").readings
    assert readings == {"together": "same_episode", "winner": "first", "episode": "declared"}


@pytest.mark.parametrize(("clock", "free"), [("10:00", date(2021, 3, 4)), ("12:30", date(2021, 3, 3))])
def test_waiting_for_the_end_of_a_long_act(clock: str, free: date) -> None:
    journal = young()
    journal.session(1, DAY, "09:00", minutes=51 * 60)  # its stop was recorded two days late, at 12:00
    act = journal.session(2, DAY, clock)
    assert journal.finding(act, "2.excl", together="overlapping").next_payable_on == free


@pytest.mark.parametrize(("episode", "free"), [("declared", None), ("admission", None), ("gap_90", date(2021, 5, 30))])
def test_waiting_within_an_episode_helps_only_where_it_begins_a_new_one(episode: str, free: date | None) -> None:
    journal = young()
    journal.session(1, DAY)
    act = journal.session(2, "2021-03-02")
    finding = journal.finding(act, "2.excl", together="same_episode", episode=episode)
    assert (finding.holds, finding.next_payable_on) == (False, free)
