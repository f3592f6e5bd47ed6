"""The lines of one session — start, stop, signature, fee — and the ways in which a real record of one goes wrong.

Clauses: `spec/rules.md`, table `record.*`.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from api.demo import corrections
from api.demo.chart import Chart
from api.demo.staff import Person
from api.demo.texts import EFFECTS, REMARKS, RETRO_REMARK, WRONG_EFFECT
from api.demo.treatments import TREATMENTS
from api.demo.visit import Place, Slip
from api.demo.workdays import instant
from ledger.treatment.facts import FeeConfirmed, SessionSigned, SessionStarted, SessionStopped, SessionVoided
from ledger.treatment.values import Mode

FLAWS: dict[str, tuple[str, ...]] = {
    "unsigned": ("record.signed",),
    "signed-by-another": ("record.signed",),
    "signed-too-early": ("record.signed",),
    "not-stopped": ("record.stopped",),
    "stopped-at-start": ("record.stopped",),
    "voided": ("record.voided",),
    "broken-off": ("record.voided", "record.stopped", "record.signed"),
}
_MINUTE = timedelta(minutes=1)
_SLIP_SHARE = 0.004  # sessions with a slip of the pen that is corrected later
_RETRO_SHARE = 0.01  # sessions written down the next morning


class Session(NamedTuple):
    """What is to be written. `flaw` is one of FLAWS or "". `sound`: nothing is planted, so the pen may slip."""

    id: str
    slip: Slip
    place: Place
    therapist: Person
    start: datetime
    mode: Mode
    flaw: str
    sound: bool
    effect: str | None


class Written(NamedTuple):
    """What the pen writes, rightly or not, and when it is recorded (None: at once)."""

    therapist: str
    stop: datetime
    effect: str
    recorded_at: datetime | None = None


def write_session(chart: Chart, session: Session) -> int:
    """Appends the lines of a session to the record; what the fund paid for it, in fen."""
    write, dice, flaw = chart.scene.facts.append, chart.scene.dice, session.flaw
    treatment, start = TREATMENTS[session.slip.slug], session.start
    stop = start if flaw == "stopped-at-start" else start + timedelta(seconds=treatment.minutes * 60 + dice.below(240))
    signed_at = stop + timedelta(seconds=20 + dice.below(140))
    pen = _pen(chart, session, stop)
    write(
        SessionStarted(
            at=start,
            recorded_at=pen.recorded_at,
            session=session.id,
            patient=chart.id,
            prescription=session.slip.sheet,
            order=session.slip.order,
            therapist=pen.therapist,
            institution=session.place.institution.id,
            setting=session.place.setting,
            mode=session.mode,
            stay=session.place.stay,
        )
    )
    if flaw == "broken-off":
        write(SessionVoided(at=start + 4 * _MINUTE, session=session.id, reason="患者头晕，治疗未进行"))
        return 0
    if flaw != "not-stopped":
        remark = RETRO_REMARK if pen.recorded_at else dice.pick(REMARKS) if dice.chance(0.05) else None
        write(
            SessionStopped(
                at=pen.stop,
                recorded_at=pen.recorded_at,
                id=f"stop/{session.id}" if pen.stop != stop else None,
                session=session.id,
                effect=pen.effect,
                remark=remark,
            )
        )
    if flaw != "unsigned":
        signer = _colleague(chart, session) if flaw == "signed-by-another" else session.therapist.id
        at = start + 10 * _MINUTE if flaw == "signed-too-early" else signed_at
        write(SessionSigned(at=at, recorded_at=pen.recorded_at, session=session.id, practitioner=signer))
    if flaw == "voided":
        write(SessionVoided(at=signed_at + 5 * _MINUTE, session=session.id, reason="录入错误，患者当日未到"))
        return 0
    fund = treatment.fee_fen * 85 // 100
    write(FeeConfirmed(at=stop + 6 * _MINUTE, act=session.id, amount_fen=treatment.fee_fen, fund_fen=fund))
    return fund


def _pen(chart: Chart, session: Session, stop: datetime) -> Written:
    """Therapist, stop and effect as first written; where one of them is wrong it is corrected later."""
    dice, start, right = chart.scene.dice, session.start, session.therapist.id
    effect = dice.pick(EFFECTS[TREATMENTS[session.slip.slug].group]) if session.effect is None else session.effect
    if session.sound and dice.chance(_SLIP_SHARE):
        kind = dice.below(3)
        if kind == 0:
            wrong = _colleague(chart, session)
            corrections.correct_therapist(chart, session.id, wrong, right, start)
            return Written(wrong, stop, effect)
        if kind == 1:
            corrections.correct_stop(chart, session.id, start, stop, right)
            return Written(right, start, effect)
        corrections.correct_effect(chart, session.id, WRONG_EFFECT, effect, right, start)
        return Written(right, stop, WRONG_EFFECT)
    if session.sound and dice.chance(_RETRO_SHARE):
        return Written(right, stop, effect, instant(start.date() + timedelta(days=1), 490, dice.below(60)))
    return Written(right, stop, effect)


def _colleague(chart: Chart, session: Session) -> str:
    """Somebody else of the house who is qualified."""
    team = chart.scene.assessors(session.place.institution.id)
    return next(person.id for person in team if person.id != session.therapist.id)
