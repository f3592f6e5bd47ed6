"""The conditions of the invented patients, a function each: from the scene, the patient's number and its turn in the
condition (0 for the first patient who has it) to a chart.

All acts of a course are payable by construction, save those that it plants itself past a limit.
"""

from collections.abc import Callable

from api.demo.chart import Chart
from api.demo.conditions import bones, children, daily_living, over_a_year, stroke
from api.demo.scene import Scene

Condition = Callable[[Scene, int, int], Chart]

# How many of fifty patients have what.
_SHARES: tuple[tuple[Condition, int], ...] = (
    (stroke.ward, 6),
    (stroke.aphasia, 4),
    (stroke.dysphagia, 4),
    (over_a_year.over_a_year, 3),
    (bones.hip_fracture, 5),
    (bones.joints, 4),
    (bones.needles, 4),
    (daily_living.daily_living, 5),
    (daily_living.spinal_injury, 3),
    (daily_living.at_work, 2),
    (daily_living.home_bed, 3),
    (daily_living.by_internet, 1),
    (children.cerebral_palsy, 3),
    (children.impaired_hearing, 2),
    (children.suspected_autism, 1),
)
_TABLE: tuple[tuple[Condition, int, int], ...] = tuple(
    (condition, share, nth) for condition, share in _SHARES for nth in range(share)
)


def invent_patient(scene: Scene, number: int) -> Chart:
    """Patient `number` (from 1): strides through the table, so that the first few already differ."""
    round_, place = divmod(number - 1, len(_TABLE))
    condition, share, nth = _TABLE[place * 7 % len(_TABLE)]
    return condition(scene, number, round_ * share + nth)
