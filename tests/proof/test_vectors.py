"""All 518 cases of transparency-dev/merkle: what must hold holds, what must be refused is refused, none is left out."""

import json
from base64 import b64decode
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ledger.proof import (
    ProofError,
    check_consistency,
    check_inclusion,
    check_subtree_consistency,
    check_subtree_inclusion,
)

DATA = Path(__file__).parent.parent / "vectors/transparency-dev-merkle/testdata"
CASES = sorted(DATA.rglob("*.json"))
HASHES = ("root", "root1", "root2", "leafHash")

CHECKS: dict[str, Callable[[dict[str, Any], list[bytes]], None]] = {
    "inclusion": lambda c, proof: check_inclusion(c["leafIdx"], c["treeSize"], c["leafHash"], proof, c["root"]),
    "subtreeinclusion": lambda c, proof: check_subtree_inclusion(
        c["leafIdx"], c["start"], c["end"], c["leafHash"], proof, c["root"]
    ),
    "consistency": lambda c, proof: check_consistency(c["size1"], c["size2"], proof, c["root1"], c["root2"]),
    "subtreeconsistency": lambda c, proof: check_subtree_consistency(
        c["start"], c["end"], c["size"], proof, c["root1"], c["root2"]
    ),
}


def kind(path: Path) -> str:
    return path.relative_to(DATA).parts[0]


def load(path: Path) -> tuple[dict[str, Any], list[bytes]]:
    case = json.loads(path.read_text())
    proof = [b64decode(node) for node in case["proof"] or []]  # no proof is spelled [] or null
    return case | {name: b64decode(case[name]) for name in HASHES if name in case}, proof


def whole(hash_: bytes) -> bytes:
    return hash_ if len(hash_) == 32 else sha256(hash_).digest()


def test_none_is_missing():
    assert Counter(map(kind, CASES)) == {
        "inclusion": 98,
        "consistency": 98,
        "subtreeinclusion": 204,
        "subtreeconsistency": 118,
    }
    assert sum(load(path)[0]["wantErr"] for path in CASES) == 482


@pytest.mark.parametrize("path", CASES, ids=lambda path: str(path.relative_to(DATA)))
def test_case(path):
    case, proof = load(path)
    check = CHECKS[kind(path)]
    if case["wantErr"]:
        with pytest.raises(ProofError):
            check(case, proof)
        return
    # Four cases that must hold have a placeholder ("don't care") where a root belongs. A hash that is not 32 bytes
    # is refused here, always; with a placeholder of 32 bytes the same case must hold.
    if any(len(case[name]) != 32 for name in HASHES if name in case):
        with pytest.raises(ProofError, match="32 bytes"):
            check(case, proof)
    check(case | {name: whole(case[name]) for name in HASHES if name in case}, proof)


def test_only_four_cases_have_placeholders_where_they_must_hold():
    short = [
        path
        for path in CASES
        for case in [load(path)[0]]
        if not case["wantErr"] and any(len(case[name]) != 32 for name in HASHES if name in case)
    ]
    assert len(short) == 4
