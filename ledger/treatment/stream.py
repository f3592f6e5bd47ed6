"""The facts of one subject, one after the other: taken, known or refused.

This is where `decide` and `evolve` meet a row of facts. It is the same for a file, a request and an import in
flat memory: who calls brings the state that a ledger holds, the lines, and an answer to two questions (`Known`).
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, combinations
from typing import Final, Literal, NamedTuple

import msgspec

from ledger.treatment.corrections import PATIENT_FIELDS, aim
from ledger.treatment.decisions import admit, admit_together, in_order
from ledger.treatment.facts import EntryCorrected, Fact
from ledger.treatment.known import Known
from ledger.treatment.refusal import Refusal, refuse
from ledger.treatment.state import State, fold, initial
from ledger.treatment.subjects import ABOUT, INTRODUCING
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

_TOGETHER: Final = (2, 3)
"""How many facts one slip takes to mend: a sheet and its order, a patient with both."""
_FEW_REFUSED: Final = 12
"""Among more refused lines of one subject no groups are sought: nobody wrote them down as one slip."""

Verdict = Accepted | Refused | Literal["known"]


def decide_stream(
    state: State, lines: Sequence[Fact], known: Known, *, tags: bool = True
) -> tuple[State, list[Verdict]]:
    """One subject: `state` is the fold of what the ledger holds, `lines` its facts in this batch in journal order.

    The state after it, and a verdict for each line. A line that is possible only with a later one (a stop before a
    start that is corrected afterwards) is taken too, for what counts is what stands in the end.
    """
    if state.subject.startswith(ABOUT):
        found = dict(decide_apart(state, lines, known, tags=tags))
        return state, [found[i] for i in range(len(lines))]
    return _decide_whole(state, lines, known, tags)


def _decide_whole(state: State, lines: Sequence[Fact], known: Known, tags: bool) -> tuple[State, list[Verdict]]:
    """Line after line, each against the state that those before it left."""
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
            if _is_overtaken(state, lines, verdicts, i):
                left.append(i)
                continue
            state, verdict = _take(state, lines[i], known, tags)
            if type(verdict) is Refused:
                left.append(i)
            else:
                verdicts[i] = verdict
        if len(left) == len(refused):
            again = [i for i in left if not _is_overtaken(state, lines, verdicts, i)]
            state, taken = _take_together(state, [lines[i] for i in again], known, tags)
            verdicts_of = {again[place]: verdict for place, verdict in taken.items()}
            if not verdicts_of:
                break
            for i, accepted in verdicts_of.items():
                verdicts[i] = accepted
            left = [i for i in left if i not in verdicts_of]
        refused = left
    return state, verdicts


def _is_overtaken(state: State, lines: Sequence[Fact], verdicts: Sequence[Verdict], i: int) -> bool:
    """Whether a correction of the same field at the same instant, but later in the journal, has been taken.

    Ties apply in journal order: taken now, after that one, this one would stand before it in every fold to come.
    """
    correction = lines[i]
    if type(correction) is not EntryCorrected:
        return False
    for j in range(i + 1, len(lines)):
        later = lines[j]
        if later.at != correction.at:
            return False  # lines are in order of `at`; a correction dated later is asked for by its own decision
        if type(later) is EntryCorrected and type(verdicts[j]) is Accepted and later.field == correction.field:
            meant = aim(state.written, correction)
            if correction.field in PATIENT_FIELDS or meant is None or meant == aim(state.written, later):
                return True
    return False


def decide_apart(
    held: State, lines: Iterable[Fact], known: Known, *, tags: bool = True
) -> Iterator[tuple[int, Verdict]]:
    """`decide_stream` of what is only said about a thing: (place, verdict), each place once, in no order.

    Such lines decide nothing about one another, so no state is kept, and there may be a million of one thing: the
    lines may be read one by one from wherever they wait (they are gone through once, and again for corrections).
    What is equal in content has the same `at`, and so stands together in journal order.
    """
    nothing = initial(held.subject)
    before = set(held.written)
    together: set[Fact] = set()
    at = None
    corrections: dict[str, list[tuple[int, EntryCorrected]]] = {}
    for i, fact in enumerate(lines):
        if isinstance(fact, EntryCorrected):
            corrections.setdefault(fact.target, []).append((i, fact))
            continue
        if fact.at != at:
            at, together = fact.at, set()
        if fact in before or fact in together:
            yield i, KNOWN
            continue
        _, verdict = _take(nothing, fact, known, tags)
        if type(verdict) is Accepted:
            together.add(fact)
        yield i, verdict
    if corrections:
        own = _own_lines(held, lines, corrections, known)
        for target, theirs in corrections.items():
            state = fold(held.subject, own[target])
            _, verdicts = _decide_whole(state, [correction for _, correction in theirs], known, tags)
            yield from zip((i for i, _ in theirs), verdicts, strict=True)


def _own_lines(held: State, lines: Iterable[Fact], targets: Iterable[str], known: Known) -> dict[str, list[Fact]]:
    """Of each target the line that bears it as its `id`, if it is taken, and the corrections that are held of it."""
    own: dict[str, list[Fact]] = {target: [] for target in targets}
    nothing = initial(held.subject)
    for fact in chain(held.written, held.corrections):
        target = fact.target if isinstance(fact, EntryCorrected) else fact.id
        if target is not None and target in own:
            own[target].append(fact)
    for fact in lines:
        if (
            fact.id is not None
            and fact.id in own
            and type(fact) is not EntryCorrected
            and not own[fact.id]
            and type(_take(nothing, fact, known, False)[1]) is Accepted
        ):
            own[fact.id].append(fact)
    return own


def _turn(fact: Fact) -> int:
    """What introduces the subject comes first, and corrections when all lines that they may mean are there."""
    return 0 if type(fact) in INTRODUCING else 2 if type(fact) is EntryCorrected else 1


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


def _take_together(state: State, facts: Sequence[Fact], known: Known, tags: bool) -> tuple[State, dict[int, Accepted]]:
    """Facts that were refused one by one may be possible all at once, above all corrections of one slip.

    All of them are tried together; then those that are in order for themselves, so that one that is not takes no
    other with it; then these without one; then small groups of all. The state after those that are taken, and their
    verdicts by place in `facts`; none where there is no such group.
    """
    sound = in_order(state, facts, known)
    groups: Iterable[Sequence[int]] = [range(len(facts)), sound]
    if len(facts) <= _FEW_REFUSED:
        without_one = combinations(sound, max(len(sound) - 1, 0))
        groups = chain(groups, without_one, *(combinations(range(len(facts)), size) for size in _TOGETHER))
    for group in groups:
        together = [facts[place] for place in group]
        if not any(type(fact) is EntryCorrected for fact in together):
            continue
        try:
            after = admit_together(state, together, known)
            taken = [Accepted(_tags(after, fact, known)) if tags else _ACCEPTED for fact in together]
        except Refusal:
            continue
        return after, dict(zip(group, taken, strict=True))
    return state, {}
