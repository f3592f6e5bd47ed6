"""Journals drawn at random from a few ids: whatever comes in whatever order, the answer is the same and holds."""

import random
from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.treatment.batch import KNOWN, PHASES, Accepted, Refused, decide_batch, decide_stream
from ledger.treatment.facts import FACTS, Fact
from ledger.treatment.known import Standing
from ledger.treatment.refusal import Refusal
from ledger.treatment.state import fold
from ledger.treatment.subjects import opens, query_of, subject_of
from ledger.treatment.tags import standing

TYPES = {fact.__name__: fact for fact in FACTS}
ORDERS = [{"order": number, "item": "cupping", "site": "", "method": ""} for number in ("1", "2", "3")]


def line(draw: random.Random) -> dict[str, Any]:
    """A line about one of a few things, often wrong."""

    def pick(*values: Any) -> Any:
        return draw.choice(values)

    hospital, staff, patient, episode = pick("H1", "H2"), pick("D1", "D2"), pick("P1", "P2"), pick("E1", "E2")
    session, sheet, number = pick("S1", "S2"), pick("R1", "R2"), pick("1", "2", "3")
    stay = pick("A1", "A2")
    makers: list[Callable[[], dict[str, Any]]] = [
        lambda: {"type": "InstitutionRegistered", "institution": hospital, "name": "h", "kind": "tcm",
                 "departments": []},
        lambda: {"type": "PractitionerRegistered", "practitioner": staff, "name": "d", "profession": "nurse",
                 "institution": hospital},
        lambda: {"type": "PatientFileOpened", "patient": patient, "sex": pick("male", "female"), "born": "1990-01-01",
                 "institution": hospital, "file_no": "1"},
        lambda: {"type": "PatientAdmitted", "patient": patient, "stay": stay, "institution": hospital,
                 "kind": "inpatient", "file_no": "1"},
        lambda: {"type": "PatientDischarged", "patient": patient, "stay": stay},
        lambda: {"type": "EpisodeOpened", "episode": episode, "patient": patient, "institution": hospital,
                 "diagnosis": {"code": "x"}},
        lambda: {"type": "FindingsRecorded", "episode": episode, "patient": patient, "findings": {}},
        lambda: {"type": "PrescriptionIssued", "prescription": sheet, "patient": patient, "episode": episode,
                 "institution": hospital, "physician": staff, "orders": ORDERS[: pick(1, 2)]},
        lambda: {"type": "PrescriptionStopped", "prescription": sheet, "order": pick(None, number)},
        lambda: {"type": "SessionStarted", "session": session, "patient": patient, "prescription": sheet,
                 "order": number, "therapist": staff, "institution": hospital, "setting": "home"},
        lambda: {"type": "SessionStopped", "session": session, "effect": ""},
        lambda: {"type": "SessionSigned", "session": session, "practitioner": staff},
        lambda: {"type": "SessionVoided", "session": session, "reason": "r"},
        lambda: {"type": "AssessmentRecorded", "assessment": pick("S1", "X1"), "patient": patient, "episode": episode,
                 "institution": hospital, "assessors": [staff], "results": []},
        lambda: {"type": "FeeConfirmed", "act": session, "amount_fen": 1},
    ]  # fmt: skip
    corrected: list[Callable[[], tuple[str, str, Any, Any]]] = [
        lambda: (session, "therapist", pick("D1", "D2"), pick("D1", "D2")),
        lambda: (session, "patient", pick("P1", "P2"), pick("P1", "P2")),
        lambda: (session, "order", pick("1", "2"), pick("1", "2", "3")),
        lambda: (session, "practitioner", pick("D1", "D2"), pick("D1", "D2")),
        lambda: (sheet, "orders", ORDERS[: pick(1, 2)], ORDERS[: pick(2, 3)]),
        lambda: (sheet, "remark", None, "seen"),
        lambda: (pick("L1", "L2", "L3"), "at", instant(draw.randrange(90)), instant(draw.randrange(90))),
        lambda: (pick("L1", "L2"), "actor", None, "D1"),
        lambda: (pick("L1", "L2"), "sex", pick("male", "female"), pick("male", "female")),
        lambda: (pick("L1", "L2"), "institution", pick("H1", "H2"), pick("H1", "H2")),
    ]
    if draw.random() < 0.3:
        target, field, old, new = draw.choice(corrected)()
        made = {"type": "EntryCorrected", "target": target, "field": field, "old": old, "new": new, "reason": "r",
                "practitioner": staff}  # fmt: skip
    else:
        made = draw.choice(makers)()
    return {**made, "id": pick("L1", "L2", "L3")} if draw.random() < 0.1 else made


