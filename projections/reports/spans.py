"""Who was treated past the end of a span that an assessment can extend, and whether one carried it.

Source: annex 1 of the notice, "1年后，患者经康复综合评定有功能持续改善，可继续给予支付".
"""

from typing import NamedTuple

import numpy as np

from projections.mirror.columns import EVIDENCE, Ints
from projections.reports.clauses import Patterns
from projections.reports.question import Batch
from projections.rules.calendar import parse_period
from projections.rules.judge import Judge
from projections.rules.schema import SpanClause

WITHIN, SUPPORTED, PAST = "within", "supported", "past"
WORDS = ("", WITHIN, SUPPORTED, PAST)
"""Of an act: its item has no such span; it lies within it; past its end and the span's clause holds; or fails."""


class Span(NamedTuple):
    """The span of a rule: its number, its clause, and its length in months or in days."""

    number: int
    clause: str
    months: int
    days: int


def extendable(judge: Judge) -> dict[str, Span]:
    """By slug, in the latest rulebook that has one."""
    found: dict[str, Span] = {}
    for book in judge.rulebooks:
        for slug, item in book.by_slug.items():
            for words in item.clause:
                if isinstance(words, SpanClause) and words.extendable:
                    length, unit = parse_period(words.length) or (0, "D")
                    months = length * {"Y": 12, "M": 1, "D": 0}[unit]
                    found[slug] = Span(item.number, words.clause, months, length if unit == "D" else 0)
    return found


def span_codes(judge: Judge, batch: Batch, patterns: Patterns) -> Ints:
    """For each row a place in `WORDS`.

    The end is counted from the first paid act of the rule in the declared episode; whether the clause holds past it is
    what the judge said, under the readings chosen.
    """
    columns, items = batch.rows.columns, batch.rows.items
    spans = extendable(judge)
    ruled = np.array([slug in spans for slug in items] or [False])
    codes = np.zeros(len(columns.day), np.int64)
    acts = np.flatnonzero(ruled[columns.item] & (columns.kind != EVIDENCE)) if items else codes[:0]
    if not len(acts):
        return codes
    known = [spans.get(slug, Span(0, "", 0, 0)) for slug in items]
    number, months, days = (np.array([one[k] for one in known])[columns.item[acts]] for k in (0, 2, 3))
    course = (columns.patient[acts].astype(np.int64) << 32 | columns.episode[acts]) * 65536 + number
    _, course = np.unique(course, return_inverse=True)
    never = np.iinfo(np.int64).max // 2
    first = np.full(int(course.max()) + 1, never)
    paid = batch.outcome.payable[acts] == 1
    np.minimum.at(first, course[paid], columns.day[acts[paid]])
    begin = first[course]
    begun = begin < never
    end = np.full(len(acts), never)
    end[begun] = _later(begin[begun], months[begun]) + days[begun]
    clauses = {span.clause for span in spans.values()}
    failing = np.array([not clauses.isdisjoint(one) for one in patterns.clauses])
    past = failing[patterns.code[acts]]
    codes[acts] = np.where(past, WORDS.index(PAST), np.where(columns.day[acts] >= end, 2, 1))
    return codes


def _later(day: Ints, months: Ints) -> Ints:
    """So many months on; a day that its month lacks is counted on into the next (29 February → 1 March)."""
    dates = day.astype("datetime64[D]")
    month = dates.astype("datetime64[M]")
    within = dates - month.astype("datetime64[D]")
    later: Ints = ((month + months).astype("datetime64[D]") + within).astype(np.int64)
    return later
