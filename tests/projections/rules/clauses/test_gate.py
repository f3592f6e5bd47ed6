"""21.gate: blocks of 14 paid days, and the assessment that lets the next one open."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.projections.rules.building import EVERY_FINDING, Journal

START = date(2021, 1, 4)


def block(days: int = 14, journal: Journal | None = None, begin: date = START) -> Journal:
    """A journal with so many days of training in a row."""
    journal = journal or Journal()
    for n in range(days):
        journal.session(21, begin + timedelta(n))
    return journal


def test_the_fourteenth_day_needs_nothing_the_fifteenth_does() -> None:
    journal = block(13)
    fourteenth = journal.session(21, START + timedelta(20))
    again = journal.session(21, START + timedelta(20), "11:00")
    fifteenth = journal.session(21, START + timedelta(21))
    decisions = journal.decisions()
    assert [decisions[act].denied_by for act in (fourteenth, again, fifteenth)] == [(), (), ("21.gate",)]
    finding = journal.finding(fifteenth, "21.gate")
    assert (finding.used, finding.limit, finding.observed) == (14, 14, {"assessment": "not recorded"})


@pytest.mark.parametrize(
    ("assessment", "any_scale", "item_9"),
    [
        ({"item": 9}, True, True),
        ({"item": 10}, True, False),
        ({"item": None}, True, False),
        ({"item": 9, "scales": []}, False, False),
        ({"item": 9, "outcome": "unchanged"}, False, False),
        ({"item": 9, "outcome": None}, False, False),
        ({"item": 9, "voided": True}, False, False),
        ({"item": 9, "episode": "E2"}, False, False),
        ({"item": 9, "day": "2021-01-04", "clock": "00:00"}, True, True),
        ({"item": 9, "day": "2021-01-03", "clock": "23:59"}, False, False),
        ({"item": 9, "day": "2021-01-25", "clock": "09:00"}, True, True),
        ({"item": 9, "day": "2021-01-25", "clock": "09:01"}, False, False),
    ],
)
def test_which_assessment_opens_it(assessment: dict[str, Any], any_scale: bool, item_9: bool) -> None:
    journal = block()
    journal.episode("E2", findings=EVERY_FINDING)
    given = {"day": "2021-01-10", "outcome": "improved"} | assessment
    journal.assessment(given.pop("item"), given.pop("day"), **given)
    act = journal.session(21, "2021-01-25")
    assert journal.denied(act) == (() if any_scale else ("21.gate",))
    assert journal.denied(act, gate_source="item_9") == (() if item_9 else ("21.gate",))


def test_an_assessment_opens_one_block_only_and_the_earliest_is_spent() -> None:
    journal = block()
    first = journal.assessment(None, "2021-01-10", outcome="improved")
    second = journal.assessment(None, START + timedelta(14), "08:00", outcome="improved")
    opener = journal.session(21, START + timedelta(14))
    assert journal.finding(opener, "21.gate").observed == {"assessment": first}
    block(13, journal, START + timedelta(15))
    next_opener = journal.session(21, START + timedelta(28))
    assert journal.finding(next_opener, "21.gate").observed == {"assessment": second}
    block(13, journal, START + timedelta(29))
    closed = journal.session(21, START + timedelta(42))
    assert journal.denied(closed) == ("21.gate",)


def test_an_assessment_before_the_block_does_not_count() -> None:
    journal = block()
    journal.assessment(None, "2021-01-10", outcome="improved")
    journal.assessment(None, "2021-01-11", outcome="improved")
    block(14, journal, START + timedelta(14))
    assert journal.denied(journal.session(21, START + timedelta(28))) == ("21.gate",)


def test_only_a_paid_act_spends_it() -> None:
    journal = block()
    journal.assessment(None, "2021-01-10", outcome="improved")
    denied = journal.session(21, START + timedelta(14), signed=False)
    paid = journal.session(21, START + timedelta(15))
    assert journal.denied(denied) == ("record.signed",)
    assert journal.denied(paid) == ()


def test_denied_days_are_not_in_the_block() -> None:
    journal = block(13)
    journal.session(21, START + timedelta(13), voided=True)
    assert journal.denied(journal.session(21, START + timedelta(14))) == ()
    assert journal.denied(journal.session(21, START + timedelta(15))) == ("21.gate",)


@pytest.mark.parametrize(("days", "open_"), [(13, True), (14, False)])
def test_elapsed_blocks(days: int, open_: bool) -> None:
    journal = block(1)
    act = journal.session(21, START + timedelta(days))
    assert journal.denied(act, gate_block="elapsed") == (() if open_ else ("21.gate",))
    journal.assessment(None, START, "23:00", outcome="improved")
    again = journal.session(21, START + timedelta(days), "11:00")
    assert journal.denied(act, gate_block="elapsed") == ()
    assert journal.denied(again, gate_block="elapsed") == ()


@pytest.mark.parametrize(
    ("container", "other_episode", "next_year"),
    [("episode", True, False), ("lifetime", False, False), ("calendar_year", False, True)],
)
def test_blocks_live_in_the_container(container: str, other_episode: bool, next_year: bool) -> None:
    journal = block()
    journal.episode("E2", findings=EVERY_FINDING)
    other = journal.session(21, "2021-02-01", episode="E2")
    later = journal.session(21, "2022-01-01")
    decisions = journal.decisions(container=container)
    assert [decisions[other].payable, decisions[later].payable] == [other_episode, next_year]


@pytest.mark.parametrize(
    ("assessment", "seen"),
    [
        ({"outcome": None}, {"outcome": "not recorded", "results": 2, "problem": "no progress"}),
        ({"outcome": "declined"}, {"outcome": "declined", "results": 2, "problem": "no progress"}),
        ({"scales": []}, {"outcome": "improved", "results": "not recorded", "problem": "no result"}),
        ({"item": 10}, {"outcome": "improved", "results": 2, "problem": "of another item"}),
    ],
)
def test_what_the_latest_assessment_lacks(assessment: dict[str, Any], seen: dict[str, Any]) -> None:
    journal = block()
    made = journal.assessment(**{"item": 9, "day": "2021-01-10", "outcome": "improved"} | assessment)
    finding = journal.finding(journal.session(21, "2021-01-25"), "21.gate", gate_source="item_9")
    assert finding.observed == {"assessment": made, "assessed_on": "2021-01-10", **seen}


def test_an_assessment_already_spent_is_named() -> None:
    journal = block()
    spent = journal.assessment(None, START + timedelta(14), "08:00", outcome="improved")
    block(14, journal, START + timedelta(14))
    finding = journal.finding(journal.session(21, START + timedelta(28)), "21.gate")
    assert (finding.observed["assessment"], finding.observed["problem"]) == (spent, "opened a block before")


def test_which_readings_a_block_asks() -> None:
    journal = block()
    first, second, full = journal.session(21, "2020-12-01"), "S2", journal.session(21, "2021-01-25")
    container = {"container": "episode", "episode": "declared"}
    assert journal.finding(first, "21.gate").readings == container
    assert journal.finding(second, "21.gate").readings == {"gate_block": "paid_days", **container}
    asked = {"gate_block": "paid_days", "gate_source": "any_scale", **container}
    assert journal.finding(full, "21.gate").readings == asked
    assert journal.finding(full, "21.gate", container="lifetime").readings == {
        "gate_block": "paid_days", "gate_source": "any_scale", "container": "lifetime",
    }  # fmt: skip
