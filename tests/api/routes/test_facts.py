"""POST /facts: durable before it is acknowledged, the same receipt for the same line, one winner of a race."""

import asyncio
import contextlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.clock import now
from api.tokens import Role, Tokens
from ledger.application import TreatmentLedger

OPENED = {
    "type": "PatientFileOpened", "at": "2021-03-01T08:00:00+08:00", "sex": "male", "born": "1950-01-01",
    "institution": "H1", "file_no": "F1",
}  # fmt: skip
NDJSON = {"Content-Type": "application/x-ndjson"}
STOPPED = {
    "type": "SessionStopped", "at": "2021-03-01T15:30:00+08:00", "session": "S3", "effect": "tolerated well",
}  # fmt: skip
STARTED = {
    "type": "SessionStarted", "patient": "P1", "prescription": "R1", "order": "1", "therapist": "PT1",
    "institution": "H1", "setting": "outpatient",
}  # fmt: skip
SIGNED = {"type": "SessionSigned", "at": "2021-03-01T15:31:00+08:00", "session": "S3", "practitioner": "PT1"}


def lines(*facts: dict[str, Any]) -> bytes:
    return "".join(json.dumps(fact) + "\n" for fact in facts).encode()


def untouched(client: httpx.Client) -> bool:
    """Whether the ledger still holds what it began with, and nothing of what was posted."""
    return len(client.get("/patients/P1/history").json()["entries"]) == 10


def test_a_fact_gets_a_receipt_and_the_same_line_gets_the_same_again(service, token) -> None:
    with service.client(token) as client:
        first = client.post("/facts", json=STOPPED)
        again = client.post("/facts", json=STOPPED)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.content == again.content
    (receipt,) = first.json()["receipts"]
    assert receipt["index"] == 16
    assert len(bytes.fromhex(receipt["leaf"])) == 32
    assert receipt["appended_at"].endswith("+08:00")


def test_a_journal_gets_a_receipt_a_line_in_their_order(service, token) -> None:
    with service.client(token) as client:
        answer = client.post("/facts", content=lines(SIGNED, STOPPED), headers=NDJSON)
        mixed = client.post(
            "/facts", content=lines(STOPPED, STOPPED | {"session": "S1", "at": "2021-03-01T09:30:00+08:00"})
        )
    assert answer.status_code == 201
    signed, stopped = answer.json()["receipts"]
    assert (stopped["index"], signed["index"]) == (16, 17)  # appended in the order in which they happened
    assert mixed.status_code == 200
    assert mixed.json()["receipts"][0] == stopped


def test_what_was_acknowledged_survives_kill_9(ledger, token, serving, run) -> None:
    with serving(ledger) as service:
        with service.client(token) as client:
            answer = client.post("/facts", json=STOPPED)
            service.process.kill()
        assert answer.status_code == 201
        service.process.wait(timeout=30)
    audited = run("audit", "--json")
    assert (audited.code, json.loads(audited.out)["size"]) == (0, 17)
    kept = [json.loads(line) for line in run("history", "P1", "--format", "ndjson").out.splitlines()]
    assert kept[-1] == STOPPED
    with serving(ledger) as service, service.client(token) as client:
        again = client.post("/facts", json=STOPPED)
    assert (again.status_code, again.content) == (200, answer.content)


