"""Reports asked of a journal or of the ledger: judged once, put into the rows of the mirror, and summed up.

What knows the clock and the names of reports is here; what a report says is in `projections.reports`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from api.questions import WHOLE, Cut, Rules
from ledger.treatment.facts import AssessmentRecorded, Fact, SessionStarted
from projections.exceptions import QUESTIONS, find_standing
from projections.history import effective
from projections.mirror.tabulating import tabulate
from projections.rebuild.judging import outcome_of
from projections.reports.document import Document
from projections.reports.exceptions import exceptions
from projections.reports.monthly import monthly
from projections.reports.near_limit import near_limit
from projections.reports.opening import with_acts
from projections.reports.pilot import pilot
from projections.reports.quality import quality
from projections.reports.question import Batch, Filter, Question, fund_column, fund_shares
from projections.reports.refund import refund
from projections.reports.register import register
from projections.reports.timeliness import timeliness
from projections.rules.judge import Judge
from projections.rules.rulebook import load_rulebook
from projections.summary import summarize

Positions = Mapping[tuple[str, str], int]
"""By (kind, id) of an act: the position of the line that opens it, from 1."""


_ALWAYS = Filter()


class _Asked(NamedTuple):
    facts: Sequence[Fact]
    cut: Cut
    batches: Sequence[Batch]
    question: Question


REPORTS: Mapping[str, Callable[[_Asked], Document]] = {
    "monthly": lambda asked: monthly(asked.batches, asked.question),
    "near-limit": lambda asked: near_limit(summarize(asked.question.judge).near, asked.batches, asked.question),
    "exceptions": lambda asked: exceptions(
        find_standing(asked.facts, as_of=asked.cut.as_of, as_known_at=asked.cut.as_known_at),
        asked.question,
        {name: question.title for name, question in QUESTIONS.items()},
    ),
    "register": lambda asked: register(asked.batches, asked.question),
    "timeliness": lambda asked: timeliness(asked.batches, asked.question),
    "quality": lambda asked: quality(asked.batches, asked.question),
    "pilot": lambda asked: pilot(asked.batches, asked.question, load_rulebook("national-29")),
    "refund": lambda asked: refund(asked.batches, asked.question),
}
"""By name."""


def report(
    name: str,
    facts: Sequence[Fact],
    by: Rules,
    *,
    day: date,
    within: Filter = _ALWAYS,
    cut: Cut = WHOLE,
    positions: Positions | None = None,
    opened: int = 0,
) -> Document:
    """The report of this name over the facts as they stand at the cut; `day` is the day of the computation.

    `positions`: of the log; without them, the place of a line among `facts`. `opened`: so many acts are told under each
    figure. Raises AdoptionRefused and ReadingRefused.
    """
    standing = effective(facts, as_of=cut.as_of, as_known_at=cut.as_known_at)
    judge = Judge(standing, by.judging_by(standing), by.readings, profile=by.profile)
    rows = tabulate(judge.evidence, positions=positions or positions_of(enumerate(facts, start=1)))
    batch = Batch(rows, outcome_of(judge, rows), fund_column(rows, fund_shares(list(standing))))
    question = Question(judge, judge.evidence.institutions, day, within)
    document = REPORTS[name](_Asked(facts, cut, [batch], question))
    return with_acts(document, [batch], question, at_most=opened) if opened else document


def positions_of(placed: Iterable[tuple[int, Fact]]) -> Positions:
    """Where acts are opened, of facts with their positions."""
    found: dict[tuple[str, str], int] = {}
    for position, fact in placed:
        if isinstance(fact, SessionStarted):
            found["session", fact.session] = position
        elif isinstance(fact, AssessmentRecorded):
            found["assessment", fact.assessment] = position
    return found
