from msgspec.structs import replace

from projections.eligibility.findings import finding_of, worded
from projections.rules.decision import Decision
from projections.rules.judge import judge
from tests.cases.story import build
from tests.projections.eligibility.asked import FINDINGS, SHANGHAI


def decided(item: str) -> Decision:
    (decision,) = judge(build(f"2021-03-01 09:00 S1 {item} sheet=P1/E1/{item}", findings=FINDINGS), SHANGHAI)
    return decision


def test_findings_of_the_rule_beside_its_words_without_the_record() -> None:
    pairs = list(worded(decided("occupational-therapy"), SHANGHAI))
    assert [words.clause for words, _ in pairs] == ["5.ind", "5.span", "5.day"]
    assert all(words.clause == finding.clause for words, finding in pairs)
    assert all("".join(words.quote) in (finding.quote or "").replace("……", "") for words, finding in pairs)


def test_an_item_outside_the_rulebook_has_none() -> None:
    assert list(worded(decided("acupuncture"), SHANGHAI)) == []


def test_a_clause_that_was_not_asked_has_no_finding() -> None:
    decision = decided("occupational-therapy")
    assert finding_of(decision, "5.day") is decision.findings[-1]
    assert finding_of(decision, "7.day") is None
    assert finding_of(replace(decision, findings=()), "5.day") is None
