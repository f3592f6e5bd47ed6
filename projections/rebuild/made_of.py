"""What a function's machine code is made of, as a digest: under it the code is kept.

Machine code has in it the instructions of the function and of all that it calls, and the numbers they took from their
modules: so these are digested, as this process has them. The files they were imported from may have been replaced since
by another version's. Lines and comments do not count: what runs is the same.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from types import CodeType, FunctionType, ModuleType
from typing import Any, get_type_hints

Options = Mapping[Any, Mapping[str, bool]]
"""Functions that have machine code, and how it is made."""

_PLAIN = (type(None), bool, int, float, str, bytes)


def taken_by(function: FunctionType) -> dict[str, Any]:
    """What a function takes from its module, by name."""
    found = function.__globals__
    return {name: found[name] for name in _names(function.__code__) if found.get(name) is not None}


def digest_of(function: FunctionType, marked: Options) -> str:
    """The digest (hex) of all that the machine code of a function has in it, of those `marked`.

    TypeError where it takes something whose value has no spelling here: code kept under a digest that leaves something
    out would be run after that has changed.
    """
    return _digest(function, marked, {})


def _digest(function: FunctionType, marked: Options, known: dict[FunctionType, str]) -> str:
    if function not in known:
        where = f"{function.__module__}.{function.__qualname__}"
        if function not in marked:
            raise TypeError(f"{where} is called by machine code: mark it `native`")
        parts = [where, repr(sorted(marked[function].items())), _code(function.__code__, function.__doc__, where)]
        # Rows are a named tuple of arrays: machine code knows the columns by their place.
        parts += [f"{name}: {getattr(kind, '_fields', '')}" for name, kind in get_type_hints(function).items()]
        for name, value in sorted(_values(function)):
            called = isinstance(value, FunctionType)
            said = _digest(value, marked, known) if called else _spelled(value, f"{where}: {name}")
            parts.append(f"{name} = {said}")
        known[function] = sha256("\n".join(parts).encode()).hexdigest()
    return known[function]


def _values(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """What it takes; of a module what it names of it."""
    for name, value in taken_by(function).items():
        if isinstance(value, ModuleType):
            named = set(_names(function.__code__)) & vars(value).keys()
            yield from ((f"{name}.{one}", vars(value)[one]) for one in named)
        else:
            yield name, value


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for value in code.co_consts:
        if isinstance(value, CodeType):
            yield from _names(value)


def _code(code: CodeType, said: str | None, where: str) -> str:
    """What a code object does: neither where it is written nor what is `said` of it."""
    numbers = [_spelled(None if said is not None and value == said else value, where) for value in code.co_consts]
    kinds = code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags
    names = code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars
    return repr((code.co_code, numbers, kinds, names, code.co_exceptiontable))


def _spelled(value: object, where: str) -> str:
    if isinstance(value, CodeType):
        return _code(value, None, where)
    if type(value) is tuple:
        return f"({','.join(_spelled(one, where) for one in value)})"
    if type(value) not in _PLAIN:
        raise TypeError(f"{where} is {type(value).__name__}: machine code is made of numbers and tuples of them")
    return repr(value)
