"""Default deny: what does not say who may call it does not start."""

import asyncio

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from api.access import Allow, Public, UndeclaredRoute, refuse_undeclared
from api.tokens import Role


def app() -> FastAPI:
    return FastAPI(openapi_url=None)


def answer() -> str:
    return "yes"


def test_declared_routes_start() -> None:
    declared = app()
    declared.add_api_route("/a", answer, dependencies=[Depends(Allow(Role.AUDITOR))])
    declared.add_api_route("/b", answer, dependencies=[Depends(Public())])
    refuse_undeclared(declared)


def test_a_route_without_a_declaration_is_named() -> None:
    forgotten = app()
    forgotten.add_api_route("/a", answer, dependencies=[Depends(Public())])
    forgotten.add_api_route("/forgotten", answer)
    with pytest.raises(UndeclaredRoute, match="/forgotten does not say who may call it"):
        refuse_undeclared(forgotten)


def test_a_route_in_an_included_router_is_found() -> None:
    forgotten, router = app(), APIRouter(prefix="/deep")
    router.add_api_route("/forgotten", answer)
    forgotten.include_router(router)
    with pytest.raises(UndeclaredRoute, match="/deep/forgotten"):
        refuse_undeclared(forgotten)


def test_a_declaration_of_the_whole_router_counts() -> None:
    declared, router = app(), APIRouter(dependencies=[Depends(Allow(Role.SYSTEM))])
    router.add_api_route("/a", answer)
    declared.include_router(router)
    refuse_undeclared(declared)


def test_another_dependency_is_no_declaration() -> None:
    forgotten = app()
    forgotten.add_api_route("/a", answer, dependencies=[Depends(answer)])
    with pytest.raises(UndeclaredRoute, match="/a"):
        refuse_undeclared(forgotten)


def test_mounted_files_and_the_framework_s_own_pages_are_refused(tmp_path: str) -> None:
    mounted = app()
    mounted.mount("/files", StaticFiles(directory=tmp_path))
    with pytest.raises(UndeclaredRoute, match="/files"):
        refuse_undeclared(mounted)
    with pytest.raises(UndeclaredRoute, match=r"/openapi\.json"):
        refuse_undeclared(FastAPI())


def test_a_web_socket_must_declare_too() -> None:
    talking = app()

    @talking.websocket("/talk")
    async def talk(socket: WebSocket) -> None:
        await socket.close()

    with pytest.raises(UndeclaredRoute, match="/talk"):
        refuse_undeclared(talking)


def test_no_role_is_declared_by_naming_none() -> None:
    """`Allow()` names nobody: the route starts, and nobody may call it."""
    assert not Allow().roles


def test_a_route_added_later_keeps_the_app_from_starting() -> None:
    from contextlib import asynccontextmanager

    @asynccontextmanager
    async def lifespan(it: FastAPI):  # type: ignore[no-untyped-def]
        refuse_undeclared(it)
        yield

    late = FastAPI(openapi_url=None, lifespan=lifespan)
    late.add_api_route("/late", answer)

    async def start() -> None:
        async with late.router.lifespan_context(late):
            pass

    with pytest.raises(UndeclaredRoute, match="/late"):
        asyncio.run(start())
