"""Several patients at once with one item, not noted as a group."""

import pytest

from tests.projections.exceptions.asking import Written, ask, the
from tests.projections.rules.building import moment

NAME = "group-charged-as-individual"


def together(*modes: str, clock: str = "09:00") -> Written:
    journal = Written()
    for n, mode in enumerate(modes):
        journal.treat(
            clock="09:00" if n == 0 else clock,
            patient=f"P{n + 1}",
            mode=mode,
            signed_at=moment("2021-03-01", f"1{n}:00"),
        )
    return journal


@pytest.mark.parametrize("modes", [("individual", "individual"), ("group", "individual"), ("individual",) * 8])
def test_not_all_of_a_group_are_charged_as_one(modes: tuple[str, ...]) -> None:
    found = the(together(*modes), NAME)
    assert found.evidence["individual"] == modes.count("individual")
    assert found.evidence["patients_at_once"] == len(modes)
    assert len(found.acts) == len(modes)


@pytest.mark.parametrize(("clock", "found"), [("09:24", 1), ("09:25", 0), ("09:26", 0)])
def test_more_than_five_shared_minutes(clock: str, found: int) -> None:
    assert len(ask(together("individual", "individual", clock=clock))) == found


def test_innocent_a_group_is_a_group() -> None:
    assert ask(together("group", "group", "group")) == []
