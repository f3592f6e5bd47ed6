"""Random journals of one patient, dense enough that every limit is met: nine lives, each about a few rules.

A journal is a function of its seed; hypothesis draws the seeds.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

from hypothesis import strategies as st

from ledger.treatment.facts import Fact, InstitutionQualified, InstitutionSuspended, PractitionerQualified
from ledger.treatment.items import ITEMS
from tests.projections.rules.building import EVERY_FINDING, LONG_AGO, SHANGHAI, Journal

OPTIONS = {name: list(reading.options) for name, reading in SHANGHAI.readings.items()}
CHOICES = st.fixed_dictionaries({name: st.sampled_from(options) for name, options in OPTIONS.items()})
"""An option of every reading, drawn at random."""

LIMB = [slug for slug in ITEMS if ITEMS[slug].number in (1, 2, 3, 4)]


class Life(NamedTuple):
    """What a patient's journal is about: trainings, assessments, the step between acts in days, how many acts."""

    born: str
    trainings: Sequence[int | str]
    assessed: Sequence[int]
    steps: Sequence[int]
    acts: int
    improved: float = 0.5


LIVES = (
    Life("1965-02-28", [1, *LIMB[:6], 2, 4, 5, 7], [27, 28, 10], (0, 0, 0, 1), 40),
    Life("2014-11-20", [3, 25, 3, 25, 1], [10, 20], (0, 1, 5, 20), 60),
    Life("2014-02-28", [3], [10], (0, 1, 1, 2), 230),
    Life("1960-05-05", [21, 21, 21, 16], [9, 9, 13], (0, 1, 1, 1), 120),
    Life("1980-02-29", [22, 16, 17, 40], [9, 35], (1, 1, 2), 130),
    Life("1963-12-31", [1, 2, 6, 8, 14, 23, 24, 18], [10], (0, 1, 30, 95), 60, 0.7),
    Life("1964-12-31", [22, 5, 43], [10, 11, 12, 13, 15, 26, 27, 28, 35], (0, 1, 3, 13, 14, 15), 60),
    Life("2004-06-15", [22, 41, 22], [9, 9, 10], (0, 1, 3, 10), 50),
    Life("2013-11-20", [25, 25, 7], [20, 10, 26], (0, 0, 1, 7), 60),
)


def journal_of(seed: int) -> list[Fact]:
    """The facts of one invented patient."""
    rnd = Random(seed)
    life = rnd.choice(LIVES)
    journal = Journal(born=life.born, sex=rnd.choice(("male", "female")))
    journal.practitioner("D1", "physician", "training")
    journal.institution("H2", level=1, kind="rehabilitation", departments=[])
    _newcomers(rnd, journal)
    journal.episode("E2", onset="2020-06-01", findings=EVERY_FINDING)
    day = date(2020, 2, 28 + rnd.randint(0, 1))
    begin = day
    for stay in range(rnd.randint(0, 3)):
        begin += timedelta(rnd.randint(0, 80))
        end = begin + timedelta(rnd.randint(5, 90))
        journal.admitted(f"stay{stay}", begin.isoformat(), end.isoformat(), rnd.choice(("H1", "H1", "H2")))
        begin = end + timedelta(1)
    trainings = rnd.sample(life.trainings, rnd.randint(1, len(life.trainings)))
    assessed = rnd.sample(life.assessed, rnd.randint(1, len(life.assessed)))
    often = rnd.choice((0.1, 0.5))
    fees = rnd.choice(((None, 100), (100, 200, 300)))
    for _ in range(life.acts):
        day += timedelta(rnd.choice(life.steps))
        clock = rnd.choice(("00:00", "09:00", "09:15", "09:30", "10:00", "23:59"))
        given: dict[str, Any] = {
            "episode": rnd.choice(("E1", "E1", "E1", "E1", "E2")),
            "institution": rnd.choice(("H1", "H1", "H1", "H2", "H2", "H3")),
            "voided": rnd.random() < 0.05,
            "fee": rnd.choice(fees),
        }
        if rnd.random() < 0.05:
            _find(rnd, journal, day, clock, given["episode"])
        if rnd.random() < often:
            _assess(rnd, journal, day, clock, assessed, life.improved, given)
        else:
            given["mode"] = rnd.choice(("individual", "individual", "individual", "group"))
            minutes = rnd.choice((10, 10, 30, 30, 90, 90, 1600))
            item = rnd.choice(trainings)
            given["therapist"] = rnd.choice(("T1", "T1", "T1", "T6"))
            journal.session(item, day, clock, signed=rnd.random() < 0.95, minutes=minutes, **given)
    return journal.facts


def _newcomers(rnd: Random, journal: Journal) -> None:
    """T6 may treat for a while only, and H3 (no department) is qualified late and suspended for some days."""
    begin = date(2020, 3, 1) + timedelta(rnd.randint(0, 90))
    until = begin + timedelta(rnd.randint(10, 400))
    scope = rnd.choice(("rehabilitation", "tcm", "auditory_verbal"))
    journal.practitioner("T6", rnd.choice(("therapist", "nurse")))
    journal.add(PractitionerQualified(at=LONG_AGO, practitioner="T6", scope=scope, valid_from=begin, valid_until=until))
    journal.institution("H3", scope=None, level=rnd.choice((1, 2, None)), departments=[])
    stop = begin + timedelta(rnd.randint(0, 30))
    journal.add(
        InstitutionQualified(at=LONG_AGO, institution="H3", scope="tcm", valid_from=begin),
        InstitutionSuspended(at=LONG_AGO, institution="H3", from_=stop, until=stop + timedelta(rnd.randint(0, 20))),
    )


def _find(rnd: Random, journal: Journal, day: date, clock: str, episode: str) -> None:
    name = rnd.choice(sorted(EVERY_FINDING))
    severity = name.startswith("severity_")
    value = rnd.choice(("mild", "moderate", "severe")) if severity else rnd.random() < 0.7
    journal.findings(day.isoformat(), episode, clock, **{name: value})


def _assess(
    rnd: Random,
    journal: Journal,
    day: date,
    clock: str,
    assessed: Sequence[int],
    improved: float,
    given: dict[str, Any],
) -> None:
    outcomes = ("unchanged", "declined", "baseline", None)
    journal.assessment(
        rnd.choice((*assessed, *assessed, None)), day, clock,
        outcome="improved" if rnd.random() < improved else rnd.choice(outcomes),
        assessors=rnd.choice((("T1", "T2", "T3"), ("T1", "T2", "T3", "T4"), ("T1", "T1", "T2"), ("T1", "T2", "T6"))),
        scales=rnd.choice((("FIM", "MMSE"), ("FIM", "MMSE"), ("FIM", "FIM"), ())),
        serves=rnd.choice((None, "exercise-therapy", "acupuncture")),
        found={"severity_adl": "mild"} if rnd.random() < 0.1 else None, **given,
    )  # fmt: skip
