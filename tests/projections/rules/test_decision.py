"""What a finding says of itself: the readings it names are those it rests on."""

from hypothesis import given, settings
from hypothesis import strategies as st

from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from tests.projections.rules.building import SHANGHAI
from tests.projections.rules.random_journals import CHOICES, OPTIONS, journal_of


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), CHOICES, st.sampled_from(sorted(OPTIONS)), st.data())
def test_a_reading_that_is_not_named_changes_nothing(
    seed: int, readings: dict[str, str], reading: str, data: st.DataObject
) -> None:
    """Two cases over the same evidence with the same acts paid, read otherwise in one thing.

    An act that gives way to a dearer one rests on what that one's own clauses rest on; so winner is `first` here.
    """
    readings = readings | {"winner": "first"} if reading != "winner" else readings
    evidence = Evidence(journal_of(seed))
    one = Judge(evidence, SHANGHAI, readings)
    other = one.otherwise(reading, data.draw(st.sampled_from(OPTIONS[reading])))
    case, otherwise = one.fresh("P1"), other.fresh("P1")
    for act in one.acts("P1"):
        decision, flipped = case.decide(act), otherwise.decide(act)
        for finding, then in zip(decision.findings, flipped.findings, strict=True):
            assert reading in finding.readings or finding == then, (reading, finding, then)
        case.commit(act, decision.payable)
        otherwise.commit(act, decision.payable)
