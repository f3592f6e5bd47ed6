"""What is put into the database past the door, and not signed yet, is not signed: it would spoil bundles for ever."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from eventsourcing.dcb.api import DCBEvent

from ledger.application import TreatmentLedger
from ledger.journal import spell
from ledger.proof import leaf_hash
from ledger.store.continuity import Continuity
from ledger.store.entry import fact_of, format_entry, format_time
from ledger.store.refusals import StoreError, Unsound
from ledger.verify import verify
from tests.application.conftest import NOW
from tests.application.own_program import takes_anything
from tests.application.test_exporting import change
from tests.application.world import JOURNAL, fact, facts, patient, session

AT = format_time(NOW)
FILE = (
    b'{"type":"PatientFileOpened","at":"2021-03-01T08:00:00+08:00","patient":"P88","sex":"female","born":"1956-04-02",'
    b'"institution":"H1","file_no":"%b"}'
)
OF_FILE = ["institution:H1", "patient:P88"]
OPENED = "patient-file-opened.v1"


@pytest.fixture(params=[False, True], ids=["a short log", "a long log"])
def filled(directory: Path, request: pytest.FixtureRequest) -> Iterator[TreatmentLedger]:
    """The small journal, under a checkpoint; also as if the log were too long to be derived whole each time."""
    with TreatmentLedger.open(directory) as ledger:
        ledger.record(facts(JOURNAL), now=NOW)
        ledger.checkpoint(now=NOW)
        if request.param:
            ledger._checkpoints.signing._continuity = Continuity(ledger.recorder, 0)
        yield ledger


def plant(ledger: TreatmentLedger, type: str, tags: list[str], data: bytes) -> str:
    """As whoever can write the database does; where it is."""
    ledger.recorder.append([DCBEvent(type, data, tags)])
    return f"index {ledger.size - 1}"


def refused(ledger: TreatmentLedger, why: str) -> None:
    """It is not signed, by any door that signs, and an audit names it at the same place."""
    size, first = ledger.size, ledger.latest_checkpoint()
    ways: list[Callable[[], object]] = [
        lambda: ledger.checkpoint(now=NOW),
        lambda: ledger.checkpoint(now=NOW, anew=True),
        lambda: ledger.export("patient:P1", now=NOW),
        lambda: ledger.publish(ledger.directory / "published", now=NOW),
    ]
    for way in ways:
        with pytest.raises(Unsound, match=why):
            way()
    assert (ledger.size, ledger.latest_checkpoint()) == (size, first)
    assert why.split(": ")[1] in {finding.where for finding in ledger.audit()}


@pytest.mark.parametrize(
    ("type", "tags", "data", "why"),
    [
        (
            "institution-qualified.v9",
            ["institution:H1", "registry:institution:H1"],
            format_entry(
                "institution-qualified.v9", AT, ["institution:H1", "registry:institution:H1"],
                b'{"type":"InstitutionQualified"}',
            ),
            "no fact is known by the type",
        ),
        ("x.v1", ["registry:rulebook"], format_entry("x.v1", AT, ["registry:rulebook"], b'{"type":"X"}'), "no fact is"),
        (OPENED, ["patient:P1"], format_entry(OPENED, AT, ["patient:P1"], b'{"garbage":1}'), "its fact is not one: "),
        (OPENED, ["patient:P1"], format_entry(OPENED, AT, ["patient:P1"], b"garbage"), "not an entry: JSON is mal"),
        (OPENED, OF_FILE, format_entry(OPENED, AT, OF_FILE, FILE % b"M")[:-1] + b',"tags":["patient:P2"]}',
         "it says what an entry says, but in another spelling"),
        (OPENED, OF_FILE, format_entry(OPENED, AT, OF_FILE, FILE % b"x").replace(b'"x"', b'"%b"' % (b"M" * 70_000)),
         r"an entry of 70,\d+ bytes, at most 65,535"),
        (OPENED, [*OF_FILE, "seal:index"], format_entry(OPENED, AT, [*OF_FILE, "seal:index"], FILE % b"M"),
         "it bears the tag seal:index, and is no seal"),
    ],
    ids=["another version", "another type", "no fact", "no JSON", "tags twice", "too long", "a seal's tag"],
)  # fmt: skip
def test_what_is_no_entry_of_ours(filled: TreatmentLedger, type: str, tags: list[str], data: bytes, why: str) -> None:
    where = plant(filled, type, tags, data)
    refused(filled, f"malformed: {where}: {why}")
    filled.record(facts(session("S8", "P2", 3000)), now=NOW)
    refused(filled, f"malformed: {where}: {why}")


def rewrite(ledger: TreatmentLedger, index: int, data: bytes) -> None:
    """Put an entry in the place of another of its type: bytes, leaf, column and rows, so that all of it fits."""
    tags = json.loads(data)["tags"]
    spelled, at = json.dumps(tags, separators=(",", ":"), ensure_ascii=False), index + 1
    type = json.loads(data)["type"]
    change(
        ledger,
        f"UPDATE entries SET tags = '{spelled}', leaf = x'{leaf_hash(data).hex()}', data = x'{data.hex()}' "
        f"WHERE position = {at}",
        f"DELETE FROM tags WHERE position = {at}",
        *(f"INSERT INTO tags VALUES ('{tag}', {at}, '{type}')" for tag in tags),
    )


def retagged(ledger: TreatmentLedger, index: int, **other: str) -> bytes:
    """An entry's bytes with other tags: each named kind's name is the one given, or its tag is left out where empty."""
    entry = ledger.entry(index)
    parsed = json.loads(entry)
    kinds = {f"{kind}:": name for kind, name in other.items()}
    kept = [tag for tag in parsed["tags"] if tag[: tag.index(":") + 1] not in kinds]
    tags = [*kept, *(kind + name for kind, name in kinds.items() if name)]
    return format_entry(parsed["type"], parsed["appended_at"], tags, fact_of(entry))


def test_an_acknowledged_entry_that_loses_its_patient(filled: TreatmentLedger) -> None:
    """Bytes, leaf, columns and rows all fit; the patient's bundle would verify without it."""
    (receipt, *_) = filled.record(facts(session("S9", "P1", 2000)), now=NOW)
    right = filled.entry(receipt.index)
    rewrite(filled, receipt.index, retagged(filled, receipt.index, patient=""))
    refused(filled, f"index-mismatch: index {receipt.index}: it lacks the tags patient:P1")
    rewrite(filled, receipt.index, right)
    bundle = filled.export("patient:P1", now=NOW)
    assert verify(bundle, filled.vkey).findings == ()
    assert b"S9" in bundle
    assert filled.audit() == []


