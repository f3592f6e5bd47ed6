"""What an audit says: a finding's name, where, what. Values: an audit goes on to the end whatever it meets."""

from typing import NamedTuple


class Finding(NamedTuple):
    """One thing that is not as it must be: the finding's name (spec: `entry-altered` …), where, what."""

    name: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.name}: {self.where}: {self.what}"

    @property
    def at(self) -> int | None:
        """The index of the entry that it is about; None where it is about something else."""
        place = self.where.removeprefix("index ")
        return int(place) if place != self.where and place.isdecimal() else None
