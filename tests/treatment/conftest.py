"""A small invented world, and a ledger in a list: given what it holds, when lines come, then these verdicts.

The list finds a subject's stream as a real log does, by the tags that entries bear and their types, so that a tag
that is missing shows as a wrong decision.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec
import pytest

from ledger.treatment.batch import Accepted, Refused, Verdict, decide_batch
from ledger.treatment.facts import FACTS, Fact, SigningKeyEnrolled
from ledger.treatment.signing_keys import enrolments_subject, public_key_of
from ledger.treatment.subjects import ENROLLED, query_of

TYPES = {fact.__name__: fact for fact in FACTS}

WORLD: list[dict[str, Any]] = [
    {"type": "InstitutionRegistered", "institution": "H1", "name": "Invented Hospital", "level": 2, "kind": "general",
     "departments": ["rehabilitation"], "id": "L-H1"},
    {"type": "InstitutionRegistered", "institution": "H2", "name": "Invented Clinic", "kind": "community",
     "departments": [], "id": "L-H2"},
    {"type": "PractitionerRegistered", "practitioner": "DR1", "name": "Invented physician", "profession": "physician",
     "institution": "H1", "id": "L-DR1"},
    {"type": "PractitionerRegistered", "practitioner": "PT1", "name": "Invented therapist", "profession": "therapist",
     "institution": "H1"},
    {"type": "PatientFileOpened", "patient": "P1", "sex": "female", "born": "1956-04-02", "institution": "H1",
     "file_no": "1", "id": "L-P1"},
    {"type": "PatientFileOpened", "patient": "P2", "sex": "male", "born": "1950-01-01", "institution": "H1",
     "file_no": "2"},
    {"type": "PatientAdmitted", "patient": "P1", "stay": "A1", "institution": "H1", "kind": "inpatient",
     "file_no": "1", "id": "L-A1"},
    {"type": "EpisodeOpened", "episode": "E1", "patient": "P1", "institution": "H1", "diagnosis": {"code": "I63.9"},
     "id": "L-E1"},
    {"type": "EpisodeOpened", "episode": "E2", "patient": "P2", "institution": "H1", "diagnosis": {"code": "S72.0"}},
    {"type": "PrescriptionIssued", "prescription": "R1", "patient": "P1", "episode": "E1", "institution": "H1",
     "physician": "DR1", "orders": [
         {"order": "1", "item": "exercise-therapy", "site": "leg", "method": "walking", "times": 10},
         {"order": "2", "item": "occupational-therapy", "site": "hand", "method": "grip"}], "id": "L-R1"},
    {"type": "PrescriptionIssued", "prescription": "R2", "patient": "P2", "episode": "E2", "institution": "H1",
     "physician": "DR1", "orders": [{"order": "A", "item": "cupping", "site": "back", "method": "dry"}]},
    {"type": "SessionStarted", "session": "S1", "patient": "P1", "prescription": "R1", "order": "1",
     "therapist": "PT1", "institution": "H1", "setting": "outpatient", "id": "L-S1"},
    {"type": "AssessmentRecorded", "assessment": "X1", "patient": "P1", "episode": "E1", "item": "balance-test",
     "institution": "H1", "assessors": ["PT1"], "results": [{"scale": "BBS", "score": 40}], "id": "L-X1"},
    {"type": "InspectionOpened", "inspection": "I1", "institution": "H1", "reason": "a sample", "id": "L-I1"},
    {"type": "SigningKeyEnrolled", "practitioner": "PT1", "key_id": "K1", "algorithm": "ed25519",
     "public_key": "AAAA", "id": "L-K1"},
]  # fmt: skip
"""All at 08:00 on 1 March 2021; S1 starts then too."""


def at(clock: str) -> str:
    """`"15:30"` on the day of the world, `"02 15:30"` on another day of that month."""
    day, _, time = clock.rpartition(" ")
    return f"2021-03-{day or '01'}T{time}:00+08:00"


def fact(type: str, clock: str, **fields: Any) -> Fact:
    """A fact at a time of the world's day; `from_` is spelled without its underscore."""
    fields = {key.rstrip("_"): value for key, value in fields.items()}
    return msgspec.convert({"type": type, "at": at(clock), **fields}, TYPES[type])


