"""What a report is computed from: the facts, which are put into rows once somebody asks, or the mirror of a long log.

Both answer the same. Nothing here knows what a report says, nor a terminal.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from api.choosing import adopted_at
from api.mirroring import kept_decisions, mirror_of
from api.questions import WHOLE, Cut, Rules, Unknown
from ledger.treatment.facts import AssessmentRecorded, Fact, SessionStarted
from projections.exceptions import Entry, Exceptional, Seen, find_in, seen_standing
from projections.history import effective
from projections.mirror.columns import EVIDENCE, Ints
from projections.mirror.following import log_root
from projections.mirror.tabulating import tabulate
from projections.rebuild.judging import judge_rows, outcome_of, table_of
from projections.reports.question import Batch, Filter, Question
from projections.reports.view import View
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from projections.rules.rulebook import Rulebook
from projections.rules.succession import Succession
from projections.said import NOTHING, Said
from projections.summary import Near, summarize

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.application import TreatmentLedger

ALWAYS = Filter()
Days = tuple[date, date]
_NAMED = 12
"""Institutions named where one is asked for that there is not."""


class Sides(NamedTuple):
    """What `changes` compares: what is judged by (None: what was asked for), and what else could be."""

    now: Rulebook | Succession | None
    then: Rulebook | Succession


class Wanted(NamedTuple):
    """What is asked of a report. `day` is that of the computation; `sides` are of `changes`, which needs them."""

    name: str
    by: Rules
    day: date
    within: Filter = ALWAYS
    cut: Cut = WHOLE
    opened: int = 0
    sides: Sides | None = None

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
    def _batch(self) -> Batch:
        judge = self.question.judge
        at = ((entry.position or 0, fact) for entry, fact in zip(self._entries, self._facts, strict=True))
        rows = tabulate(judge.evidence, positions=positions_of(at))
        return Batch(rows, outcome_of(judge, rows))

    def __iter__(self) -> Iterator[Batch]:
        yield self._batch

    def exceptions(self) -> list[Exceptional]:
        """What an auditor would look at."""
        return find_in(self._seen)

    def near(self) -> Sequence[Near]:
        """Who is near a limit."""
        return summarize(self.question.judge).near

    def emptiness(self) -> Said | None:
        """What to tell where there are no acts in what is asked for."""
        within = self._wanted.within
        return None if self._days(within) is not None else _nothing_in(within, self._days(ALWAYS))

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

    def __init__(self, ledger: "TreatmentLedger", adopted: Sequence[Fact], wanted: Wanted) -> None:
        """`adopted`: the adoptions as they stand. Raises MirrorError, AdoptionRefused, ReadingRefused and Unknown."""
        self._mirror = mirror_of(ledger)
        judge, self.then = wanted.judges(Evidence([]), adopted)
        manifest = self._mirror.manifest
        if wanted.within.institution is not None:
            known = {*self._mirror.institutions, *self._mirror.words.institutions}
            require_institution(wanted.within.institution, known)
        root = _base64(manifest.log.root) if manifest.log is not None else None
        self.question = Question(
            judge, self._mirror.institutions, wanted.day, wanted.within, self._mirror.digest, self._mirror.size, root
        )
        self._kept = kept_decisions(ledger, self._mirror, judge)
        self._acts = 0  # seen so far in what is asked for

    def __iter__(self) -> Iterator[Batch]:
        for batch in self._batches():
            self._acts += int(np.count_nonzero(View(batch, self.question).within()))
            yield batch

    def _batches(self) -> Iterator[Batch]:
        if self._kept is not None:
            for rows, outcome in self._kept.batches():
                yield Batch(rows, outcome)
            return
        table: Ints | None = None
        for rows in self._mirror.batches():
            if table is None:
                table = table_of(self.question.judge, rows, self._mirror.institutions)
            yield Batch(rows, judge_rows(table, rows))

    def emptiness(self) -> Said | None:
        """What to tell where there are no acts in what is asked for: known once the batches were gone through."""
        return None if self._acts else _nothing_in(self.question.filter, self._days())

    def _days(self) -> Days | None:
        found: list[int] = []
        for rows in self._mirror.batches(("kind", "day"), acts=False):
            days = rows.columns.day[rows.columns.kind != EVIDENCE]
            found += [int(days.min()), int(days.max())] if len(days) else []
        return (_day(min(found)), _day(max(found))) if found else None


Source = OfFacts | OfMirror


def of_ledger(ledger: "TreatmentLedger", wanted: Wanted) -> OfFacts:
    """All that a ledger holds now."""
    size = ledger.size
    recorded = [one for one in ledger.facts() if one.index < size]
    entries = [Entry(one.index + 1, one.appended_at) for one in recorded]
    return OfFacts(
        [one.fact for one in recorded], wanted, entries, LogHead(size, _base64(log_root(ledger.recorder, size)))
    )


def positions_of(placed: "Iterable[tuple[int, Fact]]") -> Mapping[tuple[str, str], int]:
    """Where acts are opened, by (kind, id), of facts with their positions."""
    found: dict[tuple[str, str], int] = {}
    for position, fact in placed:
        if isinstance(fact, SessionStarted):
            found["session", fact.session] = position
        elif isinstance(fact, AssessmentRecorded):
            found["assessment", fact.assessment] = position
    return found


def require_institution(asked: str, known: set[str]) -> None:
    """Raises Unknown, with the names most like it, for an institution that there is not."""
    if asked in known:
        return
    if not known:
        raise Unknown(f"no institution {asked}: none is known here yet")
    like = get_close_matches(asked.lower(), {name.lower() for name in known}, n=3)
    meant = sorted(name for name in known if name.lower() in like)
    if meant:
        raise Unknown(f"no institution {asked}; did you mean {' or '.join(meant)}?")
    some = sorted(known)
    more = f" and {len(some) - _NAMED} more" if len(some) > _NAMED else ""
    raise Unknown(f"no institution {asked}; there are {', '.join(some[:_NAMED])}{more}")


def _nothing_in(within: Filter, days: Days | None) -> Said:
    if days is None:
        return Said("没有任何治疗记录，故各表皆空", "there are no acts at all, so there is nothing in the tables")
    asked, there = _said_days(within.first, within.last), _said_days(*days)
    if within.institution is not None:
        asked += Said(f"{within.institution} ", f" at {within.institution}")
    return Said(
        f"{asked.zh}没有治疗记录；现有记录均在{there.zh}", f"there are no acts{asked.en}; those there are lie{there.en}"
    )


def _said_days(first: date | None, last: date | None) -> Said:
    """Days as a sentence takes them in; nothing where all are meant."""
    if first is not None and last is not None:
        one = Said(f"{first} ", f" on {first}")
        return one if first == last else Said(f"{first} 至 {last} ", f" from {first} to {last}")
    if first is not None:
        return Said(f"{first} 起", f" from {first} on")
    return Said(f"{last} 及以前", f" up to {last}") if last is not None else NOTHING


def _day(number: int) -> date:
    return date(1970, 1, 1) + timedelta(number)


def _base64(root: str) -> str:
    return b64encode(bytes.fromhex(root)).decode()
