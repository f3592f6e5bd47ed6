"""What is written is one bundle of form 2; what would not verify is not written."""

import base64
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.proof import (
    PathEnd,
    ProofError,
    SealedStream,
    TagProof,
    format_base64,
    format_checkpoint,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    prove_many,
    prove_tags,
    root,
    sign_note,
    stream_leaf,
    tag_key,
    tag_leaf,
    trie_root,
)
from ledger.store.bundle import BUNDLE_FORMAT, format_bundle
from ledger.store.entry import format_entry, format_time
from ledger.store.seals import SEAL_TAG, SEAL_TYPE
from tests.proof.whole_trie import look_among
from tests.store.stored import NOW, spell_seal

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
NAME = "example.org/log"
TEXT = 'id = "invented"\n'
DIGEST = sha256(TEXT.encode()).hexdigest()
SALT, PERSON = b"s" * 16, '{"name":"invented"}'


def entry(entry_type: str, *tags: str, **fact: object) -> bytes:
    value = {"type": entry_type, "tags": list(tags), "fact": {"type": "X", **fact}}
    return json.dumps(value, ensure_ascii=False).encode()


def others() -> list[tuple[str, list[tuple[int, bytes]]]]:
    """The streams besides the patient's."""
    return [(tag, stream(tag)) for tag in TAGS[1:]]


COMMITMENT = format_base64(sha256(SALT + PERSON.encode()).digest())
LOG = [
    entry("x.v1", "patient:P1", "institution:H1", note="好转"),
    entry("x.v1", "patient:P2"),
    entry("x.v1", "registry:institution:H1", "patient:P1"),
    entry("x.v1", "registry:rulebook", type="RulebookAdopted", digest=DIGEST.upper()),
    entry("x.v1", "patient:P1", type="PersonCommitted", commitment=COMMITMENT),
]
TAGS = ("patient:P1", "registry:rulebook", "registry:institution:H1", "registry:practitioner:T1")


def stream(tag: str) -> list[tuple[int, bytes]]:
    return [(n, each) for n, each in enumerate(LOG) if tag in json.loads(each)["tags"]]


def index() -> dict[bytes, SealedStream]:
    tags = {tag for each in LOG for tag in json.loads(each)["tags"]}
    streams = {tag: [stream_leaf(n, leaf_hash(each)) for n, each in stream(tag)] for tag in tags}
    return {tag_key(tag): SealedStream(len(leaves), root(leaves)) for tag, leaves in streams.items()}


TRIE = index()


def sealed(size: int, trie: dict[bytes, SealedStream]) -> bytes:
    """A seal of this index."""
    root_ = trie_root([(key, tag_leaf(key, trie[key])) for key in sorted(trie)])
    return format_entry(SEAL_TYPE, format_time(NOW), [SEAL_TAG], spell_seal(NOW, size, len(trie), root_))


SEAL = sealed(len(LOG), TRIE)
LEAVES = [leaf_hash(each) for each in [*LOG, SEAL]]


def note(leaves: list[bytes]) -> str:
    return sign_note(format_checkpoint(NAME, len(leaves), root(leaves)), NAME, KEY)


def bundle(**changes: Any) -> bytes:
    whole: dict[str, Any] = {
        "streams": [(tag, stream(tag)) for tag in TAGS],
        "checkpoint_note": note(LEAVES),
        "seal": SEAL,
        "seal_proof": prove_inclusion(len(LOG), LEAVES),
        "tags": prove_tags([tag_key(tag) for tag in TAGS], look_among(TRIE)),
    }
    return format_bundle(**{**whole, **changes})


def since(size: int) -> tuple[str, list[bytes]]:
    return note(LEAVES[:size]), prove_consistency(size, len(LEAVES), LEAVES)


