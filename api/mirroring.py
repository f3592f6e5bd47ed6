"""The mirror of a ledger, and the decisions kept beside it: in its directory, brought up to the log when asked for.

`mirror/` can be removed at any time: it is made anew from the log. So are the newest decisions; but what `decisions/`
holds of earlier ones, for appeals, was made over the entries of its time, so it belongs into the backup. Neither holds
who a patient is, only what the log says of a pseudonym.
"""

import os
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from api.kept_texts import texts_at_hand
from ledger.treatment.facts import Fact
from projections.decisions import Kept, KeptError, keep
from projections.history import effective
from projections.mirror.following import update
from projections.mirror.mirror import Mirror
from projections.rebuild import judging
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge

if TYPE_CHECKING:
    from ledger.application import TreatmentLedger

MIRROR = "mirror"
DECISIONS = "decisions"
ENTRIES_AN_ACT = 4
"""About: by which it is guessed whether there are enough acts that columns are sooner."""

Told = Callable[[int, int], None]


def is_large(ledger: "TreatmentLedger") -> bool:
    """Whether going through columns is sooner than through facts, also where machine code has to be made first."""
    return ledger.size >= judging.COMPILING_PAYS * ENTRIES_AN_ACT


def mirror_of(ledger: "TreatmentLedger") -> Mirror:
    """The mirror of the whole log as it is now. MirrorError where it cannot be kept, Unsound at an altered entry."""
    directory = ledger.directory / MIRROR
    update(directory, ledger, jobs=os.cpu_count() or 1)
    return Mirror.open(directory)


def keep_decisions(ledger: "TreatmentLedger", judge: Judge, told: Told = lambda done, total: None) -> Kept:
    """The judge's decisions on every act of the log, kept; what is kept already is not judged again. KeptError,
    MirrorError, and what is thrown of a log that is not sound.
    """
    mirror = mirror_of(ledger)
    decide = None
    if sum(part.rows for part in mirror.manifest.parts) < judging.COMPILING_PAYS:
        facts = effective([one.fact for one in ledger.facts() if one.index < mirror.size])
        decide = partial(judging.judge_plainly, Judge(facts, judge.rulebook, judge.readings, profile=judge.profile))
    return keep(ledger.directory / DECISIONS, mirror, judge, decide=decide, told=told)


def kept_decisions(ledger: "TreatmentLedger", mirror: Mirror, judge: Judge) -> Kept | None:
    """The decisions on exactly these rows, where they are kept. Nothing is judged."""
    try:
        return Kept.open(ledger.directory / DECISIONS, mirror, judge)
    except KeptError:
        return None


def judge_over(ledger: "TreatmentLedger", facts: Iterable[Fact]) -> Judge:
    """Who judges by what these facts adopt, by the texts at hand; without evidence. Raises AdoptionRefused."""
    from projections.rules.succession import succession_of

    return Judge(Evidence([]), succession_of(facts, texts_at_hand(ledger.directory)))
