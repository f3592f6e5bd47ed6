"""What a report is asked about: which days, which institution, judged by whom, computed from what.

Days are natural days at +08:00, as the mirror counts them. The day of the computation is an argument: no clock here.
"""

import calendar
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

import numpy as np

from projections.mirror.columns import EVIDENCE, Ints, Rows
from projections.mirror.tabulating import day_number
from projections.rebuild.judging import Outcome
from projections.reports.document import Basis
from projections.rules.judge import Judge
from projections.rules.register import Institution
from projections.rules.succession import Succession

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])\Z")


class NotAFilter(ValueError):
    """A month or a stretch of days that cannot be meant."""


class Filter(NamedTuple):
    """Acts from the day `first` to the day `last`, both included (None: open), of one institution or of all.

    The day of an act is that of its start; a month's settlement holds what was given in it, whenever it was written.
    """

    first: date | None = None
    last: date | None = None
    institution: str | None = None

    def acts(self, rows: Rows) -> Ints:
        """The acts that it lets through, as a mask."""
        columns = rows.columns
        mask: Ints = columns.kind != EVIDENCE
        if self.first is not None:
            mask &= columns.day >= day_number(self.first)
        if self.last is not None:
            mask &= columns.day <= day_number(self.last)
        if self.institution is not None:
            theirs = [place for place, one in enumerate(rows.institutions) if one == self.institution]
            mask &= np.isin(columns.institution, theirs)
        return mask


def month_of(text: str, institution: str | None = None) -> Filter:
    """The filter of a month, YYYY-MM. Raises NotAFilter."""
    found = _MONTH.match(text)
    if found is None or found[1] == "0000":
        raise NotAFilter(f"{text!r} is no month, expected YYYY-MM such as 2021-03")
    year, month = int(found[1]), int(found[2])
    return Filter(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]), institution)


def between(first: date | None, last: date | None, institution: str | None = None) -> Filter:
    """The filter of a stretch of days. Raises NotAFilter where it ends before it begins."""
    if first is not None and last is not None and last < first:
        raise NotAFilter(f"the days from {first} to {last} are none: the last is before the first")
    return Filter(first, last, institution)


class Question(NamedTuple):
    """Everything that is the same for all batches of a report.

    `judge` is the one that made the outcomes: it says what clauses are called and how they are worded. `mirror` is the
    digest of the mirror, if it was read, `log_size` and `log_root` (base64) of the log; `as_of` and `as_known_at` the
    times at which the facts were cut off.
    """

    judge: Judge
    institutions: Mapping[str, Institution]
    day: date
    filter: Filter = Filter()
    mirror: str | None = None
    log_size: int | None = None
    log_root: str | None = None
    as_of: datetime | None = None
    as_known_at: datetime | None = None

    def basis(self) -> Basis:
        """What the document says it was computed from."""
        profile, rules = self.judge.profile, self.judge.rulebook
        periods = rules.periods if isinstance(rules, Succession) else ()
        return Basis(
            mirror=self.mirror,
            log_size=self.log_size,
            log_root=self.log_root,
            as_of=self.as_of,
            as_known_at=self.as_known_at,
            rulebooks=tuple((book.id, book.digest) for book in self.judge.rulebooks),
            periods=tuple((begin, book.id, book.digest) for begin, book in periods),
            profile=profile if isinstance(profile, str) else profile.name,
            readings=dict(self.judge.choice),
            day=self.day,
            first=self.filter.first,
            last=self.filter.last,
            institution=self.filter.institution,
        )


class Batch(NamedTuple):
    """Whole patients, and how they were decided. No patient is in two batches."""

    rows: Rows
    outcome: Outcome
