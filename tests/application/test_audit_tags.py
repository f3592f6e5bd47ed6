"""Tags that are not those of their fact are named, each at its entry; those of what came in by the door never are."""

import json
import random
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from ledger.application import Refused, TreatmentLedger
from ledger.application.audit_tags import audit_tags
from ledger.application.mapper import entry_event
from ledger.journal import spell
from ledger.journal.spelling import normalise
from ledger.store.entry import format_time
from ledger.store.parallel import ALONE, processes
from ledger.treatment.facts import Fact, PersonCommitted, PersonErased
from ledger.treatment.statements import ChainEnd, following, says_erasure
from tests.application.signed import DR1, NOW, PT1, PT2, WORLD, assessed, sign_session, take, treated
from tests.application.world import fact, facts, line, patient, session
from tests.signing import Person
from tests.treatment.journals import journal as random_journal

BEFORE = [
    *WORLD,
    *patient("P2", 5),
    *session("S1", "P1", 60),
    assessed("A1", 200),
    line("PatientAdmitted", 10, stay="V1", patient="P1", institution="H1", kind="inpatient", file_no="F1"),
    line("InspectionOpened", 300, inspection="I1", institution="H1", reason="r", id="L-I1"),
    line("FeeConfirmed", 310, act="S1", amount_fen=5000, id="L-F1"),
    line("RulebookAdopted", 320, rulebook="mine", digest="0" * 64, effective_from="2021-01-01"),
]
"""One of many kinds, all by the door."""


@pytest.fixture
def world(directory):
    """Opened here, and not held against what only the door writes."""
    with TreatmentLedger.open(directory) as ledger:
        ledger.record(facts(BEFORE), now=NOW)
        yield ledger


def found(ledger: TreatmentLedger) -> list[tuple[str, str, str]]:
    """What the whole audit finds; by processes the same."""
    findings = ledger.audit()
    path = ledger.recorder.connections.path
    assert [*audit_tags(ALONE, path, ledger.size, lambda part: None, stretch=3)] == findings
    return [tuple(finding) for finding in findings]


def right_tags(ledger: TreatmentLedger, made: Fact, copy: Path) -> list[str]:
    """The tags that the door would give the fact: those it gets in a copy of the ledger."""
    ledger.recorder.connections.write().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
    copy.parent.mkdir()
    copy.write_bytes(ledger.recorder.connections.path.read_bytes())
    with TreatmentLedger.open(copy.parent) as other:
        other.record([made], now=NOW)
        return json.loads(other.entry(other.size - 1))["tags"]


def slip(ledger: TreatmentLedger, made: Fact, tags: list[str]) -> str:
    """Append past the door; the index as findings name it."""
    ledger.recorder.append([entry_event(made.ENTRY_TYPE, format_time(NOW), sorted(tags), spell(normalise(made)))])
    return f"index {ledger.size - 1}"


LATER = [
    line("SessionStarted", 400, session="S2", patient="P1", prescription="R-P1", order="1", therapist="PT1",
         institution="H1", setting="outpatient", id="L-S2"),
    line("SessionStarted", 400, session="S2", patient="P2", prescription="R-P1", order="1", therapist="PT1",
         institution="H1", setting="outpatient"),  # on another patient's sheet
    line("SessionSigned", 400, session="S1", practitioner="PT2"),
    line("SessionVoided", 400, session="S1", reason="mistaken"),
    line("AssessmentSigned", 400, assessment="A1", practitioner="PT1"),
    line("PatientDischarged", 400, stay="V1", patient="P1"),
    line("PrescriptionStopped", 400, prescription="R-P1", reason="better"),
    line("EpisodeClosed", 400, episode="E-P1"),
    line("FindingsRecorded", 400, episode="E-P1", patient="P1", findings={}),
    line("FeeConfirmed", 400, act="S1", amount_fen=1),
    line("ViolationFound", 400, inspection="I1", act="S1", clause="1.day", amount_fen=1),
    line("RefundOrdered", 400, inspection="I1", amount_fen=1),
    line("InspectionClosed", 400, inspection="I1"),
    line("SigningKeyRevoked", 400, key_id="K-PT1", reason="lost"),
    line("PractitionerDeparted", 400, practitioner="PT2", institution="H1"),
    line("EntryCorrected", 400, target="S1", field="patient", old="P1", new="P2", reason="m", practitioner="DR1"),
    line("EntryCorrected", 400, target="S1", field="effect", old="better", new="worse", reason="m",
         practitioner="DR1"),
    line("EntryCorrected", 400, target="L-F1", field="amount_fen", old=5000, new=1, reason="m", practitioner="DR1"),
    line("EntryCorrected", 400, target="L-I1", field="actor", old=None, new="X", reason="m", practitioner="DR1"),
]  # fmt: skip


