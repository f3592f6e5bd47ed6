"""Instants as people type them."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest

import api
from api.clock import elapsed_seconds, now, parse_instant

_SHOWN_ONLY = {"perf_counter"}
"""What measures, for people to read, and cannot tell the time."""


def test_an_instant_comes_back_at_shanghai() -> None:
    assert parse_instant("2021-03-01T07:00:00Z").isoformat() == "2021-03-01T15:00:00+08:00"


def test_a_plus_sign_that_a_url_turned_into_a_blank_is_read() -> None:
    assert parse_instant("2021-03-01T15:00:00 08:00") == parse_instant("2021-03-01T15:00:00+08:00")


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2021-03-01", "2021-03-01T15:00:00", "2021-02-30T15:00:00+08:00", "9999-12-31T23:59:59-12:00"],
)
def test_what_is_no_instant_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="expected date, time and offset"):
        parse_instant(text)


def test_now_is_at_shanghai() -> None:
    assert now().utcoffset() == timedelta(hours=8)


def test_what_elapses_never_goes_back() -> None:
    readings = [elapsed_seconds() for _ in range(100)]
    assert readings == sorted(readings)


def test_no_other_module_asks_what_time_it_is() -> None:
    home = Path(api.__file__).parents[1]
    asking = {
        f"{path.relative_to(home)}:{node.lineno}"
        for room in ("api", "ledger", "projections")
        for path in (home / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if asks(node)
    }
    assert {where.partition(":")[0] for where in asking} == {"api/clock.py"}


def asks(node: ast.AST) -> bool:
    """Whether code reads a clock: by the module `time`, or as `datetime.now()` and its like."""
    if isinstance(node, ast.Import):
        return any(name.name == "time" for name in node.names)
    if isinstance(node, ast.ImportFrom):
        return node.module == "time" and any(name.name not in _SHOWN_ONLY for name in node.names)
    return (
        isinstance(node, ast.Attribute)
        and node.attr in ("now", "utcnow", "today")
        and ast.unparse(node.value).split(".")[-1] in ("datetime", "date")
    )
