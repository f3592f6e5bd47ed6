"""Gates: in which block of training days a patient is, and whether its end is open.

Every number and every answer is the gate clause's own: of the act asked about, and of one on each training day that
follows, on a copy of the case in which each of them is paid, until the clause asks for its assessment.
"""

from collections.abc import Iterator
from datetime import date
from typing import Literal

import msgspec

from projections.eligibility.findings import finding_of, worded
from projections.eligibility.sentences import past_a_gate
from projections.rules.acts import Act
from projections.rules.calendar import add_days
from projections.rules.decision import NOT_RECORDED, Decision, Finding, Observed
from projections.rules.judge import Case
from projections.rules.rulebook import Rulebook
from projections.rules.schema import GateClause

NEAR_DAYS = 2
"""A gate is near when this many training days are left before it, or fewer."""


Reason = Literal["not recorded", "of another item", "no result", "no progress", "opened a block before"]


class GateState(msgspec.Struct, frozen=True, kw_only=True):
    """A gate as it stands: `used` of the `limit` training days of the block that began on `began_on` (null: none yet).

    `open`: days are left, or an assessment is there that lets the next block begin; `near`: two training days or fewer
    are left and no such assessment is there; `closed`: one more now is not paid for want of it. `assessment`, of
    `assessed_on`, is the one that will open the gate, or, with a `reason`, the one that will not. Where none will, one
    is missing: of the same course of disease, with a result and the outcome `improved`, dated `counts_from` or later,
    of the item `only` (null: of any). All of these are null where the block ends of itself before it is full. `zh` and
    `en` say to a person what opens the gate, or what is missing.
    """

    clause: str
    state: Literal["open", "near", "closed"]
    began_on: date | None
    used: int
    limit: int
    left: int
    assessment: str | None = None
    assessed_on: date | None = None
    reason: Reason | None = None
    counts_from: date | None = None
    only: str | None = None
    zh: str = ""
    en: str = ""


def gates_of(case: Case, asked: Act, decision: Decision, rulebook: Rulebook) -> Iterator[GateState]:
    """The gates of the item asked about. Changes nothing in the case."""
    scales = {known.number: (known.name, known.slug) for known in rulebook.items}
    for words, found in worded(decision, rulebook):
        if isinstance(words, GateClause):
            yield _state(case, asked, found, scales[words.scale_item])


def _state(case: Case, asked: Act, found: Finding, scale: tuple[str, str]) -> GateState:
    used, limit = found.used or 0, found.limit or 0
    left = max(limit - used, 0)
    began_on = found.window[0] if found.window is not None else None
    full = _when_full(case, asked, found) if began_on is not None else None
    if began_on is None or full is None:
        return GateState(clause=found.clause, state="open", began_on=began_on, used=used, limit=limit, left=left)
    noted = full.observed["assessment"]
    assessment = None if noted == NOT_RECORDED else str(noted)
    reason = None if full.holds else _reason(full.observed)
    only = scale if not full.holds and full.readings.get("gate_source") == "item_9" else None
    said = past_a_gate(assessment, reason, began_on, only)
    return GateState(
        clause=found.clause,
        state="closed" if not found.holds else "near" if not full.holds and left <= NEAR_DAYS else "open",
        began_on=began_on,
        used=used,
        limit=limit,
        left=left,
        assessment=assessment,
        assessed_on=_day_of(case, asked, assessment),
        reason=reason,
        counts_from=None if full.holds else began_on,
        only=only[1] if only is not None else None,
        zh=said.zh,
        en=said.en,
    )


def _when_full(case: Case, asked: Act, found: Finding) -> Finding | None:
    """What the clause says once the block is full and it asks for an assessment; None where it never asks, because
    the block ends before (with the year, under one reading of `container`)."""
    fork = case.fork()
    act = asked
    for _ in range((found.limit or 0) + 1):
        if "assessment" in found.observed:
            return found
        fork.commit(act, True)
        if act.day == date.max:
            return None
        act = act.later(add_days(act.day, 1))
        later = finding_of(fork.decide(act), found.clause)
        if later is None or later.window is None:
            return None
        found = later
    return None


def _reason(seen: Observed) -> Reason:
    match seen.get("problem"):
        case "of another item" | "no result" | "no progress" | "opened a block before" as problem:
            return problem
    return "not recorded"


def _day_of(case: Case, asked: Act, assessment: str | None) -> date | None:
    """The day of an assessment of the act's course of disease."""
    episode = case.evidence.episodes.get(asked.episode)
    noted = (act for *_, act in episode.events if act is not None) if episode is not None else ()
    return next((act.day for act in noted if act.id == assessment), None)
