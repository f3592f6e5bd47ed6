import json

import pytest

from ledger.proof import format_base64, parse_base64, parse_checkpoint, parse_note
from ledger.verify.reading import read_bundle
from ledger.verify.seals import Seal, read_seal
from ledger.verify.verdict import Finding
from tests.verify.damage_log import last_entry
from tests.verify.world import dumps, spell


def sealed(log, **changes: object) -> Seal | Finding:
    bundle, findings = read_bundle(json.dumps(json.loads(log.bundle()) | changes).encode())
    assert list(findings) == []
    return read_seal(bundle, parse_checkpoint(parse_note(bundle.checkpoint).body))


def test_the_last_entry_is_the_seal(log):
    seal = sealed(log)
    assert isinstance(seal, Seal)
    assert seal.size == 24
    assert seal.entry.fact["tags"] == len(log.trie)


@pytest.mark.parametrize(
    "change",
    [
        {"tags": ["patient:P1"]}, {"type": "index-sealed.v1 "}, {"fact": {"size": 23}}, {"fact": {"size": 25}},
        {"fact": {"size": True}}, {"fact": {"root": ""}}, {"fact": {"tags": None}},
    ],
)  # fmt: skip
def test_what_is_no_seal_though_the_log_ends_in_it(log, change):
    seal = json.loads(log.seal)
    seal |= {key: value for key, value in change.items() if key != "fact"}
    seal["fact"] |= change.get("fact", {})
    found = sealed(log, **last_entry(log, dumps(seal).encode()))
    assert isinstance(found, Finding)
    assert (found.name, found.where) == ("seal-not-in-log", "seal")


@pytest.mark.parametrize("last", [b"", b"no entry", spell("PatientFileOpened", ["patient:P1"], patient="P1")])
def test_a_log_that_ends_in_something_else(log, last):
    assert isinstance(sealed(log, **last_entry(log, last)), Finding)


def test_another_path(log):
    path = json.loads(log.bundle())["seal_proof"]
    for other in ("", format_base64(bytes(32)), format_base64(parse_base64(path, "path")[:-32]), longer(path)):
        found = sealed(log, seal_proof=other)
        assert isinstance(found, Finding)
        assert found.name == "seal-not-in-log"


def longer(path: str) -> str:
    return format_base64(parse_base64(path, "path") + bytes(32))
