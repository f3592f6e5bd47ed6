"""The year is what it says: whole, in order, the same each time, and plainly invented."""

import hashlib
import os
import subprocess
import sys
from collections import Counter
from itertools import pairwise

import msgspec

from api.demo import year
from api.demo.district import districts
from ledger.treatment.facts import (
    FACTS,
    AssessmentRecorded,
    InstitutionRegistered,
    PatientFileOpened,
    PractitionerQualified,
    PractitionerRegistered,
    PrescriptionIssued,
    SessionStarted,
)
from ledger.treatment.items import ITEMS


def digest(facts):
    return hashlib.sha256(msgspec.json.encode(list(facts))).hexdigest()


def test_every_type_of_fact_occurs(invented):
    assert {type(fact) for fact in invented.facts} == set(FACTS)


def test_a_year_of_two_hundred_patients_and_twenty_items(invented):
    patients = {fact.patient for fact in invented.facts if isinstance(fact, PatientFileOpened)}
    sheets = [fact for fact in invented.facts if isinstance(fact, PrescriptionIssued)]
    ordered = {order.item for sheet in sheets for order in sheet.orders}
    charged = {fact.item for fact in invented.facts if isinstance(fact, AssessmentRecorded) and fact.item}
    assert len(patients) >= 200
    assert {ITEMS[slug].number for slug in (ordered | charged) & ITEMS.keys()} == set(range(1, 44))
    assert {"acupuncture", "tuina", "cupping"} <= ordered - ITEMS.keys()
    acts = sum(isinstance(fact, SessionStarted) for fact in invented.facts) + len(
        [1 for fact in invented.facts if isinstance(fact, AssessmentRecorded) and fact.item]
    )
    assert 20_000 <= acts <= 32_000
    settings = Counter(fact.setting for fact in invented.facts if isinstance(fact, SessionStarted))
    assert settings.keys() == {"outpatient", "inpatient", "home", "home_bed", "internet"}


def test_institutions_and_staff_of_every_kind_and_all_of_them_labelled(invented):
    houses = [fact for fact in invented.facts if isinstance(fact, InstitutionRegistered)]
    staff = [fact for fact in invented.facts if isinstance(fact, PractitionerRegistered)]
    scopes = {fact.scope for fact in invented.facts if isinstance(fact, PractitionerQualified)}
    assert {house.kind for house in houses} == {"general", "rehabilitation", "tcm", "community", "other"}
    assert {person.profession for person in staff} == {"physician", "therapist", "nurse", "other"}
    assert scopes == {"rehabilitation", "tcm", "auditory_verbal", "training"}
    assert len(staff) >= 40
    assert all("虚构" in named.name for named in (*houses, *staff))


def test_ordered_by_at_and_the_same_each_time(invented):
    assert all(one.at <= other.at for one, other in pairwise(invented.facts))
    assert digest(year(7, 12)) == digest(year(7, 12))
    assert digest(year(7, 12)) != digest(year(8, 12))


def test_the_same_in_every_process():
    """Sets and dicts of strings iterate by hash seed: nothing of the year may follow them."""
    code = "import hashlib, msgspec; from api.demo import year; "
    code += "print(hashlib.sha256(msgspec.json.encode(list(year(7, 30)))).hexdigest())"
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.getcwd()},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert digests == {digest(year(7, 30)) + "\n"}


def test_more_patients_make_more_districts_with_ids_of_their_own():
    parts = list(districts(7, 250, "0" * 64))
    assert [len({f.patient for f in facts if isinstance(f, PatientFileOpened)}) for facts, _ in parts] == [240, 10]
    merged = list(year(7, 250))
    assert all(one.at <= other.at for one, other in pairwise(merged))
    assert sorted(map(msgspec.json.encode, merged)) == sorted(
        msgspec.json.encode(f) for facts, _ in parts for f in facts
    )
    houses = [fact.institution for fact in merged if isinstance(fact, InstitutionRegistered)]
    assert len(houses) == len(set(houses)) == 10
