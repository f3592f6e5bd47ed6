"""More sessions than the order says."""

import pytest

from tests.projections.exceptions.asking import Written, ask, the

NAME = "more-than-ordered"


def ordered(times: int | None, performed: int, voided: int = 0) -> Written:
    journal = Written()
    journal.prescription("R1", 14, times=times)
    for n in range(performed):
        journal.treat(f"2021-03-0{n + 1}", prescription="R1", id=f"S{n}", voided=n < voided)
    return journal


@pytest.mark.parametrize(("performed", "found"), [(2, 0), (3, 0), (4, 1)])
def test_the_last_ordered_is_ordered(performed: int, found: int) -> None:
    assert len(ask(ordered(3, performed))) == found


def test_the_acts_beyond() -> None:
    found = the(ordered(3, 5), NAME)
    assert found.acts == ("S3", "S4")
    assert (found.evidence["times"], found.evidence["performed"]) == (3, 5)


def test_innocent_no_number_or_a_voided_session() -> None:
    assert ask(ordered(None, 5)) == []
    assert ask(ordered(3, 4, voided=1)) == []
