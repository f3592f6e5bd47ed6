"""3.child, 20.age, 22.age, 25.age: how old the patient has to be.

An age is reached on the birthday; who was born on 29 February has it on 1 March in other years.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from projections.rules import schema
from projections.rules.acts import Act, Person
from projections.rules.calendar import add_days, add_months, add_years
from projections.rules.clauses.clause import ClauseJudge
from projections.rules.decision import NOT_RECORDED, Finding
from projections.rules.episode import EpisodeView

if TYPE_CHECKING:
    from projections.rules.case import PatientCase


class AgeJudge(ClauseJudge):
    """Before the birthday that the chosen option names."""

    __slots__ = ("_birthday",)

    def __init__(self, words: schema.AgeClause, slot: int, rule: int, choice: Mapping[str, str]) -> None:
        super().__init__(words, slot, rule, choice)
        self._birthday = words.before_birthday[choice[words.reading]]

    def judge(self, case: "PatientCase", act: Act, view: EpisodeView) -> Finding:
        born = case.person.born
        if born is None:
            return self.finding(False, observed={"born": NOT_RECORDED}, readings={})
        end = add_years(born, self._birthday)
        return self.finding(act.day < end, window=(born, add_days(end, -1)), observed={"born": born.isoformat()})

    def turns(self, case: "PatientCase", act: Act, view: EpisodeView) -> Iterable[date]:
        born = case.person.born
        return () if born is None else (add_years(born, self._birthday),)


class WorkingAgeJudge(ClauseJudge):
    """From a birthday to the day before the retirement day of the table."""

    __slots__ = ("_fixed", "_from", "_table")

    def __init__(
        self,
        words: schema.WorkingAgeClause,
        slot: int,
        rule: int,
        choice: Mapping[str, str],
        table: schema.RetirementAge,
    ) -> None:
        super().__init__(words, slot, rule, choice)
        self._from = words.from_birthday
        self._table = table
        self._fixed = choice["working_age"] == "fixed"

    def judge(self, case: "PatientCase", act: Act, view: EpisodeView) -> Finding:
        born = case.person.born
        if born is None:
            return self.finding(False, observed={"born": NOT_RECORDED}, readings={})
        begin = add_years(born, self._from)
        end = retirement_day(case.person, born, self._table, self._fixed)
        return self.finding(
            begin <= act.day < end,
            window=(begin, add_days(end, -1)),
            observed={
                "born": born.isoformat(),
                "sex": case.person.sex or NOT_RECORDED,
                "employment_category": case.person.category or NOT_RECORDED,
            },
        )

    def turns(self, case: "PatientCase", act: Act, view: EpisodeView) -> Iterable[date]:
        born = case.person.born
        if born is None:
            return ()
        return add_years(born, self._from), retirement_day(case.person, born, self._table, self._fixed)


def retirement_day(person: Person, born: date, table: schema.RetirementAge, fixed: bool) -> date:
    """The first day of statutory retirement: the row's years, and by month of birth its steps unless `fixed`.

    Women whose post was not recorded retire as workers. A day that its month lacks is the month's last.
    """
    category = None if person.sex == "male" else person.category or "worker"
    row = next(row for row in table.row if row.sex == (person.sex or "female") and row.category == category)
    months = 0
    since = (born.year - row.born_from.year) * 12 + born.month - row.born_from.month
    if since >= 0 and not fixed:
        months = min(since // row.months_per_step + 1, row.at_most_months)
    return add_months(born, row.years * 12 + months)
