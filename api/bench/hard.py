"""A hard patient for the judge: an invented one with so many acts, most of them denied, by many clauses at once.

An act that is paid is answered by counters; one that is denied is asked about again on the days that it may wait
for. So this is what reasons cost where they cost most. Deterministic, and no clock is read.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone

from ledger.treatment.facts import (
    AssessmentRecorded,
    EpisodeOpened,
    Fact,
    InstitutionQualified,
    InstitutionRegistered,
    PatientFileOpened,
    PractitionerQualified,
    PractitionerRegistered,
    PrescriptionIssued,
    SessionSigned,
    SessionStarted,
    SessionStopped,
)
from ledger.treatment.items import ITEMS
from ledger.treatment.values import Diagnosis, Findings, Order, Profession, Result

PATIENT = "P1"
BEGIN = datetime(2021, 1, 4, 8, tzinfo=timezone(timedelta(hours=8)))
ACTS_A_DAY = 8
DAYS_BETWEEN = 4  # a thousand acts last for 500 days: spans end on the way
STAFF: tuple[tuple[str, Profession], ...] = (
    ("D1", "physician"), ("T1", "therapist"), ("T2", "therapist"), ("T3", "therapist"),
)  # fmt: skip
WEEK = (
    "exercise-therapy", "hemiplegia-limb-training", "exercise-therapy/strength", "occupational-therapy",
    "occupational-therapy", "exercise-therapy", "occupational-therapy", "adl-training",
    "speech-training", "cerebral-palsy-limb-training", "adl-assessment", "manual-balance-examination",
    "instrumented-balance-assessment", "vocational-training", "wheelchair-skills-training", "adl-training",
)  # fmt: skip
"""What is done in turn: items that exclude one another, more of a day than is paid, days that are used up."""


def hard_patient(acts: int) -> Iterator[Fact]:
    """The facts of the patient, in order of `at`."""
    yield from _before()
    for n in range(acts):
        at = BEGIN + timedelta(days=n // ACTS_A_DAY * DAYS_BETWEEN, hours=n % ACTS_A_DAY)
        slug = WEEK[n % len(WEEK)]
        if ITEMS[slug].kind == "assessment":
            yield AssessmentRecorded(
                at=at, assessment=f"A{n}", patient=PATIENT, episode="E1", institution="H1", item=slug,
                assessors=["T1", "T2", "T3"], results=[Result(scale="FIM", score=1)], outcome="unchanged",
            )  # fmt: skip
        else:
            yield SessionStarted(
                at=at, session=f"S{n}", patient=PATIENT, prescription="R1", order=slug, therapist="T1",
                institution="H1", setting="outpatient",
            )  # fmt: skip
            done = at + timedelta(minutes=40)
            yield SessionStopped(at=done, session=f"S{n}", effect="better")
            yield SessionSigned(at=done, session=f"S{n}", practitioner="T1")


def _before() -> Iterator[Fact]:
    """An invented institution, its staff, and a patient for whom all of it is indicated."""
    at, since = BEGIN - timedelta(days=30), date(2020, 1, 1)
    yield InstitutionRegistered(
        at=at, institution="H1", name="虚构医院 (invented)", kind="general", level=3, departments=["rehabilitation"]
    )
    yield InstitutionQualified(at=at, institution="H1", scope="rehabilitation", valid_from=since)
    for id, profession in STAFF:
        name = f"虚构人员 {id} (invented)"
        yield PractitionerRegistered(at=at, practitioner=id, name=name, profession=profession, institution="H1")
        yield PractitionerQualified(at=at, practitioner=id, scope="rehabilitation", valid_from=since)
    yield PatientFileOpened(at=at, patient=PATIENT, sex="male", born=date(1990, 1, 1), institution="H1", file_no="M1")
    yield EpisodeOpened(
        at=at, episode="E1", patient=PATIENT, institution="H1", diagnosis=Diagnosis(code="I63.9"),
        findings=Findings(
            organic_lesion=True, deficit_strength=True, deficit_work=True, deficit_language=True, adl_disorder=True,
            severity_language="severe", severity_adl="severe", work_willing=True, parq_cleared=True,
            wheelchair_long_term=True, wheelchair_self_operate=True,
        ),
    )  # fmt: skip
    trainings = sorted({slug for slug in WEEK if ITEMS[slug].kind == "training"})
    yield PrescriptionIssued(
        at=at, prescription="R1", patient=PATIENT, episode="E1", institution="H1", physician="D1",
        orders=[Order(order=slug, item=slug, site="左下肢", method="主动运动") for slug in trainings],
    )  # fmt: skip
