"""The witness over HTTP, a real server: the protocol, and what nobody who speaks it would send."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.proof import (
    check_note,
    format_checkpoint,
    leaf_hash,
    parse_note,
    parse_vkey,
    prove_consistency,
    root,
    sign_note,
    vkey,
)
from ledger.witness import MAX_REQUEST_BYTES, format_request
from tests.witnesses import listening, make_witness

ORIGIN = "hospital.example/ledger"
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
VKEY = vkey(ORIGIN, KEY.public_key().public_bytes_raw())
LEAVES = [leaf_hash(b"%d" % n) for n in range(40)]


def note(size: int) -> str:
    return sign_note(format_checkpoint(ORIGIN, size, root(LEAVES[:size])), ORIGIN, KEY)


def request(old: int, size: int) -> bytes:
    return format_request(old, prove_consistency(old, size, LEAVES[:size]), note(size))


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[httpx.Client, str]]:
    """A client of the witness, and the witness's key."""
    key = make_witness(tmp_path / "w", "regulator.example/w1", VKEY)
    with listening(tmp_path / "w") as url, httpx.Client(base_url=url, timeout=30, trust_env=False) as client:
        yield client, key


def post(client: httpx.Client, body: bytes) -> httpx.Response:
    return client.post("/add-checkpoint", content=body)


def test_the_protocol(served):
    client, key = served
    answer = post(client, request(0, 5))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    check_note(parse_note(note(5) + answer.text), parse_vkey(key))
    stale = post(client, request(0, 7))
    assert (stale.status_code, stale.headers["content-type"], stale.text) == (409, "text/x.tlog.size", "5\n")
    assert post(client, request(5, 7)).status_code == 200
    assert post(client, request(7, 7).replace(b"\n7\n", b"\n8\n")).status_code == 403
    assert post(client, request(7, 9).replace(ORIGIN.encode(), b"other.example")).status_code == 404


@pytest.mark.parametrize("body", [
    b"", b"\x00", b"\xff" * 99, b"old 0\n\n", b"old 0\n\n" + b"\n" * 9000, b"old 0\n" + b"A\n" * 9000, b"{}" * 9999,
    b"old 0\n\na\n1\n" + b"x" * 60_000,
])  # fmt: skip
def test_what_is_no_request(served, body):
    client, _ = served
    answer = post(client, body)
    assert answer.status_code == 400
    assert len(answer.content) < 1000
    assert "Traceback" not in answer.text


def test_a_request_that_is_too_long(served):
    client, _ = served
    assert post(client, b"x" * (MAX_REQUEST_BYTES + 1)).status_code == 413

    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b"x" * 10_000

    with suppress(httpx.TransportError):  # the connection may be closed on what is still being sent
        assert client.post("/add-checkpoint", content=endless()).status_code == 413
    assert post(client, request(0, 5)).status_code == 200


def test_there_is_nothing_else(served):
    client, _ = served
    for path in ("/", "/docs", "/openapi.json", "/checkpoint", "/add-checkpoint/"):
        assert client.get(path).status_code == 404
    for method in ("GET", "PUT", "DELETE", "HEAD"):
        assert client.request(method, "/add-checkpoint").status_code == 405


def test_a_request_that_never_ends_disturbs_nobody(served):
    client, _ = served
    host, port = client.base_url.host, client.base_url.port
    hanging = [socket.create_connection((host, port)) for _ in range(20)]
    for one in hanging:
        one.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\nold 0\n")
    assert post(client, request(0, 5)).status_code == 200
    for one in hanging:
        one.close()
    assert post(client, request(5, 7)).status_code == 200


def test_of_many_at_once_each_size_is_cosigned_in_its_turn(served):
    client, _ = served
    assert post(client, request(0, 1)).status_code == 200
    statuses: list[tuple[int, int]] = []

    def ask(size: int) -> None:
        statuses.append((size, post(client, request(1, size)).status_code))

    threads = [threading.Thread(target=ask, args=(size,)) for size in range(2, 12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(status for _, status in statuses) == [200] + [409] * 9
    (won,) = [size for size, status in statuses if status == 200]
    assert post(client, request(0, 20)).text == f"{won}\n"


def test_a_state_that_fails_cosigns_nothing_and_says_nothing_of_itself(served, tmp_path):
    client, _ = served
    os.truncate(tmp_path / "w" / "witness.sqlite3", 0)
    for left in (tmp_path / "w").glob("witness.sqlite3-*"):
        left.unlink()
    answer = post(client, request(0, 5))
    assert answer.status_code == 500
    assert "sqlite" not in answer.text
    assert str(tmp_path) not in answer.text
