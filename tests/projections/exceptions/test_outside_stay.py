"""Acts outside the stay."""

import pytest

from tests.projections.exceptions.asking import Written, ask, only, the

NAME = "outside-stay"


def in_stay(day: str, clock: str = "09:00", stay: str | None = "Z1", setting: str = "inpatient") -> Written:
    journal = Written()
    journal.admitted("Z1", "2021-03-01", "2021-03-05")  # 08:00 to 18:00
    journal.treat(day, clock, stay=stay, setting=setting, minutes=10)
    return journal


@pytest.mark.parametrize(
    ("day", "clock", "found"),
    [
        ("2021-03-01", "07:59", 1), ("2021-03-01", "08:00", 0), ("2021-03-01", "08:01", 0),
        ("2021-03-05", "17:59", 0), ("2021-03-05", "18:00", 0), ("2021-03-05", "18:01", 1),
    ],
)  # fmt: skip
def test_both_ends_are_inside(day: str, clock: str, found: int) -> None:
    assert len(ask(in_stay(day, clock))) == found


@pytest.mark.parametrize(
    ("stay", "problem"), [("Z1", "started outside the stay"), ("Z9", "unknown stay"), (None, "not recorded")]
)
def test_what_is_wrong(stay: str | None, problem: str) -> None:
    found = the(in_stay("2021-03-06", stay=stay), NAME)
    assert (found.evidence["problem"], found.evidence["stay"]) == (problem, stay or "")


def test_another_patients_stay() -> None:
    journal = in_stay("2021-03-02")
    journal.treat("2021-03-02", "14:00", patient="P2", stay="Z1")
    assert the(journal, NAME).evidence["problem"] == "a stay of another patient"


def test_told_once_for_a_stay() -> None:
    journal = in_stay("2021-03-06")
    journal.treat("2021-03-07", stay="Z1", setting="inpatient")
    (found,) = only(journal, NAME)
    assert len(found.acts) == 2


def test_innocent_an_outpatient_without_a_stay() -> None:
    assert ask(in_stay("2021-03-06", stay=None, setting="outpatient")) == []