def test_nothing_acknowledged_is_lost_when_killed_amid_writing(ledger, token, serving, run) -> None:
    acknowledged: dict[str, dict[str, Any]] = {}
    enough = Event()

    def post(writer: int, service: Any) -> None:
        with service.client(token) as client, contextlib.suppress(httpx.TransportError):
            for n in range(1000):
                opened = OPENED | {"patient": f"W{writer}-{n}"}
                acknowledged[opened["patient"]] = client.post("/facts", json=opened).json()["receipts"][0]
                if len(acknowledged) >= 100:
                    enough.set()

    with serving(ledger) as service, ThreadPoolExecutor(8) as writers:
        posting = [writers.submit(post, writer, service) for writer in range(8)]
        for done in posting:
            done.add_done_callback(lambda _: enough.set())
        assert enough.wait(60)
        service.process.kill()
        for done in posting:
            done.result()
    assert len(acknowledged) >= 100
    assert json.loads(run("audit", "--json").out)["sound"]
    with serving(ledger) as service, service.client(token) as client:
        again = client.post(
            "/facts", content=lines(*(OPENED | {"patient": one} for one in acknowledged)), headers=NDJSON
        )
    assert again.status_code == 200
    assert again.json()["receipts"] == list(acknowledged.values())


def test_two_clients_stop_one_session_and_one_of_them_wins(service, token) -> None:
    for round_ in range(5):
        session = f"RACE{round_}"
        day = f"2021-03-0{round_ + 2}"
        started = STARTED | {"session": session, "at": f"{day}T09:00:00+08:00"}
        barrier = Barrier(2)

        def stop(minute: int, session: str = session, day: str = day, barrier: Barrier = barrier) -> httpx.Response:
            stopped = STOPPED | {"session": session, "at": f"{day}T09:{minute}:00+08:00"}
            with service.client(token) as client:
                client.get("/healthz")  # connected before the race begins
                barrier.wait()
                return client.post("/facts", json=stopped)

        with service.client(token) as client:
            assert client.post("/facts", json=started).status_code == 201
        with ThreadPoolExecutor(2) as clients:
            answers = list(clients.map(stop, (30, 40)))
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        loser = next(answer for answer in answers if answer.status_code == 409)
        assert loser.headers["content-type"] == "application/problem+json"
        assert loser.json()["errors"][0]["line"] == 1