def instant(minute: int) -> str:
    return f"2021-03-01T{8 + minute // 60:02}:{minute % 60:02}:00+08:00"


def journal(seed: int, length: int) -> list[Fact]:
    """A world that stands, most of the time, and lines of it in disorder; no two with the same `at`."""
    draw = random.Random(seed)
    lines = [line(draw) for _ in range(length)]
    base = [
        {"type": "InstitutionRegistered", "institution": "H1", "name": "h", "kind": "tcm", "departments": []},
        {"type": "PractitionerRegistered", "practitioner": "D1", "name": "d", "profession": "nurse",
         "institution": "H1"},
        {"type": "PractitionerRegistered", "practitioner": "D2", "name": "d", "profession": "nurse",
         "institution": "H1"},
        {"type": "PatientFileOpened", "patient": "P1", "sex": "male", "born": "1990-01-01", "institution": "H1",
         "file_no": "1", "id": "L2"},
        {"type": "EpisodeOpened", "episode": "E1", "patient": "P1", "institution": "H1", "diagnosis": {"code": "x"}},
        {"type": "PrescriptionIssued", "prescription": "R1", "patient": "P1", "episode": "E1", "institution": "H1",
         "physician": "D1", "orders": ORDERS[:1]},
        {"type": "SessionStarted", "session": "S1", "patient": "P1", "prescription": "R1", "order": "1",
         "therapist": "D1", "institution": "H1", "setting": "home", "id": "L1"},
    ]  # fmt: skip
    lines = [made for made in base if draw.random() < 0.97] + lines
    minutes = draw.sample(range(len(lines) + 30), len(lines))
    for made in lines:
        if made.get("field") == "at" and draw.random() < 0.8:  # mostly the value that the line has
            bearing = [
                minute for other, minute in zip(lines, minutes, strict=True) if other.get("id") == made["target"]
            ]
            made["old"] = instant(draw.choice(bearing)) if bearing else made["old"]
    return [
        msgspec.convert({**made, "at": instant(minute)}, TYPES[made["type"]])
        for made, minute in zip(lines, minutes, strict=True)
    ]


journals = st.builds(journal, st.integers(0, 2**32), st.integers(0, 30))


@settings(max_examples=300, deadline=None)
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


@settings(max_examples=300, deadline=None)
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
    for subject in {subject for fact in ledger.facts() if (subject := opens(fact))}:
        stream = ledger.stream(subject)
        state = fold(subject, stream)
        shuffle.shuffle(stream)
        assert fold(subject, stream) == state


class Staged:
    """An import in flat memory in small: subjects one by one, of each only its standing is kept."""

    def __init__(self, facts: list[Fact]) -> None:
        self.facts = sorted(facts, key=lambda fact: fact.at)
        self.standings: dict[str, Standing | None] = {}

    def standing(self, subject: str) -> Standing | None:
        return self.standings.get(subject)

    def holder(self, line_id: str) -> Fact | None:
        return next((fact for fact in self.facts if fact.id == line_id), None)

    def resolve(self, target: str) -> list[Fact]:
        return [f for f in self.facts if f.id == target or opens(f) in (f"act:{target}", f"prescription:{target}")]

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
                    if phase.openings_only:
                        lines = [fact for fact in lines if opens(fact)]
                    state, found = decide_stream(fold(subject, ()), lines, self)
                    self.standings[subject] = standing(state)
                    if not phase.openings_only:
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
    prefixes = [phase.prefix for phase in PHASES if not phase.openings_only]
    assert len(prefixes) == len(set(prefixes))
