"""Errors of the service as RFC 9457 problem details: what, where (line and field), why, what to do.

Every error leaves as `application/problem+json`, also those the framework finds by itself. The text of an unforeseen
error stays in the server's own log: it may hold what the caller must not see.
"""

import http
from collections.abc import Mapping, Sequence

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"


class Offence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is wrong: on which line of the body (from 1), in which field, and what is expected."""

    line: int | None = None
    field: str
    what: str


class ProblemDetails(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Problem details (RFC 9457 section 3); `errors` lists each offence."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Offence] = []


class Problem(Exception):
    """Ends a request with problem details. `name` is the last word of the problem's type URN."""

    def __init__(
        self,
        status: int,
        name: str,
        detail: str,
        errors: Sequence[Offence] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        title = name.replace("-", " ").capitalize()
        self.details = ProblemDetails(
            type=f"urn:treatment-ledger:problem:{name}", title=title, status=status, detail=detail, errors=list(errors)
        )
        self.headers = dict(headers or {})

    def response(self) -> Response:
        return Response(
            msgspec.json.encode(self.details), self.details.status, headers=self.headers, media_type=MEDIA_TYPE
        )


def answer_with_problems(app: FastAPI) -> None:
    """Makes every error of `app` a problem: ours, the framework's, the validator's and the unforeseen."""

    @app.exception_handler(Problem)
    async def ours(request: Request, error: Problem) -> Response:
        return error.response()

    @app.exception_handler(HTTPException)
    async def framework(request: Request, error: HTTPException) -> Response:
        detail = {
            404: f"there is nothing at {request.url.path}; /openapi.json lists the addresses",
            405: f"{request.method} is not possible at {request.url.path}; the Allow header says what is",
        }.get(error.status_code, str(error.detail))
        name = http.HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
        return Problem(error.status_code, name, detail, headers=error.headers).response()

    @app.exception_handler(RequestValidationError)
    async def validation(request: Request, error: RequestValidationError) -> Response:
        errors = [
            Offence(
                field=".".join(str(part) for part in found["loc"][1:]) or str(found["loc"][0]),
                what=found["msg"].removeprefix("Value error, "),
            )
            for found in error.errors()
        ]
        return Problem(422, "invalid-request", "; ".join(f"{e.field}: {e.what}" for e in errors), errors).response()

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> Response:
        # The framework raises it again after this answer has gone out, so the server's log has the traceback.
        detail = "the service failed and acknowledged nothing of this request; its log says why"
        return Problem(500, "internal-error", detail).response()
