"""What the facts say beside the acts: of each act the fee confirmed last, and the share of the fund that it states."""

from collections.abc import Sequence

import pytest

from ledger.treatment.facts import FeeConfirmed
from projections.rules.evidence import Evidence
from tests.projections.rules.building import moment


@pytest.mark.parametrize(
    ("lines", "fee", "fund"),
    [
        ([], None, None),
        ([("09:00", 100, 80)], 100, 80),
        ([("09:00", 100, None)], 100, None),
        ([("09:00", 0, 0)], 0, 0),
        ([("10:00", 100, 80), ("09:00", 90, 70)], 100, 80),
        ([("10:00", 100, 80), ("10:00", 90, 70)], 90, 70),
        ([("10:00", 100, 80), ("11:00", 90, None)], 90, None),  # the share of an earlier line counts no more
        ([("11:00", 90, None), ("10:00", 100, 80)], 90, None),
    ],
)
def test_a_fee_and_its_share_are_of_the_line_confirmed_last(
    lines: Sequence[tuple[str, int, int | None]], fee: int | None, fund: int | None
) -> None:
    facts = [
        FeeConfirmed(at=moment("2021-03-01", clock), act=act, amount_fen=amount, fund_fen=share)
        for act, told in (("S1", lines), ("S2", [("12:00", 5, 4)]))
        for clock, amount, share in told
    ]
    evidence = Evidence(facts)
    assert (evidence.fee_of("S1"), evidence.fund_of("S1")) == (fee, fund)
    assert (evidence.fee_of("S2"), evidence.fund_of("S2")) == (5, 4)
