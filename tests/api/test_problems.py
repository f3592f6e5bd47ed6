"""Every error leaves as problem details, and an unforeseen one tells nothing of the inside."""

import asyncio
from pathlib import Path

import httpx
from fastapi import FastAPI, HTTPException

from api.app import create_app
from api.problems import Offence, Problem, answer_with_problems
from api.tokens import Tokens
from ledger.application import LedgerError, NotWritten, TreatmentLedger


def ask(app: FastAPI, address: str) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return await client.get(address)

    return asyncio.run(asked())


def raising(error: Exception) -> FastAPI:
    app = FastAPI(openapi_url=None)
    answer_with_problems(app)

    @app.get("/")
    async def fails() -> None:
        raise error

    return app


def test_a_problem_says_what_where_and_in_which_line() -> None:
    answer = ask(
        raising(Problem(409, "refused-facts", "1 line is refused", [Offence(line=2, field="at", what="too early")])),
        "/",
    )
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
    assert answer.json() == {
        "type": "urn:treatment-ledger:problem:refused-facts",
        "title": "Refused facts",
        "status": 409,
        "detail": "1 line is refused",
        "errors": [{"line": 2, "field": "at", "what": "too early"}],
    }


def test_the_framework_s_errors_keep_status_and_headers() -> None:
    answer = ask(raising(HTTPException(429, "slow down", {"Retry-After": "3"})), "/")
    assert (answer.status_code, answer.headers["content-type"]) == (429, "application/problem+json")
    assert (answer.json()["detail"], answer.headers["retry-after"]) == ("slow down", "3")


def test_an_unforeseen_error_tells_nothing_of_the_inside() -> None:
    answer = ask(raising(KeyError("/srv/ledger/keys/signing.key")), "/")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "signing.key" not in answer.text
    assert "KeyError" not in answer.text


def test_a_ledger_that_refuses_is_unavailable_and_its_reason_stays_in_the_log(tmp_path: Path) -> None:
    TreatmentLedger.init(tmp_path, "hospital.example/ledger")
    with TreatmentLedger.open(tmp_path) as ledger:
        app = create_app(ledger, Tokens(tmp_path))

        async def refuses() -> None:
            raise LedgerError(f"{tmp_path}/keys: a restored backup")

        async def fails() -> None:
            raise NotWritten(f"{tmp_path}: the disk is full")

        app.add_api_route("/refuses", refuses)
        app.add_api_route("/fails", fails)
        for address, name in (("/refuses", "ledger-refuses"), ("/fails", "not-written")):
            answer = ask(app, address)
            assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
            assert answer.json()["type"].endswith(name)
            assert str(tmp_path) not in answer.text
            assert answer.headers["retry-after"]
