"""Readings: where the words of a rule leave room, which of the options is taken.

A rulebook carries the words, the options and the defaults; here is which options the judge knows how to follow, and
how a choice for one run is made up: profile first, single readings on top of it.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from projections.rules.calendar import parse_period
from projections.rules.schema import Reading

PROFILES = ("default", "strict", "lenient")

KNOWN: dict[str, tuple[str, ...] | None] = {
    "and_list": ("any", "all"),
    "episode": ("declared", "gap_90", "admission"),
    "span_anchor": ("first_paid", "first_performed", "episode_onset"),
    "span_measure": ("elapsed", "paid_days"),
    "extension_from": ("after_limit", "30_days_before", "any"),
    "extension_valid": None,  # a period such as P90D, or forever
    "improvement": ("latest", "any"),
    "extension_source": ("valid", "performed", "paid"),
    "combined": ("included_items", "item_only", "limb_training"),
    "together": ("same_day", "overlapping", "same_episode"),
    "winner": ("first", "dearest"),
    "child": None,  # the clause gives each option its birthday
    "age_6": None,
    "year": ("calendar_year", "rolling_365", "insurance_year"),
    "turning_7": ("one_counter", "fresh_counter"),
    "month_unit": ("calendar_month", "30_paid_days"),
    "month": ("calendar_month", "rolling_30_days"),
    "day_unit": ("paid_days", "elapsed"),
    "container": ("episode", "lifetime", "calendar_year"),
    "severity_at": ("session", "first_session"),
    "gate_block": ("paid_days", "elapsed"),
    "gate_source": ("any_scale", "item_9"),
    "gap_measure": None,  # the clause gives each option its days
    "gap_from": ("last_paid", "last_performed"),
    "gap_scope": ("patient", "institution"),
    "outpatient_cap": ("none", "episode"),
    "persons_3": None,  # the clause gives each option its persons
    "adl_link": ("active_prescription", "named"),
    "site_level": ("hospital", "both"),
    "individual": ("mainly", "each"),
    "no_text": ("payable", "not_payable"),
    "working_age": ("statutory", "fixed"),
    "physician_scope": ("qualification_or_training", "both"),
    "transition": ("by_act_date", "by_episode_start"),
}
"""Every reading the judge follows, with the options it knows; None: the options are values in the rulebook."""


class ReadingRefused(ValueError):
    """A reading or an option that does not exist; the message lists the right ones."""


def choose(
    declared: Mapping[str, Reading], readings: Mapping[str, str] | None = None, profile: str = "default"
) -> dict[str, str]:
    """One option for every declared reading: the profile's, with `readings` on top.

    Raises ReadingRefused for a profile, reading or option that is not there.
    """
    if profile not in PROFILES:
        raise ReadingRefused(_refusal("profile", profile, PROFILES))
    choice = {name: getattr(reading, profile) for name, reading in declared.items()}
    for name, option in (readings or {}).items():
        if name not in declared:
            raise ReadingRefused(_refusal("reading", name, declared))
        if option not in declared[name].options:
            raise ReadingRefused(_refusal(f"option of reading {name}", option, declared[name].options))
        choice[name] = option
    return choice


def is_known_option(reading: str, option: str) -> bool:
    """Whether the judge can follow this option of a reading it knows."""
    if reading == "extension_valid":
        return option == "forever" or parse_period(option) is not None
    options = KNOWN[reading]
    return options is None or option in options


def _refusal(what: str, given: str, right: Iterable[str]) -> str:
    names = list(right)
    close = get_close_matches(given, names, 1)
    hint = f"; did you mean {close[0]}?" if close else ""
    return f"unknown {what} {given!r}{hint} The right ones: {', '.join(names)}"
