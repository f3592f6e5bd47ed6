"""`serve`: where it listens, and how it ends."""

from pathlib import Path

from projections.rules.rulebook import load_rulebook


def test_a_port_that_is_taken_is_told(run, service, ledger: Path) -> None:
    port = service.url.rpartition(":")[2]
    answer = run("serve", "--port", port)
    assert answer.code == 2
    assert f"port {port}" in answer.err


def test_ctrl_c_ends_the_service_cleanly(service) -> None:
    import signal

    with service.client() as client:
        assert client.get("/healthz").status_code == 200
    service.process.send_signal(signal.SIGINT)
    assert service.process.wait(timeout=30) == 0
    assert "stopped" in service.process.stderr.read()


def test_it_judges_by_what_it_was_started_with(serving, ledger: Path, token: str, problem) -> None:
    """In force is what was adopted when it is asked: nothing at first, then a rulebook that comes in as a fact."""
    digest = load_rulebook("national-2010").digest
    adopted = {
        "type": "RulebookAdopted", "at": "2021-01-02T08:00:00+08:00", "rulebook": "national-2010", "digest": digest,
        "effective_from": "2021-03-01",
    }  # fmt: skip
    with serving(ledger, "--rulebook", "in-force") as running, running.client(token) as client:
        details = problem(client.get("/patients/P1/decisions"), 409)
        assert details["type"].endswith("no-rules-in-force")
        assert str(ledger) not in details["detail"]
        assert client.post("/facts", json=adopted).status_code == 201
        decisions = client.get("/patients/P1/decisions").json()["decisions"]
        assert {decision["rulebook"] for decision in decisions} == {"national-2010"}
        assert client.get("/acts/S1/explanation").json()["decision"]["digest"] == digest
        assert client.get("/patients/P1/eligibility", params={"item": "exercise-therapy"}).status_code == 200
        before = client.get("/patients/P1/decisions", params={"as_known_at": "2021-01-01T00:00:00+08:00"})
        problem(before, 409)


def test_a_rulebook_it_cannot_read_keeps_it_from_starting(run, ledger: Path) -> None:
    answer = run("serve", "--port", "0", "--rulebook", "national-2011")
    assert answer.code == 2
    assert "did you mean national-2010" in answer.err
