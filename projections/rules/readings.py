"""Readings: where the words of a rule leave room, which of the options is taken.

A rulebook carries the words, the options and the defaults; here is which options the judge knows how to follow, and
how a choice for one run is made up: what a profile is based on, the profile's own readings, single readings on top.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from projections.rules.calendar import parse_period
from projections.rules.schema import Reading
from projections.rules.spelling import did_you_mean

PROFILES = ("default", "strict", "lenient")
"""The profiles that every rulebook carries: its reading names one option for each of them."""

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
    "years_in_all": ("paid_years", "elapsed"),
    "transition": ("by_act_date", "by_episode_start"),
}
"""Every reading the judge follows, with the options it knows; None: the options are values in the rulebook."""


class Profile(Struct, frozen=True):
    """A choice of readings with a name: those of one of the rulebook's own profiles, with `readings` on top.

    `source` is the file it was read from, which its errors name; None where it comes from no file.
    """

    name: str
    based_on: str = "default"
    readings: Mapping[str, str] = {}
    title: str | None = None
    why: str | None = None
    source: str | None = None


class ReadingRefused(ValueError):
    """A profile, a reading or an option that does not exist; the message lists the right ones, a problem a line."""


def choose(
    declared: Mapping[str, Reading],
    readings: Mapping[str, str] | None = None,
    profile: str | Profile = "default",
    *,
    beside: Sequence[Mapping[str, Reading]] = (),
) -> dict[str, str]:
    """One option for every declared reading: what the profile is based on, its own readings, `readings` on top.

    `beside` are the readings of other rulebooks that the same choice serves (rulebooks in force one after another):
    a reading or an option that only they have is passed over here. Raises ReadingRefused with every profile,
    reading and option that none of them has. A profile given by its name is one of PROFILES.
    """
    if isinstance(profile, str):
        profile = Profile(profile, profile)
    if profile.based_on not in PROFILES:
        raise ReadingRefused(unknown("profile", profile.based_on, PROFILES))
    books = (declared, *beside)
    wrong = [f"{_place(profile, name)}{problem}" for name, problem in problems_of(profile.readings, books)]
    wrong += [problem for _, problem in problems_of(readings or {}, books)]
    if wrong:
        raise ReadingRefused("\n".join(wrong))
    choice = {name: str(getattr(reading, profile.based_on)) for name, reading in declared.items()}
    for name, option in (*profile.readings.items(), *(readings or {}).items()):
        if name in declared and option in declared[name].options:
            choice[name] = option
    return choice


def problems_of(readings: Mapping[str, str], books: Sequence[Mapping[str, Reading]]) -> Iterator[tuple[str, str]]:
    """Every reading that no rulebook of `books` declares, or whose option none of them has: its name, what is wrong."""
    for name, option in readings.items():
        options = [one for book in books if name in book for one in book[name].options]
        if not options:
            yield name, unknown("reading", name, dict.fromkeys(one for book in books for one in book))
        elif option not in options:
            yield name, unknown(f"option of reading {name}", option, dict.fromkeys(options))


def is_known_option(reading: str, option: str) -> bool:
    """Whether the judge can follow this option of a reading it knows."""
    if reading == "extension_valid":
        return option == "forever" or parse_period(option) is not None
    options = KNOWN[reading]
    return options is None or option in options


def unknown(what: str, given: str, right: Iterable[str]) -> str:
    """That a name does not exist, with the one that was probably meant, and all the right ones."""
    names = list(right)
    return f"unknown {what} {given!r}{did_you_mean(given, names)} The right ones: {', '.join(names)}"


def _place(profile: Profile, name: str) -> str:
    return f"{profile.source or profile.name}: readings.{name}: "
