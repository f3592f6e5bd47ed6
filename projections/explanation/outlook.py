"""What would make an act payable as a whole: waiting alone, another reading, a built-in profile of them.

Both are asked of the judge, over the same evidence: nothing is worked out here. Only the readings that a failing
finding names are tried, each option by itself, for those are the words that the decision hangs on; several together
only as a built-in profile chooses them.
"""

from datetime import date

import msgspec

from projections.rules.acts import Act
from projections.rules.decision import Decision
from projections.rules.judge import Case, Judge
from projections.rules.readings import PROFILES
from projections.rules.rulebook import Rulebook

_DECIDED_BY_READING = "record.physician"
"""The one clause of the record that a reading decides."""


class Reread(msgspec.Struct, frozen=True, kw_only=True):
    """One option of one reading under which, all else as chosen, the act is payable."""

    reading: str
    option: str


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """`waiting`: the first day on which the same, given once more, would be paid, if nothing else were done until then.

    The act itself was performed, and counts where a reading counts what was performed. `waiting` is null where no
    such day comes, or where the record itself has to change; `tried` are the readings that were read otherwise,
    `reread` those options of them that make the act payable, `profiles` the built-in profiles that do, each as it is,
    without the single readings that were asked for.
    """

    waiting: date | None = None
    tried: tuple[str, ...] = ()
    reread: tuple[Reread, ...] = ()
    profiles: tuple[str, ...] = ()


def outlook(judge: Judge, decision: Decision) -> Outlook:
    """The outlook of a decision that this judge made; empty for a payable act.

    The patient is judged once for every option and every built-in profile tried, and as far as the act only.
    """
    found = judge.before(decision.act)
    if decision.payable or found is None:
        return Outlook()
    case, act = found
    record = [name for name in decision.denied_by if name.startswith("record.")]
    waiting = _once_more(case, act) if not record else None
    rulebook = judge.rulebook_of(decision)
    if rulebook is None or any(name != _DECIDED_BY_READING for name in record):
        return Outlook(waiting=waiting)
    chosen = _named(decision, rulebook)
    reread = [
        Reread(reading=name, option=option)
        for name, taken in chosen.items()
        for option in rulebook.readings[name].options
        if option != taken and _is_payable(judge.otherwise(name, option), decision.act)
    ]
    profiles = [
        name for name in PROFILES if _is_payable(Judge(judge.evidence, judge.rulebook, {}, profile=name), decision.act)
    ]
    return Outlook(waiting=waiting, tried=tuple(chosen), reread=tuple(reread), profiles=tuple(profiles))


def _once_more(case: Case, act: Act) -> date | None:
    """The first later day on which one more such act would be paid, this one having been given and not paid."""
    after = case.fork()
    after.commit(act, False)
    day = after.next_payable_on(act)
    return day if day is not None and day > act.day else None


def _named(decision: Decision, rulebook: Rulebook) -> dict[str, str]:
    """The readings that the failing findings name, each with the option taken, in their order."""
    return {
        name: option
        for finding in decision.findings
        if not finding.holds
        for name, option in finding.readings.items()
        if name in rulebook.readings
    }


def _is_payable(judge: Judge, act_id: str) -> bool:
    found = judge.before(act_id)
    return found is not None and found[0].decide(found[1]).payable
