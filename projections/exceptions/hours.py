"""How long a therapist treated on one natural day: more than a day has, or more than a shift.

What counts is the time of the sessions: those of a group once, individual ones each for itself, since that is what they
are charged as. Time past midnight counts on its own day. A session that alone is longer than a day is asked about by
itself and left out of the sums.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from ledger.treatment.values import HOME
from projections.exceptions.exceptional import Exceptional, Question, Source
from projections.exceptions.limits import Limits
from projections.exceptions.overlaps import minutes_of
from projections.exceptions.performed import Performed
from projections.exceptions.runs import grouped
from projections.exceptions.seen import Seen
from projections.said import Said, amount
from projections.said import acts as acts_said

_TIMES = Source("二.4", "逐项登记治疗时间、部位、方法、疗效、治疗医师等信息，确保治疗过程的真实性、有效性和完整性")

DAY = Question("more-than-24-hours", Said("一日治疗超过24小时", "more than 24 hours of sessions a day"), _TIMES)
SHIFT = Question("longer-than-shift", Said("一日治疗超过班次时长", "more sessions than a shift holds"), _TIMES)


class _Piece(NamedTuple):
    """The part of a session that lies on one day."""

    act: Performed
    begin: datetime
    end: datetime


def more_than_24_hours(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """A therapist's sessions of one day come to more than 24 hours, or one session alone does.

    May be innocent: a stop on the wrong date, or one noted when the system was closed; a group whose sessions are all
    noted as individual. Look at: the longest of the sessions first, then at who else was on duty.
    """
    for therapist, sessions in seen.by_therapist.items():
        for act in sessions:
            if act.end is not None and act.end - act.at > limits.day:
                minutes = minutes_of([act.end - act.at])
                what = Said(
                    f"治疗师 {therapist} 的治疗 {act.id} 登记为 {minutes} 分钟，超过一日",
                    f"session {act.id} of therapist {therapist} is recorded as {minutes} minutes, more than a day",
                )
                yield DAY.about([act], what, {"minutes": minutes, "limit_minutes": minutes_of([limits.day])})
        yield from _longer(therapist, sessions, limits, DAY, limits.day, None)


def longer_than_shift(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """A therapist's sessions of one day come to more than a shift, and to no more than 24 hours.

    May be innocent: overtime in a week of short staff, a stop noted late, a group noted as individual sessions, two
    shifts at two institutions. Look at: the duty roster, and whether the sessions follow each other without a break.
    """
    for therapist, sessions in seen.by_therapist.items():
        yield from _longer(therapist, sessions, limits, SHIFT, limits.shift, limits.day)


def _longer(
    therapist: str,
    sessions: Iterable[Performed],
    limits: Limits,
    question: Question,
    least: timedelta,
    most: timedelta | None,
) -> Iterator[Exceptional]:
    """The days on which the time is more than `least` and, if given, no more than `most`."""
    pieces = (piece for act in sessions for piece in _pieces(act, limits.day))
    for day, parts in grouped(pieces, lambda piece: piece.begin.date()).items():
        treated = _time(parts)
        if treated > least and (most is None or treated <= most):
            minutes = minutes_of([treated])
            acts = [piece.act for piece in parts]
            what = Said(
                f"治疗师 {therapist} {day} 的 {len(parts)} 次治疗共 {minutes} 分钟",
                f"therapist {therapist} on {day}: {minutes} minutes in {amount(len(parts), 'session').en}",
            )
            yield question.about(
                acts,
                what + acts_said(act.id for act in acts),
                {"day": str(day), "minutes": minutes, "limit_minutes": minutes_of([least]), "sessions": len(parts)},
                begin=min(piece.begin for piece in parts),
                end=max(piece.end for piece in parts),
            )


def _pieces(act: Performed, longest: timedelta) -> Iterator[_Piece]:
    """The session, cut at midnight; one longer than a day is none of a day's sessions."""
    if act.end is None or act.end - act.at > longest:
        return
    begin = act.at
    while begin.date() < act.end.date():
        midnight = _midnight_after(begin.date())
        yield _Piece(act, begin, midnight)
        begin = midnight
    if begin < act.end:
        yield _Piece(act, begin, act.end)


def _midnight_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(1), time(), HOME)


def _time(parts: Iterable[_Piece]) -> timedelta:
    """The time of individual sessions, each for itself, and that of groups, each group once."""
    total = timedelta()
    open_until: dict[tuple[str, str], datetime] = {}
    for act, begin, end in parts:  # in order of their begin
        if act.is_group:
            room = act.institution, act.item
            since = max(begin, open_until.get(room, begin))
            open_until[room] = max(end, since)
            total += max(end - since, timedelta())
        else:
            total += end - begin
    return total
