"""Inspections write up what was planted, order it back with 2 to 5 times the amount, and are appealed against."""

from collections import defaultdict

from ledger.treatment.facts import (
    InspectionClosed,
    InspectionOpened,
    RefundOrdered,
    RulebookAdopted,
    ViolationAppealed,
    ViolationFound,
)


def test_violations_are_planted_acts_with_their_clause(invented):
    found = [fact for fact in invented.facts if isinstance(fact, ViolationFound)]
    where = {fact.inspection: fact.institution for fact in invented.facts if isinstance(fact, InspectionOpened)}
    assert len(found) >= 20
    for violation in found:
        mistake = invented.planted[violation.act]
        assert violation.clause in mistake.denied_by
        assert violation.amount_fen == mistake.fund_fen > 0
        assert where[violation.inspection] == mistake.institution
        assert violation.at > mistake.at


def test_refunds_add_up_and_fines_keep_to_the_notice(invented):
    amounts = defaultdict(int)
    for fact in invented.facts:
        if isinstance(fact, ViolationFound):
            amounts[fact.inspection] += fact.amount_fen
    refunds = [fact for fact in invented.facts if isinstance(fact, RefundOrdered)]
    assert {refund.inspection: refund.amount_fen for refund in refunds} == amounts
    assert all(2 * refund.amount_fen <= refund.fine_fen <= 5 * refund.amount_fen for refund in refunds)


def test_appeals_are_about_violations_and_every_inspection_closes(invented):
    violations = {(fact.inspection, fact.act) for fact in invented.facts if isinstance(fact, ViolationFound)}
    appeals = {(fact.inspection, fact.act) for fact in invented.facts if isinstance(fact, ViolationAppealed)}
    assert appeals
    assert appeals <= violations
    opened = [fact.inspection for fact in invented.facts if isinstance(fact, InspectionOpened)]
    closed = [fact.inspection for fact in invented.facts if isinstance(fact, InspectionClosed)]
    assert opened == closed


def test_one_rulebook_is_adopted(invented):
    (adopted,) = [fact for fact in invented.facts if isinstance(fact, RulebookAdopted)]
    assert adopted.rulebook == "shanghai-2017"
    assert adopted.digest == "0" * 64
