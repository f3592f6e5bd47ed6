"""A batch as reports look at it: what every act is, dimension by dimension, and which acts a key means.

A dimension gives every act one word (a month, an institution, `denied`). Counting and opening ask the same dimension,
so a figure and the acts it opens into cannot differ. The mirror answers all of them; what it cannot say is "".
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from projections.mirror.columns import EVIDENCE, NONE, SESSION, SETTINGS, Ints, provider_bit
from projections.mirror.tabulating import day_number
from projections.reports.clauses import RECORD_BITS, Patterns, patterns
from projections.reports.fines import NOTICE_FROM, PERIODS, REGULATION_FROM
from projections.reports.question import Batch, Question
from projections.reports.spans import WORDS, span_codes

HOUR = 3_600_000_000
"""Microseconds."""
LATE_HOURS = 24
"""A record written down, or signed, later than this counts as late. The notice asks for timeliness (时效性) and gives
no number; this one is the project's, and every report that uses it says so."""


ANYTIME = "within=all"
"""In a key: the question's filter does not apply."""


class Dimension(NamedTuple):
    """`codes` has a place in `words` for every row (of evidence too, where it means nothing)."""

    codes: Ints
    words: tuple[str, ...]


class Alike(NamedTuple):
    """Acts by their places in the rows, the kind of each, and by key and kind whether the key means it."""

    places: Ints
    code: Ints
    bits: Ints


class View:
    """One batch under one question. Everything is computed when it is asked for, once."""

    def __init__(self, batch: Batch, question: Question) -> None:
        self.batch = batch
        self.rows = batch.rows
        self.columns = batch.rows.columns
        self.outcome = batch.outcome
        self.question = question
        self._dimensions: dict[str, Dimension] = {}
        self._masks: dict[str, Ints] = {}
        self._patterns: Patterns | None = None
        self._within: Ints | None = None
        self._alike: dict[tuple[str, tuple[str, ...]], Alike] = {}

    @property
    def patterns(self) -> Patterns:
        """Which clauses each act fails."""
        if self._patterns is None:
            self._patterns = patterns(self.question.judge, self.batch)
        return self._patterns

    def dimension(self, name: str) -> Dimension:
        """Raises KeyError for a dimension that there is not."""
        if name not in self._dimensions:
            self._dimensions[name] = DIMENSIONS[name](self)
        return self._dimensions[name]

    def within(self) -> Ints:
        """The acts that the question's filter lets through, as a mask."""
        if self._within is None:
            self._within = self.question.filter.acts(self.rows)
        return self._within

    def where(self, key: str) -> Ints:
        """The acts that a key means, within the filter, as a mask. Raises NotAKey."""
        if not key:
            return self.within()
        if key not in self._masks:
            parts = key.split("&")
            mask = (self.columns.kind != EVIDENCE) if ANYTIME in parts else self.within().copy()
            for part in parts:
                if part != ANYTIME:
                    mask &= self._part(part)
            self._masks[key] = mask
        return self._masks[key]

    def places(self, key: str) -> Ints:
        """Where the acts stand that a key means. Raises NotAKey. Unlike `where` it keeps nothing: of keys that are
        asked once there can be as many as patients.
        """
        held = self._masks
        self._masks = dict(held)
        try:
            return np.flatnonzero(self.where(key))
        finally:
            self._masks = held

    def alike(self, where: str, opens: tuple[str, ...]) -> "Alike":
        """The acts that a key means, told apart by which of some other keys mean them as well."""
        if (where, opens) not in self._alike:
            places = np.flatnonzero(self.where(where))
            packed = np.zeros(len(places), np.int64)
            for k, key in enumerate(opens):
                packed |= self.where(key)[places].astype(np.int64) << k
            seen = np.bincount(packed, minlength=1) > 0
            code = (np.cumsum(seen) - 1)[packed]
            bits = np.flatnonzero(seen)[None, :] >> np.arange(len(opens))[:, None] & 1 == 1
            self._alike[where, opens] = Alike(places, code, bits)
        return self._alike[where, opens]

    def _part(self, part: str) -> Ints:
        if part not in self._masks:
            name, equals, word = part.partition("=")
            if not equals or name not in DIMENSIONS.keys() | _OTHERWISE.keys():
                known = ", ".join([*DIMENSIONS, *_OTHERWISE])
                raise NotAKey(f"{part!r} is no part of a key, expected NAME=WORD with one of the names {known}")
            words = word.split(",")
            self._masks[part] = _OTHERWISE[name](self, words) if name in _OTHERWISE else self._is(name, words)
        return self._masks[part]

    def _is(self, name: str, words: list[str]) -> Ints:
        codes, known = self.dimension(name)
        wanted = [place for place, word in enumerate(known) if word in words]
        mask: Ints = codes == wanted[0] if len(wanted) == 1 else np.isin(codes, wanted)
        return mask


class NotAKey(ValueError):
    """A key that no report gives out."""


# --- dimensions ------------------------------------------------------------------------------------------------


def _named(column: str, words: str) -> Callable[[View], Dimension]:
    return lambda view: Dimension(getattr(view.columns, column), getattr(view.rows, words))


