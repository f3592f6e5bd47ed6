"""Facts of every type, drawn at random from what their fields may hold."""

import string
import types
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
import pytest
from hypothesis import strategies as st
from msgspec import UNSET, Meta, UnsetType

from ledger.journal.spelling import normalise
from ledger.treatment.facts import FACTS, Fact

IDS = st.text(string.ascii_letters + string.digits + "._:@/-", min_size=1, max_size=64)
CHARACTERS = st.characters(exclude_categories=["Cs"])
INSTANTS = st.builds(
    lambda instant, hours: instant.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=hours))),
    st.datetimes(datetime(1950, 1, 1), datetime(2090, 1, 1)),  # noqa: DTZ001
    st.integers(-12, 14),
)
NUMBERS = st.integers(-(10**6), 10**6) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(CHARACTERS, max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(CHARACTERS, max_size=4), inner, max_size=3),
    max_leaves=6,
)


def drawn(declared: Any, meta: Meta | None = None) -> st.SearchStrategy[Any]:
    """Values of a declared type."""
    origin = get_origin(declared)
    if origin is Annotated:
        inner, found = get_args(declared)
        return IDS if found.pattern else drawn(inner, found)
    if origin in (Union, types.UnionType):
        return st.one_of([drawn(each) for each in get_args(declared)])
    if origin is Literal:
        return st.sampled_from(get_args(declared))
    if origin is list:
        return st.lists(drawn(get_args(declared)[0]), min_size=(meta and meta.min_length) or 0, max_size=3)
    if isinstance(declared, type) and issubclass(declared, msgspec.Struct):
        return structs(declared)
    if declared is str:
        return st.text(CHARACTERS, min_size=(meta and meta.min_length) or 0, max_size=12)
    if declared is int:
        return st.integers(meta.ge, meta.le) if meta else st.integers(-(2**63), 2**63)
    return {
        float: st.floats(allow_nan=False, allow_infinity=False),
        bool: st.booleans(),
        datetime: INSTANTS,
        date: st.dates(),
        type(None): st.none(),
        UnsetType: st.just(UNSET),
        Any: VALUES,
    }[declared]


def structs(cls: type[Any]) -> st.SearchStrategy[Any]:
    return st.builds(cls, **{field.name: drawn(field.type) for field in msgspec.structs.fields(cls)})


@cache
def facts(*of: type[Fact]) -> st.SearchStrategy[Fact]:
    """Facts as the door makes them."""
    return st.one_of([structs(cls) for cls in of or FACTS]).map(normalise)


@pytest.fixture(scope="session")
def fact_strategy() -> Any:
    return facts


STOP = b'{"type":"SessionStopped","at":"2021-03-01T15:30:00+08:00","session":"S1","effect":"better"}'


@pytest.fixture(scope="session")
def stop() -> bytes:
    """A line in the one spelling."""
    return STOP
