"""What has to stand beside a patient's own entries."""

import json

import pytest

from ledger.application.streams import (
    Parsed,
    called_streams,
    moved_streams,
    own_sheets_and_episodes,
    parsed,
    registry_streams,
)
from ledger.store.refusals import Unsound


def entry(*tags: str, type: str = "X", **fact: object) -> Parsed:
    return parsed(json.dumps({"tags": list(tags), "fact": {"type": type, **fact}}).encode())


def correction(*tags: str, target: str, field: str, new: object) -> Parsed:
    return entry(*tags, type="EntryCorrected", target=target, field=field, old=None, new=new)


SHEET = entry("patient:P2", "prescription:R1", "episode:E2", type="PrescriptionIssued", prescription="R1", patient="P2")
MINE = entry(
    *("patient:P1", "patient:P2", "prescription:R1", "session:S1"), type="SessionStarted", session="S1", patient="P1"
)
THEIRS = entry("patient:P2", "prescription:R1", "session:S2", type="SessionStarted", session="S2", patient="P2")


def test_who_is_named():
    entries = [entry("patient:P1", "institution:H2", "practitioner:T1"), entry("institution:H1", "practitioner:T1")]
    assert registry_streams(entries) == [
        "registry:institution:H1",
        "registry:institution:H2",
        "registry:practitioner:T1",
    ]
    assert registry_streams([]) == []


def test_what_was_moved_from_a_patient_or_onto_them():
    tags = ("patient:P1", "patient:P2", "prescription:R1", "session:S9", "id:L1")
    for new in ("P1", "P2"):
        assert moved_streams("P1", [correction(*tags, target="S9", field="patient", new=new)]) == ["session:S9"]
        assert moved_streams("P1", [correction(*tags, target="R1", field="patient", new=new)]) == ["prescription:R1"]
    assert moved_streams("P3", [correction(*tags, target="S9", field="patient", new="P1")]) == []
    assert moved_streams("P1", [correction(*tags, target="S9", field="order", new="P1")]) == []


def test_a_line_that_is_moved_by_its_id_is_found_first():
    move = correction("patient:P1", "episode:E1", "id:L1", target="L1", field="patient", new="P1")
    assert moved_streams("P1", [move]) == ["id:L1"]
    opened = entry("patient:P2", "episode:E1", "id:L1", type="EpisodeOpened", episode="E1", patient="P2", id="L1")
    assert moved_streams("P1", [move, opened]) == ["episode:E1"]
    finding = entry("patient:P2", "episode:E1", "id:L1", type="FindingsRecorded", episode="E1", patient="P2", id="L1")
    assert moved_streams("P1", [move, finding]) == []


def test_what_is_another_s_on_a_sheet():
    assert called_streams("P1", [MINE]) == ["prescription:R1"]
    assert called_streams("P1", [MINE, SHEET, THEIRS]) == ["episode:E2", "prescription:R1", "session:S2"]
    assert called_streams("P2", [MINE, SHEET, THEIRS]) == ["episode:E2", "session:S1"]
    assert called_streams("P2", [SHEET, THEIRS]) == ["episode:E2"], "nobody opened it"
    opened = entry("patient:P2", "episode:E2", type="EpisodeOpened", episode="E2", patient="P2")
    assert called_streams("P2", [opened, SHEET, THEIRS]) == []


def test_what_is_another_s_in_an_episode():
    opened = entry("patient:P1", "episode:E1", type="EpisodeOpened", episode="E1", patient="P1")
    assert own_sheets_and_episodes("P1", [opened, SHEET, MINE]) == ["episode:E1"]
    moved = correction(
        *("patient:P1", "patient:P2", "episode:E1", "episode:E2", "assessment:X2"),
        target="X2", field="episode", new="E1",
    )  # fmt: skip
    assert called_streams("P1", [opened, moved]) == ["assessment:X2"]
    told = correction(*("patient:P1", "episode:E1", "episode:E2", "id:L2"), target="L2", field="episode", new="E1")
    assert called_streams("P1", [opened, told]) == ["id:L2"]


def test_an_entry_on_a_sheet_without_its_owner_s_tag_brings_the_sheet():
    opened = entry("patient:P2", "episode:E2", type="EpisodeOpened", episode="E2", patient="P2")
    guest = entry("patient:P1", "prescription:R1", "session:S1", type="SessionStarted", session="S1", patient="P1")
    assert called_streams("P2", [opened, SHEET, guest]) == ["prescription:R1", "session:S1"]


def test_a_stay_of_another_s():
    mine = entry("patient:P1", "session:S1", "stay:Y2", type="SessionStarted", session="S1", patient="P1")
    assert called_streams("P1", [mine]) == ["stay:Y2"]
    admitted = entry("patient:P1", "stay:Y2", type="PatientAdmitted", stay="Y2", patient="P1")
    assert called_streams("P1", [mine, admitted]) == []


def test_where_a_guest_went_brings_nothing():
    """Of a session that leaves a sheet nothing but its own lines is asked for, not the sheet that it goes to."""
    opened = [
        entry("patient:P2", "episode:E2", type="EpisodeOpened", episode="E2", patient="P2"),
        SHEET,
    ]
    left = correction(
        *("patient:P1", "patient:P2", "prescription:R1", "prescription:R7", "session:S1"),
        target="S1", field="prescription", new="R7",
    )  # fmt: skip
    assert called_streams("P2", [*opened, MINE, left]) == ["session:S1"]


@pytest.mark.parametrize(
    "entry",
    [
        b"garbage", b"[]", b"{}", b'{"tags":[],"fact":{}}', b'{"tags":[1],"fact":{"type":"X"}}',
        b'{"tags":[],"fact":[]}', b'{"tags":[],"fact":{"type":["X"]}}', b'{"tags":null,"fact":{"type":"X"}}',
        b'{"tags":[],"fact":{"type":"X","id":[]}}', b'{"tags":[],"fact":{"type":"SessionStarted"}}',
        b'{"tags":[],"fact":{"type":"SessionStarted","session":{}}}', b'{"tags":[],"fact":{"type":"EntryCorrected"}}',
        b'{"tags":[],"fact":{"type":"EntryCorrected","target":"S1","field":"patient"}}',
        b'{"tags":[],"fact":{"type":"EntryCorrected","target":[],"field":"patient","new":"P1"}}', b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_entry_of_a_fact_is_refused_in_words(entry: bytes) -> None:
    with pytest.raises(Unsound, match=r"^malformed: index 7: not an entry of a fact .*\. Nothing is handed out; run"):
        parsed(entry, "index 7")
