"""The same words in many sessions in a row."""

from datetime import date, timedelta

import pytest

from tests.projections.exceptions.asking import Written, ask, the

NAME = "identical-notes"
FIRST = date(2021, 3, 1)


def treated(effects: list[str], patients: int = 1, **fields: str) -> Written:
    """A session a day, each a minute later than the last."""
    journal = Written()
    for n, effect in enumerate(effects):
        clock, patient = f"09:{n:02}", f"P{n % patients + 1}"
        journal.treat(FIRST + timedelta(n), clock, patient=patient, effect=effect, **fields)
    return journal


@pytest.mark.parametrize(("times", "found"), [(9, []), (10, [10]), (11, [11])])
def test_of_one_patient(times: int, found: list[int]) -> None:
    seen = ask(treated(["better"] * times))
    assert [(one.name, one.evidence["times"]) for one in seen] == [(NAME, many) for many in found]


@pytest.mark.parametrize(("times", "found"), [(29, []), (30, [30]), (31, [31])])
def test_of_one_therapist_whoever_the_patient(times: int, found: list[int]) -> None:
    seen = ask(treated(["better"] * times, patients=5))
    assert [(one.name, one.evidence["times"]) for one in seen] == [(NAME, many) for many in found]


def test_what_is_observed() -> None:
    found = the(treated(["much better", "much  better "] * 5), NAME)
    assert (found.evidence["field"], found.evidence["text"], found.patients) == ("effect", "much better", ("P1",))
    assert "much better" in found.what.zh


def test_the_same_remark() -> None:
    journal = Written()
    for n in range(10):
        journal.treat(FIRST + timedelta(n), f"09:{n:02}", remark="accompanied")
    assert the(journal, NAME).evidence["field"] == "remark"


def test_innocent_one_different_word_in_between() -> None:
    assert ask(treated(["better"] * 9 + ["worse"] + ["better"] * 9)) == []


def test_innocent_two_items() -> None:
    journal = treated(["better"] * 9)
    for n in range(9):
        journal.treat(FIRST + timedelta(n), f"11:{n:02}", item=18, effect="better")
    assert ask(journal) == []


def test_one_patient_of_one_therapist_is_told_once() -> None:
    assert len(ask(treated(["better"] * 31))) == 1
