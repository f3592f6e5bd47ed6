"""The registers over whole columns: who may treat on a day, which institution may at an instant.

What a register says changes on a few days. Each practitioner's days and each institution's time are cut there, the
rules' own code is asked once a stretch, and acts look up the stretch that they lie in.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import NamedTuple, get_args

import numpy as np

from ledger.treatment.values import HOME, PractitionerScope, at_home
from projections.mirror.columns import Ints
from projections.mirror.linking import last_not_after
from projections.mirror.tabulating import day_number, instant_number, provider_bits
from projections.rules.register import Institution, Practitioner

_SCOPES: tuple[PractitionerScope, ...] = get_args(PractitionerScope)
_BEGIN = -(2**62)


class Staff(NamedTuple):
    """Practitioners by number; a row a stretch of days, those of a practitioner from `begin` to `end`."""

    begin: Ints
    end: Ints
    days: Ints
    treats: Ints
    trained: Ints
    physician: Ints
    provider: Ints

    def at(self, practitioner: Ints, day: Ints) -> Ints:
        """The stretch in which each is, on each day."""
        return last_not_after(self.begin[practitioner], self.end[practitioner], self.days, day)


def staff_of(names: Sequence[str], register: Mapping[str, Practitioner]) -> Staff:
    """The practitioners of these names."""
    lengths: list[int] = []
    rows: list[tuple[int, bool, bool, bool, int]] = []
    known: dict[tuple[object, ...], int] = {}
    for name in names:
        person = register.get(name) or Practitioner(name)
        turns = sorted({date.min, *(turn for scope in _SCOPES for turn in person.held(scope).turns())})
        lengths.append(len(turns))
        for turn in turns:
            key = (person.profession, *(person.holds(scope, turn) for scope in _SCOPES))
            if key not in known:
                known[key] = provider_bits([person], turn)
            rows.append(
                (day_number(turn), person.treats(turn), person.holds("training", turn),
                 person.profession == "physician", known[key])
            )  # fmt: skip
    days, treats, trained, physician, provider = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    end = np.cumsum(np.array(lengths, np.int64))
    return Staff(
        end - np.array(lengths, np.int64), end, np.array(days, np.int64), np.array(treats, bool),
        np.array(trained, bool), np.array(physician, bool), np.array(provider, np.int64),
    )  # fmt: skip


class Barred(NamedTuple):
    """Institutions by number; a row a stretch of time: whether one may not give an act then."""

    begin: Ints
    end: Ints
    instants: Ints
    barred: Ints

    def at(self, institution: Ints, instant: Ints) -> Ints:
        """Whether each is barred at each instant."""
        return self.barred[last_not_after(self.begin[institution], self.end[institution], self.instants, instant)]


def barred_of(names: Sequence[str], register: Mapping[str, Institution]) -> Barred:
    """The institutions of these names."""
    lengths: list[int] = []
    instants: list[int] = []
    barred: list[bool] = []
    for name in names:
        house = register.get(name) or Institution(name)
        turns = {datetime.combine(turn, time.min, HOME) for turn in house.turns()}
        turns |= {at_home(at) for at, _ in house.reinstated}
        moments = sorted(turns)
        lengths.append(len(moments) + 1)
        instants += [_BEGIN, *map(instant_number, moments)]
        barred.append(_is_barred(house, datetime.min.replace(tzinfo=HOME)))
        barred += [_is_barred(house, moment) for moment in moments]
    end = np.cumsum(np.array(lengths, np.int64))
    return Barred(end - np.array(lengths, np.int64), end, np.array(instants, np.int64), np.array(barred, bool))


def _is_barred(house: Institution, at: datetime) -> bool:
    day = at.date()
    return not house.is_qualified(day) or (bool(house.suspended) and house.is_suspended(at, day))
