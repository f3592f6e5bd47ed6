"""When lines were written down, against when they claim to have happened.

Three times are known of a line: `at`, as claimed; `recorded_at`, as the source system says; and the time at which the
ledger took it in, which nobody can choose. Looked at are the start, stop and signature of a session, and an assessment
with its signatures; each act once, by the line that is furthest off.

A line whose `at` was corrected is left out: its new time stands in the log with who changed it, when and why.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from ledger.treatment.values import at_home
from projections.exceptions.exceptional import Exceptional, Observed, Question, Source
from projections.exceptions.limits import Limits
from projections.exceptions.performed import Line, Performed
from projections.exceptions.runs import grouped
from projections.exceptions.seen import Seen
from projections.rules.decision import NOT_RECORDED
from projections.said import Said, amount
from projections.said import acts as acts_said

_TIMELY = Source("一", "提高治疗记录工作的真实性与时效性")

BACK_DATED = Question("back-dated", Said("事后补录", "written down days later"), _TIMELY)
APPENDED_LATE = Question("appended-late", Said("入账滞后", "taken into the ledger days later"), _TIMELY)
AHEAD = Question("written-ahead", Said("提前登记", "written down before it happened"), _TIMELY)


_LINES = {
    "SessionStarted": Said("开始", "start"),
    "SessionStopped": Said("结束", "stop"),
    "SessionSigned": Said("签名", "signature"),
    "AssessmentRecorded": Said("评定", "record"),
    "AssessmentSigned": Said("签名", "signature"),
}


class _Late(NamedTuple):
    act: Performed
    line: Line
    written: datetime
    days: int


def back_dated(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """Acts that were written down more than `late_days` natural days after they are claimed to have happened.

    One exception for a therapist (of an assessment: the first assessor), an institution and a day of writing: what
    was made up at one sitting stands together.

    May be innocent: a failure of the system, a long weekend, treatment at home noted on return, a paper record typed
    in. Look at: whether there is paper, and whether the times agree with where the patient and the therapist were.
    """
    for (who, house, day), late in _sittings(seen, limits, _recorded).items():
        most = max(one.days for one in late)
        what = Said(
            f"{_named(who).zh} 于 {day} 在 {house} 补录 {len(late)} 次，最早的为 {most} 天前",
            f"{amount(len(late), None).en} by {_named(who).en} at {house}, written down on {day}, "
            f"up to {amount(most, 'day').en} later",
        )
        yield _told(BACK_DATED, late, what, {"written_on": day, "days": most, "limit_days": limits.late_days})


def appended_late(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """Acts that the source system says it wrote down in time, and that the ledger took in days later.

    What `back_dated` tells is left out. One exception for a therapist, an institution and a day of taking in.

    May be innocent: history handed in when an institution joined, a nightly or monthly transfer. For such acts nothing
    but the source's own word says when they were written. Look at: whether the institution hands in late as a rule.
    """
    for (who, house, day), late in _sittings(seen, limits, _appended).items():
        most = max(one.days for one in late)
        what = Said(
            f"{_named(who).zh} 在 {house} 的 {len(late)} 次记录于 {day} 入账，最早的为 {most} 天前",
            f"{amount(len(late), None).en} by {_named(who).en} at {house}, taken into the ledger on {day}, "
            f"up to {amount(most, 'day').en} later",
        )
        yield _told(APPENDED_LATE, late, what, {"taken_in_on": day, "days": most, "limit_days": limits.late_days})


def written_ahead(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """A line was written down, or taken in by the ledger, before it is claimed to have happened.

    May be innocent: a clock that runs ahead. Look at: whether stops and signatures are prepared beforehand.
    """
    for act in seen.acts:
        ahead = [
            (line.fact.at - known, line, known)
            for line in act.lines
            if not line.entry.moved
            for known in [_known(line)]
            if line.fact.at - known > limits.ahead
        ]
        if ahead:
            most, line, known = max(ahead, key=lambda one: (one[0], type(one[1].fact).__name__))
            minutes = most // timedelta(minutes=1)
            kind = type(line.fact).__name__
            said = _LINES[kind]
            what = Said(
                f"{act.id} 的{said.zh}在其声称时间之前 {minutes} 分钟已登记",
                f"the {said.en} of {act.id} was written down {minutes} minutes before it is claimed to have happened",
            )
            evidence: Observed = {
                "line": kind,
                "claimed": at_home(line.fact.at).isoformat(),
                "written": at_home(known).isoformat(),
                "minutes": minutes,
                "tolerated_minutes": limits.ahead // timedelta(minutes=1),
            }
            yield AHEAD.about([act], what, evidence, begin=at_home(known), end=at_home(line.fact.at))


def _known(line: Line) -> datetime:
    """The earliest moment at which the line is known to have been there."""
    appended = line.entry.appended_at
    return line.written if appended is None else min(line.written, appended)


def _recorded(line: Line, limits: Limits) -> datetime | None:
    """When the line was written down, if that was too late."""
    if line.fact.recorded_at is None or line.entry.moved:
        return None
    return line.written if _days_late(line, line.written) > limits.late_days else None


def _appended(line: Line, limits: Limits) -> datetime | None:
    """When the ledger took the line in, if that was too late and the source says that it was not."""
    appended = line.entry.appended_at
    if appended is None or line.entry.moved or _recorded(line, limits) is not None:
        return None
    return appended if _days_late(line, appended) > limits.late_days else None


def _days_late(line: Line, written: datetime) -> int:
    return (at_home(written).date() - at_home(line.fact.at).date()).days


def _sittings(
    seen: Seen, limits: Limits, when: Callable[[Line, Limits], datetime | None]
) -> dict[tuple[str, str, str], list[_Late]]:
    """Late acts by who, where and the day of writing."""
    late: list[_Late] = []
    for act in seen.acts:
        lines = [(_days_late(line, at), at, line) for line in act.lines if (at := when(line, limits)) is not None]
        if lines:
            days, at, line = max(lines, key=lambda one: (one[0], one[1], type(one[2].fact).__name__))
            late.append(_Late(act, line, at_home(at), days))
    return grouped(
        late, lambda one: (one.act.staff[0] if one.act.staff else NOT_RECORDED, one.act.institution, _day(one))
    )


def _named(who: str) -> Said:
    """Who gave the acts; some have nobody on record."""
    return Said("（未记人员）", "nobody on record") if who == NOT_RECORDED else Said(who, who)


def _day(late: _Late) -> str:
    return str(late.written.date())


def _told(question: Question, late: list[_Late], what: Said, evidence: Observed) -> Exceptional:
    acts = [one.act for one in late]
    kinds = tuple(sorted({type(one.line.fact).__name__ for one in late}))
    return question.about(
        acts,
        what + acts_said(act.id for act in acts),
        evidence | {"acts": len(acts), "lines": kinds},
        end=max(one.written for one in late),
    )