def test_one_that_gets_another_patient(filled: TreatmentLedger) -> None:
    (receipt, *_) = filled.record(facts(session("S9", "P1", 2000)), now=NOW)
    rewrite(filled, receipt.index, retagged(filled, receipt.index, patient="P2"))
    refused(filled, f"index-mismatch: index {receipt.index}: it lacks the tags patient:P1 and it bears patient:P2")


def test_tags_are_judged_with_what_was_corrected(filled: TreatmentLedger) -> None:
    """What came in by the door is signed, whatever state its tags are of; another than any state gives is not."""
    filled.record(facts(patient("P3", 950)), now=NOW)
    correct = fact("EntryCorrected", 960, target="R-P1", field="patient", old="P1", new="P3", reason="mistyped",
                   practitioner="DR1")  # fmt: skip
    filled.record([correct], now=NOW)
    receipts = filled.record(facts(session("S9", "P1", 2000)), now=NOW)
    filled.checkpoint(now=NOW)
    assert filled.audit() == []
    receipts = filled.record(facts(session("S11", "P1", 2200)), now=NOW)
    assert "patient:P3" in json.loads(filled.entry(receipts[0].index))["tags"]
    rewrite(filled, receipts[0].index, retagged(filled, receipts[0].index, patient="P2"))
    refused(filled, f"index-mismatch: index {receipts[0].index}: ")


def test_old_entries_that_others_are_judged_by_are_those_that_were_signed(filled: TreatmentLedger) -> None:
    """A sheet is put into another patient's name, in a log so long that nobody hashes it again; and a session with it,
    under that patient's tag alone.
    """
    sheet = next(
        row.position - 1 for row in filled.recorder.rows(upto=filled.size) if b'"prescription":"R-P1"' in row.data
        and row.type == "prescription-issued.v1"
    )  # fmt: skip
    entry, first = filled.entry(sheet), filled.latest_checkpoint()
    forged = entry.replace(b'"patient":"P1"', b'"patient":"P2"').replace(b'"patient:P1"', b'"patient:P2"')
    started = fact("SessionStarted", 2000, session="S9", patient="P2", prescription="R-P1", order="1", therapist="PT1",
                   institution="H1", setting="outpatient")  # fmt: skip
    tags = ["institution:H1", "patient:P2", "practitioner:PT1", "prescription:R-P1", "session:S9"]
    plant(filled, "session-started.v1", tags, format_entry("session-started.v1", AT, tags, spell(started)))
    refused(filled, f"index-mismatch: index {filled.size - 1}: it lacks the tags patient:P1")
    rewrite(filled, sheet, forged)
    with pytest.raises(
        Unsound, match=f"(history-fork: log: |entry-altered: index {sheet}: new entries were judged by)"
    ):
        filled.checkpoint(now=NOW)
    assert filled.latest_checkpoint() == first


def test_of_too_many_states_nothing_is_signed(filled: TreatmentLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    """An audit says nothing of it, for it accuses nobody without reason."""
    monkeypatch.setattr("ledger.application.exact_tags._MOST_STATES", 0)
    correct = fact("EntryCorrected", 960, target="R-P1", field="physician", old="DR1", new="DR1", reason="mistyped",
                   practitioner="DR1")  # fmt: skip
    index = filled.size
    tags = ["institution:H1", "patient:P1", "practitioner:DR1", "prescription:R-P1"]
    plant(filled, "entry-corrected.v1", tags, format_entry("entry-corrected.v1", AT, tags, spell(correct)))
    with pytest.raises(Unsound, match=f"index-mismatch: index {index}: what it is about was corrected so often"):
        filled.checkpoint(now=NOW)


def test_an_entry_dated_in_the_future(filled: TreatmentLedger) -> None:
    at = NOW + timedelta(days=400)
    where = plant(filled, OPENED, OF_FILE, format_entry(OPENED, format_time(at), OF_FILE, FILE % b"M"))
    with pytest.raises(Unsound, match=f"time-outside: {where}: .* Correct the clock"):
        filled.checkpoint(now=NOW)
    assert filled.checkpoint(now=at) == filled.latest_checkpoint()


def test_export_of_what_is_no_fact_says_so(filled: TreatmentLedger) -> None:
    """Where an older program signed it: the words name it, whoever asks."""
    plant(filled, OPENED, ["patient:P1"], format_entry(OPENED, AT, ["patient:P1"], b'{"garbage":1}'))
    where = f"index {filled.size - 1}"
    takes_anything(filled).checkpoint(now=NOW)
    with pytest.raises(StoreError, match=f"malformed: {where}: not an entry of a fact .KeyError: 'type'.*run `audit`"):
        filled.export("patient:P1", now=NOW)
