"""A rulebook and a choice of readings, made into something that judges.

Done once for a run: every clause becomes an object that has looked up its options, its limits and what it has to be
told of, so that judging an act only asks those that concern it.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

from projections.rules import schema
from projections.rules.acts import Act
from projections.rules.clauses.age import AgeJudge, WorkingAgeJudge
from projections.rules.clauses.clause import ClauseJudge
from projections.rules.clauses.count import ContainerCountJudge, WindowCountJudge
from projections.rules.clauses.days import DaysJudge
from projections.rules.clauses.exclusive import ExclusiveJudge
from projections.rules.clauses.extension import Extension, ProofJudge
from projections.rules.clauses.gap import GapJudge
from projections.rules.clauses.gate import GateJudge
from projections.rules.clauses.indication import IndicationJudge
from projections.rules.clauses.limb_days import LimbDaysJudge
from projections.rules.clauses.link import LinkJudge
from projections.rules.clauses.mode import ModeJudge
from projections.rules.clauses.open import OpenJudge
from projections.rules.clauses.span import SpanJudge
from projections.rules.clauses.staff import PartsJudge, ProviderJudge, SiteJudge, StaffJudge
from projections.rules.clauses.year import YearJudge
from projections.rules.clauses.year_days import YearDaysJudge
from projections.rules.clauses.years import YearsJudge
from projections.rules.episode import EpisodeView
from projections.rules.record import Record
from projections.rules.rulebook import Rulebook

if TYPE_CHECKING:
    from projections.rules.case import PatientCase

T = TypeVar("T")
Tell = Callable[["PatientCase", Act], None]


class CompiledRule:
    """One item: its clauses in order, and whom to tell of its performed and paid acts."""

    __slots__ = ("clauses", "number", "paid", "performed", "staffed")

    def __init__(self, number: int) -> None:
        self.number = number
        self.clauses: tuple[ClauseJudge, ...] = ()
        self.staffed = True  # whether record.therapist is asked
        self.performed: list[Tell] = []
        self.paid: list[Tell] = []


class Compiled:
    """A rulebook under one choice of readings. `rules` by slug, sub-items too."""

    def __init__(self, rulebook: Rulebook, choice: Mapping[str, str]) -> None:
        self.rulebook = rulebook
        self.choice = dict(choice)
        self.derives_episodes = choice.get("episode") == "gap_90"
        self.record = Record(
            {words.clause: "……".join(words.quote) for words in rulebook.file.record}, choice["physician_scope"]
        )
        self._slot = 0
        by_number = {item.number: CompiledRule(item.number) for item in rulebook.items}
        self._extension = self._compile_extension()
        for item in rulebook.items:
            rule = by_number[item.number]
            rule.clauses = tuple(self._compile(item, words) for words in item.clause)
            rule.staffed = not any(isinstance(words, schema.ProviderClause) for words in item.clause)
        for rule in by_number.values():
            for clause in rule.clauses:
                for watched in clause.watches:
                    if type(clause).performed is not ClauseJudge.performed:
                        by_number[watched].performed.append(clause.performed)
                    if type(clause).paid is not ClauseJudge.paid:
                        by_number[watched].paid.append(clause.paid)
        if self._extension is not None and rulebook.file.extension is not None:
            by_number[rulebook.file.extension.item].paid.append(self._extension.paid)
        self.rules: dict[str, CompiledRule] = {slug: by_number[item.number] for slug, item in rulebook.by_slug.items()}

        follow = [c for rule in by_number.values() for c in rule.clauses if isinstance(c, ExclusiveJudge) and c.follows]
        self.contests = tuple({c.own | c.others: c for c in follow}.values())  # one clause for the two sides

    def note(self, view: EpisodeView, assessment: Act) -> None:
        """An assessment came into view."""
        if self._extension is not None:
            self._extension.note(view, assessment)

    def exclusions_between(self, rules: frozenset[int]) -> frozenset[int]:
        """The slots of the exclusions whose two sides are these rules."""
        return frozenset(
            clause.slot
            for rule in self.rules.values()
            for clause in rule.clauses
            if isinstance(clause, ExclusiveJudge) and clause.own | clause.others == rules
        )

    def _next_slot(self) -> int:
        self._slot += 1
        return self._slot

    def _slugs(self, number: int) -> frozenset[str]:
        return frozenset(slug for slug, item in self.rulebook.by_slug.items() if item.number == number)

    def _compile_extension(self) -> Extension | None:
        source = self.rulebook.file.extension
        if source is None:
            return None
        item = next(item for item in self.rulebook.items if item.number == source.item)
        clauses = [self._compile(item, words) for words in item.clause if words.clause in source.meets]
        meets = [clause for clause in clauses if isinstance(clause, StaffJudge | PartsJudge)]
        return Extension(self._slugs(source.item), meets, self.choice)

    def _compile(self, item: schema.Item, words: schema.AnyClause) -> ClauseJudge:
        slot, number, choice, file = self._next_slot(), item.number, self.choice, self.rulebook.file
        match words:
            case schema.FindingsClause():
                return IndicationJudge(words, slot, number, choice)
            case schema.AgeClause():
                return AgeJudge(words, slot, number, choice)
            case schema.WorkingAgeClause():
                return WorkingAgeJudge(words, slot, number, choice, _checked(file.retirement_age))
            case schema.SpanClause():
                return SpanJudge(words, slot, number, choice, self._extension)
            case schema.CountClause():
                kind = WindowCountJudge if words.per in ("day", "month") else ContainerCountJudge
                return kind(words, slot, number, choice)
            case schema.DaysClause():
                return DaysJudge(words, slot, number, choice)
            case schema.GateClause():
                return GateJudge(words, slot, number, choice, self._slugs(words.scale_item))
            case schema.YearClause():
                return YearJudge(words, slot, number, choice)
            case schema.ProofClause():
                return ProofJudge(words, slot, number, choice, _checked(self._extension))
            case schema.ExclusiveClause():
                return ExclusiveJudge(words, slot, number, choice, self._side(words))
            case schema.GapClause():
                return GapJudge(words, slot, number, choice)
            case schema.SiteClause():
                return SiteJudge(words, slot, number, choice)
            case schema.LinkClause():
                trainings = frozenset(s for s, i in self.rulebook.by_slug.items() if i.kind == "training")
                return LinkJudge(words, slot, number, choice, trainings)
            case schema.StaffClause():
                return StaffJudge(words, slot, number, choice)
            case schema.PartsClause():
                return PartsJudge(words, slot, number, choice)
            case schema.ProviderClause():
                return ProviderJudge(words, slot, number, choice)
            case schema.ModeClause():
                return ModeJudge(words, slot, number, choice)
            case schema.YearsClause():
                return YearsJudge(words, slot, number, choice)
            case schema.YearDaysClause():
                return YearDaysJudge(words, slot, number, choice)
            case schema.LimbDaysClause():
                return LimbDaysJudge(words, slot, number, choice)
            case schema.OpenClause():
                return OpenJudge(words, slot, number, choice)

    def _side(self, words: schema.ExclusiveClause) -> frozenset[int]:
        """The rules on this side of an exclusion: those that exclude what `words` excludes, or part of it."""
        others = set(words.excludes)
        return frozenset(
            item.number
            for item in self.rulebook.items
            for clause in item.clause
            if isinstance(clause, schema.ExclusiveClause) and others & set(clause.excludes)
        )


def _checked(table: T | None) -> T:
    """A table that the loader has made sure of."""
    if table is None:
        raise ValueError("the rulebook was not checked: a table that its clauses need is missing")
    return table
