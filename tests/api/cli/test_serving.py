"""`serve`: where it listens, and how it ends."""

from pathlib import Path


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
