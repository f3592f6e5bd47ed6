"""Whatever comes in whatever order (journals drawn at random), the answer is the same and holds."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.treatment.batch import KNOWN, PHASES, Accepted, Refused, decide_batch, decide_stream
from ledger.treatment.facts import EntryCorrected, Fact, SigningKeyEnrolled
from ledger.treatment.known import Introduced
from ledger.treatment.refusal import Refusal
from ledger.treatment.signing_keys import public_key_of
from ledger.treatment.state import fold
from ledger.treatment.subjects import introduces, query_of, subject_of
from ledger.treatment.tags import standing
from tests.treatment.journals import journals


@settings(max_examples=200, deadline=None)
@given(journals, st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(facts, shuffle):
    verdicts = list(zip(facts, decide_batch(facts), strict=True))
    mixed = list(facts)
    shuffle.shuffle(mixed)
    again = dict_of(mixed, decide_batch(mixed))
    assert dict_of(*zip(*verdicts, strict=True) if verdicts else ([], [])) == again


def dict_of(facts, verdicts):
    return {msgspec.json.encode(fact): verdict for fact, verdict in zip(facts, verdicts, strict=True)}


@settings(max_examples=200, deadline=None)
@given(journals)
def test_what_was_taken_is_known_and_changes_nothing(new_ledger, facts):
    ledger = new_ledger()
    first = ledger.offer(facts)
    held = list(ledger.entries)
    again = ledger.offer(facts)
    assert [verdict == KNOWN for verdict in again] == [not isinstance(verdict, Refused) for verdict in first]
    assert ledger.entries == held


@settings(max_examples=200, deadline=None)
@given(journals)
def test_a_ledger_filled_line_by_line_holds_a_journal_that_is_taken_whole(new_ledger, facts):
    """Whatever order lines arrive in, the log never comes to hold what a journal may not."""
    ledger = new_ledger()
    for fact in facts:
        ledger.offer([fact])
    assert [type(verdict) for verdict in decide_batch(ledger.facts())] == [Accepted] * len(ledger.entries)


@settings(max_examples=200, deadline=None)
@given(journals, st.integers(0, 30))
def test_a_file_in_two_pieces_leaves_a_ledger_that_stands(new_ledger, facts, cut):
    ledger = new_ledger()
    ledger.offer(facts[:cut])
    ledger.offer(facts[cut:])
    assert [type(verdict) for verdict in decide_batch(ledger.facts())] == [Accepted] * len(ledger.entries)


@settings(max_examples=200, deadline=None)
@given(journals, st.randoms(use_true_random=False))
def test_a_stream_folds_to_one_state_in_any_order(new_ledger, facts, shuffle):
    ledger = new_ledger()
    ledger.offer(facts)
    for subject in {subject for fact in ledger.facts() if (subject := introduces(fact))}:
        stream = ledger.stream(subject)
        state = fold(subject, stream)
        shuffle.shuffle(stream)
        assert fold(subject, stream) == state


class Staged:
    """An import in flat memory in small: subjects one by one, of each only its standing is kept."""

    def __init__(self, facts: list[Fact]) -> None:
        self.facts = sorted(facts, key=lambda fact: fact.at)
        self.standings: dict[str, Introduced | None] = {}

    def standing(self, subject: str) -> Introduced | None:
        return self.standings.get(subject)

    def holder(self, line_id: str) -> Fact | None:
        return next((fact for fact in self.facts if fact.id == line_id), None)

    def enrolment(self, point: bytes) -> SigningKeyEnrolled | None:
        keys = ((fact, public_key_of(fact)) for fact in self.facts if isinstance(fact, SigningKeyEnrolled))
        return next((fact for fact, key in keys if key is not None and key.point == point), None)

    def corrections(self, target: str) -> list[EntryCorrected]:
        return []

    def resolve(self, target: str) -> list[Fact]:
        return [f for f in self.facts if f.id == target or introduces(f) in (f"act:{target}", f"prescription:{target}")]

    def decide(self) -> dict[bytes, object]:
        verdicts: dict[bytes, object] = {}
        streams: dict[str, list[Fact]] = {}
        for fact in self.facts:
            try:
                streams.setdefault(subject_of(fact, self.resolve), []).append(fact)
            except Refusal as refusal:
                verdicts[msgspec.json.encode(fact)] = Refused(refusal.field, refusal.what)
        for phase in PHASES:
            for subject, lines in streams.items():
                if subject.startswith(phase.prefix):
                    if phase.introducing_only:
                        lines = [fact for fact in lines if introduces(fact)]
                    state, found = decide_stream(fold(subject, ()), lines, self)
                    self.standings[subject] = standing(state)
                    if not phase.introducing_only:
                        verdicts.update(dict_of(lines, found))
        return verdicts


@settings(max_examples=200, deadline=None)
@given(journals)
def test_subjects_decided_one_by_one_get_the_same_verdicts(facts):
    assert Staged(facts).decide() == dict_of(facts, decide_batch(facts))


@settings(max_examples=200, deadline=None)
@given(journals)
def test_every_entry_is_found_by_the_query_of_its_subject(new_ledger, facts):
    ledger = new_ledger()
    ledger.offer(facts)
    for fact, tags in ledger.entries:
        subject = subject_of(fact, lambda target: ledger.stream("target:" + target))
        assert any(tag in tags and fact.ENTRY_TYPE in types for tag, types in query_of(subject))
        assert tags == sorted(set(tags))


def test_nothing_in_nothing_out():
    assert decide_batch([]) == []


def test_every_phase_is_reached_by_some_subject():
    prefixes = [phase.prefix for phase in PHASES if not phase.introducing_only]
    assert len(prefixes) == len(set(prefixes))
