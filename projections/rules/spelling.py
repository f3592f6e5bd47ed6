"""What is wrong with the spelling of a rulebook's file: every key and every value, not only the first.

The keys and their types are those of `schema`; here is only how to tell a person what is wrong with theirs. Whether
the names exist and the words match is looked at afterwards, in `check`.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, Meta, Struct

from projections.rules.schema import AnyClause, RulebookFile

Problem = tuple[str, str]
"""Key, reason."""

_SHOWN = 40
_CLAUSES: dict[str, type[Struct]] = {str(kind.__struct_config__.tag): kind for kind in get_args(AnyClause)}


def misspelt(raw: Mapping[str, Any], file: type[Struct] = RulebookFile) -> list[Problem]:
    """Everything in the file that `file` has another idea of: unknown and missing keys, values of another type."""
    return list(_table(raw, file, ""))


def _table(raw: Any, table: type[Struct], where: str) -> Iterator[Problem]:
    if not isinstance(raw, dict):
        yield where or "file", f"{_shown(raw)} where a table is expected"
        return
    fields = {field.encode_name: field for field in msgspec.structs.fields(table)}
    allowed = [*(["kind"] if table in _CLAUSES.values() else []), *fields]
    for key in raw:
        if key not in allowed:
            yield _at(where, key), f"unknown key{did_you_mean(key, allowed)} There are: {', '.join(allowed)}"
    for key, field in fields.items():
        if key in raw:
            yield from _value(raw[key], field.type, _at(where, key))
        elif field.default is NODEFAULT and field.default_factory is NODEFAULT:
            yield _at(where, key), f"is missing; expected {expected(field.type)}"


def _value(raw: Any, wanted: Any, where: str) -> Iterator[Problem]:
    metas: tuple[Any, ...] = ()
    if wanted is not AnyClause and get_origin(wanted) in (Union, UnionType):
        (wanted,) = (one for one in get_args(wanted) if one is not NoneType)  # null is no value of TOML
    if get_origin(wanted) is Annotated:
        wanted, *rest = get_args(wanted)
        metas = tuple(rest)
    if wanted is AnyClause:
        yield from _clause(raw, where)
    elif _is_struct(wanted):
        yield from _table(raw, wanted, where)
    elif get_origin(wanted) is list:
        yield from _list(raw, get_args(wanted)[0], metas, where)
    elif _is_mapping(wanted):
        name, each = get_args(wanted)
        yield from _mapping(raw, name, each, where)
    else:
        whole: Any = Annotated[wanted, *metas] if metas else wanted
        try:
            msgspec.convert(raw, whole)
        except msgspec.ValidationError:
            yield where, f"{_shown(raw)} where {expected(whole)} is expected"


def _list(raw: Any, each: Any, metas: tuple[Any, ...], where: str) -> Iterator[Problem]:
    if not isinstance(raw, list):
        yield where, f"{_shown(raw)} where a list is expected"
        return
    if not raw and any(isinstance(meta, Meta) and meta.min_length for meta in metas):
        yield where, "is an empty list; expected one entry at least"
    for index, entry in enumerate(raw):
        yield from _value(entry, each, _named(entry, where, index))


def _mapping(raw: Any, name: Any, each: Any, where: str) -> Iterator[Problem]:
    if not isinstance(raw, dict):
        yield where, f"{_shown(raw)} where a table is expected"
        return
    for key, entry in raw.items():
        yield from _value(key, name, f"{where}, the key {_shown(key)}")
        yield from _value(entry, each, _at(where, key))


def _clause(raw: Any, where: str) -> Iterator[Problem]:
    kind = raw.get("kind") if isinstance(raw, dict) else None
    if isinstance(raw, dict) and kind is None:
        yield _at(where, "kind"), f"is missing; expected one of {', '.join(_CLAUSES)}"
    elif isinstance(kind, str) and kind in _CLAUSES:
        yield from _table(raw, _CLAUSES[kind], where)
    elif isinstance(raw, dict):
        guess = did_you_mean(kind, _CLAUSES) if isinstance(kind, str) else "."
        yield _at(where, "kind"), f"{_shown(kind)} is no kind of clause{guess} There are: {', '.join(_CLAUSES)}"
    else:
        yield where, f"{_shown(raw)} where a table is expected"


def expected(wanted: Any) -> str:
    """What may stand there, for a person: `a whole number from 1 to 10,000`, `one of day, month, stay, episode`."""
    metas: tuple[Any, ...] = ()
    if get_origin(wanted) is Annotated:
        wanted, *rest = get_args(wanted)
        metas = tuple(rest)
    told = next((meta.description for meta in metas if isinstance(meta, Meta) and meta.description), None)
    if told is not None:
        return told
    meta = next((meta for meta in metas if isinstance(meta, Meta)), Meta())
    if get_origin(wanted) is Literal:
        values = get_args(wanted)
        return f"{'one of ' if len(values) > 1 else ''}{', '.join(map(str, values))}"
    if wanted is int:
        return f"a whole number from {meta.ge} to {meta.le:,}" if meta.le is not None else "a whole number"
    if wanted is str:
        return f"text of {meta.min_length} to {meta.max_length:,} characters" if meta.max_length else "text"
    named = {bool: "true or false", date: "a date such as 2021-01-31 (without quotation marks)"}
    return named.get(wanted, "a list" if get_origin(wanted) is list else "a table")


def did_you_mean(given: str, right: Any) -> str:
    """`; did you mean this?`, or `.` where nothing is near."""
    near = get_close_matches(given, list(right), 1)
    return f"; did you mean {near[0]}?" if near else "."


def _shown(value: Any) -> str:
    """What stands in the file, short: `'2'`, `a list`, `-1`."""
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) >= 10**_SHOWN:
        return "a number of more than 40 digits"  # which Python may refuse to spell
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(text):,} characters)"


def _at(where: str, key: str) -> str:
    if not where:
        return key
    return f"{where}.{key}" if where.startswith("readings") else f"{where}, {key}"


def _named(entry: Any, where: str, index: int) -> str:
    """`item 21`, `item 21, 21.gate`, `item 21, quote 2`: by what a person knows it by, else by its place."""
    outer, _, last = where.rpartition(", ")
    begin = f"{outer}, " if outer else ""
    if isinstance(entry, dict):
        if last == "item" and isinstance(entry.get("number"), int):
            return f"{begin}item {entry['number']}"
        if last in ("clause", "record") and isinstance(entry.get("clause"), str):
            return f"{begin}{entry['clause'][:_SHOWN]}"
    return f"{begin}{last} {index + 1}"


def _is_struct(wanted: Any) -> bool:
    return isinstance(wanted, type) and issubclass(wanted, Struct)


def _is_mapping(wanted: Any) -> bool:
    origin = get_origin(wanted)
    return isinstance(origin, type) and issubclass(origin, Mapping)
