"""Bundles over HTTP, held against the offline verifier as a regulator would."""

import json
import sqlite3
from contextlib import closing

import pytest

from ledger.verify import verify
from ledger.verify.reading import read_bundle

SUBJECTS = ["patients/P1", "practitioners/PT1", "sessions/S1"]
ABSENT = ["patients/P9", "practitioners/DR9", "sessions/S99", "patients/odd/id@x"]


@pytest.fixture
def vkey(run) -> str:
    return run("key").out.strip()


@pytest.mark.parametrize("address", SUBJECTS)
def test_it_verifies(service, token, vkey, address: str) -> None:
    with service.client(token) as client:
        raw = client.get(f"/{address}/bundle").content
    verdict = verify(raw, vkey)
    kind, _, name = address.partition("/")
    assert (verdict.findings, verdict.subject) == ((), f"{kind.removesuffix('s')}:{name}")
    assert verdict.facts


def test_the_command_judges_it(service, token, run, vkey, tmp_path) -> None:
    with service.client(token) as client:
        (tmp_path / "p1.bundle").write_bytes(client.get("/patients/P1/bundle").content)
    ran = run("verify", "p1.bundle", "--key", vkey)
    assert ran.code == 0
    assert "Judged again by" in ran.out


@pytest.mark.parametrize("address", ABSENT)
def test_of_nobody_it_proves_that_there_is_nothing(service, token, vkey, address: str) -> None:
    with service.client(token) as client:
        answer = client.get(f"/{address}/bundle")
    verdict = verify(answer.content, vkey)
    assert (answer.status_code, verdict.findings, verdict.facts) == (200, (), ())
    assert verdict.subject in answer.json()["absent"]
    assert "There is nothing" in next(claim.what for claim in verdict.claims if claim.name == "complete")


@pytest.mark.parametrize("address", [*SUBJECTS, ABSENT[0]])
def test_since_a_checkpoint_that_was_kept_and_each_entry(service, token, vkey, address: str) -> None:
    with service.client(token) as client:
        kept = client.get("/checkpoint").text
        fact = {"type": "PatientFileOpened", "at": "2021-03-02T08:00:00+08:00", "patient": "P2", "sex": "male",
                "born": "1950-01-01", "institution": "H1", "file_no": "M2"}  # fmt: skip
        assert client.post("/facts", json=fact).status_code in (200, 201)
        raw = client.get(f"/{address}/bundle", params={"since": kept, "each": "true"}).content
        plain = client.get(f"/{address}/bundle", params={"each": "false"}).json()
    verdict = verify(raw, vkey, kept)
    named = {claim.name for claim in verdict.claims}
    assert verdict.findings == ()
    assert "append-only" in named
    assert ("entry by entry" in named) == bool(verdict.facts)
    assert not {"since", "inclusion"} & plain.keys()


@pytest.mark.parametrize("text", ["", "nonsense", "hospital.example/ledger\n1\nAA=="])
def test_what_is_no_checkpoint_is_refused(standing, token, problem, text: str) -> None:
    with standing.client(token) as client:
        details = problem(client.get("/patients/P1/bundle", params={"since": text}), 422)
    assert details["errors"][0]["field"] == "since"


def test_a_checkpoint_of_another_ledger_is_refused(standing, token, problem) -> None:
    from tests.verify.world import Log

    with standing.client(token) as client:
        details = problem(client.get("/patients/P1/bundle", params={"since": Log().checkpoint(6)}), 422)
    assert "since: " in details["detail"]


def test_a_checkpoint_from_before_an_old_backup_came_back(service, token, ledger, problem) -> None:
    """Whoever holds the later checkpoint learns that the log went back; so does who runs it, from the mark."""
    with service.client(token) as client:
        later = _signed_over_more(ledger, client.get("/checkpoint").text)
        details = problem(client.get("/patients/P1/bundle", params={"since": later}), 409)
    assert details["type"].endswith("checkpoint-rollback")


def _signed_over_more(ledger, note: str) -> str:
    from ledger.proof import format_checkpoint
    from ledger.store.key import read_key

    origin, *_ = note.split("\n")
    return read_key(ledger / "keys" / "signing.key").sign(format_checkpoint(origin, 1000, bytes(32)))


def test_who_may_ask(run, ledger, serving) -> None:
    roles = {"system": 200, "auditor": 200, "recorder": 403}
    tokens = {role: run("token", "new", f"a-{role}", "--role", role).out.strip() for role in roles}
    with serving(ledger) as service:
        for address in (*SUBJECTS, *ABSENT):
            for role, status in roles.items():
                with service.client(tokens[role]) as client:
                    assert client.get(f"/{address}/bundle").status_code == status, (address, role)
            with service.client() as stranger:
                assert stranger.get(f"/{address}/bundle").status_code == 401


def test_a_damaged_ledger_hands_nothing_out_and_says_what_is_wrong(service, token, ledger, problem) -> None:
    with closing(sqlite3.connect(ledger / "ledger.sqlite3")) as database, database:
        triggers = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            database.execute(f"DROP TRIGGER {name}")
        (data,) = database.execute("SELECT data FROM entries WHERE position = 11").fetchone()
        damaged = data.replace(b"tolerated well", b"tolerated ill!")
        assert damaged != data
        database.execute("UPDATE entries SET data = ? WHERE position = 11", (damaged,))
        for _, made in triggers:
            database.execute(made)
    with service.client(token) as client:
        details = problem(client.get("/patients/P1/bundle"), 500)
    assert details["type"].endswith(":ledger-unsound")
    assert details["detail"].startswith("entry-altered: index 10: ")
    assert str(ledger) not in json.dumps(details)


def test_the_example_of_the_document_is_a_bundle() -> None:
    from api.routes.bundle_example import TEXT

    assert not read_bundle(TEXT.encode())[1]
