"""Decisions about patients: their files, stays and episodes (the notice, 二.4: 一人一档)."""

from typing import Any

from ledger.treatment.corrections import PATIENT_FIELDS, parse_value
from ledger.treatment.facts import EpisodeClosed, PatientAdmitted, PatientDischarged, PatientFileOpened
from ledger.treatment.known import Known
from ledger.treatment.refusal import refuse
from ledger.treatment.spans import check_ends_once, check_not_before_opening
from ledger.treatment.state import State


def open_file(after: State, fact: PatientFileOpened, known: Known) -> None:
    """A patient has one file per institution, and all files agree on sex, born and category.

    A category that a file leaves out contradicts nothing. A value that was corrected since is no contradiction
    either: the other institution may have written down the old one, or already the new one.
    """
    written = [line for line in after.written if isinstance(line, PatientFileOpened)]
    institutions = set[str]()
    for line in after.now:
        if isinstance(line, PatientFileOpened):
            if line.institution in institutions:
                refuse(
                    "institution",
                    f"patient {line.patient!r} already has a file at {line.institution}, expected one per institution",
                )
            institutions.add(line.institution)
    if len(written) < 2:
        return
    for field in sorted(PATIENT_FIELDS):
        values = _values(after, written, field)
        for line in written:
            value = getattr(line, field)
            if value is not None and value not in values:
                refuse(
                    field,
                    f"{written[0].patient!r} has {field} {values[0]} in a file of {written[0].institution} and {value} "
                    f"in one of {line.institution}, expected all files of a patient to agree",
                )


def _values(after: State, written: list[PatientFileOpened], field: str) -> list[Any]:
    """Every value that the patient has had: the first that a file gives, and those that corrections name."""
    given = [getattr(line, field) for line in written]
    values = [value for value in given if value is not None][:1]
    for correction in after.corrections:
        if correction.field == field:
            values += [parse_value(PatientFileOpened, field, value) for value in (correction.old, correction.new)]
    return values


def discharge_patient(after: State, fact: PatientDischarged, known: Known) -> None:
    """The patient who was admitted is discharged, once, and not before the admission."""
    admissions = (after.written[0], after.now[0])
    patients = [line.patient for line in admissions if isinstance(line, PatientAdmitted)]
    if fact.patient not in patients:
        refuse("patient", f"stay {fact.stay!r} is of patient {patients[-1]}, expected the patient who was admitted")
    check_ends_once(after, fact, "ended by a discharge")
    check_not_before_opening(after, fact, "begun by an admission")


def close_episode(after: State, fact: EpisodeClosed, known: Known) -> None:
    """An episode is closed once, and not before it was opened."""
    check_ends_once(after, fact, "closed")
    check_not_before_opening(after, fact, "opened")
