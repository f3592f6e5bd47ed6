"""经康复综合评定有功能持续改善，可继续给予支付: what a comprehensive assessment opens, and 3.proof.

Which assessments qualify, what the latest says, and how long it is good for. The assessments are those of the act's
declared episode, whatever counts together.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from projections.rules import schema
from projections.rules.acts import Act
from projections.rules.calendar import add_days, add_years, first_day_past, parse_period
from projections.rules.clauses.clause import ClauseJudge
from projections.rules.clauses.staff import PartsJudge, StaffJudge
from projections.rules.decision import NOT_RECORDED, Finding, Observed
from projections.rules.episode import EpisodeView, Mark

if TYPE_CHECKING:
    from projections.rules.case import PatientCase

_SAYS_SOMETHING = ("improved", "unchanged", "declined")  # a baseline says nothing on improvement


class Support(NamedTuple):
    """Whether an assessment supports going on, and what was seen."""

    given: bool
    observed: Observed


def counts_from(option: str, past: date) -> date | None:
    """The first day whose assessment counts, by option of `extension_from`; None: of whatever date.

    `past` is the first day past the span.
    """
    if option == "any":
        return None
    return past if option == "after_limit" else add_days(past, -30)


class Extension:
    """Keeps, in each episode seen, the assessments that count as proof, and answers whether they carry a day.

    The latest by date decides both whether any qualifies (one too early is followed by none) and what it says; so a
    view keeps two marks, however many assessments there were, and the last one passed over, to say what it lacked.
    """

    def __init__(
        self,
        items: frozenset[str],
        meets: Sequence[StaffJudge | PartsJudge],
        choice: Mapping[str, str],
    ) -> None:
        self._items = items
        self._meets = meets
        self._source = choice["extension_source"]
        # A valid assessment is one that other clauses would let pass, and so rests on their readings.
        self.readings = (
            {name: option for clause in meets for name, option in clause.readings.items()}
            if self._source == "valid"
            else {}
        )
        self._from = choice.get("extension_from", "any")
        self._valid = parse_period(choice["extension_valid"])  # None: forever
        self._latest = choice["improvement"] == "latest"

    def note(self, view: EpisodeView, assessment: Act) -> None:
        """An assessment came into view."""
        if assessment.item not in self._items:
            return
        if self._source != "paid" and self._problem(assessment) is None:
            view.mark(assessment)
        else:
            view.passed_over = assessment

    def _problem(self, assessment: Act) -> str | None:
        """Why a comprehensive assessment is no proof either way; None where it is."""
        if assessment.outcome not in _SAYS_SOMETHING:
            return "says nothing on improvement"
        if self._source == "valid":
            unmet = [clause.clause for clause in self._meets if not clause.is_met(assessment)]
            if unmet:
                return f"does not meet {', '.join(unmet)}"
        return None

    def paid(self, case: "PatientCase", act: Act) -> None:
        """An assessment was paid."""
        if self._source == "paid" and act.outcome in _SAYS_SOMETHING:
            case.view(act).mark(act)

    def supports(self, view: EpisodeView, day: date, past: date | None) -> Support:
        """Whether an assessment carries an act of `day`; `past` is the first day past the span, None for 3.proof."""
        mark = self._mark(view)
        if mark is None:
            return Support(False, self._missed(view))
        observed: Observed = {"assessment": mark.act, "assessed_on": mark.day.isoformat(), "outcome": mark.outcome}
        earliest = counts_from(self._from, past) if past is not None else None
        if earliest is not None and mark.day < earliest:
            return Support(False, observed | {"problem": f"dated before {earliest}"})
        if not mark.improved:
            return Support(False, observed | {"problem": "not improved"})
        if self._valid is not None:
            end = first_day_past(mark.day, self._valid)
            observed["valid_until"] = add_days(end, -1).isoformat()
            if day >= end:
                return Support(False, observed | {"problem": "no longer valid"})
        return Support(True, observed)

    def turns(self, view: EpisodeView) -> Iterable[date]:
        """The day on which the assessment that is asked is no longer valid."""
        mark = self._mark(view)
        return () if mark is None or self._valid is None else (first_day_past(mark.day, self._valid),)

    def _mark(self, view: EpisodeView) -> Mark | None:
        return view.latest if self._latest else view.improved or view.latest

    def _missed(self, view: EpisodeView) -> Observed:
        """What there is instead of an assessment that qualifies."""
        other = view.passed_over
        if other is None:
            return {"assessment": NOT_RECORDED}
        return {
            "assessment": other.id,
            "assessed_on": other.day.isoformat(),
            "outcome": other.outcome or NOT_RECORDED,
            "problem": self._problem(other) or "not paid",
        }


class ProofJudge(ClauseJudge):
    """3.proof: from a birthday on, only with an assessment that shows continued improvement."""

    __slots__ = ("_birthday", "_extension")

    def __init__(
        self, words: schema.ProofClause, slot: int, rule: int, choice: Mapping[str, str], extension: Extension
    ) -> None:
        super().__init__(words, slot, rule, choice)
        self.readings |= extension.readings
        self._birthday = words.birthday
        self._extension = extension

    def judge(self, case: "PatientCase", act: Act, view: EpisodeView) -> Finding:
        born = case.person.born
        if born is not None:
            asked_from = add_years(born, self._birthday)
            if act.day < asked_from:
                return self.finding(True, observed={"asked_from": asked_from.isoformat()}, readings={})
        support = self._extension.supports(view, act.day, None)
        return self.finding(support.given, observed=support.observed)

    def turns(self, case: "PatientCase", act: Act, view: EpisodeView) -> Iterable[date]:
        yield from self._extension.turns(view)
        if case.person.born is not None:
            yield add_years(case.person.born, self._birthday)
