"""41.open, and what lies outside the rulebook."""

import pytest

from projections.rules.judge import Judge
from projections.rules.rulebook import load_rulebook
from tests.projections.rules.building import Journal, spelled

DAY = "2021-03-01"


@pytest.mark.parametrize(("option", "denied"), [("payable", ()), ("not_payable", ("41.open",))])
def test_a_blank_text(option: str, denied: tuple[str, ...]) -> None:
    journal = Journal()
    act = journal.session(41, DAY)
    assert journal.denied(act, no_text=option) == denied
    finding = journal.finding(act, "41.open", no_text=option)
    assert finding.observed == {"text": "blank"}
    assert finding.quote == ""


@pytest.mark.parametrize(("option", "denied"), [("payable", ()), ("not_payable", ("22.open",))])
def test_a_limit_that_was_not_found(option: str, denied: tuple[str, ...]) -> None:
    journal = Journal()
    journal.assessment(20, DAY)
    (decision,) = Judge(journal.facts, load_rulebook("national-29"), {"no_text": option}).decisions()
    assert decision.denied_by == denied
    finding = next(finding for finding in decision.findings if finding.clause == "22.open")
    assert finding.observed == {"text": "limit not found in the sources at hand"}


def test_an_item_outside_the_rulebook_is_judged_by_the_record_alone() -> None:
    journal = Journal()
    sound, unsigned = journal.session("acupuncture", DAY), journal.session("acupuncture", DAY, signed=False)
    decision = spelled(journal.decision(sound))
    assert decision["rule"] is None
    assert decision["payable"] is True
    assert decision["findings"][-1]["clause"] == "rulebook.silent"
    assert journal.denied(unsigned) == ("record.signed",)
