"""Discharged, and soon admitted again."""

import pytest

from ledger.treatment.facts import PatientAdmitted
from tests.projections.exceptions.asking import Written, ask, the
from tests.projections.rules.building import moment

NAME = "split-stays"


def again(day: str, institution: str = "H1", patient: str = "P1", discharged: str | None = "2021-03-05") -> Written:
    journal = Written()
    journal.institution("H2")
    journal.admitted("Z1", "2021-03-01", discharged)
    journal.admitted("Z2", day, institution=institution, patient=patient)
    return journal


@pytest.mark.parametrize(
    ("day", "days"), [("2021-03-05", [0]), ("2021-03-19", [14]), ("2021-03-20", [15]), ("2021-03-21", [])]
)
def test_within_fifteen_days(day: str, days: list[int]) -> None:
    assert [(one.name, one.evidence["days"]) for one in ask(again(day))] == [(NAME, many) for many in days]


def test_whose_and_which_acts() -> None:
    journal = again("2021-03-10")
    journal.treat("2021-03-02", stay="Z1", setting="inpatient")
    later = journal.treat("2021-03-11", stay="Z2", setting="inpatient")
    found = the(journal, NAME)
    assert (found.patients, found.institutions, found.acts) == (("P1",), ("H1",), (later,))
    assert found.evidence["stays"] == ("Z1", "Z2")
    assert found.begin == moment("2021-03-01", "08:00")


def test_before_the_discharge() -> None:
    assert [one.evidence["days"] for one in ask(again("2021-03-03"))] == [-2]


def test_innocent_elsewhere_another_patient_another_kind_or_never_discharged() -> None:
    assert ask(again("2021-03-06", institution="H2")) == []
    assert ask(again("2021-03-06", patient="P2")) == []
    assert ask(again("2021-03-06", discharged=None)) == []
    journal = again("2022-03-06")
    journal.add(
        PatientAdmitted(
            at=moment("2021-03-06"), patient="P1", stay="Z3", institution="H1", kind="home_bed", file_no="Z3"
        )
    )
    assert ask(journal) == []
