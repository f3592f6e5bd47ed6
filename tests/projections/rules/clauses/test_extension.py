"""Continuation by comprehensive assessment: which one qualifies, from when, for how long; and 3.proof."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.projections.rules.building import Journal

EXTENDABLE = [1, 2, 4, 5, 6, 7, 8, 14, 43]
PAST = "2022-03-01"  # the first day past a span that began on 2021-03-01


def extended(assessed: list[dict[str, Any]], day: str = "2022-06-01", item: int = 14, **readings: str) -> bool:
    """Whether an act on `day` is paid, with these assessments of item 10."""
    journal = Journal()
    journal.episode("E2", findings={})
    journal.session(item, "2021-03-01")
    for assessment in assessed:
        given = {"item": 10, "day": PAST, "outcome": "improved"} | assessment
        journal.assessment(given.pop("item"), given.pop("day"), **given)
    act = journal.session(item, day)
    denied = journal.denied(act, **readings)
    assert denied in ((), (f"{item}.span",))
    return not denied


@pytest.mark.parametrize("item", EXTENDABLE)
def test_the_nine_extendable_items(item: int) -> None:
    assert not extended([], item=item)
    assert extended([{}], item=item)


@pytest.mark.parametrize("item", [18, 19, 39, 42, 17, 40])
def test_the_others_are_not_extended(item: int) -> None:
    assert not extended([{}], item=item)


@pytest.mark.parametrize(
    ("day", "after_limit", "before", "any_"),
    [
        ("2022-03-01", True, True, True),
        ("2022-02-28", False, True, True),
        ("2022-01-30", False, True, True),
        ("2022-01-29", False, False, True),
    ],
)
def test_from_when(day: str, after_limit: bool, before: bool, any_: bool) -> None:
    assert extended([{"day": day}]) is after_limit
    assert extended([{"day": day}], extension_from="30_days_before") is before
    assert extended([{"day": day}], extension_from="any") is any_


@pytest.mark.parametrize(
    ("valid", "last", "past"),
    [
        ("P1Y", "2023-02-28", "2023-03-01"),
        ("P90D", "2022-05-29", "2022-05-30"),
        ("P14D", "2022-03-14", "2022-03-15"),
        ("forever", "2030-01-01", None),
    ],
)
def test_for_how_long(valid: str, last: str, past: str | None) -> None:
    assert extended([{}], last, extension_valid=valid)
    assert past is None or not extended([{}], past, extension_valid=valid)


def test_a_year_from_29_february_ends_on_28_february() -> None:
    readings = {"extension_from": "any"}
    assert extended([{"day": "2024-02-29"}], "2025-02-28", **readings)
    assert not extended([{"day": "2024-02-29"}], "2025-03-01", **readings)


@pytest.mark.parametrize(
    ("assessment", "valid", "performed"),
    [
        ({}, True, True),
        ({"assessors": ["T1", "T2"]}, False, True),
        ({"assessors": ["T1", "T2", "T2"]}, False, True),
        ({"assessors": ["T1", "T2", "X"]}, False, True),
        ({"scales": ["FIM"]}, False, True),
        ({"scales": ["FIM", "FIM"]}, False, True),
        ({"voided": True}, False, False),
        ({"item": None}, False, False),
        ({"item": 9}, False, False),
        ({"episode": "E2"}, False, False),
        ({"outcome": None}, False, False),
        ({"outcome": "baseline"}, False, False),
        ({"outcome": "unchanged"}, False, False),
        ({"outcome": "declined"}, False, False),
        ({"day": "2022-06-01", "clock": "09:00"}, True, True),
        ({"day": "2022-06-01", "clock": "09:01"}, False, False),
    ],
)
def test_what_qualifies(assessment: dict[str, Any], valid: bool, performed: bool) -> None:
    assert extended([assessment]) is valid
    assert extended([assessment], extension_source="performed") is performed


def test_four_persons_where_more_than_three_are_asked() -> None:
    assert not extended([{}], persons_3="more_than_3")
    assert extended([{"assessors": ["T1", "T2", "T3", "T4"]}], persons_3="more_than_3")


def test_paid_ones_only() -> None:
    paid = {"extension_source": "paid"}
    assert extended([{}], **paid)
    assert not extended([{"stay": "unknown"}], **paid)
    assert extended([{"stay": "unknown"}])
    too_soon = [{"day": "2022-02-20", "outcome": None}, {"day": PAST}]
    assert not extended(too_soon, **paid)  # the second comes nine days after the first and is not paid
    assert extended(too_soon)


@pytest.mark.parametrize(
    ("outcomes", "latest", "any_"),
    [
        (["improved", "unchanged"], False, True),
        (["improved", "declined"], False, True),
        (["improved", "baseline"], True, True),
        (["improved", None], True, True),
        (["unchanged", "improved"], True, True),
        (["unchanged", "declined"], False, False),
    ],
)
def test_the_latest_or_any(outcomes: list[str | None], latest: bool, any_: bool) -> None:
    assessed = [{"day": f"2022-04-{10 + n}", "outcome": outcome} for n, outcome in enumerate(outcomes)]
    assert extended(assessed) is latest
    assert extended(assessed, improvement="any") is any_


def test_of_two_at_one_moment_the_later_line_is_the_latest() -> None:
    assert extended([{"outcome": "declined"}, {"outcome": "improved"}])
    assert not extended([{"outcome": "improved"}, {"outcome": "declined"}])


def test_with_paid_days_the_span_ends_the_day_after_the_last_of_them() -> None:
    journal = Journal()
    for n in range(365):
        journal.session(14, date(2021, 3, 1) + timedelta(n))
    early, late = "2022-02-28", "2022-03-01"
    for day, payable in ((early, False), (late, True)):
        one = Journal()
        one.facts = list(journal.facts)
        one.assessment(10, day, id="A", outcome="improved")
        act = one.session(14, "2022-03-02", id="X")
        assert one.decision(act, span_measure="paid_days").payable is payable


def test_it_says_what_is_wrong() -> None:
    journal = Journal()
    journal.session(14, "2021-03-01")
    act = journal.session(14, "2022-03-10")
    assert journal.finding(act, "14.span").observed == {"assessment": "not recorded"}
    early = journal.assessment(10, "2022-02-01", outcome="improved")
    assert journal.finding(act, "14.span").observed == {
        "assessment": early, "assessed_on": "2022-02-01", "outcome": "improved",
        "problem": "dated before 2022-03-01",
    }  # fmt: skip
    late = journal.assessment(10, "2022-03-05", outcome="improved")
    assert journal.finding(act, "14.span").observed == {
        "assessment": late, "assessed_on": "2022-03-05", "outcome": "improved", "valid_until": "2023-03-04",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("assessment", "readings", "seen"),
    [
        ({"outcome": None}, {}, {"outcome": "not recorded", "problem": "says nothing on improvement"}),
        ({"outcome": "baseline"}, {}, {"outcome": "baseline", "problem": "says nothing on improvement"}),
        (
            {"outcome": "improved", "assessors": ["T1"], "scales": []},
            {},
            {"outcome": "improved", "problem": "does not meet 10.staff, 10.parts"},
        ),
        (
            {"outcome": "improved", "assessors": ["T1"]},
            {"extension_source": "paid"},
            {"outcome": "improved", "problem": "not paid"},
        ),
        ({"outcome": "declined"}, {}, {"outcome": "declined", "problem": "not improved"}),
        ({"outcome": "declined"}, {"improvement": "any"}, {"outcome": "declined", "problem": "not improved"}),
    ],
)
def test_an_assessment_that_is_no_proof_is_named(
    assessment: dict[str, Any], readings: dict[str, str], seen: dict[str, str]
) -> None:
    journal = Journal()
    journal.session(14, "2021-03-01")
    made = journal.assessment(10, "2022-03-05", **assessment)
    act = journal.session(14, "2022-03-10")
    observed = journal.finding(act, "14.span", **readings).observed
    assert observed == {"assessment": made, "assessed_on": "2022-03-05", **seen}


@pytest.mark.parametrize(("day", "asked"), [("2021-06-14", False), ("2021-06-15", True)])
def test_proof_is_asked_from_the_seventh_birthday(day: str, asked: bool) -> None:
    journal = Journal(born="2014-06-15")
    act = journal.session(3, day)
    assert journal.denied(act) == (("3.proof",) if asked else ())


@pytest.mark.parametrize(("assessed", "holds"), [("2020-10-11", False), ("2020-10-12", True), ("2021-10-11", True)])
def test_proof_of_whatever_date_within_its_validity(assessed: str, holds: bool) -> None:
    journal = Journal(born="2014-06-15")
    journal.assessment(10, assessed, "08:00", outcome="improved")
    act = journal.session(3, "2021-10-11")
    assert journal.denied(act) == (() if holds else ("3.proof",))
    assert journal.decision(act, extension_from="30_days_before").payable is holds
