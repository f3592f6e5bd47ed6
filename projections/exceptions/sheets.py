"""Sessions that their prescription does not cover: none at all, one that is over or came afterwards, more than ordered.

`rules.record` decides what is covered; here it is told once for an order and a reason, and not once for a session.
"""

from collections.abc import Iterator
from operator import attrgetter

from ledger.treatment.values import at_home
from projections.exceptions.exceptional import Exceptional, Observed, Question, Source
from projections.exceptions.limits import Limits
from projections.exceptions.performed import Performed
from projections.exceptions.runs import grouped
from projections.exceptions.seen import Seen
from projections.said import Said, amount
from projections.said import acts as acts_said

_ORDER = Source("附件2", "医嘱编号项目部位方法时间频次次数")

NONE = Question("no-prescription", Said("无处方治疗", "no prescription"), _ORDER)
EXPIRED = Question("expired-prescription", Said("处方已停止或失效", "prescription stopped or expired"), _ORDER)
BACK_DATED = Question("prescription-back-dated", Said("事后补开处方", "prescription written afterwards"), _ORDER)
MORE = Question("more-than-ordered", Said("超出医嘱次数", "more than ordered"), Source("附件2", "频次次数"))

_SAID = {
    "no such order": Said("处方上没有该医嘱", "no such order is on the sheet"),
    "of another patient": Said("处方属于另一患者", "the sheet is another patient's"),
    "issued after the start": Said("处方开具于治疗开始之后", "the sheet was issued after the start"),
    "stopped": Said("医嘱已停止", "the order was stopped"),
    "past valid_until": Said("处方已过有效期", "the sheet was no longer valid"),
}
_OVER = ("stopped", "past valid_until")


def no_prescription(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """Sessions on no order, on another patient's, or on one issued after the start: `record.prescription` fails for
    this.

    May be innocent: an order given by word of mouth and written down afterwards, a wrong sheet chosen on the screen.
    Look at: how long afterwards, and whether a sheet of the patient's own would have covered the session.
    """
    yield from _uncovered(seen, NONE, over=False)


def expired_prescription(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """Sessions on an order that was stopped, or whose last day was past: `record.prescription` fails for this.

    May be innocent: a new sheet that was written, while the old one stayed on the screen. Look at: whether there is
    one, and why an order was stopped.
    """
    yield from _uncovered(seen, EXPIRED, over=True)


def prescription_back_dated(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """A sheet claims to be older than sessions that began more than `late_days` natural days before it was written
    down.

    May be innocent: an order given by word of mouth, a failure of the system, a paper sheet typed in. Look at: the
    paper, and whether the orders follow what was done instead of the other way round.
    """
    for sheet_id, sessions in grouped(seen.sessions, attrgetter("started.prescription")).items():
        sheet = seen.sheets.get(sheet_id)
        if sheet is None or sheet.recorded_at is None:
            continue
        written = at_home(sheet.recorded_at)
        early = [
            act for act in sessions if sheet.at <= act.at and (written.date() - act.act.day).days > limits.late_days
        ]
        if early:
            days = (written.date() - early[0].act.day).days
            what = Said(
                f"处方 {sheet_id} 登记于 {written.date()}，而其 {len(early)} 次治疗最早在 {days} 天前",
                f"sheet {sheet_id} was written down on {written.date()}, "
                f"{amount(days, 'day').en} after the first of {amount(len(early), 'session').en} on it",
            )
            yield BACK_DATED.about(
                early,
                what + acts_said(act.id for act in early),
                {
                    "prescription": sheet_id, "claimed": at_home(sheet.at).isoformat(), "written": written.isoformat(),
                    "days": days, "limit_days": limits.late_days,
                },
                end=max(written, *(act.end or act.at for act in early)),
                practitioners=(sheet.physician, *(act.therapist for act in early)),
            )  # fmt: skip


def more_than_ordered(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """More sessions were performed on an order than its `times`; the acts are those beyond, by start.

    May be innocent: a number on the sheet that means days, or each of two sides. Look at: frequency and number of the
    order beside the days treated.
    """
    for (sheet, number), sessions in grouped(seen.sessions, _order_of).items():
        order = seen.evidence.orders.get(sheet, {}).get(number)
        if order is None or order.times is None or len(sessions) <= order.times:
            continue
        beyond = sessions[order.times :]
        what = Said(
            f"处方 {sheet} 医嘱 {number} 开具 {order.times} 次，实施 {len(sessions)} 次",
            f"order {number} of sheet {sheet} is for {amount(order.times, 'session').en}, performed: {len(sessions)}",
        )
        yield MORE.about(
            beyond,
            what + acts_said(act.id for act in beyond),
            {"prescription": sheet, "order": number, "times": order.times, "performed": len(sessions)},
        )


def _uncovered(seen: Seen, question: Question, *, over: bool) -> Iterator[Exceptional]:
    """The sessions that `record.prescription` finds fault with, by order and problem: those of orders that are over, or
    the others.
    """
    faulty: dict[tuple[str, str, str], list[Performed]] = {}
    for act, failed in seen.failing:
        finding = failed.get("record.prescription")
        problem = str((finding.observed or {})["prescription"]) if finding is not None else None
        if problem is not None and (problem in _OVER) is over:
            faulty.setdefault((*_order_of(act), problem), []).append(act)
    for (sheet, number, problem), acts in faulty.items():
        what = Said(
            f"处方 {sheet} 医嘱 {number} 的 {len(acts)} 次治疗：{_SAID[problem].zh}",
            f"{amount(len(acts), 'session').en} on order {number} of sheet {sheet}: {_SAID[problem].en}",
        )
        evidence: Observed = {
            "prescription": sheet, "order": number, "problem": problem, "sessions": len(acts),
        }  # fmt: skip
        issued = seen.sheets.get(sheet)
        order = seen.evidence.orders.get(sheet, {}).get(number)
        if issued is not None:
            evidence |= {"issued": at_home(issued.at).isoformat(), "sheet_of": issued.patient}
            if issued.valid_until is not None:
                evidence["valid_until"] = str(issued.valid_until)
        if order is not None and order.stopped is not None:
            evidence["stopped"] = at_home(order.stopped).isoformat()
        yield question.about(acts, what + acts_said(act.id for act in acts), evidence)


def _order_of(act: Performed) -> tuple[str, str]:
    return act.started.prescription, act.started.order
