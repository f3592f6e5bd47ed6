from projections.eligibility import watch
from projections.rules.judge import Judge
from tests.cases.story import build
from tests.projections.eligibility.asked import FINDINGS, SHANGHAI, ask, moment


def test_what_is_watched_is_what_a_standing_shows() -> None:
    story, item = "2021-03-01 09:00 S1..S13 adl-training", "adl-training"
    told = f"{FINDINGS} severity_adl=mild"
    standing = ask(story, item, "2021-03-13", told)
    case = Judge(build(story, findings=told), SHANGHAI).case("P1")
    asked = case.hypothetical(item, moment("2021-03-13"))
    seen = watch(case, asked, case.decide(asked), SHANGHAI)
    assert (seen.gates, seen.extensions, seen.warnings) == (standing.gates, standing.extensions, standing.warnings)
    assert [limit.finding.clause for limit in seen.limits] == [counter.clause for counter in standing.counters]


def test_a_part_of_ones_own_moves_limits_and_not_gates() -> None:
    story, item = "2021-03-01 09:00 S1..S11 adl-training", "adl-training"
    case = Judge(build(story, findings=f"{FINDINGS} severity_adl=mild"), SHANGHAI).case("P1")
    asked = case.hypothetical(item, moment("2021-03-12"))
    decision = case.decide(asked)
    assert watch(case, asked, decision, SHANGHAI).warnings == ()
    (warning,) = watch(case, asked, decision, SHANGHAI, near=0.3).warnings
    assert (warning.clause, warning.kind) == ("21.days", "limit_near")
