"""Facts and the library's events: stable names, entries' bytes, and back."""

import pytest
from eventsourcing.dcb.domain import Selector, Tagged

from ledger.application import TreatmentLedger
from ledger.application.mapper import Appended, EntryMapper, fact_problem, read_entry, read_fact
from ledger.journal import spell
from ledger.store.entry import parse_entry
from tests.application.conftest import NOW
from tests.application.world import JOURNAL, facts


@pytest.mark.parametrize("fact", facts(JOURNAL))
def test_there_and_back(fact) -> None:
    tagged = Tagged(["session:S1"], Appended(fact, NOW))
    event = EntryMapper().to_dcb_event(tagged)
    assert (event.type, event.tags) == (fact.ENTRY_TYPE, ["session:S1"])
    assert bytes(parse_entry(event.data).fact) == spell(fact)
    back = EntryMapper().to_domain_event(event)
    assert (back.tags, back.decision.fact, back.decision.appended_at) == (["session:S1"], fact, NOW)
    assert read_entry(event.data) == (NOW, fact)
    assert read_fact(spell(fact)) == fact
    assert fact_problem(event.type, spell(fact)) is None


def test_the_librarys_own_event_store_reads_the_ledger(ledger: TreatmentLedger) -> None:
    ledger.record(facts(JOURNAL), now=NOW)
    history = [tagged.decision.fact for tagged in ledger.events.read(Selector(tags=["patient:P1"]))]
    assert history == [recorded.fact for recorded in ledger.history("P1")]


@pytest.mark.parametrize(
    ("type", "fact", "what"),
    [
        ("session-begun.v1", b"{}", "no fact is known by the type 'session-begun.v1'"),
        ("session-stopped.v1", b'{"type":"SessionStopped"}', "its fact is not one"),
        (
            "session-stopped.v1",
            b'{"type":"EpisodeClosed","at":"2021-03-01T15:00:00+08:00","episode":"E1"}',
            "its fact a EpisodeClosed",
        ),
        (
            "episode-closed.v1",
            b'{"type":"EpisodeClosed","at":"2021-03-01T07:00:00Z","episode":"E1"}',
            "in another spelling",
        ),
    ],
)
def test_what_is_wrong_with_stored_facts(type: str, fact: bytes, what: str) -> None:
    problem = fact_problem(type, fact)
    assert problem is not None
    assert what in problem
