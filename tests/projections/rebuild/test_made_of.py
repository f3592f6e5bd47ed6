"""What machine code is made of: whatever changes what it does has another digest, and nothing else has."""

from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

import pytest

from projections.mirror.columns import Columns
from projections.rebuild.interpreter import run
from projections.rebuild.made_of import digest_of, taken_by
from projections.rebuild.native import _marked

SOURCE = '''
from typing import NamedTuple

class Rows(NamedTuple):
    day: list
    kind: list

FIRST, PLACES, NAME = 3, (1, (2, 4)), "a"

def other(n):
    return n + t.WIDTH

def asked(rows: Rows, n: int) -> int:
    """Says something."""
    if n < FIRST:
        return other(n) + PLACES[0]
    return rows.day[n]
'''


def function_of(source: str) -> tuple[FunctionType, FunctionType]:
    """`asked` and `other` of a module that says this, beside a module `t` with numbers."""
    layout = ModuleType("layout")
    layout.__dict__.update(WIDTH=7, NOT_ASKED_FOR=[])
    found: dict[str, Any] = {"__name__": "somewhere", "t": layout}
    exec(source, found)
    return found["asked"], found["other"]


def digest(source: str, options: dict[str, bool] | None = None) -> str:
    asked, other = function_of(source)
    return digest_of(asked, {asked: {}, other: options or {}})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("FIRST, PLACES", "FIRST , PLACES"),
        ("def asked", "# a word\n\n\ndef asked"),
        ("Says something.", "Says something else, and more."),
        ('NAME = 3, (1, (2, 4)), "a"', 'NAME = 3, (1, (2, 4)), "b"'),  # nobody takes it
    ],
)
def test_what_does_not_count(before: str, after: str) -> None:
    assert before in SOURCE
    assert digest(SOURCE.replace(before, after)) == digest(SOURCE)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("3, (1, (2, 4))", "4, (1, (2, 4))"),  # a constant
        ("3, (1, (2, 4))", "3, (1, (2, 5))"),  # one that is in a tuple
        ("3, (1, (2, 4))", "3, (1, (2, True))"),
        ("n + t.WIDTH", "n - t.WIDTH"),  # what is called
        ("t.WIDTH", "t.__name__"),  # what is named of a module
        ("n < FIRST", "n <= FIRST"),
        ("PLACES[0]", "PLACES[1]"),
        ("rows.day", "rows.kind"),
        ("    day: list\n    kind: list", "    kind: list\n    day: list"),  # the order of the columns
    ],
)
def test_what_counts(before: str, after: str) -> None:
    assert before in SOURCE
    assert digest(SOURCE.replace(before, after)) != digest(SOURCE)


def test_how_what_is_called_is_made_counts() -> None:
    assert digest(SOURCE, {"forceinline": True}) != digest(SOURCE)


def test_the_numbers_of_this_process_count() -> None:
    """And not those of the file that it was imported from."""
    asked, other = function_of(SOURCE)
    before = digest_of(asked, {asked: {}, other: {}})
    asked.__globals__["t"].WIDTH = 8
    assert digest_of(asked, {asked: {}, other: {}}) != before


@pytest.mark.parametrize("value", ["[3]", "{3: 4}", "3j", "(1, [2])", "frozenset({1})", "Rows([], [])"])
def test_a_value_without_a_spelling_is_refused(value: str) -> None:
    with pytest.raises(TypeError, match=r"somewhere\.asked: FIRST is "):
        digest(f"{SOURCE}\nFIRST = {value}")


def test_a_function_that_has_no_machine_code_is_refused() -> None:
    asked, _ = function_of(SOURCE)
    with pytest.raises(TypeError, match=r"somewhere\.other is called by machine code: mark it `native`"):
        digest_of(asked, {asked: {}})


def functions_from(function: Callable[..., Any], seen: set[Any]) -> set[Any]:
    if function not in seen and isinstance(function, FunctionType):
        seen.add(function)
        for value in taken_by(function).values():
            functions_from(value, seen) if isinstance(value, FunctionType) else None
    return seen


def test_everything_that_the_interpreter_is_made_of_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every number that any of its functions takes, one after the other, made another."""
    assert isinstance(run, FunctionType)
    before, tried = digest_of(run, _marked), 0
    for function in functions_from(run, set()):
        for name, value in taken_by(function).items():
            if type(value) is int:
                monkeypatch.setitem(function.__globals__, name, value + 1)
                assert digest_of(run, _marked) != before, (function, name)
                monkeypatch.setitem(function.__globals__, name, value)
                tried += 1
    assert tried > 100
    assert digest_of(run, _marked) == before


def test_the_columns_of_the_mirror_count(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(run, FunctionType)
    before = digest_of(run, _marked)
    monkeypatch.setattr(Columns, "_fields", (*Columns._fields[1:], Columns._fields[0]))
    assert digest_of(run, _marked) != before
