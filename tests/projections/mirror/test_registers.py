"""Registers cut into stretches say on every day, at every instant, what the register itself says."""

from datetime import date, datetime, timedelta
from random import Random
from typing import get_args

import numpy as np
import pytest

from ledger.treatment.values import HOME, PractitionerScope, Profession
from projections.mirror.registers import barred_of, staff_of
from projections.mirror.tabulating import day_number, instant_number, provider_bits
from projections.rules.register import Institution, Practitioner

FIRST = date(2021, 1, 1)
DAYS = [FIRST + timedelta(k) for k in range(-2, 45)]


@pytest.mark.parametrize("seed", range(20))
def test_staff(seed: int) -> None:
    draw = Random(seed)
    register = {}
    for name in ("a", "b", "c"):
        person = register[name] = Practitioner(name, draw.choice([None, *get_args(Profession)]))
        for _ in range(draw.randrange(4)):
            begin = FIRST + timedelta(draw.randrange(40))
            end = draw.choice([None, begin + timedelta(draw.randrange(-1, 20))])
            person.scopes.append((draw.choice(get_args(PractitionerScope)), begin, end))
    names = ["c", "unknown", "a", "b"]
    staff = staff_of(names, register)
    for number, name in enumerate(names):
        person = register.get(name) or Practitioner(name)
        for day in DAYS:
            at = staff.at(np.array([number]), np.array([day_number(day)]))[0]
            assert staff.treats[at] == person.treats(day)
            assert staff.trained[at] == person.holds("training", day)
            assert staff.physician[at] == (person.profession == "physician")
            assert staff.provider[at] == provider_bits([person], day)


@pytest.mark.parametrize("seed", range(20))
def test_institutions(seed: int) -> None:
    draw = Random(seed)
    register = {}
    for name in ("h", "i"):
        house = register[name] = Institution(name)
        for _ in range(draw.randrange(3)):
            begin = FIRST + timedelta(draw.randrange(30))
            house.qualified.append(("tcm", begin, draw.choice([None, begin + timedelta(draw.randrange(20))])))
        for place in range(draw.randrange(4)):
            at = _moment(draw)
            begin = FIRST + timedelta(draw.randrange(30))
            house.suspended.append(((at, place), begin, draw.choice([None, begin + timedelta(draw.randrange(20))])))
            house.reinstated.append((_moment(draw), place + 10))
    barred = barred_of(["i", "unknown", "h"], register)
    for number, name in enumerate(["i", "unknown", "h"]):
        house = register.get(name) or Institution(name)
        moments = [_moment(draw) for _ in range(60)] + [at for at, _ in house.reinstated]
        moments += [datetime.combine(day, datetime.min.time(), HOME) for day in DAYS]
        for at in moments:
            told = barred.at(np.array([number]), np.array([instant_number(at)]))[0]
            day = at.date()
            assert told == (not house.is_qualified(day) or house.is_suspended(at, day)), (name, at)


def _moment(draw: Random) -> datetime:
    return datetime(2021, 1, 1, tzinfo=HOME) + timedelta(minutes=draw.randrange(45 * 1440))
