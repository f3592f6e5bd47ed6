"""Clauses as rows of the table: what each kind of clause says there, in A to G, and what it keeps.

Every option of a reading is looked up here, once; the interpreter knows limits and numbers. Each method is named for
its clause in `schema`; "State" is what lies in the clause's cell, in order.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from projections.mirror.columns import FINDING_BIT, SEVERITIES, SEVERITY_SHIFT, provider_bit
from projections.rebuild import dates
from projections.rebuild.growing import Growing, NotTabled
from projections.rebuild.layout import (
    AGE,
    ALONE,
    BY_DAY,
    BY_YEAR,
    CONTAINER_COUNT,
    DAYS,
    DECLARED,
    DERIVED,
    EPISODE_ONSET,
    EXCLUSIVE,
    FIRST_PERFORMED,
    GAP,
    GATE,
    HOUSE,
    INDICATION,
    KIND,
    LIMB_DAYS,
    LINK,
    MODE,
    OPEN,
    OVERLAPPING,
    PARTS,
    PROOF,
    PROVIDER,
    RING,
    ROLLING,
    SAME_EPISODE,
    SITE,
    SPAN,
    STAFF,
    STAYS,
    UNITS,
    WHOLE_MONTH,
    WIDTH,
    WINDOW_COUNT,
    WORKING_AGE,
    YEAR,
    YEAR_DAYS,
    YEARS,
    A,
    B,
    C,
    D,
    E,
    F,
    G,
)
from projections.rules import schema
from projections.rules.calendar import days_of, period_of
from projections.rules.clauses.count import ROLLING_MONTH
from projections.rules.clauses.year import DAYS_OF_A_MONTH
from projections.rules.rulebook import Rulebook


class ClauseRows:
    """The rows of one rulebook's clauses under one choice; `place` is the rulebook's in the table."""

    def __init__(self, table: Growing, book: Rulebook, choice: Mapping[str, str], place: int) -> None:
        self._table = table
        self._book = book
        self._choice = choice
        self._place = place

    def row(self, item: schema.Item, words: schema.AnyClause) -> list[int]:
        """The row of an item's clause. Raises NotTabled."""
        row = [0] * WIDTH
        method: Callable[[list[int], schema.Item, Any], None] = getattr(self, f"_{type(words).__name__}")
        method(row, item, words)
        return row

    def items_of(self, number: int) -> int:
        """Where the set of the items is that a number of the rulebook stands for."""
        return self._items(self._slugs(number))

    def _items(self, slugs: frozenset[str]) -> int:
        return self._table.put_set(slug in slugs for slug in self._table.words.items)

    def _slugs(self, number: int) -> frozenset[str]:
        return frozenset(slug for slug, item in self._book.by_slug.items() if item.number == number)

    def _episode(self) -> int:
        return {"declared": DECLARED, "admission": STAYS, "gap_90": DERIVED}[self._choice["episode"]]

    def _container(self) -> int:
        option = self._choice["container"]
        return self._episode() if option == "episode" else ALONE if option == "lifetime" else BY_YEAR

    def _FindingsClause(self, row: list[int], item: schema.Item, words: schema.FindingsClause) -> None:
        """A: bits of all, B: bits of some, C: whether some means all, D: shift of the severity, E: degrees, as bits."""
        row[KIND] = INDICATION
        row[A] = sum(FINDING_BIT[name] for name in set(words.all))
        row[B] = sum(FINDING_BIT[name] for name in set(words.some))
        row[C] = int(bool(words.reading) and self._choice[words.reading or ""] == "all")
        row[D] = -1 if words.severity is None else SEVERITY_SHIFT[words.severity]
        row[E] = sum(2 << SEVERITIES.index(degree) for degree in set(words.among))

    def _AgeClause(self, row: list[int], item: schema.Item, words: schema.AgeClause) -> None:
        """A: the birthday."""
        row[KIND], row[A] = AGE, words.before_birthday[self._choice[words.reading]]

    def _WorkingAgeClause(self, row: list[int], item: schema.Item, words: schema.WorkingAgeClause) -> None:
        """A: from this birthday, B: whether the age is fixed, C: where in `retirement`."""
        row[KIND], row[A] = WORKING_AGE, words.from_birthday
        row[B], row[C] = int(self._choice["working_age"] == "fixed"), self._table.put(self._retire())

    def _SpanClause(self, row: list[int], item: schema.Item, words: schema.SpanClause) -> None:
        """A: length, B: unit, C: days, D: anchor, E: whether paid days count, F: whether it extends, G: its book.

        State: made, anchor, days, last, full on (where days elapse, the first day past it), row of the first.
        """
        period = period_of(words.length)
        row[KIND], row[A], row[B], row[C] = SPAN, period[0], "YMD".index(period[1]), days_of(period)
        row[D] = ("first_paid", "first_performed", "episode_onset").index(self._choice["span_anchor"])
        row[E] = int(self._choice["span_measure"] == "paid_days")
        self._table.seldom |= row[D] == EPISODE_ONSET
        row[F] = int(words.extendable and self._book.file.extension is not None)
        row[G] = self._place
        self._table.keep(row, 6, self._container() if words.per == "container" else self._episode())

    def _CountClause(self, row: list[int], item: schema.Item, words: schema.CountClause) -> None:
        """Of a window A: limit, B: which, C: whether each slug counts by itself (E: where, as a number of the slug).

        State: day or month, count, row; rolling: how many, then day, count, row of each. Of a container A: limit, B:
        whether it is the stay, C: whether acts outside stays count. State: count, row; of stays, then of episodes.
        """
        row[A] = words.max
        if words.per in ("day", "month"):
            month = self._choice["month"] if words.per == "month" else None
            row[KIND] = WINDOW_COUNT
            row[B] = WHOLE_MONTH if month == "calendar_month" else ROLLING if month == "rolling_30_days" else BY_DAY
            combined = self._choice["combined"] if words.combined else "included_items"
            slugs = sorted(self._slugs(item.number))
            row[C] = int(combined == "item_only")
            row[D] = 1 + 3 * (ROLLING_MONTH + 1) if row[B] == ROLLING else 3
            if row[C]:
                row[E] = self._table.put(
                    [slugs.index(slug) if slug in slugs else 0 for slug in self._table.words.items]
                )
            self._table.keep(row, row[D] * (len(slugs) if row[C] else 1))
            return
        row[KIND] = CONTAINER_COUNT
        row[B] = int(words.per == "stay")
        row[C] = int(words.per == "episode" or self._choice["outpatient_cap"] == "episode")
        self._table.keep(row, 4, self._episode())

    def _DaysClause(self, row: list[int], item: schema.Item, words: schema.DaysClause) -> None:
        """A: limit, B: shift of the severity (-1: none), C, D, E: limits of mild, moderate, severe (-1: none),
        F: whether the severity of the first decides, G: whether days elapse.

        State: days, first, last, severity, row of the last day's first act.
        """
        row[KIND], row[A] = DAYS, words.max or 0
        row[B] = -1 if words.severity is None else SEVERITY_SHIFT[words.severity]
        for column, degree in zip((C, D, E), SEVERITIES, strict=True):
            row[column] = {str(name): days for name, days in words.max_by.items()}.get(degree, -1)
        row[F] = int(words.severity is not None and self._choice["severity_at"] == "first_session")
        row[G] = int(self._choice["day_unit"] == "elapsed")
        self._table.keep(row, 5, self._container())

    def _GateClause(self, row: list[int], item: schema.Item, words: schema.GateClause) -> None:
        """A: days of a block, B: whether they elapse, C: items whose assessments count (0: any), G: rulebook.

        State: days (0: no block), first, last.
        """
        row[KIND], row[A], row[B] = GATE, words.days, int(self._choice["gate_block"] == "elapsed")
        row[C] = self._items(self._slugs(words.scale_item)) if self._choice["gate_source"] == "item_9" else 0
        row[G] = self._place
        self._table.keep(row, 3, self._container())

    def _YearClause(self, row: list[int], item: schema.Item, words: schema.YearClause) -> None:
        """A: birthday, B: limit before, C: limit from it on, D: year, E: whether it counts afresh, F: by day, G: room.

        State: how many units, where the ring begins, their last days, rows of their first acts.
        """
        row[KIND], row[A] = YEAR, words.birthday
        row[F] = int(self._choice["month_unit"] == "30_paid_days")
        factor = DAYS_OF_A_MONTH if row[F] else 1
        row[B], row[C] = words.months_before * factor, words.months_from * factor
        row[D] = self._year()
        row[E] = int(self._choice["turning_7"] == "fresh_counter")
        row[G] = RING if row[F] else UNITS
        self._table.keep(row, 2 + 2 * row[G])

    def _year(self) -> int:
        return {
            "calendar_year": dates.CALENDAR_YEAR,
            "rolling_365": dates.ROLLING_365,
            "insurance_year": dates.INSURANCE_YEAR,
        }[self._choice["year"]]

    def _ProofClause(self, row: list[int], item: schema.Item, words: schema.ProofClause) -> None:
        """A: birthday, G: rulebook."""
        row[KIND], row[A], row[G] = PROOF, words.birthday, self._place

    def _ExclusiveClause(self, row: list[int], item: schema.Item, words: schema.ExclusiveClause) -> None:
        """A: together, B: where the contest is (0: the first wins), C: items of the other side, D: while an act is
        decided, the number of the act that it gives way to, E: items of this side.

        State: day or end, count, row.
        """
        row[KIND] = EXCLUSIVE
        row[A] = ("same_day", "overlapping", "same_episode").index(self._choice["together"])
        self._table.seldom |= row[A] == OVERLAPPING
        self._table.keep(row, 3, self._episode() if row[A] == SAME_EPISODE else ALONE)

    def _GapClause(self, row: list[int], item: schema.Item, words: schema.GapClause) -> None:
        """A: days, B: whether performed acts count. State: made, day, row."""
        row[KIND], row[A] = GAP, words.days[self._choice["gap_measure"]]
        row[B] = int(self._choice["gap_from"] == "last_performed")
        self._table.keep(row, 3, HOUSE if self._choice["gap_scope"] == "institution" else ALONE)

    def _SiteClause(self, row: list[int], item: schema.Item, words: schema.SiteClause) -> None:
        """A: the institutions where it holds."""
        both = self._choice["site_level"] == "both"
        row[KIND] = SITE
        row[A] = self._table.put_set(
            ((levelled := one.level is not None and one.level >= words.level) and words.department in one.departments)
            or (one.kind == words.hospital and (levelled or not both))
            for one in self._table.words.institutions
        )

    def _LinkClause(self, row: list[int], item: schema.Item, words: schema.LinkClause) -> None:
        """A: whether it is named, B: the trainings, or the sets of orders that have one."""
        if item.kind == "training":
            raise NotTabled(f"{words.clause}: a link of a training is judged by the reference evaluator")
        row[KIND], row[A] = LINK, int(self._choice["adl_link"] == "named")
        trainings = frozenset(slug for slug, item in self._book.by_slug.items() if item.kind == "training")
        row[B] = (
            self._items(trainings)
            if row[A]
            else self._table.put_set(bool(one & trainings) for one in self._table.words.orders)
        )

    def _StaffClause(self, row: list[int], item: schema.Item, words: schema.StaffClause) -> None:
        """A: persons."""
        row[KIND], row[A] = STAFF, words.persons[self._choice["persons_3"]]

    def _PartsClause(self, row: list[int], item: schema.Item, words: schema.PartsClause) -> None:
        """A: scales."""
        row[KIND], row[A] = PARTS, words.scales

    def _ProviderClause(self, row: list[int], item: schema.Item, words: schema.ProviderClause) -> None:
        """A: the bit."""
        row[KIND], row[A] = PROVIDER, provider_bit(words.scope, words.profession, words.profession_scope)

    def _ModeClause(self, row: list[int], item: schema.Item, words: schema.ModeClause) -> None:
        """A: whether mainly is enough. State: individual, all."""
        row[KIND], row[A] = MODE, int(self._choice["individual"] == "mainly")
        self._table.keep(row, 2, self._episode())

    def _YearsClause(self, row: list[int], item: schema.Item, words: schema.YearsClause) -> None:
        """A: years, B: whether they elapse. State: how many, first day, last year, rows of the first and last."""
        row[KIND], row[A], row[B] = YEARS, words.max, int(self._choice["years_in_all"] == "elapsed")
        self._table.keep(row, 5)

    def _YearDaysClause(self, row: list[int], item: schema.Item, words: schema.YearDaysClause) -> None:
        """A: days, D: year, G: room. State: how many, where the ring begins, the days, rows of their first acts."""
        row[KIND], row[A], row[D], row[G] = YEAR_DAYS, words.max, self._year(), RING
        self._table.keep(row, 2 + 2 * RING)

    def _LimbDaysClause(self, row: list[int], item: schema.Item, words: schema.LimbDaysClause) -> None:
        """A: upper, B: lower, C: whether days elapse. State of each limb: days, first, last, row."""
        row[KIND], row[A], row[B] = LIMB_DAYS, words.upper, words.lower
        self._table.seldom = True
        row[C] = int(self._choice["day_unit"] == "elapsed")
        self._table.keep(row, 8, self._container())

    def _OpenClause(self, row: list[int], item: schema.Item, words: schema.OpenClause) -> None:
        """A: whether it is payable."""
        row[KIND], row[A] = OPEN, int(self._choice["no_text"] == "payable")

    def _retire(self) -> list[int]:
        """Men, women who are cadre, women who are workers."""
        numbers = []
        rows = self._book.file.retirement_age.row if self._book.file.retirement_age is not None else []
        for sex, category in (("male", None), ("female", "cadre"), ("female", "worker")):
            found = next((row for row in rows if row.sex == sex and row.category == category), None)
            if found is None:
                raise NotTabled(f"retirement_age: no row for {sex} {category or ''}")
            born = found.born_from.year * 12 + found.born_from.month - 1
            numbers += [found.years, born, found.months_per_step, found.at_most_months]
        return numbers


def is_told(row: Sequence[int]) -> tuple[int, int]:
    """Whether a clause is told of performed and of paid acts."""
    kind = row[KIND]
    performed = (kind == SPAN and row[D] == FIRST_PERFORMED and not row[E]) or (kind == GAP and row[B])
    paid = kind in (
        SPAN, WINDOW_COUNT, CONTAINER_COUNT, DAYS, GATE, YEAR, EXCLUSIVE, GAP, MODE, YEARS, YEAR_DAYS, LIMB_DAYS,
    )  # fmt: skip
    return int(performed), int(paid)
