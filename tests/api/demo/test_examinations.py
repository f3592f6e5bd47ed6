"""Every assessment is signed by each of its assessors soon after; a voided one by nobody."""

from collections import defaultdict
from datetime import timedelta

from ledger.treatment.facts import AssessmentRecorded, AssessmentSigned, AssessmentVoided


def of(invented, type_):
    return [fact for fact in invented.facts if isinstance(fact, type_)]


def test_each_assessor_signs_once_ten_to_twenty_minutes_after(invented):
    voided = {fact.assessment for fact in of(invented, AssessmentVoided)}
    recorded = {fact.assessment: fact for fact in of(invented, AssessmentRecorded)}
    signers = defaultdict(list)
    for signed in of(invented, AssessmentSigned):
        after = signed.at - recorded[signed.assessment].at
        assert timedelta(minutes=10) <= after < timedelta(minutes=20)
        signers[signed.assessment].append(signed.practitioner)
    expected = {fact.assessment: fact.assessors for fact in recorded.values() if fact.assessment not in voided}
    assert {name: sorted(signers[name]) for name in expected} == {
        name: sorted(assessors) for name, assessors in expected.items()
    }
    assert voided
    assert not voided & signers.keys()


def test_whoever_names_no_assessor_has_nobody_sign(invented):
    nobody = {fact.assessment for fact in of(invented, AssessmentRecorded) if not fact.assessors}
    assert nobody
    assert all("record.signed" in invented.planted[name].denied_by for name in nobody)
    assert not nobody & {fact.assessment for fact in of(invented, AssessmentSigned)}
