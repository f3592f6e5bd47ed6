"""Which proven facts are decided about again, and which refer to what a bundle does not hold."""

from collections.abc import Iterable

import pytest

from api.redeciding import ProvenFact, Redecided, redecide
from ledger.journal import parse_fact
from ledger.treatment.batch import Accepted, decide_batch
from ledger.treatment.facts import Fact
from tests.api.conftest import JOURNAL

MINE = ("patient:P1", "registry:institution:H1", "registry:practitioner:DR1", "registry:practitioner:PT1")
MOVE = (
    b'{"type":"EntryCorrected","at":"2021-03-01T19:00:00+08:00","target":"S2","field":"patient","old":"P1","new":"P2",'
    b'"reason":"wrong file","practitioner":"PT1"}'
)
OTHER = (
    b'{"type":"PatientFileOpened","at":"2021-03-01T08:00:00+08:00","patient":"P2","sex":"male","born":"1950-01-01",'
    b'"institution":"H1","file_no":"M2"}'
)


def proven(lines: Iterable[bytes]) -> dict[int, ProvenFact]:
    """A log of these lines, as a ledger takes them."""
    facts = [parse_fact(line) for line in lines]
    found = {}
    for index, (fact, verdict) in enumerate(zip(facts, decide_batch(facts), strict=True)):
        assert isinstance(verdict, Accepted), verdict
        found[index] = ProvenFact(fact, frozenset(verdict.tags))
    return found


@pytest.fixture
def log() -> dict[int, ProvenFact]:
    return proven([*JOURNAL.encode().splitlines(), OTHER, MOVE])


def bundle(log: dict[int, ProvenFact], *streams: str) -> dict[int, ProvenFact]:
    return {index: one for index, one in log.items() if not one.tags.isdisjoint(streams)}


def types(log: dict[int, ProvenFact], *names: str) -> list[int]:
    return [index for index, one in log.items() if type(one.fact).__name__ in names]


def without(log: dict[int, ProvenFact], *indexes: int) -> dict[int, ProvenFact]:
    return {index: one for index, one in log.items() if index not in indexes}


def test_the_whole_log_is_decided_about(log: dict[int, ProvenFact]) -> None:
    assert redecide(log, ["patient:P1", "patient:P2", "session:S2", *MINE[1:]]) == Redecided([], 0)


def test_what_was_moved_away_is_not_decided_about(log: dict[int, ProvenFact]) -> None:
    """S2 is of P1's stream up to its correction; what follows bears P2's tag."""
    assert redecide(bundle(log, *MINE), MINE) == Redecided([], 4)


def test_what_was_moved_here_refers_to_a_patient_who_is_not(log: dict[int, ProvenFact]) -> None:
    theirs = ("patient:P2", "prescription:R1", "session:S1", "session:S2", "session:S3", "episode:E1", *MINE[1:])
    # P1's episode, sheet and three sessions with the correction; decided about are the registries and P2's file.
    assert redecide(bundle(log, *theirs), theirs) == Redecided([], 10)


@pytest.mark.parametrize(
    ("left_out", "field"), [("InstitutionRegistered", "institution"), ("PatientFileOpened", "patient")]
)
def test_what_the_streams_lack_although_they_would_hold_it_is_found(
    log: dict[int, ProvenFact], left_out: str, field: str
) -> None:
    held = bundle(log, *MINE)
    found, _ = redecide(without(held, *types(held, left_out)), MINE)
    assert found
    assert {finding.name for finding in found} == {"malformed"}
    assert any(finding.what.startswith(f"{field}: unknown") for finding in found)


@pytest.mark.parametrize("left_out", ["EpisodeOpened", "PrescriptionIssued"])
def test_what_might_stand_elsewhere_is_not_held_against_what_refers_to_it(
    log: dict[int, ProvenFact], left_out: str
) -> None:
    held = bundle(log, *MINE)
    found, undecided = redecide(without(held, *types(held, left_out)), MINE)
    assert found == []
    assert undecided > redecide(held, MINE).undecided


def test_a_practitioner_of_an_institution_that_is_not_here_is_none_of_its_business(log: dict[int, ProvenFact]) -> None:
    """The registry of an institution that only registry entries name need not be in a bundle."""
    elsewhere = [
        line.replace(b'"H1"', b'"H2"') if b'"practitioner":"PT1"' in line and b"Registered" in line else line
        for line in JOURNAL.encode().splitlines()
    ]
    second = JOURNAL.encode().splitlines()[0].replace(b'"H1"', b'"H2"')
    held = bundle(proven([*elsewhere, second]), *MINE)
    found, undecided = redecide(held, MINE)
    assert found == []
    assert undecided == sum("practitioner:PT1" in one.tags for one in held.values())


def test_nothing_is_asked_of_an_empty_bundle() -> None:
    assert redecide({}, MINE) == Redecided([], 0)


def test_a_correction_of_nothing_here_is_not_decided_about(log: dict[int, ProvenFact]) -> None:
    stray: Fact = parse_fact(MOVE.replace(b'"S2"', b'"S9"'))
    held = bundle(log, *MINE) | {99: ProvenFact(stray, frozenset(MINE))}
    assert redecide(held, MINE) == Redecided([], 5)
