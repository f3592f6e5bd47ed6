"""Who and where an act names, with one thing otherwise: how a mutant neutralises a condition without touching the rest.

Stand-ins are made for one question and put away again; the evidence stays as it is.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from typing import Any

from projections.rules.acts import Act
from projections.rules.calendar import add_days
from projections.rules.register import Institution, Practitioner

Change = Callable[[Practitioner], Practitioner]


@contextmanager
def changed(thing: Any, **values: Any) -> Iterator[None]:
    """The thing's attributes are these within."""
    kept = {name: getattr(thing, name) for name in values}
    try:
        for name, value in values.items():
            setattr(thing, name, value)
        yield
    finally:
        for name, value in kept.items():
            setattr(thing, name, value)


@contextmanager
def staff_changed(act: Act, change: Change) -> Iterator[None]:
    """The act was given by people otherwise qualified."""
    with changed(act, staff=tuple(map(change, act.staff))):
        yield


@contextmanager
def physician_changed(act: Act, change: Change) -> Iterator[None]:
    """The act's prescription was written by somebody otherwise qualified."""
    with ExitStack() as stack:
        if act.order is not None:
            stack.enter_context(changed(act.order.sheet, physician=change(act.order.sheet.physician)))
        yield


def without(scope: str) -> Change:
    """A scope counts for nothing."""
    return lambda person: _with(person, [held for held in person.scopes if held[0] != scope])


def any_scope(person: Practitioner) -> Practitioner:
    """Every scope counts as rehabilitation."""
    return _with(person, [("rehabilitation", begin, end) for _, begin, end in person.scopes])


def whoever(person: Practitioner) -> Practitioner:
    """Everybody is qualified."""
    return _with(person, [("rehabilitation", date.min, None), ("training", date.min, None)])


def trained(person: Practitioner) -> Practitioner:
    """Everybody has had the training."""
    return _with(person, [*person.scopes, ("training", date.min, None)])


def at_any_time(person: Practitioner) -> Practitioner:
    """What was ever held is held."""
    return _with(person, [(scope, date.min, None) for scope, _, _ in person.scopes])


def from_day(days: int) -> Change:
    """Every scope begins so many days later."""
    return lambda person: _with(person, [(s, add_days(begin, days), end) for s, begin, end in person.scopes])


def until_day(days: int) -> Change:
    """Every scope ends so many days later."""
    return lambda person: _with(person, [(s, begin, end and add_days(end, days)) for s, begin, end in person.scopes])


def without_profession(person: Practitioner) -> Practitioner:
    """Everybody is a physician."""
    other = _with(person, list(person.scopes))
    other.profession = "physician"
    return other


def _with(person: Practitioner, scopes: Any) -> Practitioner:
    other = Practitioner(person.id, person.profession)
    other.scopes = scopes
    return other


def institution_like(known: Institution, **values: Any) -> Institution:
    """The institution with some of its lists otherwise."""
    other = Institution(known.id, known.level, known.kind, known.departments)
    other.qualified, other.suspended, other.reinstated = known.qualified, known.suspended, known.reinstated
    for name, value in values.items():
        setattr(other, name, value)
    return other
