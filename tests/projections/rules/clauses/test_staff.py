"""8.site, 10.staff, 10.parts, 25.staff."""

from datetime import date
from typing import Any

import pytest

from ledger.treatment.facts import PractitionerQualified
from tests.projections.rules.building import LONG_AGO, Journal

DAY = "2021-03-01"


@pytest.mark.parametrize(
    ("institution", "hospital", "both"),
    [
        ({"level": 3, "departments": ["rehabilitation"]}, True, True),
        ({"level": 2, "departments": ["tcm", "rehabilitation"]}, True, True),
        ({"level": 1, "departments": ["rehabilitation"]}, False, False),
        ({"level": None, "departments": ["rehabilitation"]}, False, False),
        ({"level": 3, "departments": ["tcm"]}, False, False),
        ({"level": 2, "departments": [], "kind": "rehabilitation"}, True, True),
        ({"level": 1, "departments": [], "kind": "rehabilitation"}, True, False),
        ({"level": None, "departments": [], "kind": "rehabilitation"}, True, False),
        ({"level": None, "departments": [], "kind": "tcm"}, False, False),
    ],
)
def test_the_site(institution: dict[str, Any], hospital: bool, both: bool) -> None:
    journal = Journal()
    journal.institution("H2", **institution)
    act = journal.session(8, DAY, institution="H2")
    assert journal.denied(act) == (() if hospital else ("8.site",))
    assert journal.denied(act, site_level="both") == (() if both else ("8.site",))


@pytest.mark.parametrize(
    ("assessors", "default", "more", "record"),
    [
        (["T1", "T2"], False, False, True),
        (["T1", "T2", "T3"], True, False, True),
        (["T1", "T2", "T3", "T4"], True, True, True),
        (["T1", "T2", "T2", "T1"], False, False, True),
        (["T1", "T2", "X"], False, False, False),
        (["T1", "T2", "T3", "X"], True, False, False),
        (["T1", "T2", "C"], True, False, True),
    ],
)
def test_distinct_qualified_assessors(assessors: list[str], default: bool, more: bool, record: bool) -> None:
    journal = Journal()
    journal.practitioner("X")
    journal.practitioner("C", "other", "tcm")
    act = journal.assessment(10, DAY, assessors=assessors)
    first = () if record else ("record.therapist",)
    assert journal.denied(act) == (*first, *(() if default else ("10.staff",)))
    assert journal.denied(act, persons_3="more_than_3") == (*first, *(() if more else ("10.staff",)))


@pytest.mark.parametrize(("scales", "holds"), [([], False), (["a"], False), (["a", "a"], False), (["a", "b"], True)])
def test_distinct_scales(scales: list[str], holds: bool) -> None:
    journal = Journal()
    assert journal.denied(journal.assessment(10, DAY, scales=scales)) == (() if holds else ("10.parts",))


@pytest.mark.parametrize(
    ("profession", "scopes", "holds"),
    [
        ("therapist", ["rehabilitation"], True),
        ("therapist", ["tcm"], False),
        ("therapist", ["auditory_verbal"], True),
        ("nurse", ["auditory_verbal"], True),
        ("physician", ["rehabilitation"], False),
        ("therapist", [], False),
    ],
)
def test_who_gives_item_25(profession: str, scopes: list[str], holds: bool) -> None:
    journal = Journal(born="2017-01-01")
    journal.practitioner("X", profession, *scopes)
    assert journal.denied(journal.session(25, DAY, therapist="X")) == (() if holds else ("25.staff",))


@pytest.mark.parametrize(("day", "holds"), [("2021-02-28", False), ("2021-03-01", True), ("2021-03-02", False)])
def test_the_qualification_counts_on_the_day(day: str, holds: bool) -> None:
    journal = Journal(born="2017-01-01")
    journal.practitioner("X", "nurse")
    journal.add(
        PractitionerQualified(
            at=LONG_AGO, practitioner="X", scope="auditory_verbal", valid_from=date(2021, 3, 1),
            valid_until=date(2021, 3, 1),
        )
    )  # fmt: skip
    assert journal.denied(journal.session(25, day, therapist="X")) == (() if holds else ("25.staff",))


def test_what_was_never_recorded_of_a_site_and_what_was_recorded_as_absent() -> None:
    journal = Journal()
    journal.institution("H2", level=None, departments=[])
    empty = journal.finding(journal.session(8, DAY, institution="H2"), "8.site").observed
    assert empty == {"level": "not recorded", "kind": "general", "departments": "recorded as absent"}
    unknown = journal.finding(journal.session(8, DAY, institution="H9"), "8.site").observed
    assert set(unknown.values()) == {"not recorded"}


@pytest.mark.parametrize(("kind", "named"), [("general", {}), ("rehabilitation", {"site_level": "hospital"})])
def test_the_level_of_a_specialised_hospital_is_no_matter_for_others(kind: str, named: dict[str, str]) -> None:
    journal = Journal()
    journal.institution("H2", kind=kind)
    assert journal.finding(journal.session(8, DAY, institution="H2"), "8.site").readings == named


def test_nobody_and_nothing_recorded_of_an_assessment() -> None:
    journal = Journal()
    journal.practitioner("X")
    act = journal.assessment(10, DAY, assessors=[], scales=[])
    assert journal.finding(act, "10.staff").observed == {"assessors": "not recorded", "persons": 0, "asked": 3}
    assert journal.finding(act, "10.parts").observed == {"results": "not recorded", "scales": 0, "asked": 2}
    other = journal.assessment(10, "2021-04-01", assessors=["X"])
    assert journal.finding(other, "10.staff").observed == {"qualified": "none", "persons": 0, "asked": 3}
