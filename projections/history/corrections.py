"""Corrections applied: what the facts say once every `EntryCorrected` that is known has had its word.

Nothing is edited or deleted: the log keeps the line and its corrections, and this module puts the two together for
whoever asks what is true now. Putting together and cutting off are two questions; this is the first. Which line a
correction means, and how the line reads then, is said by `ledger.treatment` alone, which decided it at the door: here
the facts are only grouped by subject, and each subject is folded as it was there.

Source: spec/journal.md, "Corrections".
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from ledger.treatment.facts import EntryCorrected, Fact
from ledger.treatment.refusal import Refusal
from ledger.treatment.state import evolve, fold, order_of
from ledger.treatment.subjects import ABOUT, resolver, subject_of


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One field of one line, from what to what, since when it is known, by whom and why."""

    field: str
    old: Any
    new: Any
    at: datetime
    recorded_at: datetime
    practitioner: str
    reason: str


def recorded(fact: Fact) -> datetime:
    """When the source system wrote the line down: `recorded_at`, or `at` where it says nothing else."""
    return fact.recorded_at or fact.at


def corrected(
    facts: Sequence[Fact], corrections: Sequence[EntryCorrected]
) -> tuple[list[Fact], dict[int, list[Change]]]:
    """The facts with the given corrections applied, and what was changed, by place in `facts`.

    Corrections apply in order of `at` (ties as given). The facts may be a part of a journal: a correction whose
    target is not among them changes nothing.
    """
    result = list(facts)
    changes: dict[int, list[Change]] = {}
    if not corrections:
        return result, changes
    streams = _streams(facts, corrections)
    places = _places(facts, streams)
    for key, stream in streams.items():
        _correct(result, changes, key[0], places[key], stream)
    return result, changes


_Key = tuple[str, str | None]
"""A subject, and for what is only said about a thing (`about:`) the line's id, for there every line is on its own."""


def _streams(facts: Sequence[Fact], corrections: Iterable[EntryCorrected]) -> dict[_Key, list[EntryCorrected]]:
    """The corrections by what they concern; those that concern nothing here are left out."""
    ordered = sorted(corrections, key=lambda correction: correction.at)
    resolve = resolver(facts, (correction.target for correction in ordered))
    streams: dict[_Key, list[EntryCorrected]] = {}
    for correction in ordered:
        try:
            subject = subject_of(correction, resolve)
        except Refusal:
            continue
        streams.setdefault(_key(subject, correction.target), []).append(correction)
    return streams


def _places(facts: Sequence[Fact], keys: Iterable[_Key]) -> dict[_Key, list[int]]:
    """Where the lines of these streams stand, in the order in which a fold keeps them."""
    places: dict[_Key, list[int]] = {key: [] for key in keys}
    for place, fact in enumerate(facts):
        if type(fact) is not EntryCorrected:
            found = places.get(_key(subject_of(fact, _nothing), fact.id))
            if found is not None:
                found.append(place)
    for found in places.values():
        found.sort(key=lambda place: order_of(facts[place]))
    return places


def _correct(
    result: list[Fact],
    changes: dict[int, list[Change]],
    subject: str,
    places: Sequence[int],
    corrections: Iterable[EntryCorrected],
) -> None:
    """Fold one subject, with its lines in `result` and what changed them in `changes`."""
    state = fold(subject, [result[place] for place in places])
    for correction in corrections:
        try:
            after = evolve(state, correction)
        except Refusal:  # of a part of a journal only: the line that it means is not here
            continue
        for place, before, now in zip(places, state.now, after.now, strict=True):
            if now is not before:
                result[place] = now
                changes.setdefault(place, []).append(_change(correction))
        state = after


def _change(correction: EntryCorrected) -> Change:
    return Change(
        field=correction.field,
        old=correction.old,
        new=correction.new,
        at=correction.at,
        recorded_at=recorded(correction),
        practitioner=correction.practitioner,
        reason=correction.reason,
    )


def _key(subject: str, line_id: str | None) -> _Key:
    return subject, line_id if subject.startswith(ABOUT) else None


def _nothing(target: str) -> Sequence[Fact]:
    return ()
