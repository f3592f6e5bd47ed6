"""The insurance office: a hospital hands in a journal, no database is needed; what is not payable, why, how much."""

from collections import Counter

from ledger.journal import JournalRefused, load
from ledger.treatment.facts import FeeConfirmed
from projections.history import effective
from projections.rules.judge import Judge
from projections.rules.rulebook import load_rulebook

RULEBOOK = load_rulebook("shanghai-2017")


def test_what_is_to_be_paid_back(hospital):
    facts = effective(load([hospital.journal]))
    paid = {fact.act: fact.fund_fen for fact in facts if isinstance(fact, FeeConfirmed)}
    denied = {made.act: made for made in Judge(facts, RULEBOOK).decisions() if not made.payable}

    # Everything that was planted, and nothing else; and the money with it.
    planted = {mistake.act: mistake for mistake in hospital.planted if mistake.denied_by}
    assert {act: made.denied_by for act, made in denied.items()} == {
        act: mistake.denied_by for act, mistake in planted.items()
    }
    assert sum(paid.get(act, 0) for act in denied) == sum(mistake.fund_fen for mistake in planted.values()) > 0

    # Every denial says in the words of the rule why.
    for made in denied.values():
        failed = [finding for finding in made.findings if not finding.holds]
        assert tuple(finding.clause for finding in failed) == made.denied_by
        assert all(finding.quote for finding in failed)
    assert Counter(clause for made in denied.values() for clause in made.denied_by).most_common(1)


def test_a_dispute_about_words(hospital):
    """Under the lenient readings and the strict ones: what is denied under all is no matter of interpretation."""
    facts = effective(load([hospital.journal]))
    verdicts = [
        {made.act: made.payable for made in Judge(facts, RULEBOOK, profile=profile).decisions()}
        for profile in ("default", "strict", "lenient")
    ]
    acts = verdicts[0].keys()
    assert all(verdict.keys() == acts for verdict in verdicts)
    violations = {act for act in acts if not any(verdict[act] for verdict in verdicts)}
    suspected = {act for act in acts if len({verdict[act] for verdict in verdicts}) == 2}
    assert violations
    assert not violations & suspected
    records = {m.act for m in hospital.planted if m.denied_by and m.denied_by[0].startswith("record.")}
    assert records <= violations


def test_a_journal_with_a_bad_line_is_sent_back(hospital, tmp_path):
    bad = tmp_path / "bad.ndjson"
    lines = hospital.journal.read_bytes().splitlines()
    bad.write_bytes(b"\n".join([*lines[:2], b'{"type":"SessionStopped","at":"2021-03-01"}', *lines[2:]]))
    try:
        load([bad])
    except JournalRefused as refused:
        (problem,) = refused.problems
        assert str(problem).startswith(f"{bad}:3: at: ")
    else:
        raise AssertionError("a bad line was taken in")
