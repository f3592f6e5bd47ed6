"""Our checkpoints, and those of two public programs: opened with their keys, their roots derived again."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.proof import (
    EMPTY_ROOT,
    Checkpoint,
    ProofError,
    check_consistency,
    check_note,
    format_base64,
    format_checkpoint,
    leaf_hash,
    open_checkpoint,
    parse_checkpoint,
    parse_note,
    parse_vkey,
    prove_consistency,
    root,
    sign_note,
    vkey,
)

VECTORS = Path(__file__).parent.parent / "vectors"
TESSERA = VECTORS / "tessera/testdata/log"
TESSERA_KEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
SUNLIGHT = VECTORS / "sunlight/testdata"

NAME = "example.org/log"
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
VKEY = vkey(NAME, KEY.public_key().public_bytes_raw())
HASH = b"h" * 32


def tessera_leaves() -> list[bytes]:
    """Leaf hashes of the entry bundles (tlog-tiles: a 16-bit length, then the entry), held against the hash tiles."""
    bundle, entries = (TESSERA / "tile/entries/000.p/15").read_bytes(), []
    while bundle:
        end = 2 + int.from_bytes(bundle[:2], "big")
        entries.append(bundle[2:end])
        bundle = bundle[end:]
    leaves = [leaf_hash(entry) for entry in entries]
    assert b"".join(leaves) == (TESSERA / "tile/0/000.p/15").read_bytes()
    return leaves


def test_tessera_checkpoints_and_roots():
    leaves = tessera_leaves()
    assert len(leaves) == 15
    for size in range(16):
        checkpoint = open_checkpoint((TESSERA / f"checkpoint.{size}").read_text(), TESSERA_KEY)
        assert checkpoint == Checkpoint("example.com/log/testdata", size, root(leaves[:size]))
        for older in range(size):
            proof = prove_consistency(older, size, leaves)
            check_consistency(older, size, proof, root(leaves[:older]), checkpoint.root)
    assert open_checkpoint((TESSERA / "checkpoint").read_text(), TESSERA_KEY).size == 15


def sunlight_key(path: str) -> str:
    (key,) = json.loads((SUNLIGHT / path).read_text())["verifier_keys"]
    return str(key)


@pytest.mark.parametrize(
    ("key", "folder", "origin"),
    [
        ("witness/witness.v0.json", "witness/000de184*", "rome2026h1.example.org"),
        ("witness2/witness.v0.json", "witness2/88ad7a28*", "milan2026h1.example.org"),
        ("witness/mirror/mirror.v0.json", "witness/mirror/000de184*", "rome2026h1.example.org"),
    ],
)
def test_sunlight_checkpoints_open_with_their_witness_keys(key, folder, origin):
    (path,) = SUNLIGHT.glob(f"{folder}/checkpoint")
    note = path.read_text()
    checkpoint = open_checkpoint(note, sunlight_key(key))
    assert (checkpoint.origin, checkpoint.size) == (origin, 300)
    with pytest.raises(ProofError):
        open_checkpoint(note.replace("\n300\n", "\n301\n"), sunlight_key(key))
    for other in ("witness/witness.v0.json", "witness2/witness.v0.json", "witness/mirror/mirror.v0.json"):
        if other != key:
            with pytest.raises(ProofError, match="not signed by"):
                open_checkpoint(note, sunlight_key(other))


def test_sunlight_root_is_that_of_the_mirrored_tiles():
    (folder,) = SUNLIGHT.glob("witness/mirror/000de184*")
    tiles = (folder / "tile/0/000").read_bytes() + (folder / "tile/0/001.p/44").read_bytes()
    leaves = [tiles[start : start + 32] for start in range(0, len(tiles), 32)]
    checkpoint = open_checkpoint((folder / "checkpoint").read_text(), sunlight_key("witness/mirror/mirror.v0.json"))
    assert checkpoint.size == len(leaves)
    assert checkpoint.root == root(leaves)
    assert (folder / "tile/1/000.p/1").read_bytes() == root(leaves[:256])


def test_sunlight_log_signature_is_kept_as_one_of_an_unknown_kind():
    # A static-ct-api log signs with ECDSA (type 0x05), which this project does not use: read, and left unchecked.
    (path,) = SUNLIGHT.glob("witness/000de184*/checkpoint")
    others = check_note(parse_note(path.read_text()), parse_vkey(sunlight_key("witness/witness.v0.json")))
    assert [line.name for line in others] == ["rome2026h1.example.org"]
    alone = parse_note((SUNLIGHT / "tree/checkpoint").read_text())
    assert parse_checkpoint(alone.body).root == parse_checkpoint(parse_note(path.read_text()).body).root


def test_ours_is_spelled_and_opened():
    body = format_checkpoint(NAME, 7, HASH)
    assert body == f"{NAME}\n7\n{format_base64(HASH)}\n"
    assert open_checkpoint(sign_note(body, NAME, KEY), VKEY) == Checkpoint(NAME, 7, HASH)


def test_of_an_empty_log():
    note = sign_note(format_checkpoint(NAME, 0, EMPTY_ROOT), NAME, KEY)
    assert open_checkpoint(note, VKEY) == Checkpoint(NAME, 0, EMPTY_ROOT)
    with pytest.raises(ProofError, match="empty log"):
        open_checkpoint(sign_note(format_checkpoint(NAME, 0, HASH), NAME, KEY), VKEY)


HASH64 = format_base64(HASH)


@pytest.mark.parametrize(
    "body",
    [
        f"{NAME}\n7\n",
        f"\n7\n{HASH64}\n",
        f"{NAME}\n\n{HASH64}\n",
        f"{NAME}\n07\n{HASH64}\n",
        f"{NAME}\n+7\n{HASH64}\n",
        f"{NAME}\n-7\n{HASH64}\n",
        f"{NAME}\n7 \n{HASH64}\n",
        f"{NAME}\n٧\n{HASH64}\n",
        f"{NAME}\n7_0\n{HASH64}\n",
        f"{NAME}\n7.0\n{HASH64}\n",
        f"{NAME}\n9223372036854775808\n{HASH64}\n",
        f"{NAME}\n{'9' * 5000}\n{HASH64}\n",
        f"{NAME}\n7\n{HASH64[:-1]}\n",
        f"{NAME}\n7\n{HASH64[:-2]}h=\n",
        f"{NAME}\n7\n{format_base64(b'short')}\n",
        f"{NAME}\n7\n{HASH64}\nextension\n",
        f"{NAME}\n7\n{HASH64}\n\n",
        "text\n",
    ],
)
def test_what_is_signed_but_no_checkpoint_is_a_proof_error(body):
    with pytest.raises(ProofError):
        open_checkpoint(sign_note(body, NAME, KEY), VKEY)


@pytest.mark.parametrize(
    "arguments",
    [
        ("", 1, HASH),
        ("a\nb", 1, HASH),
        (None, 1, HASH),
        (5, 1, HASH),
        (NAME, -1, HASH),
        (NAME, "1", HASH),
        (NAME, 1, b""),
    ],
)
def test_what_is_no_checkpoint_is_not_spelled(arguments):
    with pytest.raises(ProofError):
        format_checkpoint(*arguments)


def test_a_body_ends_with_its_third_line():
    for body in (f"{NAME}\n7\n{HASH64}", f"{NAME}\n7\n{HASH64}\nx"):
        with pytest.raises(ProofError, match="three lines"):
            parse_checkpoint(body)


@pytest.mark.parametrize(("note", "key"), [(None, VKEY), ("", VKEY), (b"", VKEY), ("x", None), ("x", 5), ([], {})])
def test_what_is_no_note_or_key_is_a_proof_error(note, key):
    with pytest.raises(ProofError):
        open_checkpoint(note, key)
