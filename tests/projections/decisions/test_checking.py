"""A kept decision that the reference does not confirm is an error by name."""

import pytest

from projections.decisions import Decided, DecisionDiffers, check
from tests.projections.decisions.deciding import Deciding
from tests.projections.decisions.test_keeping import three_patients


def test_each_part_of_a_decision_counts(deciding: Deciding) -> None:
    three_patients(deciding)
    kept = deciding.keep()
    position = next(one.index + 1 for one in deciding.ledger.facts() if getattr(one.fact, "assessment", "") == "XB")
    (decided,) = kept.of(position)
    judge, positions = deciding.at(decided.size, "B")
    decision = judge.decision("XB")
    check(decided, decision, positions)
    for other in (
        decided._replace(payable=not decided.payable),
        decided._replace(clauses=("record.signed",)),
        decided._replace(used=3),
        decided._replace(blocking_position=2),
    ):
        with pytest.raises(DecisionDiffers, match="is kept as"):
            check(other, decision, positions)


def test_an_act_that_there_was_not() -> None:
    with pytest.raises(DecisionDiffers, match="entry 7, kept over 9 entries: is no act"):
        check(Decided(9, 7, True), None, {})
