"""Cosignatures while the service runs: they come in beside its answers, and what contradicts it ends its signing."""

import shutil
from pathlib import Path

import httpx

from api.clock import parse_instant
from api.witnesses import add_witness
from ledger.application import TreatmentLedger
from ledger.journal import parse_fact
from tests.witnesses import free_port, listening, make_witness

NAME = "regulator.example/w1"
NOW = parse_instant("2021-03-02T08:00:00+08:00")
INSTITUTION = {
    "type": "InstitutionRegistered", "at": "2020-01-01T08:00:00+08:00", "institution": "H9", "name": "Invented",
    "level": 3, "kind": "general", "departments": [],
}  # fmt: skip


def cosigned(client: httpx.Client, size: int) -> str:
    """The checkpoint of this size once the witness's line is under it; without it, when it was often asked for."""
    for _ in range(60):
        note = client.get("/checkpoint").text
        if f"— {NAME} " in note and note.split("\n")[1] == str(size):
            break
        client.get("/patients/P1/bundle")  # comes when those being asked have answered
    return note


def sizes(directory: Path) -> tuple[str, int]:
    with TreatmentLedger.open(directory) as ledger:
        return ledger.vkey, ledger.size


def test_the_checkpoint_and_the_bundle_show_them(serving, ledger: Path, token: str, tmp_path: Path) -> None:
    vkey, size = sizes(ledger)
    key = make_witness(tmp_path / "w", NAME, vkey)
    with listening(tmp_path / "w") as url:
        add_witness(ledger, key, url)
        with serving(ledger) as running, running.client(token) as client:
            assert f"— {NAME} " in cosigned(client, size + 1)
            assert client.post("/facts", json=INSTITUTION).status_code == 201
            bundle = client.get("/patients/P1/bundle").json()
            assert f"— {NAME} " in bundle["checkpoint"]
            assert f"— {NAME} " in cosigned(client, size + 3)


def test_a_witness_that_is_down_holds_nobody_up(serving, ledger: Path, token: str, tmp_path: Path) -> None:
    vkey, size = sizes(ledger)
    key = make_witness(tmp_path / "w", NAME, vkey)
    add_witness(ledger, key, f"http://127.0.0.1:{free_port()}")
    with serving(ledger) as running, running.client(token) as client:
        assert client.get("/checkpoint").text.split("\n")[1] == str(size + 1)
        assert client.post("/facts", json=INSTITUTION).status_code == 201
        assert client.get("/patients/P1/bundle").status_code == 200


def test_a_list_that_cannot_be_read_holds_nobody_up(serving, ledger: Path, token: str) -> None:
    (ledger / "witnesses.toml").write_text("[")
    with serving(ledger) as running, running.client(token) as client:
        assert client.get("/checkpoint").status_code == 200


def test_a_service_over_an_old_backup_signs_nothing(serving, ledger: Path, token: str, tmp_path: Path, problem) -> None:
    vkey, _ = sizes(ledger)
    key = make_witness(tmp_path / "w", NAME, vkey)
    with listening(tmp_path / "w") as url:
        add_witness(ledger, key, url)
        with TreatmentLedger.open(ledger) as opened:
            note = opened.checkpoint(now=NOW)
            ahead = opened.cosigning().request(note, 0)
        # The witness has seen a longer log under this key: of what was lost here.
        longer = lengthened(ledger, tmp_path)
        for body in (ahead, longer):
            assert httpx.post(f"{url}/add-checkpoint", content=body, trust_env=False).status_code == 200
        with serving(ledger) as running, running.client(token) as client:
            assert client.post("/facts", json=INSTITUTION).status_code == 201
            details = problem(client.get("/checkpoint"), 500)
            assert details["type"].endswith("ledger-unsound")
            assert NAME not in details["detail"]
            assert client.get("/healthz").status_code == 200


def lengthened(ledger: Path, tmp_path: Path) -> bytes:
    """A request about a longer log than the ledger's: a copy's, which goes on."""
    copy = shutil.copytree(ledger, tmp_path / "copy")
    with TreatmentLedger.open(copy) as opened:
        old = opened.cosigning().last_signed()
        fact = b'{"type":"InstitutionRegistered","at":"2020-01-01T08:00:00+08:00","institution":"H7","name":"Invented",'
        opened.record([parse_fact(fact + b'"level":3,"kind":"general","departments":[]}')], now=NOW)
        return opened.cosigning().request(opened.checkpoint(now=NOW), old)
