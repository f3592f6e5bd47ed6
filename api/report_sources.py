"""What a report is computed from: the facts, which are put into rows once somebody asks, or the mirror of a long log.

Both answer the same. Nothing here knows what a report says, nor a terminal.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from itertools import tee
from typing import TYPE_CHECKING, NamedTuple

from api.choosing import adopted_at, require_chosen
from api.mirroring import kept_decisions, mirror_of
from api.questions import WHOLE, Cut, Rules
from api.report_filters import Days, nothing_in, require_institution
from ledger.treatment.facts import AssessmentRecorded, Fact, RulebookAdopted, SessionStarted
from projections.exceptions import Entry, Exceptional, Seen, find_in, seen_standing
from projections.history import effective
from projections.mirror.columns import EVIDENCE, Ints, Rows
from projections.mirror.following import log_root
from projections.mirror.mirror import Mirror
from projections.mirror.tabulating import tabulate
from projections.rebuild.judging import Outcome, judge_rows, outcome_of, table_of
from projections.reports.question import Batch, Filter, Question
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from projections.rules.rulebook import Rulebook
from projections.rules.succession import Succession
from projections.said import Said
from projections.summary import Near, summarize

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.application import TreatmentLedger

ALWAYS = Filter()


class Sides(NamedTuple):
    """What `changes` compares: what is judged by (None: what was asked for), and what else could be; `adoption`: the
    position of the entry that made the one of the other, where there is one.
    """

    now: Rulebook | Succession | None
    then: Rulebook | Succession
    adoption: int | None = None


class Wanted(NamedTuple):
    """What is asked of a report. `day` is that of the computation; `sides` are of `changes`, which needs them."""

    name: str
    by: Rules
    day: date
    within: Filter = ALWAYS
    cut: Cut = WHOLE
    opened: int = 0
    sides: Sides | None = None

    @property
    def adoption(self) -> int | None:
        """The adoption before and after which is compared."""
        return self.sides.adoption if self.sides is not None else None

    def judges(self, evidence: Evidence, standing: "Iterable[Fact]") -> tuple[Judge, Judge | None]:
        """Who judges, and who else would. Raises AdoptionRefused and ReadingRefused."""
        by, sides = self.by, self.sides
        now = sides.now if sides is not None and sides.now is not None else by.judging_by(standing)
        judge = Judge(evidence, now, by.readings, profile=by.profile)
        return judge, Judge(evidence, sides.then, by.readings, profile=by.profile) if sides is not None else None


class LogHead(NamedTuple):
    """How many entries a log has, and their root in base64."""

    size: int
    root: str


class Undecided(NamedTuple):
    """Rows batch by batch; `outcomes`: how they were decided, where that is known without judging."""

    batches: "Iterable[Rows]"
    outcomes: "Iterable[Outcome] | None"


class OfFacts:
    """Facts as they stand at the cut. `entries`: what is known of each of `facts` besides; `log`: where they lie.

    Rows are made, and acts decided, once somebody goes through the batches: of some reports nobody does.
    """

    def __init__(
        self, facts: Sequence[Fact], wanted: Wanted, entries: Sequence[Entry] | None = None, log: LogHead | None = None
    ) -> None:
        """Raises AdoptionRefused, ReadingRefused, and Unknown for an institution that none of the facts names."""
        self._wanted = wanted
        self._facts = facts
        self._entries = entries if entries is not None else [Entry(place) for place in range(1, len(facts) + 1)]
        within, cut = wanted.within, wanted.cut
        if within.institution is not None:
            named = {getattr(fact, "institution", None) for fact in facts}
            require_institution(within.institution, {name for name in named if name is not None})
        if wanted.name == "exceptions":
            evidence = self._seen.evidence
        else:
            evidence = Evidence(effective(facts, as_of=cut.as_of, as_known_at=cut.as_known_at))
        judge, self.then = wanted.judges(evidence, adopted_at(facts, cut))
        self.adoption = wanted.adoption
        self.question = Question(
            judge, evidence.institutions, wanted.day, within,
            log_size=log.size if log is not None else None, log_root=log.root if log is not None else None,
            as_of=cut.as_of, as_known_at=cut.as_known_at,
        )  # fmt: skip

    @cached_property
    def _seen(self) -> Seen:
        cut = self._wanted.cut
        return seen_standing(self._facts, self._entries, as_of=cut.as_of, as_known_at=cut.as_known_at)

    @cached_property
    def _rows(self) -> Rows:
        at = ((entry.position or 0, fact) for entry, fact in zip(self._entries, self._facts, strict=True))
        return tabulate(self.question.judge.evidence, positions=positions_of(at))

    @cached_property
    def _batch(self) -> Batch:
        return Batch(self._rows, outcome_of(self.question.judge, self._rows))

    def __iter__(self) -> Iterator[Batch]:
        yield self._batch

    def undecided(self) -> Undecided:
        """The rows alone."""
        return Undecided([self._rows], None)

    def exceptions(self) -> list[Exceptional]:
        """What an auditor would look at."""
        return find_in(self._seen)

    def near(self) -> Sequence[Near]:
        """Who is near a limit."""
        return summarize(self.question.judge).near

    def emptiness(self) -> Said | None:
        """What to tell where there are no acts in what is asked for."""
        within = self._wanted.within
        return None if self._days(within) is not None else nothing_in(within, self._days(ALWAYS))

    def _days(self, within: Filter) -> Days | None:
        first, last, institution = within
        found = [
            act.day
            for act in self.question.judge.evidence.acts
            if (first is None or first <= act.day)
            and (last is None or act.day <= last)
            and (institution is None or act.institution.id == institution)
        ]
        return (min(found), max(found)) if found else None


class OfMirror:
    """The mirror of a whole log, read anew each time, so that not all of its batches are held at once; decided as is
    kept, where it is.
    """

    def __init__(self, ledger: "TreatmentLedger", adopted: Sequence[RulebookAdopted], wanted: Wanted) -> None:
        """`adopted`: the adoptions as they stand. Raises MirrorError, AdoptionRefused, ReadingRefused and Unknown, and
        AdoptedMeanwhile where the mirror has others by now.
        """
        self._mirror = mirror_of(ledger)
        require_chosen(ledger, self._mirror.size, adopted)
        judge, self.then = wanted.judges(Evidence([]), adopted)
        self.adoption = wanted.adoption
        if wanted.within.institution is not None:
            known = {*self._mirror.institutions, *self._mirror.words.institutions}
            require_institution(wanted.within.institution, known)
        head = mirror_head(self._mirror)
        self.question = Question(
            judge,
            self._mirror.institutions,
            wanted.day,
            wanted.within,
            self._mirror.digest,
            self._mirror.size,
            head and head.root,
        )
        self._kept = kept_decisions(ledger, self._mirror, judge)

    def __iter__(self) -> Iterator[Batch]:
        if self._kept is not None:
            for rows, outcome in self._kept.batches():
                yield Batch(rows, outcome)
            return
        table: Ints | None = None
        for rows in self._mirror.batches():
            if table is None:
                table = table_of(self.question.judge, rows, self._mirror.institutions)
            yield Batch(rows, judge_rows(table, rows))

    def undecided(self) -> Undecided:
        """The rows, and what is kept of how they were decided."""
        if self._kept is None:
            return Undecided(self._mirror.batches(), None)
        rows, outcomes = tee(self._kept.batches())
        return Undecided((one for one, _ in rows), (one for _, one in outcomes))

    def emptiness(self) -> Said | None:
        """What to tell where there are no acts in what is asked for."""
        within = self.question.filter
        for rows in self._mirror.batches(("kind", "day", "institution"), acts=False):
            if within.acts(rows).any():
                return None
        return nothing_in(within, self._days())

    def _days(self) -> Days | None:
        found: list[int] = []
        for rows in self._mirror.batches(("kind", "day"), acts=False):
            days = rows.columns.day[rows.columns.kind != EVIDENCE]
            found += [int(days.min()), int(days.max())] if len(days) else []
        return (_day(min(found)), _day(max(found))) if found else None


Source = OfFacts | OfMirror


def of_ledger(ledger: "TreatmentLedger", adopted: Sequence[RulebookAdopted], wanted: Wanted) -> OfFacts:
    """All that a ledger holds now. Raises AdoptedMeanwhile where that is adopted otherwise, at the cut."""
    size = ledger.size
    require_chosen(ledger, size, adopted, wanted.cut)
    recorded = [one for one in ledger.facts() if one.index < size]
    entries = [Entry(one.index + 1, one.appended_at) for one in recorded]
    return OfFacts([one.fact for one in recorded], wanted, entries, log_head(ledger, size))


def log_head(ledger: "TreatmentLedger", size: int) -> LogHead:
    """The log when it had so many entries."""
    return LogHead(size, _base64(log_root(ledger.recorder, size)))


def mirror_head(mirror: Mirror) -> LogHead | None:
    """The log that a mirror was made of; None where it was made of none."""
    log = mirror.manifest.log
    return LogHead(mirror.size, _base64(log.root)) if log is not None else None


def positions_of(placed: "Iterable[tuple[int, Fact]]") -> Mapping[tuple[str, str], int]:
    """Where acts are opened, by (kind, id), of facts with their positions."""
    found: dict[tuple[str, str], int] = {}
    for position, fact in placed:
        if isinstance(fact, SessionStarted):
            found["session", fact.session] = position
        elif isinstance(fact, AssessmentRecorded):
            found["assessment", fact.assessment] = position
    return found


def _day(number: int) -> date:
    return date(1970, 1, 1) + timedelta(number)


def _base64(root: str) -> str:
    return b64encode(bytes.fromhex(root)).decode()
