"""Who may: each route declares its roles; what declares nothing does not start. Knows tokens, nothing of the ledger.

Default deny twice: a role opens only the routes that name it, and `refuse_undeclared` stops an app that has a route
without a declaration, so that a forgotten line is found at the first start and not by a stranger.
"""

from typing import Annotated

from fastapi import FastAPI, Request, Security
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext, iter_route_contexts
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.problems import Offence, Problem
from api.tokens import Role, Token, Tokens

bearer = HTTPBearer(auto_error=False, scheme_name="token", description="A token made by `treatment-ledger token new`.")


class Allow:
    """A route's declaration: the bearer of a token of one of these roles may call it. Used as a dependency."""

    def __init__(self, *roles: Role) -> None:
        self.roles = frozenset(roles)

    async def __call__(
        self, request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)]
    ) -> Token:
        tokens: Tokens = request.app.state.tokens
        token = tokens.holder(given.credentials) if given else None
        if token is None:
            detail = "no token was given" if given is None else "the token is unknown or revoked"
            hint = "send `Authorization: Bearer TOKEN` with one that `treatment-ledger token new` made"
            raise Problem(401, "not-authenticated", f"{detail}; {hint}", headers={"WWW-Authenticate": "Bearer"})
        if token.role not in self.roles:
            allowed = ", ".join(sorted(self.roles))
            raise Problem(403, "not-allowed", f"the role {token.role} may not do this; these may: {allowed}")
        _refuse_unknown_parameters(request)
        return token


class Public:
    """A route's declaration: anyone who reaches the service may call it."""

    async def __call__(self, request: Request) -> None:
        _refuse_unknown_parameters(request)


def _refuse_unknown_parameters(request: Request) -> None:
    """A misspelt `as_off` must not be answered with the whole history, as if nothing had been asked."""
    dependant = getattr(request.scope.get("route"), "dependant", None)
    known = _parameters(dependant) if isinstance(dependant, Dependant) else []
    unknown = [Offence(field=name, what="unknown parameter") for name in request.query_params if name not in known]
    if unknown:
        names = ", ".join(offence.field for offence in unknown)
        expected = f"expected {', '.join(known)}" if known else "this address takes none"
        raise Problem(422, "invalid-request", f"{names}: unknown parameter, {expected}", unknown)


def _parameters(dependant: Dependant) -> list[str]:
    """The query parameters of a route and of all that it depends on."""
    nested = (name for needed in dependant.dependencies for name in _parameters(needed))
    return [*(field.alias for field in dependant.query_params), *nested]


class UndeclaredRoute(Exception):
    """A route says nothing of who may call it; the app must not start."""


def refuse_undeclared(app: FastAPI) -> None:
    """Raises UndeclaredRoute for the first route of `app` that declares neither roles nor that it is public."""
    for route in iter_route_contexts(app.routes):
        if not _declares(route):
            raise UndeclaredRoute(
                f"route {route.path or route.route} does not say who may call it: "
                "add Depends(Allow(Role.…)) or Depends(Public()) to its dependencies"
            )


def _declares(route: RouteContext) -> bool:
    dependant = getattr(route, "dependant", None)  # mounts, web sockets and plain routes have none, or none of ours
    return isinstance(dependant, Dependant) and any(
        isinstance(needed.call, Allow | Public) for needed in dependant.dependencies
    )
