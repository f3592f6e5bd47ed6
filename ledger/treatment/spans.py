"""What begins and ends: it ends once, and not before it began. Sessions, stays, episodes, inspections, keys."""

from ledger.treatment.facts import Fact
from ledger.treatment.refusal import refuse
from ledger.treatment.state import State
from ledger.treatment.subjects import subject_field


def check_ends_once(after: State, fact: Fact, ended: str) -> None:
    """No other fact of this type stands in the subject. `ended` is the past participle for the message."""
    for line in after.now:
        if type(line) is type(fact) and line is not fact:
            name = name_of(fact)
            refuse(name[0], f"{name[1]} was already {ended} at {line.at.isoformat()}, expected this once")


def check_not_before_opening(after: State, fact: Fact, began: str) -> None:
    """The fact is not dated before what it ends began; the same instant is possible, if strange."""
    opening = after.now[0]
    if fact.at < opening.at:
        refuse(
            "at",
            f"{fact.at.isoformat()} is before {name_of(fact)[1]} was {began} at {opening.at.isoformat()}, "
            "expected that instant or a later one",
        )


def name_of(fact: Fact) -> tuple[str, str]:
    """The field that names the fact's subject, and the words for it: `session 'S1'`."""
    field = subject_field(type(fact)) or "type"
    return field, f"{field.replace('_', ' ')} {getattr(fact, field)!r}"