def test_its_keys_and_what_stands_there() -> None:
    indexes = [0, 2, 3, 4]
    value = json.loads(
        bundle(
            since=since(1),
            inclusion=prove_many(indexes, LEAVES),
            rulebooks={DIGEST: TEXT},
            openings={4: (SALT, PERSON)},
        )
    )
    assert list(value) == [
        "format", "checkpoint", "since", "seal", "seal_proof", "streams", "depths", "absent", "nodes", "indexes",
        "entries", "marks", "inclusion", "rulebooks", "openings",
    ]  # fmt: skip
    assert value["format"] == BUNDLE_FORMAT == "treatment-ledger-bundle/2"
    assert value["streams"] == ["patient:P1", *sorted(TAGS[1:])]
    assert value["entries"] == [LOG[n].decode() for n in indexes], "an entry in two streams stands once, in log order"
    assert base64.b64decode(value["indexes"]) == bytes([0, 1, 0, 0])
    marked = [sha256(n.to_bytes(8, "big") + LEAVES[n]).digest() for n in indexes]
    assert value["marks"] == "".join(base64.b64encode(hash_).decode()[:2] for hash_ in marked)
    assert list(value["absent"]) == ["registry:practitioner:T1"]
    assert len(value["depths"]) == 4
    assert value["seal"] == SEAL.decode()
    assert base64.b64decode(value["seal_proof"]) == b"".join(prove_inclusion(5, LEAVES))
    assert value["rulebooks"] == {DIGEST: TEXT}
    assert value["openings"] == {"4": {"salt": format_base64(SALT), "person": PERSON}}


def test_what_is_not_there_has_no_key() -> None:
    assert list(json.loads(bundle(rulebooks={}, openings={}))) == [
        "format", "checkpoint", "seal", "seal_proof", "streams", "depths", "absent", "nodes", "indexes", "entries",
        "marks",
    ]  # fmt: skip


def test_the_same_content_is_the_same_bytes() -> None:
    assert bundle() == bundle()
    assert bundle().endswith(b"}\n")
    assert sum(line.startswith(b'"{') for line in bundle().splitlines()) == 4, "an entry a line"
    assert "好转".encode() in bundle()


def test_what_stands_where_an_absent_tag_would() -> None:
    """Another tag's leaf, spelled out, or an empty place."""
    for n in range(40):
        tag = f"patient:absent-{n}"
        proof = prove_tags([tag_key(tag)], look_among(TRIE))
        place = proof.places[tag_key(tag)]
        spelled = json.loads(bundle(streams=[(tag, [])], tags=proof))["absent"][tag]
        if place.key is None or place.stream is None:
            assert spelled == ""
        else:
            assert base64.b64decode(spelled) == place.key + place.stream.count.to_bytes(8, "big") + place.stream.root


def test_of_nothing_at_all() -> None:
    tags = prove_tags([tag_key("patient:P9")], look_among(TRIE))
    value = json.loads(bundle(streams=[("patient:P9", [])], tags=tags, inclusion=None))
    assert (value["entries"], value["indexes"], value["marks"]) == ([], "", "")


def changed(proof: TagProof, tag: str, place: PathEnd) -> TagProof:
    return TagProof({**proof.places, tag_key(tag): place}, proof.nodes)


PROOF = prove_tags([tag_key(tag) for tag in TAGS], look_among(TRIE))
OWN = PROOF.places[tag_key("patient:P1")]


