"""The state a decision knows: the lines of one subject, as written and as corrected. `initial`, `evolve`, `fold`.

Folding checks nothing and forgets nothing; whether a fact may be added is decided in `decisions.py`. The order in
which facts arrive does not matter where their `at` differs: a state keeps its lines in one order, so that every
history of the same facts folds to the same state.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from ledger.treatment.corrections import PATIENT_FIELDS, aim, corrected
from ledger.treatment.facts import EntryCorrected, Fact, PatientFileOpened
from ledger.treatment.subjects import ABOUT, INTRODUCING


class State(msgspec.Struct, frozen=True):
    """A subject's lines in order: what introduces it first, the rest by `at` as written, ties as they arrived.

    `written` are the lines as they came, `now` the same lines as corrected (same index), `corrections` the
    corrections taken, by `at`.
    """

    subject: str
    written: tuple[Fact, ...] = ()
    now: tuple[Fact, ...] = ()
    corrections: tuple[EntryCorrected, ...] = ()

    def __contains__(self, fact: Fact) -> bool:
        """Whether a fact of equal content was already taken. Such a fact has the same `at`: few are compared."""
        taken: Sequence[Fact] = self.corrections if isinstance(fact, EntryCorrected) else self.written
        place = order_of(fact)
        for index in range(bisect_left(taken, place, key=order_of), len(taken)):
            if taken[index] == fact:
                return True
            if order_of(taken[index]) != place:
                return False
        return False


def initial(subject: str) -> State:
    """The state of a subject of which nothing is known."""
    return State(subject)


def evolve(state: State, fact: Fact) -> State:
    """The state after a fact of the subject. A correction that means another subject's line changes nothing."""
    if isinstance(fact, EntryCorrected):
        return _amend(state, fact)
    written = state.written
    if type(fact) not in INTRODUCING and (not written or written[-1].at <= fact.at):
        return State(state.subject, (*written, fact), (*state.now, fact), state.corrections)
    if not written:
        return State(state.subject, (fact,), (fact,), state.corrections)
    return fold(state.subject, (*written, fact, *state.corrections))


def fold(subject: str, facts: Iterable[Fact]) -> State:
    """The state after all these facts, in any order; facts of one `at` in the order in which they were taken."""
    lines: list[Fact] = []
    corrections: list[EntryCorrected] = []
    for fact in facts:
        if isinstance(fact, EntryCorrected):
            corrections.append(fact)
        else:
            lines.append(fact)
    if len(lines) > 1:
        lines.sort(key=order_of)
    written = tuple(lines)
    if not corrections:
        return State(subject, written, written)
    now = list(written)
    # What is said about a thing is corrected by the line's id alone, and there may be very much of it.
    by_id = {line.id: place for place, line in enumerate(written)} if subject.startswith(ABOUT) else None
    applied = []
    for correction in sorted(corrections, key=_at):
        if by_id is None:
            index = aim(written, correction)
        else:
            place = by_id.get(correction.target)
            index = None if place is None or aim((written[place],), correction) is None else place
        if index is not None:
            _apply(now, index, correction)
            applied.append(correction)
    return State(subject, written, tuple(now), tuple(applied))


def order_of(fact: Fact) -> tuple[bool, datetime]:
    """Where a line stands among those of its subject, ties as they arrived."""
    return type(fact) not in INTRODUCING, fact.at


def _at(fact: Fact) -> datetime:
    return fact.at


def _apply(now: list[Fact], index: int, correction: EntryCorrected) -> None:
    """The line that the correction means gets its new value; a patient's field in all of the patient's files."""
    one_patient = correction.field in PATIENT_FIELDS and type(now[index]) is PatientFileOpened
    for i in range(len(now)) if one_patient else (index,):
        now[i] = corrected(now[i], correction.field, correction.new)


def _amend(state: State, correction: EntryCorrected) -> State:
    index = aim(state.written, correction)
    if index is None:
        return state
    now = list(state.now)
    _apply(now, index, correction)
    corrections = sorted((*state.corrections, correction), key=_at)
    return State(state.subject, state.written, tuple(now), tuple(corrections))
