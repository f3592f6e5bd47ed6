"""The facts of one subject, one after the other: taken, known or refused.

This is where `decide` and `evolve` meet a row of facts. It is the same for a file, a request and an import in
flat memory: who calls brings the state that a ledger holds, the lines, and an answer to two questions (`Known`).
"""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import msgspec

from ledger.treatment.decisions import admit, admit_together
from ledger.treatment.facts import EntryCorrected, Fact
from ledger.treatment.known import Known
from ledger.treatment.refusal import Refusal, refuse
from ledger.treatment.state import State
from ledger.treatment.subjects import OPENINGS
from ledger.treatment.tags import tags_of


class Accepted(NamedTuple):
    """The fact is taken, and its entry bears these tags."""

    tags: list[str]


class Refused(NamedTuple):
    """The fact is not taken: `field` of it, and what is wrong there."""

    field: str
    what: str


KNOWN: Final = "known"
"""A fact of equal content was taken before, in the ledger or in the batch."""

MAX_FACT_AND_TAGS: Final = 65_000
"""Bytes of a fact and its tags, so that an entry with its name and times stays within the 65,535 of C2SP tlog-tiles."""

_ACCEPTED: Final = Accepted([])
_FEW_TAGS: Final = 30  # as many fit beside the longest fact

Verdict = Accepted | Refused | Literal["known"]


def decide_stream(
    state: State, lines: Sequence[Fact], known: Known, *, tags: bool = True
) -> tuple[State, list[Verdict]]:
    """One subject: `state` is the fold of what the ledger holds, `lines` its facts in this batch in journal order.

    The state after it, and a verdict for each line. A line that is possible only with a later one (a stop before a
    start that is corrected afterwards) is taken too, for what counts is what stands in the end.
    """
    if len(lines) == 1:
        state, verdict = _take(state, lines[0], known, tags)
        return state, [verdict]
    verdicts: list[Verdict] = [KNOWN] * len(lines)
    refused: list[int] = []
    for i in sorted(range(len(lines)), key=lambda i: _turn(lines[i])):
        state, verdicts[i] = _take(state, lines[i], known, tags)
        if type(verdicts[i]) is Refused:
            refused.append(i)
    while refused:
        left = []
        for i in refused:
            state, verdict = _take(state, lines[i], known, tags)
            if type(verdict) is Refused:
                left.append(i)
            else:
                verdicts[i] = verdict
        if len(left) == len(refused):
            state = _take_together(state, lines, left, verdicts, known, tags)
            break
        refused = left
    return state, verdicts


def _turn(fact: Fact) -> int:
    """What introduces the subject comes first, and corrections when all lines that they may mean are there."""
    return 0 if type(fact) in OPENINGS else 2 if type(fact) is EntryCorrected else 1


def _take(state: State, fact: Fact, known: Known, tags: bool) -> tuple[State, Verdict]:
    if fact in state:
        return state, KNOWN
    try:
        after = admit(state, fact, known)
        return after, Accepted(_tags(after, fact, known)) if tags else _ACCEPTED
    except Refusal as refusal:
        return state, Refused(refusal.field, refusal.what)


def _tags(after: State, fact: Fact, known: Known) -> list[str]:
    """The tags of the fact, refused where fact and tags would not fit into one entry of the log."""
    tags = tags_of(after, fact, known)
    if len(tags) > _FEW_TAGS:
        length = len(msgspec.json.encode(fact)) + sum(len(tag) + 3 for tag in tags)
        if length > MAX_FACT_AND_TAGS:
            refuse("line", f"{length} bytes with its {len(tags)} tags, expected at most {MAX_FACT_AND_TAGS}")
    return tags


def _take_together(
    state: State, lines: Sequence[Fact], refused: list[int], verdicts: list[Verdict], known: Known, tags: bool
) -> State:
    """Facts that were refused one by one may be possible all at once, above all corrections of one slip."""
    facts = [lines[i] for i in refused]
    if not any(type(fact) is EntryCorrected for fact in facts):
        return state
    try:
        after = admit_together(state, facts, known)
        taken = [Accepted(_tags(after, fact, known)) if tags else _ACCEPTED for fact in facts]
    except Refusal:
        return state
    for i, accepted in zip(refused, taken, strict=True):
        verdicts[i] = accepted
    return after
