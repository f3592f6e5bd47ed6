"""The profiles: each story that is told once for every option of a reading, with that reading left to the profile.

All other readings are named, so that what the profile takes for this one alone decides.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from tests.cases.case import IN_FORCE, SHANGHAI, Case, written
from tests.cases.readings import READINGS, Reading

TAKEN = {**READINGS, "transition": Reading(("by_act_date", "by_episode_start"), "by_act_date", "by_act_date")}
"""`transition` is no reading of a single rulebook's words, and stands apart in the project's rules."""


def cases() -> Iterator[Case]:
    for case in written():
        if case.reading and case.rulebook in (SHANGHAI, IN_FORCE) and case.profile == "default":
            reading = TAKEN[case.reading]
            option = case.readings.get(case.reading, reading.options[0])
            others = {name: other.options[0] for name, other in TAKEN.items()} | case.readings
            del others[case.reading]
            for profile in ("strict", "lenient"):
                if option == getattr(reading, profile):
                    yield replace(case, home="profiles", profile=profile, readings=others)
