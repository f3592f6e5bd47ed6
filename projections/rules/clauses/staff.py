"""Who gives it, where, and of what it is made: 8.site, 10.staff, 10.parts, 25.staff."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from projections.rules import schema
from projections.rules.acts import Act
from projections.rules.clauses.clause import ClauseJudge
from projections.rules.decision import ABSENT, NOT_RECORDED, Finding, Observed
from projections.rules.episode import EpisodeView
from projections.rules.register import Practitioner, enough_treating, scope_turns
from projections.rules.stretches import Stretches

if TYPE_CHECKING:
    from projections.rules.case import PatientCase


class SiteJudge(ClauseJudge):
    """8.site: a hospital of a level with a department, or one of a kind (of a level too, by reading)."""

    __slots__ = ("_both", "_department", "_kind", "_level", "_other_readings")

    def __init__(self, words: schema.SiteClause, slot: int, rule: int, choice: Mapping[str, str]) -> None:
        super().__init__(words, slot, rule, choice)
        self._level = words.level
        self._department = words.department
        self._kind = words.hospital
        self._both = choice["site_level"] == "both"
        self._other_readings = self.without("site_level")

    def judge(self, case: "PatientCase", act: Act, view: EpisodeView) -> Finding:
        institution = act.institution
        levelled = institution.level is not None and institution.level >= self._level
        holds = (levelled and self._department in institution.departments) or (
            institution.kind == self._kind and (levelled or not self._both)
        )
        # Without a kind the institution was never registered; registered, it has a list of departments, if empty.
        none = NOT_RECORDED if institution.kind is None else ABSENT
        observed: Observed = {
            "level": institution.level or NOT_RECORDED,
            "kind": institution.kind or NOT_RECORDED,
            "departments": ", ".join(institution.departments) or none,
        }
        # What is asked of one kind of hospital does not decide for another.
        readings = None if institution.kind == self._kind else self._other_readings
        return self.finding(holds, observed=observed, readings=readings)


class StaffJudge(ClauseJudge):
    """10.staff: so many distinct assessors who hold rehabilitation or tcm on the day."""

    __slots__ = ("_enough", "_persons")

    def __init__(self, words: schema.StaffClause, slot: int, rule: int, choice: Mapping[str, str]) -> None:
        super().__init__(words, slot, rule, choice)
        self._persons = words.persons[choice["persons_3"]]
        self._enough: dict[tuple[Practitioner, ...], Stretches] = {}  # of a denied act's assessors

    def is_met(self, act: Act) -> bool:
        """Whether enough qualified persons made the assessment."""
        return len(self._qualified(act)) >= self._persons

    def _qualified(self, act: Act) -> list[str]:
        return sorted({person.id for person in act.staff if person.treats(act.day)})

    def judge(self, case: "PatientCase", act: Act, view: EpisodeView) -> Finding:
        if act.presumed:
            return self.finding(True, observed={"presumed": True}, readings={})
        qualified = self._qualified(act)
        observed: Observed = {"qualified": ", ".join(qualified) or "none"} if act.staff else {"assessors": NOT_RECORDED}
        observed |= {"persons": len(qualified), "asked": self._persons}
        return self.finding(len(qualified) >= self._persons, observed=observed)

    def turns(self, case: "PatientCase", act: Act, view: EpisodeView) -> Iterable[date]:
        enough = self._enough.get(act.staff)
        if enough is None:
            enough = self._enough[act.staff] = enough_treating(act.staff, self._persons)
        return enough.turns(act.day)


class PartsJudge(ClauseJudge):
    """10.parts: so many distinct scales in the results."""

    __slots__ = ("_scales",)

    def __init__(self, words: schema.PartsClause, slot: int, rule: int, choice: Mapping[str, str]) -> None:
        super().__init__(words, slot, rule, choice)
        self._scales = words.scales

    def is_met(self, act: Act) -> bool:
        """Whether the assessment is made of enough scales."""
        return act.scales >= self._scales

    def judge(self, case: "PatientCase", act: Act, view: EpisodeView) -> Finding:
        if act.presumed:
            return self.finding(True, observed={"presumed": True})
        observed: Observed = {} if act.results else {"results": NOT_RECORDED}
        observed |= {"scales": act.scales, "asked": self._scales}
        return self.finding(self.is_met(act), observed=observed)


class ProviderJudge(ClauseJudge):
    """25.staff: of a scope, or of a profession with another scope, on the day. Stands for record.therapist."""

    __slots__ = ("_profession", "_profession_scope", "_scope")

    def __init__(self, words: schema.ProviderClause, slot: int, rule: int, choice: Mapping[str, str]) -> None:
        super().__init__(words, slot, rule, choice)
        self._scope = words.scope
        self._profession = words.profession
        self._profession_scope = words.profession_scope

    def judge(self, case: "PatientCase", act: Act, view: EpisodeView) -> Finding:
        if act.presumed:
            return self.finding(True, observed={"presumed": True})
        lacking = [
            person
            for person in act.staff
            if not person.holds(self._scope, act.day)
            and not (person.profession == self._profession and person.holds(self._profession_scope, act.day))
        ]
        observed: Observed = {
            person.id: "not qualified on the day" if person.scopes else NOT_RECORDED for person in lacking
        }
        return self.finding(not lacking, observed=observed)

    def turns(self, case: "PatientCase", act: Act, view: EpisodeView) -> Iterable[date]:
        others = [person for person in act.staff if person.profession == self._profession]
        return [
            *scope_turns(act.staff, (self._scope,), act.day),
            *scope_turns(others, (self._profession_scope,), act.day),
        ]
