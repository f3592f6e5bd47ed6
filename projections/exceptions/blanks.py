"""What was left blank though the notice asks for it: site and method of an order, effect of a session.

No clause asks for these. A blank is told once for an order; of effects once for a session.
"""

from collections.abc import Iterator

from projections.exceptions.exceptional import Exceptional, Observed, Question, Source
from projections.exceptions.limits import Limits
from projections.exceptions.performed import Performed
from projections.exceptions.runs import grouped
from projections.exceptions.seen import Seen
from projections.said import Said, amount
from projections.said import acts as acts_said

_ITEMIZED = Source("二.4", "逐项登记治疗时间、部位、方法、疗效、治疗医师等信息")

SITE = Question("empty-site", Said("部位未填写", "empty site"), _ITEMIZED)
METHOD = Question("empty-method", Said("方法未填写", "empty method"), _ITEMIZED)
EFFECT = Question("empty-effect", Said("疗效未填写", "empty effect"), _ITEMIZED)


def empty_site(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """Sessions were performed on an order that names no site (部位).

    May be innocent: an item that has none (a training of speech, say). Look at: whether the institution leaves it out
    for every item.
    """
    yield from _blank_orders(seen, SITE, "site", Said("部位", "site"))


def empty_method(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """Sessions were performed on an order that names no method (方法).

    May be innocent: a method that goes without saying for the item. Look at: whether what was done can be told at all.
    """
    yield from _blank_orders(seen, METHOD, "method", Said("方法", "method"))


def empty_effect(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """A session was stopped without a word on its effect (疗效).

    May be innocent: a session that was broken off. Look at: whether the effect stands in the stage summary, and
    whether it is one therapist's habit.
    """
    for act in seen.sessions:
        if act.stopped is not None and not act.stopped.effect.strip():
            what = Said(f"治疗 {act.id} 未填写疗效", f"session {act.id} has no effect written down")
            yield EFFECT.about([act], what, {"field": "effect"})


def _blank_orders(seen: Seen, question: Question, field: str, name: Said) -> Iterator[Exceptional]:
    for (sheet, number), acts in grouped(seen.sessions, _order_of).items():
        orders = seen.sheets[sheet].orders if sheet in seen.sheets else []
        order = next((one for one in orders if one.order == number), None)
        if order is not None and not getattr(order, field).strip():
            what = Said(
                f"处方 {sheet} 医嘱 {number} 未填写{name.zh}，治疗 {len(acts)} 次",
                f"order {number} of sheet {sheet} names no {name.en}; {amount(len(acts), 'session').en}",
            )
            evidence: Observed = {"prescription": sheet, "order": number, "field": field, "sessions": len(acts)}
            yield question.about(acts, what + acts_said(act.id for act in acts), evidence)


def _order_of(act: Performed) -> tuple[str, str]:
    return act.started.prescription, act.started.order
