"""The service: where ledger, rules, tokens and routes are joined, and the only place where they are."""

import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI, Request, Response
from starlette.middleware.base import RequestResponseEndpoint

from api.access import Allow, refuse_undeclared
from api.checkpointing import Checkpointing
from api.openapi import describe
from api.problems import Problem, answer_with_problems
from api.questions import Unknown
from api.release import release
from api.routes import acts, bundles, facts, health, patients, proofs, statements
from api.rules_asked import RulesAsked
from api.tokens import Role, Tokens
from ledger.application import LedgerError, NotToSign, NotWritten, TreatmentLedger, Unsound
from projections.rules.readings import ReadingRefused
from projections.rules.succession import AdoptionRefused

_ABOUT = """Facts in, provable history and payment decisions out.

Patients, acts and people are named by the pseudonyms of the journal, in addresses too; a `/` in an id is sent as `%2F`
or as it is. Every error is a problem (RFC 9457) that says what is wrong, in which line and field, and what to do.
"""


_FINDING = re.compile(r"[a-z]+(-[a-z]+)*(: index \d+)?(?=: )", re.ASCII)
"""How the message of damage begins: the finding's name and the place, where it has one."""


_OLD_BACKUP = (
    '199 treatment-ledger "checkpoint-rollback: an old backup was restored here; what was recorded since is missing"'
)
"""As RFC 7234, section 5.5, spells a warning of no other kind; RFC 9111 retired the field, and no cache minds it."""


def create_app(ledger: TreatmentLedger, tokens: Tokens, asked: RulesAsked | None = None) -> FastAPI:
    """The service over `ledger` for the holders of `tokens`, judging by what is `asked`; where that names no rulebook,
    by what was adopted when the service is asked something, else by the default one.

    Raises UndeclaredRoute when a route does not say who may call it; so does starting, for routes added later.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        refuse_undeclared(app)
        yield

    app = FastAPI(
        title="treatment-ledger",
        version=release(),
        description=_ABOUT,
        lifespan=lifespan,
        openapi_url=None,  # served below, to those who have a token
        docs_url=None,  # the framework's pages load their scripts from a foreign host
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.ledger, app.state.tokens = ledger, tokens
    app.state.rules_asked = asked or RulesAsked(directory=ledger.directory)
    app.state.warned = set()
    app.state.checkpointing = Checkpointing(ledger)
    for noun in (facts, statements, patients, acts, bundles, proofs, health):
        app.include_router(noun.router)
    app.add_api_route(
        "/openapi.json", _document, dependencies=[Depends(Allow(*Role))], include_in_schema=False, response_model=None
    )
    answer_with_problems(app)
    _answer_with_reasons(app)
    _warn_of_old_backup(app, ledger)
    describe(app)
    refuse_undeclared(app)
    return app


def _warn_of_old_backup(app: FastAPI, ledger: TreatmentLedger) -> None:
    """Every answer of an old backup bears a `Warning`: what was recorded since is missing in it."""
    if ledger.old_backup() is None:
        return  # and then it never is one, as long as it is open

    @app.middleware("http")
    async def warn(request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = await call_next(request)
        response.headers["Warning"] = _OLD_BACKUP
        return response


def _answer_with_reasons(app: FastAPI) -> None:
    """What the parts below refuse, as problems: they know nothing of HTTP."""

    @app.exception_handler(Unknown)
    async def unknown(request: Request, error: Unknown) -> Response:
        return Problem(404, "unknown", str(error)).response()

    @app.exception_handler(NotToSign)
    async def nothing_to_sign(request: Request, error: NotToSign) -> Response:
        status, name = (404, "unknown") if error.unknown else (409, "nothing-to-sign")
        return Problem(status, name, str(error)).response()

    @app.exception_handler(NotWritten)
    async def not_written(request: Request, error: NotWritten) -> Response:
        detail = "the disk or its lock failed; post the same lines again: what went in gets its first receipt"
        return _unavailable("not-written", detail, error)

    @app.exception_handler(AdoptionRefused)
    @app.exception_handler(ReadingRefused)
    async def nothing_to_judge_by(request: Request, error: AdoptionRefused | ReadingRefused) -> Response:
        # What is in force is known only when it is asked: an adoption may have come in since the service started, or
        # the question may be of a time before the first. The reason names files of this machine: it goes to the log.
        logging.getLogger("uvicorn.error").error("no-rules-in-force: %s", error)
        detail = "what was adopted by then cannot be judged by as this service was started; its log says why"
        return Problem(409, "no-rules-in-force", detail).response()

    @app.exception_handler(Unsound)
    async def unsound(request: Request, error: Unsound) -> Response:
        # What is wrong is told by its name and place; the words beside it may name files of this machine.
        logging.getLogger("uvicorn.error").error("ledger-unsound: %s", error)
        found = _FINDING.match(str(error))
        named = f"{found[0]}: " if found else ""
        detail = f"{named}the ledger is damaged, and hands nothing out; who runs it is to `audit` it"
        return Problem(500, "ledger-unsound", detail).response()

    @app.exception_handler(LedgerError)
    async def refuses(request: Request, error: LedgerError) -> Response:
        return _unavailable("ledger-refuses", "the ledger refuses to answer this; the service's log says why", error)


def _unavailable(name: str, detail: str, error: LedgerError) -> Response:
    # The reason names files of this machine: it is for those who run the service, not for those who call it.
    logging.getLogger("uvicorn.error").error("%s: %s", name, error)
    return Problem(503, name, detail, headers={"Retry-After": "1"}).response()


def _document(request: Request) -> dict[str, object]:
    app: FastAPI = request.app
    return app.openapi()
