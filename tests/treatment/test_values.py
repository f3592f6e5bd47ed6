"""Instants at home."""

from datetime import datetime

import pytest

from ledger.treatment.values import HOME, at_home


def test_an_instant_keeps_its_moment_and_changes_its_day():
    late = datetime.fromisoformat("2021-02-28T16:30:00+00:00")
    assert at_home(late) == late
    assert at_home(late).tzinfo is HOME
    assert str(at_home(late).date()) == "2021-03-01"


def test_the_calendar_has_ends():
    with pytest.raises(OverflowError):
        at_home(datetime.fromisoformat("9999-12-31T23:00:00+00:00"))
