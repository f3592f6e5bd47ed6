"""One hospital of the year signs electronically: what it signs the door takes, a stranger verifies, no rule asks."""

from base64 import b64encode
from collections import Counter, defaultdict
from datetime import datetime

import msgspec
import pytest

from api.demo import NO_DIGEST, write_journal, year
from api.demo.district import districts
from api.demo.staff import private_key
from ledger.application import TreatmentLedger
from ledger.application.signatures import KeyChain, breaks, take_signature
from ledger.proof.ed25519 import public_key_of
from ledger.treatment.chains import Chain, link_of
from ledger.treatment.facts import (
    AssessmentSigned,
    PrescriptionIssued,
    SessionSigned,
    SessionStarted,
    SigningKeyEnrolled,
    SigningKeyRevoked,
)
from ledger.treatment.lines import Lines
from ledger.treatment.statements import ChainEnd, is_statement, unpack
from ledger.treatment.subjects import SUBJECTS
from ledger.verify import verify
from projections.history import effective
from projections.rules.judge import judge
from projections.rules.rulebook import load_rulebook

NOW = datetime.fromisoformat("2022-01-03T09:00:00+08:00")
SIGNABLE = (PrescriptionIssued, SessionSigned, AssessmentSigned)


def is_signed(fact):
    return isinstance(fact, SIGNABLE) and is_statement(fact.signature)


def without_statements(fact):
    return msgspec.structs.replace(fact, signature=None) if is_signed(fact) else fact


def signed_acts(facts):
    """The session or assessment of each signature in the statement form."""
    return {
        getattr(fact, "session", None) or fact.assessment
        for fact in facts
        if is_signed(fact) and not isinstance(fact, PrescriptionIssued)
    }


def decisions(facts):
    return {
        made.act: (made.payable, tuple(made.denied_by))
        for made in judge(effective(facts), load_rulebook("shanghai-2017"))
    }


def test_the_door_takes_every_statement_of_the_year(invented):
    """As of the lines before it, by the key that was enrolled, and each key's in one chain in the order of time."""
    lines, links = defaultdict(list), defaultdict(list)
    for n, fact in enumerate(invented.facts):
        if is_signed(fact):
            signed = take_signature(fact, lambda subject: Lines(enumerate(lines[subject])).before(len(lines[subject])))
            links[signed.statement.key_id].append((n, link_of(signed)))
        prefix, field = SUBJECTS.get(type(fact), ("other:", "at"))
        lines[f"{prefix}{getattr(fact, field)}"].append(fact)
    assert sum(map(len, links.values())) > 5_000
    for placed in links.values():
        assert [link.counter for _, link in placed] == list(range(1, len(placed) + 1))
        assert list(breaks(placed, KeyChain(ChainEnd(), Chain))) == []


def test_one_institution_signs_from_the_day_its_keys_are_enrolled(invented):
    signed = [fact for fact in invented.facts if is_signed(fact)]
    said = [unpack(fact.signature).statement for fact in signed]
    kinds = Counter(statement.kind for statement in said)
    assert kinds.keys() == {"session", "prescription", "assessment"}
    assert {statement.says["institution"] for statement in said} == {"H1"}
    enrolled = {fact.practitioner: fact for fact in invented.facts if isinstance(fact, SigningKeyEnrolled)}
    for fact, statement in zip(signed, said, strict=True):
        assert fact.at > enrolled[statement.signer].at
    assert min(fact.at for fact in signed).date().isoformat() <= "2021-01-08"
    assert max(fact.at for fact in signed).month == 12


def test_nobody_signs_with_a_revoked_key_and_work_went_on(invented):
    (revoked,) = [fact for fact in invented.facts if isinstance(fact, SigningKeyRevoked)]
    by_them = [fact for fact in invented.facts if isinstance(fact, SessionSigned) and fact.practitioner == "PT14"]
    assert {is_signed(fact) for fact in by_them if fact.at < revoked.at} == {True, False}
    assert {is_signed(fact) for fact in by_them if fact.at > revoked.at} == {False}


@pytest.mark.parametrize("flaw", ["signed-by-another", "signed-too-early", "stopped-at-start", "voided"])
def test_what_nobody_could_truthfully_say_is_not_said(invented, flaw):
    flawed = {act for act, planted in invented.planted.items() if planted.story == f"session {flaw}"}
    names = {fact.session for fact in invented.facts if isinstance(fact, SessionSigned)}
    assert flawed & names
    assert not flawed & signed_acts(invented.facts)


def test_what_is_corrected_later_or_written_down_later_is_not_signed(invented):
    targets = {fact.target.removeprefix("stop/") for fact in invented.facts if type(fact).__name__ == "EntryCorrected"}
    late = {fact.session for fact in invented.facts if isinstance(fact, SessionSigned) and fact.recorded_at}
    here = {fact.session for fact in invented.facts if isinstance(fact, SessionStarted) and fact.institution == "H1"}
    assert targets & here
    assert late & here
    assert not (targets | late) & signed_acts(invented.facts)


def test_the_decisions_are_those_of_a_year_without_the_signatures(invented):
    facts = [without_statements(fact) for fact in invented.facts if not isinstance(fact, AssessmentSigned)]
    assert len(facts) < len(invented.facts)
    assert decisions(facts) == decisions(invented.facts)


def test_every_key_is_the_one_that_the_words_give(invented):
    keys = {fact.practitioner: fact.public_key for fact in invented.facts if isinstance(fact, SigningKeyEnrolled)}
    assert keys == {who: b64encode(public_key_of(private_key(2021, who))).decode() for who in keys}


def test_other_districts_sign_with_a_name(invented):
    first, second = (facts for facts, _ in districts(7, 250, "0" * 64))
    assert any(map(is_signed, first))
    assert not any(map(is_signed, second))


def test_a_ledger_takes_them_in_and_a_stranger_verifies_them(tmp_path):
    journal = tmp_path / "year.ndjson"
    facts = list(year(2021, 30))
    lines = write_journal(journal, seed=2021, patients=30, rulebook_digest=NO_DIGEST)
    said = [unpack(fact.signature).statement for fact in facts if is_signed(fact)]
    sessions = Counter(statement.says["patient"] for statement in said if statement.kind == "session")
    patient, signed = sessions.most_common(1)[0]
    TreatmentLedger.init(tmp_path / "ledger", "demo.example/signed-year")
    with TreatmentLedger.open(tmp_path / "ledger") as ledger:
        imported = ledger.import_journal([journal], now=lambda: NOW)
        assert (imported.accepted, imported.refused) == (lines, 0)
        ledger.checkpoint(now=NOW)
        verdicts = {
            subject: verify(ledger.export(subject, now=NOW), ledger.vkey)
            for subject in (f"patient:{patient}", *sorted({f"practitioner:{one.signer}" for one in said}))
        }
    assert len(verdicts) > 5
    claims = {}
    for subject, verdict in verdicts.items():
        assert verdict.findings == (), subject
        (claims[subject],) = [claim.what for claim in verdict.claims if claim.name == "attributable"]
    assert f": {signed} of " in claims[f"patient:{patient}"]
