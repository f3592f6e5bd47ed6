"""What a new rulebook would change: put to the facts beside what they are judged by today. Nothing is changed."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from api.questions import Rules
from ledger.treatment.facts import Fact
from projections.history import effective
from projections.mirror.tabulating import tabulate
from projections.preview import Preview, preview
from projections.rebuild.judging import outcome_of
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from projections.rules.rulebook import Rulebook
from projections.rules.succession import Period, Succession


class Previewed(NamedTuple):
    """The sums, and the judges of the two sides."""

    sums: Preview
    now: Judge
    then: Judge


def previewed(
    facts: Sequence[Fact], by: Rules, new: Rulebook, *, begin: date | None = None, told: int = 1_000
) -> Previewed:
    """Judge the facts as they stand by `by` and by `new`, which is in force from the day `begin` on (None: for all).

    The readings and the profile of `by` are chosen on both sides, where both declare them. Raises AdoptionRefused,
    ReadingRefused, and NotTabled.
    """
    standing = effective(facts)
    evidence = Evidence(standing)
    today = by.judging_by(standing)
    now = Judge(evidence, today, by.readings, profile=by.profile)
    then = Judge(evidence, new if begin is None else _followed(today, new, begin), by.readings, profile=by.profile)
    return Previewed(
        preview(now, then, [tabulate(evidence)], evidence.institutions, told=told, decide=outcome_of), now, then
    )


def _followed(today: Rulebook | Succession, new: Rulebook, begin: date) -> Succession:
    """What is in force today, and from the day on the new text."""
    periods = today.periods if isinstance(today, Succession) else (Period(date.min, today),)
    return Succession([*(period for period in periods if period.begin < begin), Period(begin, new)])
