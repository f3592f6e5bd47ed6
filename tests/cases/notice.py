"""Annex 1 of the notice once more, as plain tables for tests: what each item asks for, and how often.

Written from the notice and the project's rules by hand, not from the rulebook that the product reads: a slip in one of
the two shows as a difference.
"""

from ledger.treatment.items import CATALOGUE

TRUE = (True,)
NAMED = ("moderate", "severe")

SLUG = {item.number: item.slug for item in reversed(CATALOGUE)}  # the item itself, not its included items
TRAININGS = {item.number for item in CATALOGUE if item.kind == "training"}

Either = tuple[tuple[str, tuple[object, ...]], ...]


def _one(*names: str) -> Either:
    return tuple((name, TRUE) for name in names)


# 限…的患者: every group, of each group one finding.
INDICATION: dict[int, tuple[Either, ...]] = {
    1: (_one("organic_lesion"), _one("deficit_strength", "deficit_rom", "deficit_balance")),
    5: (_one("organic_lesion"), _one("deficit_living", "deficit_work")),
    6: (_one("organic_lesion"), _one("deficit_cognition")),
    7: (_one("organic_lesion"), _one("deficit_language"), (("severity_language", NAMED),)),
    8: (_one("deficit_swallowing"), (("severity_swallowing", NAMED),)),
    10: (_one("documented_dysfunction"),),
    12: (_one("hand_dysfunction"),),
    14: (_one("documented_balance"),),
    15: (_one("neuromuscular_dysfunction"),),
    16: (_one("wheelchair_long_term"), _one("wheelchair_self_operate")),
    17: (_one("endurance_decline"),),
    18: (_one("joint_disorder"),),
    19: (_one("hand_dysfunction"),),
    20: (_one("suspected_autism"),),
    21: (_one("adl_disorder"),),
    22: (_one("work_willing"), _one("parq_cleared")),
    23: (_one("gait_disorder"),),
    24: (_one("goal_less_bedrest", "goal_upright"),),
    25: (_one("hearing_impaired"),),
    26: (_one("suspected_speech_disorder"),),
    39: (_one("joint_disorder"),),
    43: (_one("organic_lesion"), _one("deficit_language"), (("severity_language", NAMED),)),
}
SPAN = {n: "1 year" for n in (1, 2, 4, 5, 6, 7, 8, 14, 18, 19, 23, 24, 39, 42, 43)} | {17: "180 days", 40: "180 days"}
EXTENDED = {1, 2, 4, 5, 6, 7, 8, 14, 43}
PER_DAY = {1: 2, 5: 2, 7: 2, 25: 1, 43: 2}
GAP = {10, 12, 13, *range(27, 39)}
PER_STAY = {10: 3, 11: 3, 27: 3, 28: 3}
PER_EPISODE = {15: 2, 26: 2}
PAID_DAYS: dict[int, int | dict[str, int]] = {16: 30, 21: {"mild": 30, "moderate": 60, "severe": 90}, 22: 90}
OTHER_SIDE = {1: {2, 3, 4}, 2: {1}, 3: {1}, 4: {1}, 27: {28}, 28: {27}}
