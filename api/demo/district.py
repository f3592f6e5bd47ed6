"""One invented district's year, whole: institutions, staff, patients, mistakes, supervision, in order of `at`.

The only file of the demo that knows all the others; it decides how many patients a district has and how often
something goes wrong in it.
"""

from collections.abc import Iterator
from heapq import merge
from operator import attrgetter

from api.demo.conditions import invent_patient
from api.demo.institutions import institution_facts
from api.demo.mistakes import plant
from api.demo.planted import Planted
from api.demo.scene import Scene
from api.demo.signatures import sign_facts, signing_house
from api.demo.staff import staff_facts
from api.demo.supervision import inspections, rulebook_adopted
from ledger.treatment.facts import Fact

DISTRICT_PATIENTS = 240  # what forty staff can treat; more patients make more districts

NO_DIGEST = "0" * 64
"""Stands for the rulebook's digest where the caller gives none: no rulebook has it."""


def invent_district(seed: int, number: int, patients: range, rulebook_digest: str) -> tuple[list[Fact], list[Planted]]:
    """The facts of district `number` (from 0) in order of `at`, and what was planted in it; about 500 facts each."""
    scene = Scene(seed, number)
    if number == 0:
        scene.facts.append(rulebook_adopted(rulebook_digest))
    scene.facts += institution_facts(scene.houses)
    scene.facts += staff_facts(scene.people, seed)
    for patient in patients:
        chart = invent_patient(scene, patient)
        plant(chart, scene.dice.between(3, 7))
    scene.facts += inspections(scene)
    scene.facts.sort(key=attrgetter("at"))
    if number == 0:
        return sign_facts(scene.facts, signing_house(scene.houses).id, seed), scene.planted
    return scene.facts, scene.planted


def districts(seed: int, patients: int, rulebook_digest: str) -> Iterator[tuple[list[Fact], list[Planted]]]:
    """District after district, each ordered in itself, in memory that does not grow with their number."""
    for number, first in enumerate(range(1, patients + 1, DISTRICT_PATIENTS)):
        until = min(first + DISTRICT_PATIENTS, patients + 1)
        yield invent_district(seed, number, range(first, until), rulebook_digest)


def year(seed: int = 2021, patients: int = 240, *, rulebook_digest: str = NO_DIGEST) -> Iterator[Fact]:
    """Every fact of the year, ordered by `at`; of many districts (240 patients each) all are held in memory.

    `rulebook_digest` is the SHA-256 of the rulebook that is adopted, in hex.
    """
    yield from year_with_mistakes(seed, patients, rulebook_digest=rulebook_digest)[0]


def year_with_mistakes(
    seed: int = 2021, patients: int = 240, *, rulebook_digest: str = NO_DIGEST
) -> tuple[list[Fact], list[Planted]]:
    """The same facts, and every planted mistake with the clauses that must deny it under the default readings.

    An act that is not among the planted is payable; one planted without clauses is payable too, and an exception for
    the auditor.
    """
    parts = list(districts(seed, patients, rulebook_digest))
    facts = parts[0][0] if len(parts) == 1 else list(merge(*(facts for facts, _ in parts), key=attrgetter("at")))
    return facts, [planted for _, part in parts for planted in part]
