"""Instants and days as numbers, over whole columns. Microseconds of Unix time; days since 1970-01-01 at +08:00."""

from datetime import datetime

from ledger.treatment.values import HOME
from projections.mirror.columns import Ints
from projections.mirror.tabulating import instant_number

DAY = 86_400_000_000
AT_HOME = 28_800_000_000
MINUTE = 60_000_000
NEVER = 2**62
"""Later than every instant: what has not ended, or was never said."""
END_OF_TIME = instant_number(datetime.max.replace(tzinfo=HOME))


def day_of(instants: Ints) -> Ints:
    """The natural day at +08:00."""
    return (instants + AT_HOME) // DAY


def midnight_of(days: Ints) -> Ints:
    """The instant at which the natural day begins."""
    return days * DAY - AT_HOME
