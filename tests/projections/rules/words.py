"""The rules' tables, copied by hand from the words: what the naive evaluator judges by instead of a rulebook file."""

from datetime import date, timedelta

from ledger.treatment.items import ITEMS

DAY = timedelta(1)
TRAININGS = {slug for slug, item in ITEMS.items() if item.kind == "training"}
NUMBER = {slug: item.number for slug, item in ITEMS.items()}
YEAR_EXTENDABLE = {1, 2, 4, 5, 6, 7, 8, 14, 43}
HALF_YEAR = {17, 40}
IND = {
    12: ["hand_dysfunction"], 19: ["hand_dysfunction"], 10: ["documented_dysfunction"], 14: ["documented_balance"],
    15: ["neuromuscular_dysfunction"], 16: ["wheelchair_long_term", "wheelchair_self_operate"],
    17: ["endurance_decline"], 18: ["joint_disorder"], 39: ["joint_disorder"], 20: ["suspected_autism"],
    21: ["adl_disorder"], 22: ["work_willing", "parq_cleared"], 23: ["gait_disorder"], 25: ["hearing_impaired"],
    26: ["suspected_speech_disorder"], 6: ["organic_lesion", "deficit_cognition"],
}  # fmt: skip
ORDER = {
    1: "ind span day excl", 2: "span excl", 3: "child year proof excl", 4: "span excl", 5: "ind span day",
    6: "ind span", 7: "ind span day", 8: "ind site span", 9: "link month", 10: "ind staff parts stay gap", 11: "stay",
    12: "ind gap", 13: "gap", 14: "ind span", 15: "ind episode", 16: "ind days", 17: "ind span", 18: "ind span",
    19: "ind span", 20: "age ind", 21: "ind days gate", 22: "age ind days", 23: "ind span", 24: "goal span",
    25: "age ind staff mode day", 26: "ind episode", 27: "gap stay excl", 28: "gap stay excl",
    **{n: "gap" for n in range(29, 39)}, 39: "ind span", 40: "span", 41: "open", 42: "span", 43: "ind span day",
}  # fmt: skip


def birthday(born: date, years: int) -> date:
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def year_end(day: date) -> date:
    """The last day of a year that begins on `day`."""
    return birthday(day, 1) - DAY


def insurance_year(day: date) -> int:
    return day.year if day >= date(day.year, 7, 1) else day.year - 1
