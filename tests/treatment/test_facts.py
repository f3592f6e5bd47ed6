"""The vocabulary: 32 types, each named once, in the order of the journal's page."""

from ledger.treatment.facts import EVENTS, FACTS, Fact
from ledger.treatment.subjects import ATTRIBUTES


def test_every_type_has_a_stable_name_of_its_own():
    assert len(FACTS) == len(EVENTS) == 32
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
