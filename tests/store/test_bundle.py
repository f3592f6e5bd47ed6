import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.proof import ProofError, format_checkpoint, leaf_hash, root, sign_note
from ledger.store.bundle import (
    BUNDLE_FORMAT,
    format_bundle,
    moved_streams,
    registry_streams,
    shared_sheet_streams,
    sheets_named,
)

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
NAME = "example.org/log"


def entry(*tags: str, **fact: object) -> bytes:
    return json.dumps({"tags": list(tags), "fact": {"type": "X", **fact}}).encode()


LOG = [entry("patient:P1", "institution:H1"), entry("patient:P2"), entry("registry:institution:H1", "patient:P1")]
LEAVES = [leaf_hash(stored) for stored in LOG]


def note(leaves: list[bytes]) -> str:
    return sign_note(format_checkpoint(NAME, len(leaves), root(leaves)), NAME, KEY)


def bundle(streams=None, checkpoint=None, leaves=None, since=None) -> bytes:
    return format_bundle(
        streams=streams or [("patient:P1", [(2, LOG[2]), (0, LOG[0])]), ("registry:institution:H1", [(2, LOG[2])])],
        checkpoint_note=checkpoint or note(LEAVES),
        leaf_hashes=leaves or LEAVES,
        since=since,
    )


def test_an_entry_in_two_streams_stands_once_and_in_order():
    value = json.loads(bundle(since=note(LEAVES[:1])))
    assert list(value) == ["format", "checkpoint", "since", "streams", "indexes", "entries", "nodes", "marks"]
    assert value["format"] == BUNDLE_FORMAT
    assert value["indexes"] == [0, 2]
    assert value["entries"] == [LOG[0].decode(), LOG[2].decode()]
    assert value["streams"] == ["patient:P1", "registry:institution:H1"]
    assert len(value["nodes"]) == 1
    assert len(value["since"]["consistency"]) == 2


def test_the_same_content_is_the_same_bytes():
    assert bundle() == bundle()
    assert bundle().endswith(b"}\n")
    assert sum(line.startswith(b'"{') for line in bundle().splitlines()) == 2  # an entry a line


@pytest.mark.parametrize(
    "changes",
    [
        {"streams": [("patient:P1", [(0, LOG[2])])]},
        {"streams": [("patient:P1", [(0, LOG[0] + b" ")])]},
        {"streams": [("patient:P1", [(3, LOG[0])])]},
        {"streams": [("patient:P1", [(-1, LOG[2])])]},
        {"streams": [("patient:P1", [(1, LOG[1])])]},
        {"streams": [("patient:P1", [])]},
        {"checkpoint": note(LEAVES[:2])},
        {"checkpoint": note([*LEAVES[:2], LEAVES[0]])},
        {"checkpoint": sign_note(format_checkpoint(NAME, 4, root(LEAVES)), NAME, KEY)},
        {"checkpoint": "nonsense"},
        {"leaves": [*LEAVES, LEAVES[0]]},
        {"since": note([*LEAVES, LEAVES[0]])},
        {"since": note(LEAVES[1:2])},
        {"since": "nonsense"},
    ],
)
def test_what_would_not_verify_is_not_written(changes):
    with pytest.raises(ProofError):
        bundle(**changes)


def test_a_checkpoint_ahead_of_the_log_is_told_as_such():
    with pytest.raises(ProofError, match="has 4 entries, the log has 3"):
        bundle(since=note([*LEAVES, LEAVES[0]]))


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
    assert moved_streams("P1", [move("S9", None, *tags), LOG[0]]) == []


def test_what_a_shared_prescription_brings():
    sheet = entry("patient:P2", "prescription:R1", "episode:E2", type="PrescriptionIssued")
    mine = entry("patient:P1", "prescription:R1", "session:S1")
    theirs = entry("patient:P2", "prescription:R1", "session:S2")
    assert sheets_named([mine, LOG[0]]) == ["prescription:R1"]
    on_it = [("prescription:R1", [sheet, mine, theirs])]
    assert shared_sheet_streams({"patient:P1"}, on_it) == ["episode:E2", "prescription:R1", "session:S2"]
    assert shared_sheet_streams({"patient:P2"}, on_it) == ["prescription:R1", "session:S1"]
    assert shared_sheet_streams({"patient:P2", "session:S1"}, on_it) == []
    assert shared_sheet_streams({"patient:P2"}, [("prescription:R1", [sheet, theirs])]) == []


def test_overhead_of_a_long_stream_in_a_long_log():
    stored = [entry(f"patient:P{n % 10}", n=n) for n in range(5000)]
    leaves = [leaf_hash(each) for each in stored]
    own = [(n, each) for n, each in enumerate(stored) if n % 10 == 1]
    whole = bundle([("patient:P1", own)], note(leaves), leaves)
    nodes = json.loads(whole)["nodes"]
    assert len(nodes) < 4 * len(own)  # shared nodes stand once: one by one they would be 12 for each entry


def test_the_verifier_reads_the_format_that_is_written():
    from ledger.verify.reading import BUNDLE_FORMAT as READ

    assert READ == BUNDLE_FORMAT
    page = (Path(__file__).parents[2] / "ledger/FORMAT.md").read_text()
    assert BUNDLE_FORMAT in page
