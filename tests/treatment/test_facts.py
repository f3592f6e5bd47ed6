"""The vocabulary: 33 types of the journal and those that only the ledger writes, each named once."""

from ledger.treatment.facts import EVENTS, FACTS, OWN_FACTS, Fact
from ledger.treatment.subjects import ATTRIBUTES


def test_every_type_has_a_stable_name_of_its_own():
    assert len(FACTS) == 33
    assert {fact.ENTRY_TYPE for fact in OWN_FACTS} == {"index-sealed.v1", "person-committed.v1", "person-erased.v1"}
    assert len(EVENTS) == len(FACTS) + len(OWN_FACTS)
    assert all(EVENTS[fact.ENTRY_TYPE] is fact for fact in OWN_FACTS)
    assert EVENTS["session-stopped.v1"].__name__ == "SessionStopped"
    assert all(EVENTS[fact.ENTRY_TYPE] is fact for fact in FACTS)


def test_every_type_says_what_it_means():
    for fact in FACTS:
        assert fact.__doc__
        assert issubclass(fact, Fact)
        assert list(ATTRIBUTES[fact])[:4] == ["at", "recorded_at", "actor", "id"]


def test_a_suspension_begins_with_a_word_that_python_keeps_for_itself():
    suspended = next(fact for fact in FACTS if fact.__name__ == "InstitutionSuspended")
    assert ATTRIBUTES[suspended]["from"] == "from_"
