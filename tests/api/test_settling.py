"""What was settled, held against what is decided: which fee counts, and what of it is a finding."""

from datetime import UTC, datetime

import pytest

from api.settling import compare_settled
from ledger.treatment.facts import FeeConfirmed
from projections.rules.decision import Decision


def fee(fund_fen: int | None, hour: int = 8, amount_fen: int = 4000, act: str = "S1") -> FeeConfirmed:
    at = datetime(2021, 3, 1, hour, tzinfo=UTC)
    return FeeConfirmed(at=at, act=act, amount_fen=amount_fen, fund_fen=fund_fen)


def decided(payable: bool, digest: str = "d") -> Decision:
    return Decision(
        act="S1", kind="session", patient="P1", item="exercise-therapy", rule=1, at=datetime(2021, 3, 1, tzinfo=UTC),
        payable=payable, verdict="compliant" if payable else "violation", denied_by=() if payable else ("1.day",),
        findings=(), rulebook="shanghai-2017", digest=digest,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fees", "payable", "found"),
    [
        ([fee(4000)], True, None),
        ([fee(1)], True, None),
        ([fee(0)], False, None),
        ([fee(1)], False, "the fund paid 0.01 yuan, and shanghai-2017 denies the act by 1.day"),
        ([fee(123456789)], False, "the fund paid 1,234,567.89 yuan, and shanghai-2017 denies the act by 1.day"),
        ([fee(0)], True, "the fund paid nothing of 40.00 yuan, and by shanghai-2017 the act is payable"),
        ([fee(0, amount_fen=0)], True, None),
        ([fee(4000), fee(0, 9)], False, None),
        ([fee(0, 9), fee(4000)], False, None),
        ([fee(4000), fee(0)], False, None),
    ],
)
def test_the_last_fee_is_compared(fees, payable, found):
    compared, findings = compare_settled(fees, [decided(payable)])
    assert compared == 1
    assert [(f.name, f.where, f.what) for f in findings] == ([("decision-differs", "act S1", found)] if found else [])


@pytest.mark.parametrize(
    ("fees", "digest"),
    [([], "d"), ([fee(None)], "d"), ([fee(4000), fee(None, 9)], "d"), ([fee(4000, act="S2")], "d"), ([fee(4000)], "")],
)
def test_what_says_nothing_of_the_fund_or_is_under_no_rulebook_is_not_compared(fees, digest):
    assert compare_settled(fees, [decided(False, digest)]) == (0, [])
