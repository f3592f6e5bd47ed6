"""The profiles: each story that is told once for every option of a reading, with that reading left to the profile.

All other readings are named, so that what the profile takes for this one alone decides.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from projections.rules.succession import IN_FORCE
from tests.cases.case import Case, text, written
from tests.cases.readings import READINGS, Reading

TAKEN = {
    **READINGS,
    "transition": Reading(("by_act_date", "by_episode_start"), "by_act_date", "by_act_date"),
    "years_in_all": Reading(("paid_years", "elapsed"), "elapsed", "paid_years"),
}
"""Two readings stand apart in the project's rules: one is of rulebooks that follow one another, one of the national."""


def cases() -> Iterator[Case]:
    for case in written():
        if case.reading and case.profile == "default":
            reading = TAKEN[case.reading]
            option = case.readings.get(case.reading, reading.options[0])
            declared = TAKEN if case.rulebook == IN_FORCE else text(case.rulebook).readings
            chosen = {name: TAKEN[name].options[0] for name in declared} | case.readings
            others = {name: taken for name, taken in chosen.items() if name != case.reading}
            for profile in ("strict", "lenient"):
                if option == getattr(reading, profile):
                    yield replace(case, home="profiles", profile=profile, readings=others)
