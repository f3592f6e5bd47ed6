"""What the district does about the planted mistakes: inspections, violations, refunds, appeals; and the rulebook.

The fines keep to the notice: 责令退回违规费用，并处违规费用的 2-5 倍罚款.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from api.demo.planted import Planted
from api.demo.scene import Scene
from api.demo.workdays import instant
from ledger.treatment.facts import (
    Fact,
    InspectionClosed,
    InspectionOpened,
    RefundOrdered,
    RulebookAdopted,
    ViolationAppealed,
    ViolationFound,
)

_OPENED = date(2021, 11, 8)
_MOST = 12  # violations that one inspection writes up


def rulebook_adopted(digest: str) -> Fact:
    """The rulebook of the notice, adopted on its day, in force from 2021."""
    adopted = instant(date(2020, 12, 24), 600)
    return RulebookAdopted(at=adopted, rulebook="shanghai-2017", digest=digest, effective_from=date(2021, 1, 1))


def inspections(scene: Scene) -> Iterator[Fact]:
    """An inspection of every institution in November, over the mistakes planted there before it."""
    for n, house in enumerate(scene.houses):
        inspection = f"{scene.prefix}J{n + 1}"
        opened = _OPENED + timedelta(days=n)
        yield InspectionOpened(
            at=instant(opened, 540),
            inspection=inspection,
            institution=house.id,
            reason="年度康复、中医治疗项目规范记录检查（虚构）",
        )
        found = _violations(scene.planted, house.id, opened)
        for minute, planted in enumerate(found):
            yield ViolationFound(
                at=instant(opened, 600 + 10 * minute),
                inspection=inspection,
                act=planted.act,
                clause=planted.denied_by[0],
                amount_fen=planted.fund_fen,
            )
        for planted in found[1:8:4]:
            yield ViolationAppealed(
                at=instant(opened + timedelta(days=3), 900),
                inspection=inspection,
                act=planted.act,
                text="治疗确已进行，纸质记录可查，请求复核。",
            )
        amount = sum(planted.fund_fen for planted in found)
        if amount:
            ordered = instant(opened + timedelta(days=9), 600)
            yield RefundOrdered(at=ordered, inspection=inspection, amount_fen=amount, fine_fen=amount * (2 + n % 4))
        yield InspectionClosed(at=instant(opened + timedelta(days=14), 990), inspection=inspection)


def _violations(planted: Sequence[Planted], institution: str, before: date) -> list[Planted]:
    """What the inspectors find: paid mistakes of that institution, from all over the list."""
    paid = [p for p in planted if p.institution == institution and p.denied_by and p.fund_fen and p.at.date() < before]
    return paid[:: max(1, len(paid) // _MOST)][:_MOST]
