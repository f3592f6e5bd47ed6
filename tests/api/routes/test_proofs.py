"""Checkpoint and proofs over HTTP, held against each other as an outsider would."""

import json
from base64 import b64decode
from pathlib import Path

from ledger.proof import check_consistency, check_inclusion, leaf_hash, open_checkpoint, parse_indexes
from tests.damage import damage

STOPPED = {
    "type": "SessionStopped", "at": "2021-03-01T15:30:00+08:00", "session": "S3", "effect": "tolerated well",
}  # fmt: skip


def test_checkpoint_and_proofs_hold(service, token, run) -> None:
    vkey = run("key").out.strip()
    with service.client(token) as client:
        old = open_checkpoint(client.get("/checkpoint").text, vkey)
        assert (old.origin, old.size) == ("hospital.example/ledger", 17), "16 facts and their seal"
        receipt = client.post("/facts", json=STOPPED).json()["receipts"][0]
        new = open_checkpoint(client.get("/checkpoint").text, vkey)
        assert new.size == 19
        shown = client.get("/proofs/inclusion", params={"index": 17, "size": 19}).json()
        assert shown["leaf"] == receipt["leaf"]
        check_inclusion(
            17, 19, bytes.fromhex(shown["leaf"]), [bytes.fromhex(node) for node in shown["proof"]], new.root
        )
        grown = client.get("/proofs/consistency", params={"old_size": 17, "size": 19}).json()
        assert client.get("/proofs/consistency", params={"old_size": 0, "size": 19}).json()["proof"] == []
        check_consistency(17, 19, [bytes.fromhex(node) for node in grown["proof"]], old.root, new.root)


def test_a_leaf_is_the_hash_of_the_entry_in_the_bundle(service, token) -> None:
    with service.client(token) as client:
        receipt = client.post("/facts", json=STOPPED).json()["receipts"][0]
        bundle = client.get("/patients/P1/bundle").json()
    indexes = parse_indexes(b64decode(bundle["indexes"]), "indexes")
    entry = bundle["entries"][indexes.index(receipt["index"])]
    assert leaf_hash(entry.encode()).hex() == receipt["leaf"]


def test_proofs_hold_where_a_kept_node_was_damaged(ledger: Path, serving, token, run, tmp_path: Path) -> None:
    opened = {"type": "PatientFileOpened", "at": "2021-05-01T08:00:00+08:00", "sex": "female", "born": "1956-04-02",
              "institution": "H1"}  # fmt: skip
    many = (json.dumps(opened | {"patient": f"Q{n}", "file_no": f"N{n}"}) for n in range(600))
    (tmp_path / "many.ndjson").write_text("".join(f"{line}\n" for line in many))
    old = open_checkpoint(run("checkpoint").out, vkey := run("key").out.strip())
    assert run("import", "many.ndjson").code == 0
    new = open_checkpoint(run("checkpoint").out, vkey)
    damage(ledger / "ledger.sqlite3", "UPDATE tree SET hash = zeroblob(32) WHERE n = 1")
    with serving(ledger) as service, service.client(token) as client:
        shown = client.get("/proofs/inclusion", params={"index": 5, "size": new.size}).json()
        proof = [bytes.fromhex(node) for node in shown["proof"]]
        check_inclusion(5, new.size, bytes.fromhex(shown["leaf"]), proof, new.root)
        grown = client.get("/proofs/consistency", params={"old_size": old.size, "size": new.size}).json()
        proof = [bytes.fromhex(node) for node in grown["proof"]]
        check_consistency(old.size, new.size, proof, old.root, new.root)


def test_no_proof_of_an_entry_that_is_gone(ledger: Path, serving, token, run, problem) -> None:
    run("checkpoint")
    damage(ledger / "ledger.sqlite3", "DELETE FROM entries WHERE position = 6")
    with serving(ledger) as service, service.client(token) as client:
        for path, asked in (("inclusion", {"index": 5, "size": 17}), ("consistency", {"old_size": 6, "size": 17})):
            told = problem(client.get(f"/proofs/{path}", params=asked), 500)
            assert "entry-missing: index 5" in told["detail"]
