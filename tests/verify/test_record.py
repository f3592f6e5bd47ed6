import json

from ledger.verify.entries import Entry, read_entry
from ledger.verify.record import Record
from tests.verify.world import AT, entries, spell


def record(*raws: bytes) -> Record:
    read = {n: read_entry(raw) for n, raw in enumerate(raws)}
    assert all(isinstance(entry, Entry) for entry in read.values())
    return Record(read)


def test_lines_are_found_by_what_they_are_about_below_an_index():
    made = record(*entries())
    assert [line.index for line in made.lines("SessionStarted", "S9", 24)] == [11]
    assert made.lines("SessionStarted", "S9", 11) == []
    assert made.lines("SessionStopped", "S10", 24) == []
    assert made.lines("PatientFileOpened", "P1", 24) == []
    for about in (None, 5, ["S9"], {}):
        assert made.lines("SessionStarted", about, 24) == []


def test_what_corrections_gave():
    made = record(*entries())
    assert list(made.given("patient", ["S9"], 24)) == ["P1"]
    assert list(made.given("patient", ["S9"], 14)) == []
    assert list(made.given("effect", ["S9"], 24)) == []
    assert list(made.given("patient", ["L7", None], 24)) == []


def test_fields_of_any_kind_are_borne():
    strange = [
        spell("SessionStarted", ["session:S1"], session=["S1"]),
        spell("SessionStarted", ["patient:P1"]),
        spell("EntryCorrected", ["patient:P1"], target={"a": 1}, field=["patient"], new=None),
    ]
    assert json.loads(strange[0])["fact"]["at"] == AT
    assert record(*strange).lines("SessionStarted", "S1", 9) == []
