"""What the year keeps in mind of a chart while it is invented: where, on which order, and what was done."""

from typing import NamedTuple

from api.demo.institutions import Institution
from api.demo.treatments import number_of
from ledger.treatment.values import Setting


class Place(NamedTuple):
    """Where a patient is treated: institution, setting, and the stay if there is one."""

    institution: Institution
    setting: Setting
    stay: str | None = None


class Slip:
    """An order of a sheet, with what was done on it (voided sessions not counted)."""

    __slots__ = ("done", "last", "last_done", "number", "order", "sheet", "slug", "times")

    def __init__(self, sheet: str, order: str, slug: str, times: int, last: int) -> None:
        self.sheet, self.order, self.slug, self.times, self.last = sheet, order, slug, times, last
        self.number = number_of(slug)
        self.done = 0
        self.last_done = (0, 0)  # ordinal of the day, place in the day


class Done(NamedTuple):
    """An act that is payable by construction. `slot` is its place in the day."""

    day: int
    slot: int
    number: int
    slug: str
    act: str
    place: Place
    slip: Slip | None
