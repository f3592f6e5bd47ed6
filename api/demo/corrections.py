"""Slips of the pen and their corrections: the wrong therapist, a stop typed at the start, an effect, a birthday.

Every correction keeps the acceptance rules of `spec/journal.md`: `old` is what stood before, the target is a session
or a line's own id, voided acts are left alone, and a wrong correction is mended by another.
"""

from datetime import date, datetime, timedelta

import msgspec

from api.demo.chart import Chart
from api.demo.workdays import instant, next_workday
from ledger.treatment.facts import EntryCorrected


def correct_therapist(chart: Chart, session: str, wrong: str, right: str, start: datetime) -> None:
    """The start names a colleague; the one who treated signs, and has it corrected."""
    _correct(chart, session, "therapist", wrong, right, "录入时误选治疗师", right, start)


def correct_stop(chart: Chart, session: str, wrong: datetime, right: datetime, practitioner: str) -> None:
    """The stop was typed at the very start: the line's own `id` is the target, `at` the field."""
    _correct(chart, f"stop/{session}", "at", _spelled(wrong), _spelled(right), "结束时间录入错误", practitioner, wrong)


def correct_effect(chart: Chart, session: str, wrong: str, right: str, practitioner: str, start: datetime) -> None:
    """An effect of another patient; one time in three the correction itself is wrong first, and mended."""
    dice = chart.scene.dice
    if dice.chance(0.34):
        _correct(chart, session, "effect", wrong, "训练后疼痛", "疗效误录为他人记录", practitioner, start)
        _correct(chart, session, "effect", "训练后疼痛", right, "更正有误，再次更正", practitioner, start, days=15)
    else:
        _correct(chart, session, "effect", wrong, right, "疗效误录为他人记录", practitioner, start)


def correct_birthday(chart: Chart, institution: str, wrong: date, opened: datetime, practitioner: str) -> None:
    """The file has a wrong birthday; corrected in one file it is corrected in all."""
    target = f"file/{chart.id}/{institution}"
    _correct(
        chart, target, "born", wrong.isoformat(), chart.born.isoformat(), "与身份证件核对后更正", practitioner, opened
    )


def correct_remark(chart: Chart, sheet: str, remark: str, practitioner: str, issued: datetime) -> None:
    """A remark that the sheet left out: the old value is null."""
    _correct(chart, sheet, "remark", None, remark, "补充注意事项", practitioner, issued)


def _correct(
    chart: Chart,
    target: str,
    field: str,
    old: object,
    new: object,
    reason: str,
    practitioner: str,
    wrong_at: datetime,
    days: int = 1,
) -> None:
    """One correction, on the first working day so many days after; known, now and then, only hours later."""
    dice = chart.scene.dice
    at = instant(next_workday(wrong_at.date() + timedelta(days=days)), 510 + dice.below(30), dice.below(60))
    late = at + timedelta(hours=2) if dice.chance(0.3) else None
    chart.scene.facts.append(
        EntryCorrected(
            at=at,
            recorded_at=late,
            id=f"fix/{target}/{field}/{days}",
            target=target,
            field=field,
            old=old,
            new=new,
            reason=reason,
            practitioner=practitioner,
        )
    )


def _spelled(instant_: datetime) -> str:
    """An instant as the journal spells it."""
    return str(msgspec.to_builtins(instant_))
