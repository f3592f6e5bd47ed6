"""What judging asks of an institution itself, as the mirror keeps it: level, kind and departments.

Whether it was qualified, or suspended, at an act, is in the act's own row.
"""

from collections.abc import Mapping

import msgspec

from ledger.treatment.values import InstitutionKind
from projections.rules.register import Institution


class House(msgspec.Struct, frozen=True, omit_defaults=True):
    """An institution without its register."""

    level: int | None = None
    kind: InstitutionKind | None = None
    departments: tuple[str, ...] = ()


def houses(institutions: Mapping[str, Institution]) -> dict[str, House]:
    """Those of which something is known, by id."""
    kept = {name: House(one.level, one.kind, one.departments) for name, one in sorted(institutions.items())}
    return {name: one for name, one in kept.items() if one != House()}


def institutions(kept: Mapping[str, House]) -> dict[str, Institution]:
    """As rules ask for them."""
    return {name: Institution(name, one.level, one.kind, one.departments) for name, one in kept.items()}
