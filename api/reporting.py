"""Reports asked of a journal or of the ledger: by name, from the facts or from the mirror, whichever is sooner.

What a report is computed from is in `api.report_sources`; what it says, in `projections.reports`.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from api.mirroring import is_large, of_mirror
from api.questions import WHOLE, Cut, Rules
from api.report_sources import ALWAYS, OfFacts, OfMirror, Sides, Source, Wanted, of_ledger, positions_of
from ledger.treatment.facts import Fact, RulebookAdopted
from projections.exceptions import QUESTIONS
from projections.mirror.refusal import MirrorError
from projections.preview import preview
from projections.rebuild.growing import NotTabled
from projections.rebuild.judging import outcome_of
from projections.reports.changes import changes
from projections.reports.document import Document, Streamed
from projections.reports.exceptions import exceptions
from projections.reports.monthly import monthly
from projections.reports.near_limit import near_limit
from projections.reports.opening import with_acts
from projections.reports.pilot import pilot
from projections.reports.quality import quality
from projections.reports.question import Filter
from projections.reports.refund import refund
from projections.reports.register import register, streamed
from projections.reports.timeliness import timeliness
from projections.rules.rulebook import load_rulebook

if TYPE_CHECKING:
    from ledger.application import TreatmentLedger

__all__ = ["OF_COLUMNS", "REPORTS", "Positions", "Sides", "positions_of", "register_rows", "report", "report_of"]

Positions = Mapping[tuple[str, str], int]
"""By (kind, id) of an act: the position of the line that opens it, from 1."""
TOLD = 100_000
"""So many acts that move are told one by one; where all of them are, figures of `changes` open."""

Answer = TypeVar("Answer")


def _exceptions(source: Source) -> Document:
    if isinstance(source, OfMirror):
        raise ValueError("exceptions are asked of the facts")
    return exceptions(
        source.exceptions(), source.question, {name: question.title for name, question in QUESTIONS.items()}
    )


def _near_limit(source: Source) -> Document:
    if isinstance(source, OfMirror):
        raise ValueError("who is near a limit is asked of the facts")
    return near_limit(source.near(), source, source.question)


def _changes(source: Source) -> Document:
    """What moves between the two sides."""
    if source.then is None:
        raise ValueError("changes: between what, has to be said")
    plainly = outcome_of if isinstance(source, OfFacts) else None
    now, then, (batches, before) = source.question.judge, source.then, source.undecided()
    found = preview(
        now, then, batches, source.question.institutions, told=TOLD, decide=plainly, before=before,
        within=source.question.filter.acts,
    )  # fmt: skip
    return changes(found, source.question, then, adoption=source.adoption)


REPORTS: Mapping[str, Callable[[Source], Document]] = {
    "monthly": lambda source: monthly(source, source.question),
    "near-limit": _near_limit,
    "exceptions": _exceptions,
    "register": lambda source: register(source, source.question),
    "timeliness": lambda source: timeliness(source, source.question),
    "quality": lambda source: quality(source, source.question),
    "pilot": lambda source: pilot(source, source.question, load_rulebook("national-29")),
    "refund": lambda source: refund(source, source.question),
    "changes": _changes,
}
"""By name."""

OF_COLUMNS = ("monthly", "register", "timeliness", "quality", "pilot", "refund", "changes")
"""Reports that the mirror alone answers: nobody's limits are asked and no exception."""


def report(
    name: str,
    facts: Sequence[Fact],
    by: Rules,
    *,
    day: date,
    within: Filter = ALWAYS,
    cut: Cut = WHOLE,
    opened: int = 0,
    sides: Sides | None = None,
    at_most: int | None = None,
) -> Document:
    """The report of this name over the facts of a journal as they stand at the cut; `day` is the day of computation.

    `opened`: so many acts are told under each figure. `sides`: of `changes`, which needs them. `at_most`: acts that a
    register lists. Raises AdoptionRefused and ReadingRefused, and Unknown for an institution that there is not.
    """
    wanted = Wanted(name, by, day, within, cut, opened, sides)
    return _document(OfFacts(facts, wanted), wanted, at_most)


def report_of(
    ledger: "TreatmentLedger",
    adopted: Sequence[RulebookAdopted],
    name: str,
    by: Rules,
    *,
    day: date,
    within: Filter = ALWAYS,
    cut: Cut = WHOLE,
    opened: int = 0,
    sides: Sides | None = None,
    at_most: int | None = None,
) -> Document:
    """The same of what a ledger holds, whose adoptions, as they stand at the cut, are `adopted`: of a long log from its
    mirror, and from the decisions that are kept, where these answer. Then the report names the mirror's digest.
    """
    wanted = Wanted(name, by, day, within, cut, opened, sides)
    return _sooner(ledger, adopted, wanted, lambda source: _document(source, wanted, at_most))


def register_rows(
    facts: "Sequence[Fact] | TreatmentLedger",
    by: Rules,
    *,
    day: date,
    adopted: Sequence[RulebookAdopted] = (),
    within: Filter = ALWAYS,
    cut: Cut = WHOLE,
    opened: int = 0,
) -> Streamed:
    """The register of a journal's facts or of a ledger, with its rows one by one: not all of them are held."""
    wanted = Wanted("register", by, day, within, cut, opened)

    def read(source: Source) -> Streamed:
        made = streamed(source, source.question, listed=opened > 0)
        return made._replace(document=_with_said(made.document, source))

    return read(OfFacts(facts, wanted)) if isinstance(facts, Sequence) else _sooner(facts, adopted, wanted, read)


def _sooner(
    ledger: "TreatmentLedger", adopted: Sequence[RulebookAdopted], wanted: Wanted, read: Callable[[Source], Answer]
) -> Answer:
    """What is read of whichever is read sooner."""
    if wanted.name in OF_COLUMNS and wanted.cut == WHOLE and is_large(ledger):
        try:
            return of_mirror(ledger, lambda: read(OfMirror(ledger, adopted, wanted)))
        except (MirrorError, NotTabled):  # another process is at it, say: the facts answer too, later
            pass
    return read(of_ledger(ledger, adopted, wanted))


def _document(source: Source, wanted: Wanted, at_most: int | None) -> Document:
    if wanted.name == "register":
        document = register(source, source.question, at_most=at_most, listed=wanted.opened > 0)
    else:
        document = REPORTS[wanted.name](source)
        if wanted.opened:
            document = with_acts(document, source, source.question, at_most=wanted.opened)
    return _with_said(document, source)


def _with_said(document: Document, source: Source) -> Document:
    said = source.emptiness()
    return document if said is None else replace(document, said=(*document.said, said))
