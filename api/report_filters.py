"""What is told of a report's filter: an institution that there is not, days without acts."""

from datetime import date
from difflib import get_close_matches

from api.questions import Unknown
from projections.reports.question import Filter
from projections.said import NOTHING, Said

Days = tuple[date, date]
"""The first and the last day with acts."""
_NAMED = 12
"""Institutions named where one is asked for that there is not."""


def require_institution(asked: str, known: set[str]) -> None:
    """Raises Unknown, with the names most like it, for an institution that there is not."""
    if asked in known:
        return
    if not known:
        raise Unknown(f"no institution {asked}: none is known here yet")
    like = get_close_matches(asked.lower(), {name.lower() for name in known}, n=3)
    meant = sorted(name for name in known if name.lower() in like)
    if meant:
        raise Unknown(f"no institution {asked}; did you mean {' or '.join(meant)}?")
    some = sorted(known)
    more = f" and {len(some) - _NAMED} more" if len(some) > _NAMED else ""
    raise Unknown(f"no institution {asked}; there are {', '.join(some[:_NAMED])}{more}")


def nothing_in(within: Filter, days: Days | None) -> Said:
    """That the filter lets no act through; `days` are those of all acts, None where there are none."""
    if days is None:
        return Said("没有任何治疗记录，故各表皆空", "there are no acts at all, so there is nothing in the tables")
    asked, there = _said_days(within.first, within.last), _said_days(*days)
    if within.institution is not None:
        asked += Said(f"{within.institution} ", f" at {within.institution}")
    return Said(
        f"{asked.zh}没有治疗记录；现有记录均在{there.zh}", f"there are no acts{asked.en}; those there are lie{there.en}"
    )


def _said_days(first: date | None, last: date | None) -> Said:
    """Days as a sentence takes them in; nothing where all are meant."""
    if first is not None and last is not None:
        one = Said(f"{first} ", f" on {first}")
        return one if first == last else Said(f"{first} 至 {last} ", f" from {first} to {last}")
    if first is not None:
        return Said(f"{first} 起", f" from {first} on")
    return Said(f"{last} 及以前", f" up to {last}") if last is not None else NOTHING
