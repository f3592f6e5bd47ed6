"""The facts as they stand: corrections applied, the cut of either time made, and with it all that refers to it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from ledger.treatment.facts import OWN_FACTS, EntryCorrected, Fact
from ledger.treatment.references import NAMES
from ledger.treatment.subjects import ATTRIBUTES, INTRODUCING, introduces, subject_field
from projections.history.corrections import Change, corrected, recorded

_FIELDS = ATTRIBUTES | {own: {name: name for name in own.__struct_fields__} for own in OWN_FACTS}
# What a line refers to: (attribute, prefix of the subject). What it introduces is no reference, it is the thing itself.
_REFERS = {
    fact: tuple(
        (field, NAMES[field].subject)
        for field in fields.values()
        if field in NAMES and not (fact in INTRODUCING and field == subject_field(fact))
    )
    for fact, fields in _FIELDS.items()
}


class Line(NamedTuple):
    """A line that stands: where it stood in the facts given, how it reads now, what corrections changed."""

    place: int
    fact: Fact
    changes: tuple[Change, ...]


def effective(
    facts: Sequence[Fact], *, as_of: datetime | None = None, as_known_at: datetime | None = None
) -> list[Fact]:
    """The facts as they stand, in journal order: corrections applied and gone themselves, and the cut made.

    `as_of` leaves out what happened later, by the corrected `at`; `as_known_at` leaves out what was written down
    later. A correction is about what is known, not about what happened: only `as_known_at` leaves one out. What
    refers to something cut away is cut too. The facts must have been checked whole before. With nothing to correct
    and nothing to cut the list itself comes back.
    """
    if as_of is None and as_known_at is None and not any(type(fact) is EntryCorrected for fact in facts):
        return facts if isinstance(facts, list) else list(facts)
    return [line.fact for line in standing(facts, as_of, as_known_at)]


def standing(facts: Sequence[Fact], as_of: datetime | None, as_known_at: datetime | None) -> list[Line]:
    """`effective`, line by line, with what was changed."""
    applied = [
        fact
        for fact in facts
        if isinstance(fact, EntryCorrected) and (as_known_at is None or recorded(fact) <= as_known_at)
    ]
    while True:
        now, changes = corrected(facts, applied)
        left, gone = _cut(now, as_of, as_known_at)
        # A correction refers to whoever made it. Where that person is cut away it never was, and the facts are put
        # together again without it: fewer corrections each time round, so this ends.
        kept = [c for c in applied if "registry:practitioner:" + c.practitioner not in gone]
        if len(kept) == len(applied):
            return [Line(place, now[place], tuple(changes.get(place, ()))) for place in left]
        applied = kept


def _cut(facts: Sequence[Fact], as_of: datetime | None, as_known_at: datetime | None) -> tuple[list[int], set[str]]:
    """The places of what is left, corrections not among it, and the ids that nothing introduces any more."""
    left = [place for place, fact in enumerate(facts) if type(fact) is not EntryCorrected]
    if as_of is None and as_known_at is None:
        return left, set()
    introduced = {key for place in left if (key := introduces(facts[place])) is not None}
    left = [
        place
        for place in left
        if (as_of is None or facts[place].at <= as_of)
        and (as_known_at is None or recorded(facts[place]) <= as_known_at)
    ]
    gone: set[str] = set()
    while True:
        # Only what the whole journal knew can be cut away: a stay that no line ever introduced is no reference cut.
        missing = introduced - {key for place in left if (key := introduces(facts[place])) is not None}
        if missing == gone:
            return left, gone
        gone = missing
        left = [place for place in left if not any(key in gone for key in references(facts[place]))]


def references(fact: Fact) -> Iterable[str]:
    """The subjects that a line refers to, as `ledger.treatment.subjects` names them."""
    for field, subject in _REFERS[type(fact)]:
        value = getattr(fact, field)
        if isinstance(value, list):
            for one in value:
                yield subject + one
        elif value is not None:
            yield subject + value
