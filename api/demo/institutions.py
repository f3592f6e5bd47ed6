"""The invented institutions of a district, and what befalls them in the year. None of them exists.

The general hospital signs electronically (`signatures`). The community centre is suspended for a week, the welfare
home's clinic for two until it is reinstated, and the clinic's qualification ends in November: regular treatment pauses
then, and whoever treats on is a planted mistake.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from api.demo.workdays import LAST_DAY, instant
from ledger.treatment.facts import (
    Fact,
    InstitutionQualified,
    InstitutionRegistered,
    InstitutionReinstated,
    InstitutionSuspended,
)
from ledger.treatment.values import InstitutionKind, InstitutionScope

REGISTERED = date(2019, 12, 2)
COMMUNITY_SUSPENDED = (date(2021, 8, 16), date(2021, 8, 22))
CLINIC_SUSPENDED = (date(2021, 10, 11), date(2021, 10, 25))  # to the day it is reinstated
CLINIC_QUALIFIED_UNTIL = date(2021, 11, 30)


class Institution(NamedTuple):
    """`closed` are the spans of days, both ends included, on which regular treatment pauses."""

    id: str
    name: str
    kind: InstitutionKind
    departments: tuple[str, ...]
    scopes: tuple[InstitutionScope, ...]
    level: int | None = None
    closed: tuple[tuple[date, date], ...] = ()

    def open_on(self, day: date) -> bool:
        """Whether it may treat, and does, on that day."""
        return not any(first <= day <= last for first, last in self.closed)


class Houses(NamedTuple):
    """The five institutions of a district, by what they are."""

    general: Institution
    rehabilitation: Institution
    tcm: Institution
    community: Institution
    clinic: Institution


def houses(prefix: str) -> Houses:
    """The institutions of one district; `prefix` tells their ids from those of another."""
    clinic_closed = (CLINIC_SUSPENDED, (date(2021, 12, 1), LAST_DAY))
    both: tuple[InstitutionScope, ...] = ("rehabilitation", "tcm")
    return Houses(
        Institution(f"{prefix}H1", "虚构区中心医院（虚构 invented）", "general", ("rehabilitation",), both[:1], 3),
        Institution(f"{prefix}H2", "虚构康复医院（虚构 invented）", "rehabilitation", ("rehabilitation",), both[:1], 2),
        Institution(f"{prefix}H3", "虚构区中医医院（虚构 invented）", "tcm", ("rehabilitation", "tcm"), both, 2),
        Institution(
            f"{prefix}H4",
            "虚构社区卫生服务中心（虚构 invented）",
            "community",
            ("rehabilitation", "tcm"),
            both,
            1,
            closed=(COMMUNITY_SUSPENDED,),
        ),
        Institution(
            f"{prefix}H5",
            "虚构社会福利院内设医务室（虚构 invented）",
            "other",
            ("tcm",),
            both[1:],
            closed=clinic_closed,
        ),
    )


def institution_facts(of: Houses) -> Iterator[Fact]:
    """Registration, qualification, suspension and reinstatement."""
    for house in of:
        yield InstitutionRegistered(
            at=instant(REGISTERED, 480),
            institution=house.id,
            name=house.name,
            level=house.level,  # type: ignore[arg-type]
            kind=house.kind,
            departments=list(house.departments),
        )
        for scope in house.scopes:
            until = CLINIC_QUALIFIED_UNTIL if house is of.clinic else None
            yield InstitutionQualified(
                at=instant(REGISTERED, 490), institution=house.id, scope=scope, valid_from=REGISTERED, valid_until=until
            )
    first, last = COMMUNITY_SUSPENDED
    yield InstitutionSuspended(at=instant(date(2021, 8, 13), 960), institution=of.community.id, from_=first, until=last)
    first, last = CLINIC_SUSPENDED
    yield InstitutionSuspended(at=instant(date(2021, 10, 8), 960), institution=of.clinic.id, from_=first)
    yield InstitutionReinstated(at=instant(last, 540), institution=of.clinic.id)
