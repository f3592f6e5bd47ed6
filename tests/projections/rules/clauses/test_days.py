"""16.days, 21.days, 22.days: distinct paid days, the tiers of item 21, and the containers."""

from datetime import date, timedelta

import pytest

from tests.projections.rules.building import EVERY_FINDING, Journal

START = date(2021, 1, 4)


def trained(item: int, days: int, journal: Journal | None = None, begin: date = START, step: int = 1) -> Journal:
    """A journal with so many paid days (a gate, where there is one, kept open)."""
    journal = journal or Journal(born="1980-01-01")
    for n in range(days):
        if item == 21 and n and n % 14 == 0:
            journal.assessment(9, begin + timedelta(n * step), "07:00", item=None, outcome="improved")
        journal.session(item, begin + timedelta(n * step))
    return journal


@pytest.mark.parametrize(("item", "limit"), [(16, 30), (22, 90)])
def test_the_last_day_and_one_more(item: int, limit: int) -> None:
    journal = trained(item, limit - 1)
    last = journal.session(item, START + timedelta(limit + 5))
    again = journal.session(item, START + timedelta(limit + 5), "11:00")
    past = journal.session(item, START + timedelta(limit + 6))
    decisions = journal.decisions()
    assert [decisions[act].denied_by for act in (last, again, past)] == [(), (), (f"{item}.days",)]
    finding = journal.finding(past, f"{item}.days")
    assert (finding.used, finding.limit, finding.unit, len(finding.counted)) == (limit, limit, "day", limit)


def gated(days: int, severity: str) -> Journal:
    """Paid days of item 21, an assessment with progress on every day."""
    journal = Journal(born="1980-01-01", findings=EVERY_FINDING | {"severity_adl": severity})
    for n in range(days):
        journal.assessment(None, START + timedelta(n), "07:00", outcome="improved")
        journal.session(21, START + timedelta(n))
    return journal


@pytest.mark.parametrize(("severity", "limit"), [("severe", 90), ("moderate", 60), ("mild", 30)])
def test_tiers(severity: str, limit: int) -> None:
    journal = gated(limit + 1, severity)
    decisions = [decision for decision in journal.decisions().values() if decision.rule == 21]
    assert [decision.payable for decision in decisions] == [True] * limit + [False]
    assert decisions[-1].denied_by == ("21.days",)


def test_no_severity_recorded_fails() -> None:
    journal = Journal(findings={"adl_disorder": True})
    act = journal.session(21, START)
    assert journal.denied(act) == ("21.days",)
    assert journal.finding(act, "21.days").observed == {"severity_adl": "not recorded"}


@pytest.mark.parametrize(("reading", "denied"), [("session", ("21.days",)), ("first_session", ())])
def test_the_tier_now_or_at_the_first(reading: str, denied: tuple[str, ...]) -> None:
    journal = gated(30, "severe")
    journal.findings("2021-02-03", severity_adl="mild")
    journal.assessment(None, "2021-02-03", outcome="improved")
    act = journal.session(21, "2021-02-04")
    assert journal.denied(act, severity_at=reading) == denied


def test_a_day_already_paid_uses_no_new_day_also_under_a_lower_tier() -> None:
    journal = gated(31, "severe")
    journal.findings("2021-02-03", clock="10:00", severity_adl="mild")
    assert journal.denied(journal.session(21, "2021-02-03", "11:00")) == ()


def test_the_first_severity_is_that_of_the_first_paid_act_in_the_container() -> None:
    journal = Journal(findings=EVERY_FINDING | {"severity_adl": "mild"})
    journal.session(21, START, signed=False)
    journal.findings("2021-01-05", severity_adl="severe")
    journal.session(21, "2021-01-06")
    act = journal.session(21, "2021-01-07")
    assert journal.finding(act, "21.days", severity_at="first_session").limit == 90


@pytest.mark.parametrize(("item", "limit"), [(16, 30), (22, 90)])
@pytest.mark.parametrize("offset", [-1, 0])
def test_elapsed_days(item: int, limit: int, offset: int) -> None:
    journal = trained(item, 1)
    act = journal.session(item, START + timedelta(limit + offset))
    assert journal.denied(act, day_unit="elapsed") == (() if offset < 0 else (f"{item}.days",))
    assert journal.denied(act) == ()


@pytest.mark.parametrize(
    ("container", "same_year", "next_year", "other_episode"),
    [("episode", False, False, True), ("lifetime", False, False, False), ("calendar_year", False, True, True)],
)
def test_containers(container: str, same_year: bool, next_year: bool, other_episode: bool) -> None:
    journal = trained(16, 30)
    journal.episode("E2", findings=EVERY_FINDING)
    same = journal.session(16, "2021-12-31")
    later = journal.session(16, "2022-01-01")
    other = journal.session(16, "2022-01-02", episode="E2")
    decisions = journal.decisions(container=container)
    assert [decisions[act].payable for act in (same, later, other)] == [same_year, next_year, other_episode]
    if container == "calendar_year":
        assert journal.finding(same, "16.days", container=container).next_payable_on == date(2022, 1, 1)


def test_denied_days_are_not_counted() -> None:
    journal = trained(16, 29)
    journal.session(16, "2021-03-01", signed=False)
    assert journal.denied(journal.session(16, "2021-03-02")) == ()
    assert journal.denied(journal.session(16, "2021-03-03")) == ("16.days",)
