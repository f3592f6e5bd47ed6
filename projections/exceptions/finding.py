"""All exceptions by name, in an order worth reading, and asking them of a journal."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from ledger.treatment.facts import Fact
from projections.exceptions import (
    blanks,
    copying,
    courses,
    dating,
    hours,
    places,
    sheets,
    signing,
    staff,
    stays,
    twins,
)
from projections.exceptions.exceptional import Exceptional, Question
from projections.exceptions.limits import Limits
from projections.exceptions.performed import UNKNOWN, Entry
from projections.exceptions.seen import Seen
from projections.history.standing import standing

Finder = Callable[[Seen, Limits], Iterator[Exceptional]]

_ALL: tuple[tuple[Question, Finder], ...] = (
    # what cannot have been
    (places.THERAPIST, places.therapist_in_two_places),
    (places.ASSESSING, places.assessing_while_treating),
    (places.PATIENT, places.patient_in_two_places),
    (hours.DAY, hours.more_than_24_hours),
    (hours.SHIFT, hours.longer_than_shift),
    # who might not
    (staff.DEPARTED, staff.departed_staff),
    (staff.UNQUALIFIED, staff.unqualified_staff),
    (staff.PRESCRIBER, staff.unqualified_prescriber),
    (staff.INSTITUTION, staff.unqualified_institution),
    # without an order, or beyond it
    (sheets.NONE, sheets.no_prescription),
    (sheets.EXPIRED, sheets.expired_prescription),
    (sheets.BACK_DATED, sheets.prescription_back_dated),
    (sheets.MORE, sheets.more_than_ordered),
    (stays.OUTSIDE, stays.outside_stay),
    (courses.CLOSED, courses.after_closing),
    # charged as more than it was
    (places.GROUP, places.group_charged_as_individual),
    (twins.TWINS, twins.twin_items),
    (twins.HOUSES, twins.item_at_two_institutions),
    (courses.SPLIT, courses.split_episodes),
    (stays.SPLIT, stays.split_stays),
    # how it was written down
    (signing.BATCH, signing.batch_signing),
    (signing.EARLY, signing.signed_before_stop),
    (signing.BY_ANOTHER, signing.signed_by_another),
    (dating.AHEAD, dating.written_ahead),
    (dating.BACK_DATED, dating.back_dated),
    (dating.APPENDED_LATE, dating.appended_late),
    (copying.NOTES, copying.identical_notes),
    (copying.SCORES, copying.identical_scores),
    (copying.MINUTE, copying.same_minute_every_day),
    (blanks.SITE, blanks.empty_site),
    (blanks.METHOD, blanks.empty_method),
    (blanks.EFFECT, blanks.empty_effect),
)

EXCEPTIONS: Mapping[str, Finder] = {question.name: finder for question, finder in _ALL}
"""Name → the function that looks for it."""
QUESTIONS: Mapping[str, Question] = {question.name: question for question, _ in _ALL}
"""Name → heading, and the words of the notice that make one ask."""


class UnknownException(ValueError):
    """A name that no exception has."""


def find(
    facts: Sequence[Fact],
    limits: Limits | None = None,
    *,
    names: Iterable[str] | None = None,
    entries: Sequence[Entry] | None = None,
) -> list[Exceptional]:
    """What an auditor would look at in these facts, which stand as they are (`history.effective`).

    `names`: those to look for, all when left out; `entries`: what is known of each fact besides. In order of
    `EXCEPTIONS`, and within one by begin, end and acts, whatever the order of lines. Raises `UnknownException`.

    A line whose `at` was corrected looks as if written ahead of its time, unless its entry says that it was moved: of a
    journal with corrections ask `find_standing`.
    """
    chosen = _chosen(names)
    return find_in(Seen(facts, entries), limits, names=chosen)


def find_standing(
    journal: Sequence[Fact],
    limits: Limits | None = None,
    *,
    names: Iterable[str] | None = None,
    entries: Sequence[Entry] | None = None,
    as_of: datetime | None = None,
    as_known_at: datetime | None = None,
) -> list[Exceptional]:
    """The same of a journal with its corrections, as it stands at both times; `entries`: for each line of it."""
    chosen = _chosen(names)
    return find_in(seen_standing(journal, entries, as_of=as_of, as_known_at=as_known_at), limits, names=chosen)


def seen_standing(
    journal: Sequence[Fact],
    entries: Sequence[Entry] | None = None,
    *,
    as_of: datetime | None = None,
    as_known_at: datetime | None = None,
) -> Seen:
    """The index of a journal with its corrections, as it stands at both times; `entries`: for each line of it."""
    lines = standing(journal, as_of, as_known_at)
    known = []
    for line in lines:
        entry = entries[line.place] if entries is not None else UNKNOWN
        is_moved = any(change.field == "at" for change in line.changes)
        known.append(entry._replace(moved=True) if is_moved else entry)
    return Seen([line.fact for line in lines], known)


def find_in(seen: Seen, limits: Limits | None = None, *, names: Iterable[str] | None = None) -> list[Exceptional]:
    """The same, of an index that stands already."""
    limits = limits or Limits()
    found: list[Exceptional] = []
    for name in _chosen(names):
        found += sorted(EXCEPTIONS[name](seen, limits), key=_order)
    return found


def _chosen(names: Iterable[str] | None) -> list[str]:
    """The names in the order of `EXCEPTIONS`."""
    if names is None:
        return list(EXCEPTIONS)
    wanted = set(names)
    unknown = sorted(wanted - EXCEPTIONS.keys())
    if unknown:
        raise UnknownException(f"no exception {', '.join(unknown)}; there are {', '.join(EXCEPTIONS)}")
    return [name for name in EXCEPTIONS if name in wanted]


def _order(one: Exceptional) -> tuple[object, ...]:
    return one.begin, one.end, one.acts, one.patients, one.practitioners, one.what.en
