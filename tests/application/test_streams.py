"""What has to stand beside a patient's own entries."""

import json

from ledger.application.streams import moved_streams, registry_streams, shared_sheet_streams, sheets_named


def entry(*tags: str, **fact: object) -> bytes:
    return json.dumps({"tags": list(tags), "fact": {"type": "X", **fact}}).encode()


PLAIN = entry("patient:P1", "institution:H1")


def test_who_is_named():
    entries = [entry("patient:P1", "institution:H2", "practitioner:T1"), entry("institution:H1", "practitioner:T1")]
    assert registry_streams(entries) == [
        "registry:institution:H1",
        "registry:institution:H2",
        "registry:practitioner:T1",
    ]
    assert registry_streams([]) == []


def test_what_was_moved_onto_a_patient():
    def move(target: str, new: object, *tags: str) -> bytes:
        return entry(*tags, type="EntryCorrected", field="patient", new=new, target=target)

    tags = ("patient:P1", "prescription:R1", "session:S9", "id:L1")
    assert moved_streams("P1", [move("S9", "P1", *tags)]) == ["session:S9"]
    assert moved_streams("P1", [move("L1", "P1", *tags)]) == ["id:L1", "session:S9"]
    assert moved_streams("P1", [move("R1", "P1", "patient:P1", "prescription:R1")]) == ["prescription:R1"]
    assert moved_streams("P1", [move("A1", "P1", "patient:P1", "assessment:A1")]) == ["assessment:A1"]
    assert moved_streams("P2", [move("S9", "P1", *tags)]) == []
    renamed = entry(*tags, type="EntryCorrected", field="order", new="P1", target="S9")
    assert moved_streams("P1", [renamed]) == []
    assert moved_streams("P1", [move("S9", None, *tags), PLAIN]) == []


def test_what_a_shared_prescription_brings():
    sheet = entry("patient:P2", "prescription:R1", "episode:E2", type="PrescriptionIssued")
    mine = entry("patient:P1", "prescription:R1", "session:S1")
    theirs = entry("patient:P2", "prescription:R1", "session:S2")
    assert sheets_named([mine, PLAIN]) == ["prescription:R1"]
    on_it = [("prescription:R1", [sheet, mine, theirs])]
    assert shared_sheet_streams({"patient:P1"}, on_it) == ["episode:E2", "prescription:R1", "session:S2"]
    assert shared_sheet_streams({"patient:P2"}, on_it) == ["prescription:R1", "session:S1"]
    assert shared_sheet_streams({"patient:P2", "session:S1"}, on_it) == []
    assert shared_sheet_streams({"patient:P2"}, [("prescription:R1", [sheet, theirs])]) == []