class Ledger:
    """Entries in a list, found by tag and type."""

    def __init__(self) -> None:
        self.entries: list[tuple[Fact, list[str]]] = []

    def read(self, subjects: Sequence[str]) -> Mapping[str, Sequence[Fact]]:
        return {subject: self.stream(subject) for subject in subjects}

    def stream(self, subject: str) -> list[Fact]:
        if subject.startswith(ENROLLED):
            keys = (fact for fact, _ in self.entries if isinstance(fact, SigningKeyEnrolled))
            named = ((fact, public_key_of(fact)) for fact in keys)
            return [fact for fact, key in named if key is not None and subject == enrolments_subject(key.point)]
        return [
            fact
            for fact, tags in self.entries
            if any(tag in tags and fact.ENTRY_TYPE in types for tag, types in query_of(subject))
        ]

    def tags(self, fact: Fact) -> list[str]:
        """The tags of the entry that holds the fact."""
        return next(tags for held, tags in self.entries if held == fact)

    def offer(self, facts: Sequence[Fact]) -> list[Verdict]:
        """Take what can be taken, in journal order, and leave the rest."""
        verdicts = decide_batch(facts, self.read)
        for index in sorted(range(len(facts)), key=lambda i: facts[i].at):
            verdict = verdicts[index]
            if isinstance(verdict, Accepted):
                self.entries.append((facts[index], verdict.tags))
        return verdicts

    def facts(self) -> list[Fact]:
        return [fact for fact, _ in self.entries]


class Story:
    """`given` lines that are taken, `when` others come, their verdicts.

    Told twice: the given lines may be in the ledger already, or stand in the same file.
    """

    def __init__(self, held: bool) -> None:
        self.held = held
        self.ledger = Ledger()
        self.lines: list[Fact] = []
        self.given(*(fact(line["type"], "08:00", **{k: v for k, v in line.items() if k != "type"}) for line in WORLD))

    def given(self, *facts: Fact) -> "Story":
        if self.held:
            assert [type(verdict) for verdict in self.ledger.offer(facts)] == [Accepted] * len(facts)
        else:
            self.lines.extend(facts)
        return self

    def when(self, *facts: Fact) -> list[Verdict]:
        verdicts = decide_batch([*self.lines, *facts], self.ledger.read)
        given = len(self.lines)
        assert all(isinstance(verdict, Accepted) for verdict in verdicts[:given]), verdicts[:given]
        return verdicts[given:]

    def accepts(self, *facts: Fact) -> None:
        for verdict in self.when(*facts):
            assert isinstance(verdict, Accepted), verdict

    def refuses(self, field: str, words: str, refused: Fact) -> None:
        (verdict,) = self.when(refused)
        assert isinstance(verdict, Refused), verdict
        assert (verdict.field, words in verdict.what) == (field, True), verdict

    def knows(self, *facts: Fact) -> None:
        assert self.when(*facts) == ["known"] * len(facts)


@pytest.fixture(params=["held by the ledger", "in the same file"])
def story(request: pytest.FixtureRequest) -> Story:
    return Story(request.param == "held by the ledger")


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture(scope="session")
def new_ledger() -> type[Ledger]:
    return Ledger


@pytest.fixture
def world() -> list[Fact]:
    return [fact(line["type"], "08:00", **{k: v for k, v in line.items() if k != "type"}) for line in WORLD]


@pytest.fixture(name="fact")
def fact_maker() -> Callable[..., Fact]:
    return fact


@pytest.fixture
def correction() -> Callable[..., Fact]:
    """`correction("10:00", "S1", "therapist", "PT1", "DR1")`: target, field, old, new."""

    def make(clock: str, target: str, field: str, old: Any, new: Any, **fields: Any) -> Fact:
        given = {"target": target, "field": field, "old": old, "new": new, "reason": "a slip", "practitioner": "DR1"}
        return fact("EntryCorrected", clock, **{**given, **fields})

    return make


@pytest.fixture
def offer() -> Callable[[Iterable[Fact]], list[Verdict]]:
    return lambda facts: decide_batch(list(facts))
