"""A witness over HTTP: `POST /add-checkpoint` (c2sp.org/tlog-witness), for logs that nobody knows beforehand.

There are no accounts: whose signature is not trusted gets nothing. So a request is read only so far, and only so long,
and an answer says no more than the protocol has; what goes wrong inside goes to this process's own log.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from ledger.witness import MAX_REQUEST_BYTES, Witness, WitnessError

_READ_SECONDS = 10.0
_PLAIN = "text/plain; charset=utf-8"


def create_witness_app(witness: Witness, now: Callable[[], datetime]) -> FastAPI:
    """The service of a witness; `now` is asked for the time that a cosignature bears."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)

    @app.post("/add-checkpoint")
    async def add_checkpoint(request: Request) -> Response:
        try:
            async with asyncio.timeout(_READ_SECONDS):
                body = await _read(request)
        except (TimeoutError, ClientDisconnect):
            return _refuse(408, "the request did not come whole, and in time")
        if body is None:
            return _refuse(413, f"a request has at most {MAX_REQUEST_BYTES} bytes")
        answer = await run_in_threadpool(lambda: witness.add_checkpoint(body, int(now().timestamp())))
        # As a header: the framework adds a charset to types of text, and the protocol's type has none.
        return Response(answer.text, answer.status, headers={"Content-Type": answer.type})

    @app.exception_handler(WitnessError)
    async def failed(request: Request, error: WitnessError) -> Response:
        logging.getLogger("uvicorn.error").error("nothing was cosigned: %s", error)
        return _refuse(500, "the witness failed and cosigned nothing; its log says why")

    return app


async def _read(request: Request) -> bytes | None:
    """The body; None as soon as it is longer than any request."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MAX_REQUEST_BYTES:
            return None
    return body


def _refuse(status: int, text: str) -> Response:
    # What is left of the request is not waited for.
    return Response(f"{text}\n", status, media_type=_PLAIN, headers={"Connection": "close"})
