"""Reports asked of a journal or of the ledger: judged once, put into the rows of the mirror, and summed up.

What knows the clock and the names of reports is here; what a report says is in `projections.reports`.
"""

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from api.mirroring import is_large, kept_decisions, mirror_of
from api.questions import WHOLE, Cut, Rules
from ledger.treatment.facts import AssessmentRecorded, Fact, SessionStarted
from projections.exceptions import QUESTIONS, find_standing
from projections.history import effective
from projections.mirror.columns import Ints, Rows
from projections.mirror.following import log_root
from projections.mirror.mirror import Mirror
from projections.mirror.refusal import MirrorError
from projections.mirror.tabulating import tabulate
from projections.preview import preview
from projections.rebuild.growing import NotTabled
from projections.rebuild.judging import judge_rows, outcome_of, table_of
from projections.reports.changes import changes
from projections.reports.document import Document
from projections.reports.exceptions import exceptions
from projections.reports.monthly import monthly
from projections.reports.near_limit import near_limit
from projections.reports.opening import with_acts
from projections.reports.pilot import pilot
from projections.reports.quality import quality
from projections.reports.question import Batch, Filter, Question
from projections.reports.refund import refund
from projections.reports.register import register
from projections.reports.timeliness import timeliness
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from projections.rules.rulebook import Rulebook, load_rulebook
from projections.rules.succession import Succession
from projections.summary import summarize

if TYPE_CHECKING:
    from ledger.application import TreatmentLedger
    from projections.decisions import Kept

Positions = Mapping[tuple[str, str], int]
"""By (kind, id) of an act: the position of the line that opens it, from 1."""


_ALWAYS = Filter()
TOLD = 100_000
"""So many acts that move are told one by one; where all of them are, figures of `changes` open."""


class Sides(NamedTuple):
    """What `changes` compares: what is judged by (None: what was asked for), and what else could be."""

    now: Rulebook | Succession | None
    then: Rulebook | Succession


class _Asked(NamedTuple):
    facts: Sequence[Fact]
    cut: Cut
    batches: Iterable[Batch]
    question: Question
    then: Judge | None = None

    def changed(self) -> Document:
        """What moves between the two sides."""
        if self.then is None:
            raise ValueError("changes: between what, has to be said")
        now, then = self.question.judge, self.then
        plainly = outcome_of if self.facts else None
        rows = (batch.rows for batch in self.batches)
        found = preview(now, then, rows, self.question.institutions, told=TOLD, decide=plainly)
        return changes(found, self.question, then)


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
    "changes": _Asked.changed,
}
"""By name."""


class LogHead(NamedTuple):
    """How many entries a log has, and their root in base64."""

    size: int
    root: str


OF_COLUMNS = ("monthly", "register", "timeliness", "quality", "pilot", "refund", "changes")
"""Reports that the mirror alone answers: nobody's limits are asked and no exception."""


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
    sides: Sides | None = None,
    log: LogHead | None = None,
) -> Document:
    """The report of this name over the facts as they stand at the cut; `day` is the day of the computation.

    `positions`: of the log; without them, the place of a line among `facts`. `opened`: so many acts are told under each
    figure. `sides`: of `changes`, which needs them. `log`: where the facts lie.
    Raises AdoptionRefused and ReadingRefused.
    """
    standing = effective(facts, as_of=cut.as_of, as_known_at=cut.as_known_at)
    judge, then = _judges(Evidence(standing), standing, by, sides)
    rows = tabulate(judge.evidence, positions=positions or positions_of(enumerate(facts, start=1)))
    batch = Batch(rows, outcome_of(judge, rows))
    size, root = log if log is not None else (None, None)
    question = Question(
        judge, judge.evidence.institutions, day, within, log_size=size, log_root=root, as_of=cut.as_of,
        as_known_at=cut.as_known_at,
    )  # fmt: skip
    document = REPORTS[name](_Asked(facts, cut, [batch], question, then))
    return with_acts(document, [batch], question, at_most=opened) if opened else document


def report_of(
    ledger: "TreatmentLedger",
    adopted: Sequence[Fact],
    name: str,
    by: Rules,
    *,
    day: date,
    within: Filter = _ALWAYS,
    cut: Cut = WHOLE,
    opened: int = 0,
    sides: Sides | None = None,
) -> Document:
    """The same of what a ledger holds, whose adoptions, as they stand, are `adopted`: of a long log from its mirror,
    and from the decisions that are kept, where these answer. Then the report names the mirror's digest.
    """
    if name in OF_COLUMNS and cut == WHOLE and is_large(ledger):
        try:
            return _of_mirror(ledger, adopted, name, by, day, within, opened, sides)
        except (MirrorError, NotTabled):  # another process is at it, say: the facts answer too, later
            pass
    size = ledger.size
    recorded = [one for one in ledger.facts() if one.index < size]
    root = b64encode(bytes.fromhex(log_root(ledger.recorder, size))).decode()
    positions = positions_of([(one.index + 1, one.fact) for one in recorded])
    facts = [one.fact for one in recorded]
    return report(
        name, facts, by, day=day, within=within, cut=cut, positions=positions, opened=opened, sides=sides,
        log=LogHead(size, root),
    )  # fmt: skip


def _of_mirror(
    ledger: "TreatmentLedger",
    adopted: Sequence[Fact],
    name: str,
    by: Rules,
    day: date,
    within: Filter,
    opened: int,
    sides: Sides | None,
) -> Document:
    mirror = mirror_of(ledger)
    judge, then = _judges(Evidence([]), adopted, by, sides)
    root = b64encode(bytes.fromhex(mirror.manifest.log.root)).decode() if mirror.manifest.log is not None else None
    question = Question(judge, mirror.institutions, day, within, mirror.digest, mirror.size, root)
    batches = _Batches(mirror, judge, kept_decisions(ledger, mirror, judge))
    document = REPORTS[name](_Asked([], WHOLE, batches, question, then))
    return with_acts(document, batches, question, at_most=opened) if opened else document


class _Batches:
    """A mirror's batches and their decisions, read anew each time, so that not all of them are held at once."""

    def __init__(self, mirror: Mirror, judge: Judge, kept: "Kept | None") -> None:
        self._mirror, self._judge, self._kept = mirror, judge, kept

    def __iter__(self) -> Iterator[Batch]:
        if self._kept is not None:
            for rows, outcome in self._kept.batches():
                yield Batch(rows, outcome)
            return
        table = None
        for rows in self._mirror.batches():
            table = self._table(rows) if table is None else table
            yield Batch(rows, judge_rows(table, rows))

    def _table(self, rows: Rows) -> Ints:
        return table_of(self._judge, rows, self._mirror.institutions)


def _judges(evidence: Evidence, standing: Sequence[Fact], by: Rules, sides: Sides | None) -> tuple[Judge, Judge | None]:
    """Who judges, and who else would."""
    now = sides.now if sides is not None and sides.now is not None else by.judging_by(standing)
    judge = Judge(evidence, now, by.readings, profile=by.profile)
    return judge, Judge(evidence, sides.then, by.readings, profile=by.profile) if sides is not None else None


def positions_of(placed: Iterable[tuple[int, Fact]]) -> Positions:
    """Where acts are opened, of facts with their positions."""
    found: dict[tuple[str, str], int] = {}
    for position, fact in placed:
        if isinstance(fact, SessionStarted):
            found["session", fact.session] = position
        elif isinstance(fact, AssessmentRecorded):
            found["assessment", fact.assessment] = position
    return found