@pytest.mark.parametrize(
    "changes",
    [
        {"streams": [("patient:P1", stream("patient:P1")[:-1]), *others()]},
        {"streams": [("patient:P1", []), *others()]},
        {"streams": [(tag, stream(tag)) for tag in TAGS[:-1]]},
        {"streams": [(tag, stream(tag)) for tag in (*TAGS, "patient:P1")]},
        {"streams": [(tag, stream(tag)) for tag in (*TAGS, "patient:P2")]},
        {"streams": [("patient:P1", [(0, LOG[2])]), *others()]},
        {"streams": [("patient:P1", [(0, LOG[0] + b" "), *stream("patient:P1")[1:]]), *others()]},
        {"streams": [("patient:P1", [(1, LOG[1])]), *others()]},
        {"streams": [("patient:P1", [(5, SEAL)]), *others()]},
        {"streams": [("patient:P1", [(-1, LOG[0])]), *others()]},
        {"tags": TagProof(PROOF.places, PROOF.nodes[1:])},
        {"tags": TagProof(PROOF.places, [*PROOF.nodes, bytes(32)])},
        {"tags": changed(PROOF, "patient:P1", OWN._replace(depth=OWN.depth + 1))},
        {"tags": changed(PROOF, "patient:P1", PathEnd(OWN.depth))},
        {"checkpoint_note": note(LEAVES[:-1])},
        {"checkpoint_note": note([*LEAVES, LEAVES[0]])},
        {"checkpoint_note": note([])},
        {"checkpoint_note": note([LEAVES[0], *LEAVES[:-1]])},
        {"checkpoint_note": "nonsense"},
        {"seal": LOG[0]},
        {"seal": SEAL + b" "},
        {"seal_proof": prove_inclusion(0, LEAVES)},
        {"seal_proof": []},
        {"since": (note([*LEAVES, LEAVES[0]]), [])},
        {"since": (note(LEAVES[1:2]), since(1)[1])},
        {"since": (note(LEAVES[:2]), since(1)[1])},
        {"since": ("nonsense", [])},
        {"inclusion": prove_many([0, 2], LEAVES)},
        {"rulebooks": {"00": TEXT}},
        {"rulebooks": {DIGEST: TEXT + " "}},
        {"openings": {3: (SALT, PERSON)}},
        {"openings": {9: (SALT, PERSON)}},
        {"openings": {4: (SALT, PERSON + " ")}},
        {"openings": {4: (b"s" * 15, PERSON)}},
        {"openings": {4: (b"s" * 65, PERSON)}},
    ],
)  # fmt: skip
def test_what_would_not_verify_is_not_written(changes: dict[str, Any]) -> None:
    with pytest.raises(ProofError):
        bundle(**changes)


def correcting(*tags: str) -> tuple[dict[str, Any], str]:
    """A log whose only adoption has its digest from a correction with these tags, and the text's digest."""
    log = [entry("x.v1", *tags, type="EntryCorrected", target="L1", field="digest", old="00", new=DIGEST.upper())]
    leaf = stream_leaf(0, leaf_hash(log[0]))
    trie = {tag_key(tag): SealedStream(1, root([leaf])) for tag in tags}
    seal = sealed(1, trie)
    leaves = [leaf_hash(log[0]), leaf_hash(seal)]
    changes = {
        "streams": [(tag, [(0, log[0])]) for tag in tags],
        "checkpoint_note": note(leaves),
        "seal": seal,
        "seal_proof": prove_inclusion(1, leaves),
        "tags": prove_tags(list(trie), look_among(trie)),
    }
    return changes, DIGEST


def test_a_corrected_digest_adopts_where_it_corrects_an_adoption() -> None:
    changes, digest = correcting("patient:P1", "registry:rulebook")
    assert json.loads(bundle(**changes, rulebooks={digest: TEXT}))["rulebooks"] == {digest: TEXT}
    changes, digest = correcting("patient:P1")
    assert "rulebooks" not in json.loads(bundle(**changes))
    with pytest.raises(ProofError, match="no entry of the bundle adopts it"):
        bundle(**changes, rulebooks={digest: TEXT})


def test_a_seal_of_another_size_is_refused() -> None:
    seal = SEAL.replace(b'"size":5', b'"size":4')
    leaves = [*LEAVES[:-1], leaf_hash(seal)]
    with pytest.raises(ProofError, match="the last of the 6 entries does not seal those before it"):
        bundle(seal=seal, checkpoint_note=note(leaves), seal_proof=prove_inclusion(5, leaves))


def test_a_checkpoint_ahead_of_the_log_is_told_as_such() -> None:
    with pytest.raises(ProofError, match="has 7 entries, this one 6"):
        bundle(since=(note([*LEAVES, LEAVES[0]]), []))


def test_the_verifier_reads_the_format_that_is_written() -> None:
    from ledger.verify.reading import BUNDLE_FORMAT as READ

    assert READ == BUNDLE_FORMAT
    page = (Path(__file__).parents[2] / "ledger/FORMAT.md").read_text()
    assert BUNDLE_FORMAT in page
