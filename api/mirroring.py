"""The mirror of a ledger, and the decisions kept beside it: in its directory, brought up to the log when asked for.

Both can be removed at any time: they are made anew from the log. Earlier decisions, for appeals, follow from the log
too (`api.appealing`), by the texts in `rulebooks/`, which belong into the backup. Neither holds who a patient is, only
what the log says of a pseudonym.
"""

import os
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from api.kept_texts import texts_at_hand
from ledger.treatment.facts import Fact, RulebookAdopted
from projections.decisions import Kept, KeptError, keep
from projections.history import effective
from projections.mirror.following import rebuild, update
from projections.mirror.manifest import Manifest
from projections.mirror.mirror import Mirror, together
from projections.mirror.refusal import MirrorDamaged
from projections.mirror.writing import kept_manifest
from projections.rebuild.growing import NotTabled
from projections.rebuild.judging import judge_plainly, table_of
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge

if TYPE_CHECKING:
    from ledger.application import TreatmentLedger

MIRROR = "mirror"
DECISIONS = "decisions"
COLUMNS_PAY = 5_000
"""Rows from which on going through columns is sooner than through facts: to read columns and what reads them takes as
long as to read the facts of so many."""
ENTRIES_AN_ACT = 4
"""About: by which rows are guessed that the mirror does not have yet."""
ACTS_BY_REFERENCE = 300_000
"""So many at most are decided act by act where columns cannot say the rules."""

Told = Callable[[int, int], None]
Answer = TypeVar("Answer")


def is_large(ledger: "TreatmentLedger") -> bool:
    """Whether going through columns is sooner than through facts, with machine code or without."""
    before = kept_manifest(ledger.directory / MIRROR)
    rows, size = (rows_of(before), before.size) if before is not None else (0, 0)
    return rows + (ledger.size - size) // ENTRIES_AN_ACT >= COLUMNS_PAY


def rows_of(manifest: Manifest) -> int:
    """How many rows a mirror has in its files."""
    return sum(part.rows for part in manifest.parts)


def mirror_of(ledger: "TreatmentLedger") -> Mirror:
    """The mirror of the whole log as it is now. MirrorError where it cannot be kept, Unsound at an altered entry."""
    directory = ledger.directory / MIRROR
    update(directory, ledger, jobs=os.cpu_count() or 1)
    return Mirror.open(directory)


def of_mirror(ledger: "TreatmentLedger", asked: Callable[[], Answer]) -> Answer:
    """What is asked by way of the ledger's mirror; once more, where a file of it turns out damaged: it is made anew."""
    try:
        return asked()
    except MirrorDamaged:
        rebuild(ledger.directory / MIRROR, ledger, jobs=os.cpu_count() or 1)
        return asked()


def keep_decisions(ledger: "TreatmentLedger", judge: Judge, told: Told = lambda done, total: None) -> Kept:
    """The judge's decisions on every act of the log, kept; what is kept already is not judged again. KeptError,
    MirrorError, and what is thrown of a log that is not sound.
    """
    return of_mirror(ledger, lambda: _kept(ledger, judge, told))


def _kept(ledger: "TreatmentLedger", judge: Judge, told: Told) -> Kept:
    mirror = mirror_of(ledger)
    decide = None
    if rows_of(mirror.manifest) < ACTS_BY_REFERENCE and not _is_tabled(judge, mirror):
        facts = effective([one.fact for one in ledger.facts() if one.index < mirror.size])
        decide = partial(judge_plainly, Judge(facts, judge.rulebook, judge.readings, profile=judge.profile))
    return keep(ledger.directory / DECISIONS, mirror, judge, decide=decide, told=told)


def _is_tabled(judge: Judge, mirror: Mirror) -> bool:
    try:
        table_of(judge, together([], mirror.words), mirror.institutions)
    except NotTabled:
        return False
    return True


def kept_decisions(ledger: "TreatmentLedger", mirror: Mirror, judge: Judge) -> Kept | None:
    """The decisions on exactly these rows, where they are kept. Nothing is judged."""
    try:
        return Kept.open(ledger.directory / DECISIONS, mirror, judge)
    except KeptError:
        return None


def judge_over(ledger: "TreatmentLedger", facts: Iterable[Fact]) -> Judge:
    """Who judges by what these facts adopt, by the texts at hand; without evidence. Raises AdoptionRefused."""
    from projections.rules.succession import succession_of

    facts = list(facts)
    named = [fact.digest for fact in facts if isinstance(fact, RulebookAdopted)]
    return Judge(Evidence([]), succession_of(facts, *texts_at_hand(ledger.directory, named=named)))
