"""Thirty days a limb: which limb a site names, and what each has left."""

from datetime import date, timedelta

import pytest

from projections.rules.clauses.limb_days import limbs_of
from projections.rules.decision import Finding
from projections.rules.judge import Judge
from projections.rules.rulebook import load_rulebook
from tests.projections.rules.building import Journal, moment

BOOK = load_rulebook("national-29")
ITEM = "amputee-limb-training"


@pytest.mark.parametrize(
    ("site", "limbs"),
    [
        ("左上肢", ("upper",)), ("右下肢", ("lower",)), ("双上肢残端", ("upper",)), ("上下肢", ("upper", "lower")),
        ("上、下肢", ("upper", "lower")), ("上肢及下肢", ("upper", "lower")), ("上肢，下肢", ("upper", "lower")),
        ("left upper limb", ("upper",)), ("Lower limb, right", ("lower",)), ("UPPER/lower", ("upper", "lower")),
        ("", ()), ("left arm", ()), ("右手", ()), ("膝以上", ()), ("肢体", ()), ("supper", ()), ("下颌", ()),
    ],
)  # fmt: skip
def test_the_limbs_that_a_site_names(site: str, limbs: tuple[str, ...]) -> None:
    assert limbs_of(site) == limbs


def journal_of(*acts: tuple[str, str, int]) -> Journal:
    """(first day, site, how many days one after another)."""
    journal = Journal()
    for n, (first, site, days) in enumerate(acts):
        journal.prescription(f"R{n}", ITEM, site=site)
        for k in range(days):
            journal.session(ITEM, date.fromisoformat(first) + timedelta(k), f"{9 + n:02}:00", prescription=f"R{n}")
    return journal


def found(journal: Journal, **readings: str) -> list[Finding]:
    made = Judge(journal.facts, BOOK, readings).decisions()
    return [finding for decision in made for finding in decision.findings if finding.clause == "20.days"]


def test_each_limb_has_days_of_its_own() -> None:
    findings = found(journal_of(("2021-03-01", "左上肢", 31), ("2021-05-01", "右下肢", 31)))
    assert [finding.holds for finding in findings] == ([True] * 30 + [False]) * 2
    over = findings[30]
    assert (over.used, over.limit, over.unit, over.next_payable_on) == (30, 30, "day", None)
    assert over.observed == {"site": "左上肢", "limb": "upper"}
    assert len(over.counted) == 30


def test_a_day_already_paid_uses_no_new_one() -> None:
    findings = found(journal_of(("2021-03-01", "左上肢", 30), ("2021-03-30", "左上肢", 1)))
    assert findings[-1].holds


def test_an_act_on_both_counts_the_limb_that_denies() -> None:
    findings = found(journal_of(("2021-03-01", "下肢", 30), ("2021-05-01", "上下肢", 1)))
    assert (findings[-1].holds, findings[-1].used, findings[-1].observed["limb"]) == (False, 30, "upper and lower")


def test_an_act_on_both_uses_both() -> None:
    findings = found(journal_of(("2021-03-01", "上下肢", 30), ("2021-05-01", "上肢", 1), ("2021-05-01", "下肢", 1)))
    assert [finding.holds for finding in findings[-2:]] == [False, False]


@pytest.mark.parametrize(("site", "seen"), [("", "not recorded"), ("left arm", "left arm")])
def test_a_site_that_names_no_limb_fails_and_says_so(site: str, seen: str) -> None:
    (finding,) = found(journal_of(("2021-03-01", site, 1)))
    assert not finding.holds
    assert finding.observed == {"site": seen, "limb": "not recorded"}


@pytest.mark.parametrize(("day", "holds"), [("2021-03-30", True), ("2021-03-31", False)])
def test_thirty_days_from_the_first(day: str, holds: bool) -> None:
    findings = found(journal_of(("2021-03-01", "上肢", 1), (day, "上肢", 1)), day_unit="elapsed")
    assert findings[-1].holds is holds


def test_a_new_container_has_new_days() -> None:
    findings = found(journal_of(("2021-11-01", "上肢", 31), ("2022-01-01", "上肢", 1)), container="calendar_year")
    assert findings[30].next_payable_on == date(2022, 1, 1)
    assert findings[-1].holds


def test_one_more_that_nobody_ordered_is_taken_for_the_limb_with_more_left() -> None:
    journal = journal_of(("2021-03-01", "上肢", 30), ("2021-05-01", "下肢", 2))
    case = Judge(journal.facts, BOOK).case("P1")
    decision = case.decide(case.hypothetical(ITEM, moment("2021-06-01")))
    finding = next(finding for finding in decision.findings if finding.clause == "20.days")
    assert (finding.holds, finding.used, finding.observed) == (True, 2, {"limb": "lower", "presumed": True})
