"""The named readings once more, as a table for tests: the options of each, and which one each profile takes.

Copied from the table of readings of the project's rules by hand, not from the rulebook that the product reads.
"""

from typing import NamedTuple


class Reading(NamedTuple):
    """`options`: the default first. `strict` and `lenient`: what the profile of that name takes."""

    options: tuple[str, ...]
    strict: str
    lenient: str


def _reading(options: str, strict: str, lenient: str) -> Reading:
    return Reading(tuple(options.split()), strict, lenient)


READINGS: dict[str, Reading] = {
    "and_list": _reading("any all", "all", "any"),
    "episode": _reading("declared gap_90 admission", "declared", "admission"),
    "span_anchor": _reading("first_paid first_performed episode_onset", "episode_onset", "first_paid"),
    "span_measure": _reading("elapsed paid_days", "elapsed", "paid_days"),
    "extension_from": _reading("after_limit 30_days_before any", "after_limit", "any"),
    "extension_valid": _reading("P1Y P90D P14D forever", "P14D", "forever"),
    "improvement": _reading("latest any", "latest", "any"),
    "extension_source": _reading("valid performed paid", "paid", "performed"),
    "combined": _reading("included_items item_only limb_training", "limb_training", "item_only"),
    "together": _reading("same_day overlapping same_episode", "same_episode", "overlapping"),
    "winner": _reading("first dearest", "first", "first"),
    "child": _reading("under_18 up_to_14", "up_to_14", "under_18"),
    "age_6": _reading("includes_6 under_6", "under_6", "includes_6"),
    "year": _reading("calendar_year rolling_365 insurance_year", "rolling_365", "calendar_year"),
    "turning_7": _reading("one_counter fresh_counter", "one_counter", "fresh_counter"),
    "month_unit": _reading("calendar_month 30_paid_days", "calendar_month", "30_paid_days"),
    "month": _reading("calendar_month rolling_30_days", "rolling_30_days", "calendar_month"),
    "day_unit": _reading("paid_days elapsed", "elapsed", "paid_days"),
    "container": _reading("episode lifetime calendar_year", "lifetime", "calendar_year"),
    "severity_at": _reading("session first_session", "session", "first_session"),
    "gate_block": _reading("paid_days elapsed", "elapsed", "paid_days"),
    "gate_source": _reading("any_scale item_9", "item_9", "any_scale"),
    "gap_measure": _reading("date_difference clear_days", "clear_days", "date_difference"),
    "gap_from": _reading("last_paid last_performed", "last_performed", "last_paid"),
    "gap_scope": _reading("patient institution", "patient", "institution"),
    "outpatient_cap": _reading("none episode", "episode", "none"),
    "persons_3": _reading("at_least_3 more_than_3", "more_than_3", "at_least_3"),
    "adl_link": _reading("active_prescription named", "named", "active_prescription"),
    "site_level": _reading("hospital both", "both", "hospital"),
    "individual": _reading("mainly each", "each", "mainly"),
    "no_text": _reading("payable not_payable", "not_payable", "payable"),
    "working_age": _reading("statutory fixed", "fixed", "statutory"),
    "physician_scope": _reading("qualification_or_training both", "both", "qualification_or_training"),
}

DEFAULT = {name: reading.options[0] for name, reading in READINGS.items()}
STRICT = {name: reading.strict for name, reading in READINGS.items()}
LENIENT = {name: reading.lenient for name, reading in READINGS.items()}
