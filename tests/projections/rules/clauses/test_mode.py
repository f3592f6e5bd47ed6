"""25.mode: individual, or mainly so."""

from datetime import date, timedelta

import pytest

from tests.projections.rules.building import EVERY_FINDING, Journal

DAY = date(2021, 3, 1)


def run(modes: str, **readings: str) -> str:
    """One session a day, `i`ndividual or `g`roup; the paid ones in capitals."""
    journal = Journal(born="2017-01-01")
    acts = [
        journal.session(25, DAY + timedelta(n), mode="individual" if mode == "i" else "group")
        for n, mode in enumerate(modes)
    ]
    decisions = journal.decisions(**readings)
    assert all(decisions[act].denied_by in ((), ("25.mode",)) for act in acts)
    return "".join(mode.upper() if decisions[act].payable else mode for act, mode in zip(acts, modes, strict=True))


@pytest.mark.parametrize(
    ("modes", "mainly"),
    [("g", "g"), ("ig", "Ig"), ("iig", "IIG"), ("iigg", "IIGg"), ("iiiggg", "IIIGGg"), ("gii", "gII")],
)
def test_more_than_half_this_one_included(modes: str, mainly: str) -> None:
    assert run(modes) == mainly
    assert run(modes, individual="each") == modes.replace("i", "I")


def test_within_the_episode() -> None:
    journal = Journal(born="2017-01-01")
    journal.episode("E2", findings=EVERY_FINDING)
    for n in range(4):
        journal.session(25, DAY + timedelta(n))
    other = journal.session(25, DAY + timedelta(9), mode="group", episode="E2")
    assert journal.denied(other) == ("25.mode",)
    assert journal.denied(other, episode="admission") == ()


def test_an_absent_mode_is_individual() -> None:
    journal = Journal(born="2017-01-01")
    act = journal.session(25, DAY)
    assert journal.finding(act, "25.mode").observed == {"mode": "individual", "paid_individual": 0, "paid": 0}