@pytest.mark.parametrize("text", LATER, ids=lambda text: json.loads(text)["type"])
def test_each_tag_that_is_missing_and_each_too_many(world, tmp_path: Path, text: str) -> None:
    (made,) = facts([text])
    tags = right_tags(world, made, tmp_path / "copy" / "ledger.sqlite3")
    expected = []
    for tag in tags:
        where = slip(world, made, [other for other in tags if other != tag])
        expected.append(("index-mismatch", where, f"it lacks the tags {tag}"))
    for tag in ("patient:P9", "practitioner:PT9", "registry:institution:H1", "registry:rulebook", "seal:index", "id:x"):
        if tag not in tags:
            where = slip(world, made, [*tags, tag])
            expected.append(("index-mismatch", where, f"it bears {tag}, which nothing gives it"))
    slip(world, made, tags)
    assert [one for one in found(world) if one[0] == "index-mismatch"] == expected


def test_one_tag_for_another(world) -> None:
    where = slip(world, fact("SessionVoided", 400, session="S1", reason="m"), ["session:S1", "patient:P2"])
    (one,) = found(world)
    assert one[:2] == ("index-mismatch", where)
    assert one[2].startswith("it lacks the tags institution:H1, patient:P1, practitioner:PT1 and it bears patient:P2, ")


def test_what_nothing_introduces(world) -> None:
    bare = ["session:S404"]
    stopped = fact("SessionStopped", 400, session="S404", effect="better")
    where = slip(world, stopped, [*bare, "patient:P1"])
    slip(world, stopped, bare)
    lost = fact("EntryCorrected", 400, target="X", field="effect", old="a", new="b", reason="m", practitioner="DR1")
    last = slip(world, lost, ["practitioner:DR1"])
    assert found(world) == [
        ("index-mismatch", where, "it bears patient:P1, which nothing gives it"),
        ("index-mismatch", last, "nothing in the log is what its EntryCorrected is about, so its tags cannot be told"),
    ]


# --- the ledger's own ----------------------------------------------------------------------------------------------


def erased(*approving: tuple[Person, ChainEnd]) -> PersonErased:
    says = says_erasure("P1", date(2060, 1, 1), None)
    texts = [p.sign(following(head, "erasure", says, signer=p.practitioner, key_id=p.key_id)) for p, head in approving]
    return PersonErased(at=NOW, patient="P1", retained_until=date(2060, 1, 1), approvals=texts)


def test_commitments_and_erasures(world) -> None:
    committed = PersonCommitted(at=NOW, patient="P1", commitment="A" * 43 + "=")
    slip(world, committed, ["patient:P1"])
    slip(world, erased((PT2, ChainEnd()), (DR1, ChainEnd())), ["patient:P1", "practitioner:DR1", "practitioner:PT2"])
    assert found(world) == []
    one = slip(world, committed, ["patient:P1", "patient:P2"])
    other = slip(world, committed, ["id:x"])
    assert found(world) == [
        ("index-mismatch", one, "it bears patient:P2, which nothing gives it"),
        ("index-mismatch", other, "it lacks the tags patient:P1 and it bears id:x, which nothing gives it"),
    ]


def test_an_erasure_that_not_every_approver_finds(world) -> None:
    where = slip(world, erased((PT2, ChainEnd()), (DR1, ChainEnd())), ["patient:P1", "practitioner:PT2"])
    assert ("index-mismatch", where, "it lacks the tags practitioner:DR1") in [tuple(one) for one in world.audit()]


# --- what came in by the door ---------------------------------------------------------------------------------------


def correct(target: str, field: str, old: str, new: str, minutes: float) -> str:
    return line("EntryCorrected", minutes, target=target, field=field, old=old, new=new, reason="m",
                practitioner="DR1")  # fmt: skip


MOVED = [
    *treated("S2", 400),
    correct("S2", "patient", "P1", "P2", 415),
    correct("S2", "therapist", "PT1", "PT2", 416),
    correct("S2", "patient", "P2", "P1", 417),
    line("SessionSigned", 431, session="S2", practitioner="PT2"),
    line("FeeConfirmed", 440, act="S2", amount_fen=1),
    correct("R-P1", "patient", "P1", "P2", 450),
    *treated("S3", 500),
    correct("S2", "patient", "P1", "P2", 600),
    line("FeeConfirmed", 610, act="S2", amount_fen=2, id="L-F2"),
    correct("L-F2", "amount_fen", "2", "3", 615).replace('"2"', "2").replace('"3"', "3"),
    line("ViolationFound", 620, inspection="I1", act="S2", clause="1.day", amount_fen=1, id="L-V"),
    correct("L-I1", "institution", "H1", "H2", 625),
    line("ViolationAppealed", 630, inspection="I1", act="S2", text="no"),
]
H2 = line("InstitutionRegistered", institution="H2", name="Another", kind="general", departments=[])


@pytest.mark.parametrize("at_once", [1, 2, 3, 5, 100])
@pytest.mark.parametrize("door", ["record", "import"])
def test_corrections_decided_together_or_one_by_one(world, journal, at_once: int, door: str) -> None:
    lines = [H2, *MOVED]
    for number, start in enumerate(range(0, len(lines), at_once)):
        some, now = lines[start : start + at_once], NOW + timedelta(minutes=number)
        if door == "record":
            world.record(facts(some), now=now)
        else:
            world.import_journal([journal(some)], now=lambda now=now: now)
    assert found(world) == []
    assert sum(type(recorded.fact).__name__ == "EntryCorrected" for recorded in world.facts()) == 7


