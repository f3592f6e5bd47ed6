"""The mistakes that a chart is given after its courses, in turn, so that every kind occurs.

A mistake is a function that looks for a place in the chart where it breaks exactly the clauses it says, writes it
there, and answers whether it found one.
"""

from collections.abc import Callable

from api.demo.chart import Chart
from api.demo.mistakes import days, exceptions, indications, intervals, people, sheets

Mistake = Callable[[Chart], bool]

# Those that fit few charts are tried on every chart, in this share of the cases.
_RARE: tuple[tuple[Mistake, float], ...] = (
    (people.not_qualified_that_day, 0.7),
    (people.treated_on, 0.7),
    (intervals.fourth_in_stay, 0.3),
    (intervals.third_in_episode, 0.5),
    (exceptions.by_somebody_who_left, 0.8),
    (exceptions.after_closing, 0.8),
    (indications.no_training_about, 0.5),
    (indications.no_child, 0.1),
    (sheets.anothers_sheet, 0.3),
    (people.after_discharge, 0.3),
)
_USUAL: tuple[Mistake, ...] = (
    days.one_too_many,
    days.twin_trainings,
    days.twin_balances,
    days.second_in_month,
    intervals.too_soon,
    intervals.too_few_assessors,
    intervals.by_a_nurse,
    intervals.by_nobody,
    intervals.assessment_voided,
    sheets.expired,
    sheets.stopped,
    sheets.written_afterwards,
    sheets.more_than_ordered,
    sheets.prescribed_by_another,
    people.treated_by_a_nurse,
    indications.not_indicated,
    indications.examined_without_reason,
    exceptions.in_two_places,
    exceptions.without_effect,
)


def plant(chart: Chart, usual: int) -> None:
    """Of the rare mistakes that fit a share, and `usual` of the others, beginning anywhere."""
    for mistake, share in _RARE:
        if chart.scene.dice.chance(share):
            mistake(chart)
    start = chart.scene.dice.below(len(_USUAL))
    for step in range(len(_USUAL)):
        if usual and _USUAL[(start + step * 5) % len(_USUAL)](chart):  # 5 shares no divisor with their number, 19
            usual -= 1
