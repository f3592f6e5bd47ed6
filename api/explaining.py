"""One act explained: its decision, what would make it payable, and how profiles of readings differ over it.

The command line and the service ask the same. Knows no HTTP and no terminal, and decides nothing.
"""

from collections.abc import Sequence
from typing import NamedTuple

from api.questions import WHOLE, Cut, Rules, Unknown, judge_of
from ledger.treatment.facts import Fact
from projections.explanation import Account, account, outlook
from projections.rules.decision import Decision
from projections.rules.judge import Judge
from projections.rules.profiles import load_profile


class Explained(NamedTuple):
    """A decision, and the same told for a person."""

    decision: Decision
    account: Account


def explained(facts: Sequence[Fact], act: str, by: Rules, cut: Cut = WHOLE, profiles: Sequence[str] = ()) -> Explained:
    """The decision on one act, against everything its patient had before, as the facts stand at the cut.

    `facts` are the case of its patient (`case_of_act`). With `profiles` (names, or files), the verdict is over them.
    Raises Unknown for an act that was not there yet at the cut, or is never judged; ReadingRefused for a profile there
    is not.
    """
    judge = judge_of(facts, by, cut)
    decision = judge.decision(act)
    if decision is None and cut != WHOLE:
        raise Unknown(f"{act} is no act by then: it had not happened, was not known, or is never judged")
    if decision is None:
        raise Unknown(f"{act} is recorded, but it is no act: an assessment that is not charged is not judged")
    told = account(
        decision,
        judge.rulebook_of(decision),
        outlook(judge, decision),
        under=_under(judge, act, by, profiles),
        as_of=cut.as_of,
        as_known_at=cut.as_known_at,
    )
    return Explained(decision, told)


def _under(judge: Judge, act: str, by: Rules, profiles: Sequence[str]) -> dict[str, Decision]:
    """The decision on the act under each profile, by the profile's name (of two of one name: by what was asked)."""
    found: dict[str, Decision] = {}
    for asked in profiles:
        profile = load_profile(asked, [book.readings for book in judge.rulebooks])
        made = Judge(judge.evidence, judge.rulebook, by.readings, profile=profile).decision(act)
        if made is not None:
            found[asked if profile.name in found else profile.name] = made
    return found