def test_two_clients_post_the_same_line_and_get_the_same_receipt(service, token) -> None:
    barrier = Barrier(2)

    def post(_: int) -> httpx.Response:
        with service.client(token) as client:
            client.get("/healthz")
            barrier.wait()
            return client.post("/facts", json=STOPPED)

    with ThreadPoolExecutor(2) as clients:
        answers = list(clients.map(post, range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 201]
    assert answers[0].content == answers[1].content


BAD = {
    "malformed JSON": (b'{"type":', ""),
    "an array": (b"[]", ""),
    "an unknown type": (lines(STOPPED | {"type": "SessionPaused"}), "type"),
    "an unknown field": (lines(STOPPED | {"mood": "good"}), "mood"),
    "a bad date": (lines(STOPPED | {"at": "2021-02-30T15:30:00+08:00"}), "at"),
    "a missing zone": (lines(STOPPED | {"at": "2021-03-01T15:30:00"}), "at"),
    "invalid UTF-8": (lines(STOPPED).replace(b"tolerated", b"\xff\xfe"), ""),
    "NaN": (lines(STOPPED).replace(b'"tolerated well"', b"NaN"), ""),
    "an id that is too long": (lines(STOPPED | {"session": "S" * 65}), "session"),
    "a key twice": (lines(STOPPED).replace(b"{", b'{"session":"S1",', 1), "session"),
}


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize("media", ["application/json", "application/x-ndjson"])
def test_a_bad_body_names_line_and_field_and_takes_nothing_in(standing, token, kind: str, media: str) -> None:
    body, field = BAD[kind]
    number = 1
    if media == "application/x-ndjson":
        body, number = lines(STOPPED) + body, 2
    with standing.client(token) as client:
        answer = client.post("/facts", content=body, headers={"Content-Type": media})
        assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
        problem = answer.json()
        assert problem["status"] == 400
        assert problem["type"] == "urn:treatment-ledger:problem:malformed-lines"
        (error,) = problem["errors"]
        assert error["line"] == number
        assert error["what"]
        if field:
            assert field in error["field"]
        assert untouched(client)


REFUSED = {
    "an unknown session": STOPPED | {"session": "S9"},
    "a second stop": STOPPED | {"session": "S1"},
    "a stop before its start": STOPPED | {"at": "2021-03-01T14:00:00+08:00"},
    "an unknown practitioner": SIGNED | {"practitioner": "PT9"},
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_have_happened_is_refused_and_nothing_with_it(standing, token, kind: str) -> None:
    other = {"type": "StageSummaryWritten", "at": "2021-03-01T09:40:00+08:00", "patient": "P1", "episode": "E1",
             "practitioner": "PT1", "text": "better"}  # fmt: skip
    with standing.client(token) as client:
        answer = client.post("/facts", content=b"\n" + lines(other) + lines(REFUSED[kind]), headers=NDJSON)
        assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
        assert [error["line"] for error in answer.json()["errors"]] == [3]
        assert untouched(client)


@pytest.mark.parametrize("streamed", [False, True])
def test_a_body_beyond_the_limit_is_refused_and_the_connection_stays_usable(standing, token, streamed: bool) -> None:
    def parts():  # type: ignore[no-untyped-def]
        for _ in range(20):
            yield b"x" * 1024 * 1024

    with standing.client(token) as client:
        answer = client.post("/facts", content=parts() if streamed else b"".join(parts()), headers=NDJSON)
        assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
        assert untouched(client)


def test_a_foreign_content_type_is_refused(standing, token) -> None:
    with standing.client(token) as client:
        answer = client.post("/facts", content=lines(STOPPED), headers={"Content-Type": "text/xml"})
    assert (answer.status_code, answer.headers["content-type"]) == (415, "application/problem+json")


def test_several_facts_as_one_json_object_are_told_apart(standing, token) -> None:
    with standing.client(token) as client:
        answer = client.post("/facts", content=lines(STOPPED, SIGNED), headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert "application/x-ndjson" in answer.json()["detail"]


def test_the_service_goes_on_answering_while_facts_are_written(service, token, ledger: Path) -> None:
    many = lines(*(OPENED | {"patient": f"M{n}"} for n in range(5000)))
    with ThreadPoolExecutor(1) as writer, service.client(token) as one, service.client(token) as other:
        writing = writer.submit(one.post, "/facts", content=many, headers=NDJSON)
        while not writing.done():
            assert other.get("/healthz").status_code == 200
    assert len(writing.result().json()["receipts"]) == 5000


def test_the_loop_goes_on_turning_while_a_large_body_is_read(tmp_path: Path) -> None:
    TreatmentLedger.init(tmp_path, "hospital.example/ledger")
    tokens = Tokens(tmp_path)
    secret, _ = tokens.new("test", Role.SYSTEM, now=now())
    bad = lines(*[STOPPED | {"session": None, "effect": "x" * 700}] * 9_000)
    turns, status = 0, 0
    at_body = at_answer = 0

    async def receive() -> dict[str, Any]:
        nonlocal at_body
        at_body = turns
        return {"type": "http.request", "body": bad, "more_body": False}

    async def send(message: Any) -> None:
        nonlocal at_answer, status
        if message["type"] == "http.response.start":
            at_answer, status = turns, message["status"]

    async def ask(ledger: TreatmentLedger) -> None:
        nonlocal turns
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
            "path": "/facts", "raw_path": b"/facts", "query_string": b"", "root_path": "",
            "headers": [(b"authorization", f"Bearer {secret}".encode()), (b"content-type", b"application/x-ndjson")],
        }  # fmt: skip
        answering = asyncio.ensure_future(create_app(ledger, tokens)(scope, receive, send))
        while not answering.done():
            turns += 1
            await asyncio.sleep(0)
        await answering

    with TreatmentLedger.open(tmp_path) as ledger:
        asyncio.run(ask(ledger))
    assert status == 400
    assert at_answer - at_body > 100  # of thousands; on the loop itself the lines would be read between two turns
