"""Prescribed by somebody who might not."""

import pytest

from tests.projections.exceptions.asking import Written, ask, the

NAME = "unqualified-prescriber"


@pytest.mark.parametrize(
    ("profession", "scopes", "found"),
    [
        ("physician", ("rehabilitation",), 0), ("physician", ("tcm",), 0), ("physician", ("training",), 0),
        ("physician", (), 1), ("physician", ("auditory_verbal",), 1), ("nurse", ("rehabilitation",), 1),
    ],
)  # fmt: skip
def test_who_may(profession: str, scopes: tuple[str, ...], found: int) -> None:
    journal = Written()
    journal.practitioner("X1", profession, *scopes)
    journal.prescription("R1", 14, physician="X1")
    journal.treat(prescription="R1")
    assert [one.name for one in ask(journal)] == [NAME] * found


def test_told_once_for_a_person() -> None:
    journal = Written()
    journal.practitioner("N1", "nurse")
    for n in (1, 2):
        journal.prescription(f"R{n}", 14, physician="N1")
        journal.treat(f"2021-03-0{n}", prescription=f"R{n}")
    found = the(journal, NAME)
    assert (found.practitioners, found.evidence["prescriptions"], len(found.acts)) == (("N1",), ("R1", "R2"), 2)
