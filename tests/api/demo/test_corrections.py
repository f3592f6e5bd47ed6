"""Slips of the pen are corrected by the rules of the journal, and then the act is as good as any other."""

from ledger.treatment.facts import EntryCorrected, PatientFileOpened, SessionStarted, SessionStopped, SessionVoided
from projections.history import effective


def corrections(invented, field):
    return [fact for fact in invented.facts if isinstance(fact, EntryCorrected) and fact.field == field]


def test_every_kind_of_slip_is_corrected(invented):
    fields = {fact.field for fact in invented.facts if isinstance(fact, EntryCorrected)}
    assert fields == {"therapist", "at", "effect", "remark", "born"}
    assert any(fact.recorded_at for fact in invented.facts if isinstance(fact, EntryCorrected))
    assert all(fact.old is None for fact in corrections(invented, "remark"))


def test_a_wrong_correction_is_mended_by_another(invented):
    ends = {fact.target: fact.new for fact in corrections(invented, "effect")}
    chains = [fact for fact in corrections(invented, "effect") if fact.new != ends[fact.target]]
    assert chains
    for first in chains:
        second = next(fact for fact in corrections(invented, "effect") if fact.target == first.target and fact != first)
        assert second.old == first.new
        assert second.at > first.at


def test_the_effective_lines_hold_the_new_values(invented):
    facts = effective(invented.facts)
    therapists = {fact.session: fact.therapist for fact in facts if isinstance(fact, SessionStarted)}
    stops = {fact.id: fact.at for fact in facts if isinstance(fact, SessionStopped) and fact.id}
    files = {fact.id: fact.born for fact in facts if isinstance(fact, PatientFileOpened)}
    assert all(therapists[fact.target] == fact.new != fact.old for fact in corrections(invented, "therapist"))
    assert all(stops[fact.target].isoformat() == fact.new for fact in corrections(invented, "at"))
    assert all(files[fact.target].isoformat() == fact.new for fact in corrections(invented, "born"))


def test_no_voided_session_is_corrected(invented):
    voided = {fact.session for fact in invented.facts if isinstance(fact, SessionVoided)}
    assert voided
    assert not voided & {
        fact.target.removeprefix("stop/") for fact in invented.facts if isinstance(fact, EntryCorrected)
    }
