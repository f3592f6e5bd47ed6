"""Checkpoint and proofs over HTTP, held against each other as an outsider would."""

from base64 import b64decode

from ledger.proof import check_consistency, check_inclusion, leaf_hash, open_checkpoint, parse_indexes

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
