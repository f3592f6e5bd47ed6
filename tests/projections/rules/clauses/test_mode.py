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
    finding = journal.finding(act, "25.mode")
    assert (finding.observed, finding.readings) == ({"mode": "individual"}, {})


def test_what_a_group_session_is_measured_by() -> None:
    journal = Journal(born="2017-01-01")
    journal.session(25, DAY)
    act = journal.session(25, DAY + timedelta(1), mode="group")
    mainly, each = journal.finding(act, "25.mode"), journal.finding(act, "25.mode", individual="each")
    assert mainly.observed == {"mode": "group", "paid_individual": 1, "paid": 1}
    assert mainly.readings == {"individual": "mainly", "episode": "declared"}
    assert (each.observed, each.readings) == ({"mode": "group"}, {"individual": "each"})


@pytest.mark.parametrize("readings", [{}, {"episode": "gap_90"}, {"individual": "each"}])
def test_waiting_never_pays_a_group_session(readings: dict[str, str]) -> None:
    journal = Journal(born="2017-01-01")
    journal.session(25, DAY)
    act = journal.session(25, DAY + timedelta(1), mode="group")
    assert journal.finding(act, "25.mode", **readings).next_payable_on is None
