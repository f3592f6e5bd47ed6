import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.proof import ProofError, format_checkpoint, leaf_hash, root, sign_note
from ledger.store.bundle import BUNDLE_FORMAT, format_bundle

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
