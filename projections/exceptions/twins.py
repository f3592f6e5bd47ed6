"""Two for one on the same day: items that exclude one another, and one item at two institutions."""

from collections.abc import Iterator
from operator import attrgetter

from projections.exceptions.exceptional import Exceptional, Observed, Question, Source
from projections.exceptions.limits import Limits
from projections.exceptions.performed import Performed
from projections.exceptions.runs import grouped
from projections.exceptions.seen import Seen
from projections.said import Said, named
from projections.said import acts as acts_said

TWINS = Question(
    "twin-items",
    Said("同日互斥项目", "items that exclude one another on one day"),
    Source("附件1 第2项", "与运动疗法同时使用时只支付其中1项"),
)
HOUSES = Question(
    "item-at-two-institutions",
    Said("同日两家机构做同一项目", "one item at two institutions on one day"),
    Source("二.3", "防止基金浪费和治疗过度"),
)


def twin_items(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """A patient gets, on one natural day, items that exclude one another (`Limits.twins`; sub-items as their item).

    May be innocent: one in the morning and another in the afternoon for different deficits; a reading allows it when
    they do not overlap. Look at: whether both were charged to the fund, and whether it was one training under two
    names.
    """
    sides = [side for pair in limits.twins for side in pair]
    for patient, acts in seen.by_patient.items():
        touched = [act for act in acts if any(_base(act) in side for side in sides)]
        for day, of_day in grouped(touched, attrgetter("act.day")).items():
            for one, other in limits.twins:
                both = [act for act in of_day if _base(act) in one or _base(act) in other]
                if {_base(act) for act in both} & one and {_base(act) for act in both} & other:
                    items = tuple(dict.fromkeys(act.item for act in both))
                    what = Said(
                        f"患者 {patient} {day} 同日做 {named(items).zh}",
                        f"patient {patient} gets {named(items).en} on {day}",
                    )
                    evidence: Observed = {"day": str(day), "items": items}
                    yield TWINS.about(both, what + acts_said(act.id for act in both), evidence)


def item_at_two_institutions(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """A patient gets one item on one natural day at two institutions; sub-items count as their item.

    May be innocent: a transfer in the course of the day, a laboratory of another house. Look at: the way between the
    two, and whether each knew of the other.
    """
    for patient, acts in seen.by_patient.items():
        for (day, item), same in grouped(acts, lambda act: (act.act.day, _base(act))).items():
            houses = tuple(dict.fromkeys(act.institution for act in same))
            if len(houses) > 1:
                what = Said(
                    f"患者 {patient} {day} 在 {named(houses).zh} 均做 {item}",
                    f"patient {patient} gets {item} on {day} at {named(houses).en}",
                )
                evidence: Observed = {"day": str(day), "item": item, "institutions": houses}
                yield HOUSES.about(same, what + acts_said(act.id for act in same), evidence)


def _base(act: Performed) -> str:
    """The item that a sub-item is part of: `exercise-therapy/strength` is `exercise-therapy`."""
    return act.item.split("/")[0]