def _two(yes: Ints, no_word: str, yes_word: str) -> Dimension:
    return Dimension(yes.astype(np.int8), (no_word, yes_word))


def _month(view: View) -> Dimension:
    months = view.columns.day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    acts = months[view.columns.kind != EVIDENCE]
    if not len(acts):
        return Dimension(np.zeros(len(months), np.int64), ("",))
    first, last = int(acts.min()), int(acts.max())
    words = tuple(str(np.datetime64(month, "M")) for month in range(first, last + 1))
    return Dimension(np.clip(months - first, 0, last - first), words)


def _therapist(view: View) -> Dimension:
    staff = view.columns.staff
    return Dimension(np.where(staff < 0, len(view.rows.practitioners), staff), (*view.rows.practitioners, ""))


_SCOPES = ("rehabilitation", "tcm")


def _department(view: View) -> Dimension:
    """By what all of the act's staff are qualified for on its day; where that is both, by the institution."""
    rehabilitation, tcm = ((view.columns.provider & provider_bit(scope, "therapist", scope)) != 0 for scope in _SCOPES)
    listed = [view.question.institutions.get(name) for name in view.rows.institutions]
    only = [[scope for scope in _SCOPES if house is not None and scope in house.departments] for house in listed]
    by_house = np.array([1 + _SCOPES.index(one[0]) if len(one) == 1 else 3 for one in only] or [3])
    codes = rehabilitation.astype(np.int64) + 2 * tcm
    both = codes == 3
    codes[both] = by_house[view.columns.institution[both]]
    codes[view.columns.staff < 0] = 0
    return Dimension(codes, ("", "rehabilitation", "tcm", "either"))


def _ends(view: View) -> Ints:
    return np.where(view.columns.end == NONE, view.columns.at, view.columns.end)


def _signature(view: View) -> Dimension:
    signed = view.columns.signed
    late = signed - _ends(view) > LATE_HOURS * HOUR
    return Dimension(np.where(signed == NONE, 0, np.where(late, 2, 1)), ("none", "in_time", "late"))


def _written(view: View) -> Dimension:
    delay = view.columns.recorded - view.columns.at
    return Dimension(np.where(delay < 0, 0, np.where(delay > LATE_HOURS * HOUR, 2, 1)), ("early", "in_time", "late"))


def _regime(view: View) -> Dimension:
    begins = np.array([day_number(NOTICE_FROM), day_number(REGULATION_FROM)])
    return Dimension(np.searchsorted(begins, view.columns.day, side="right"), PERIODS)


def _alone(view: View) -> Ints:
    """Whether an act fails one clause and no other."""
    one = np.array([len(clauses) == 1 for clauses in view.patterns.clauses])
    mask: Ints = one[view.patterns.code]
    return mask


DIMENSIONS: dict[str, Callable[[View], Dimension]] = {
    "month": _month,
    "institution": _named("institution", "institutions"),
    "department": _department,
    "item": _named("item", "items"),
    "therapist": _therapist,
    "patient": _named("patient", "patients"),
    "kind": lambda view: _two(view.columns.kind == SESSION, "assessment", "session"),
    "setting": lambda view: Dimension(view.columns.setting, ("", *SETTINGS)),
    "decision": lambda view: _two(view.outcome.payable == 1, "denied", "payable"),
    "voided": lambda view: _two(view.columns.record & 1 == 1, "no", "yes"),
    "record": lambda view: _two(view.outcome.fails & RECORD_BITS == 0, "failing", "complete"),
    "alone": lambda view: _two(_alone(view), "no", "yes"),
    "fee": lambda view: _two(view.columns.fee != NONE, "none", "confirmed"),
    "share": lambda view: _two(view.columns.fund != NONE, "not_stated", "stated"),
    "signature": _signature,
    "written": _written,
    "span": lambda view: Dimension(span_codes(view.question.judge, view.batch, view.patterns), WORDS),
    "regime": _regime,
}
"""By name. A name is what stands before the equals sign in a key."""


# --- what else a key can say -------------------------------------------------------------------------------------


def _clause(view: View, words: list[str]) -> Ints:
    """The acts that fail one of the clauses, with others or alone."""
    wanted = set(words)
    failing = np.array([not wanted.isdisjoint(one) for one in view.patterns.clauses])
    mask: Ints = failing[view.patterns.code]
    return mask


def _position(view: View, words: list[str]) -> Ints:
    numbers = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 19]
    return np.isin(view.columns.position, numbers)


def _act(view: View, words: list[str]) -> Ints:
    wanted = set(words)
    return np.fromiter((act in wanted for act in view.rows.acts), bool, len(view.rows.acts))


def _day(view: View, word: str) -> int:
    try:
        return int(np.datetime64(word, "D").astype(np.int64))
    except ValueError as error:
        raise NotAKey(f"{word!r} is no day, expected YYYY-MM-DD") from error


_OTHERWISE: dict[str, Callable[[View, list[str]], Any]] = {
    "clause": _clause,
    "position": _position,
    "act": _act,
    "from": lambda view, words: view.columns.day >= _day(view, words[0]),
    "until": lambda view, words: view.columns.day <= _day(view, words[0]),
}
