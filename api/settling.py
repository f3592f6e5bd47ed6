"""What was settled, held against what the rules give: fees of acts that the adopted rulebook judges otherwise.

A hospital settles with the fund by confirming a fee, and may say what of it the fund pays. That statement is a fact
like any other; the rules are another. Where both are proven and they disagree, somebody was paid wrongly, or not at
all. Source: proof.md, claim 7.
"""

from collections.abc import Iterable

from ledger.treatment.facts import Fact, FeeConfirmed
from ledger.verify import Finding
from projections.rules.decision import Decision
from projections.rules.evidence import take_fee


def compare_settled(facts: Iterable[Fact], decisions: Iterable[Decision]) -> tuple[int, list[Finding]]:
    """How many settled acts were compared, and a finding for each that was settled otherwise than it is decided.

    `facts` are effective ones, in journal order; of several fees of an act the last counts. `decisions` that name no
    rulebook, of days that no adoption covers, decide nothing here.
    """
    fees: dict[str, FeeConfirmed] = {}
    for fact in facts:
        if isinstance(fact, FeeConfirmed):
            take_fee(fees, fact)
    compared, findings = 0, []
    for decision in decisions:
        fee = fees.get(decision.act)
        if fee is None or fee.fund_fen is None or not decision.digest:
            continue
        compared += 1
        where = f"act {decision.act}"
        if fee.fund_fen > 0 and not decision.payable:
            clauses = ", ".join(decision.denied_by)
            what = f"the fund paid {_yuan(fee.fund_fen)}, and {decision.rulebook} denies the act by {clauses}"
            findings.append(Finding("decision-differs", where, what))
        elif fee.fund_fen == 0 < fee.amount_fen and decision.payable:
            what = f"the fund paid nothing of {_yuan(fee.amount_fen)}, and by {decision.rulebook} the act is payable"
            findings.append(Finding("decision-differs", where, what))
    return compared, findings


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02} yuan"