def test_a_tag_that_no_state_had_is_told_among_corrections_too(world) -> None:
    world.record(facts([H2, *MOVED]), now=NOW)
    where = slip(world, fact("SessionVoided", 700, session="S2", reason="m"), ["session:S2", "patient:P2"])
    (one,) = found(world)
    assert one[:2] == ("index-mismatch", where)


def test_very_many_corrections(world) -> None:
    """Of four fields, each so often that all their states together are thousands of millions."""
    count = 200
    more = [
        text
        for n in range(count)
        for text in (
            line("InstitutionRegistered", institution=f"HX{n}", name="x", kind="general", departments=[]),
            line("PractitionerRegistered", practitioner=f"PX{n}", name="x", profession="therapist", institution="H1"),
            *patient(f"PX{n}", 5),
        )
    ]
    world.record(facts([*more, line("SessionSigned", 95, session="S1", practitioner="PT1", id="LS")]), now=NOW)
    fields = [("S1", "therapist", "PT1", "PX"), ("S1", "institution", "H1", "HX"), ("S1", "patient", "P1", "PX"),
              ("LS", "practitioner", "PT1", "PX")]  # fmt: skip
    minutes = 0
    for target, field, first, name in fields:
        names = [first, *(f"{name}{n}" for n in range(count))]
        for old, new in pairwise(names):
            minutes += 1
            world.record([fact("EntryCorrected", 800 + minutes, target=target, field=field, old=old, new=new,
                               reason="m", practitioner="DR1")], now=NOW)  # fmt: skip
        world.record([fact("FeeConfirmed", 700 + minutes, act="S1", amount_fen=minutes)], now=NOW)
    path = world.recorder.connections.path
    assert [*audit_tags(ALONE, path, world.size, lambda part: None)] == []
    where = slip(world, fact("FeeConfirmed", 9_000, act="S1", amount_fen=1), ["session:S1", "patient:PX7"])
    (one,) = audit_tags(ALONE, path, world.size, lambda part: None)
    assert one[:2] == ("index-mismatch", where)


def test_of_too_many_states_nothing_is_said(world, monkeypatch) -> None:
    monkeypatch.setattr("ledger.application.exact_tags._MOST_STATES", 0)
    world.record(facts([H2, *MOVED]), now=NOW)
    assert found(world) == []


@pytest.mark.parametrize("seed", range(24))
def test_random_journals_in_disorder(directory: Path, journal, seed: int) -> None:
    """Lines in any order, cut into calls and imports anyhow, a third of them corrections."""
    draw = random.Random(seed)
    left = random_journal(seed, 80, draw.choice([0.2, 0.4, 0.6]))
    with TreatmentLedger.open(directory) as ledger:
        number = 0
        while left:
            count, number = draw.choice([1, 2, 5, 20, 60]), number + 1
            some, left = left[:count], left[count:]
            now = NOW + timedelta(minutes=number)
            if draw.random() < 0.4:
                path = journal([spell(one).decode() for one in some])
                ledger.import_journal([path], now=lambda now=now: now, keep_going=True)
                continue
            while some:
                try:
                    ledger.record(some, now=now)
                    break
                except Refused as refused:
                    wrong = {problem.line for problem in refused.problems}
                    some = [one for place, one in enumerate(some) if place not in wrong]
        assert [*audit_tags(ALONE, ledger.recorder.connections.path, ledger.size, lambda part: None, stretch=7)] == []


# --- how it is done -------------------------------------------------------------------------------------------------


def test_over_processes_the_same(world) -> None:
    for number in range(40):
        slip(world, fact("SessionVoided", 400 + number, session="S1", reason="m"), ["session:S1"])
    path, parts = world.recorder.connections.path, []
    alone = [*audit_tags(ALONE, path, world.size, lambda part: None)]
    assert len(alone) == 40
    with processes(2) as pool:
        assert [*audit_tags(pool, path, world.size, parts.append, stretch=7)] == alone
    assert parts == sorted(parts)
    assert parts[-1] == 1.0


def test_so_many_that_the_rest_is_not_looked_at(world, monkeypatch) -> None:
    monkeypatch.setattr("ledger.application.audit_tags._GROUP", 10)
    monkeypatch.setattr("ledger.application.audit_tags._MOST_NAMED", 15)
    for number in range(40):
        slip(world, fact("SessionVoided", 400 + number, session="S1", reason="m"), ["session:S1"])
    findings = [*audit_tags(ALONE, world.recorder.connections.path, world.size, lambda part: None)]
    assert [finding.where for finding in findings[-2:]] == [f"index {len(BEFORE) + 19}", "tags"]


def test_signed_sessions_by_the_door(world) -> None:
    take(world, *treated("S2", 400))
    take(world, sign_session(world, "S2", PT1, 431))
    assert found(world) == []
