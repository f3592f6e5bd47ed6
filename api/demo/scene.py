"""What the patients of one district share: its institutions and staff, the roster, the dice, and the growing record."""

from api.demo.dice import Dice
from api.demo.institutions import Houses, Institution, houses
from api.demo.planted import Planted
from api.demo.roster import Roster
from api.demo.staff import Person, staff
from api.demo.visit import Slip
from ledger.treatment.facts import Fact


class Scene:
    """One district while it is being invented. `facts` and `planted` are appended to, in no order of time."""

    def __init__(self, seed: int, number: int) -> None:
        self.prefix = f"D{number + 1}-" if number else ""
        self.dice = Dice(seed * 1_000_003 + number)
        self.pens = Dice(seed * 1_000_003 - 1 - number)  # when assessors sign: apart, so that it moves nothing else
        self.roster = Roster()
        self.houses: Houses = houses(self.prefix)
        self.people: list[Person] = staff(self.houses, self.prefix)
        self.facts: list[Fact] = []
        self.planted: list[Planted] = []
        self.needle_slips: list[tuple[str, Slip]] = []  # patient, an order of Chinese medicine
        self._teams: dict[tuple[str, str], list[Person]] = {}

    def team(self, institution: str, group: str) -> list[Person]:
        """Those who give a group's treatments there; where a house has none of the group, its other therapists."""
        team = self._teams.get((institution, group))
        if team is None:
            here = [
                p for p in self.people if p.institution == institution and p.group in ("PT", "OT", "ST", "TM", "AV")
            ]
            team = [p for p in here if p.group == group] or [p for p in here if p.group not in ("TM", "AV")] or here
            if group == "AV":  # clause 25.staff: a teacher of listening and speech, or a rehabilitation therapist
                team = team + [p for p in here if p.group == "ST"]
            self._teams[institution, group] = team
        return team

    def physicians(self, institution: str, day: int) -> list[Person]:
        """Physicians who may prescribe there on that day."""
        return [p for p in self.with_group(institution, "DR") if p.first <= day <= p.last]

    def assessors(self, institution: str) -> list[Person]:
        """Everybody there who holds `rehabilitation` or `tcm`."""
        team = self._teams.get((institution, "assessors"))
        if team is None:
            scopes = ("rehabilitation", "tcm")
            team = [p for p in self.people if p.institution == institution and any(s.scope in scopes for s in p.scopes)]
            self._teams[institution, "assessors"] = team
        return team

    def with_group(self, institution: str, group: str) -> list[Person]:
        """Everybody of that staff group there: DR physicians, NS nurses, CL clerks …"""
        return [p for p in self.people if p.institution == institution and p.group == group]

    def clerk(self, institution: str) -> str | None:
        """Who opens files there, where a house has a clerk for it."""
        return next((person.id for person in self.with_group(institution, "CL")), None)

    def person(self, local: str) -> Person:
        """Somebody by the id they would have in the first district, `PT41`."""
        return next(p for p in self.people if p.id == self.prefix + local)

    def institution(self, id: str) -> Institution:
        """An institution by its id."""
        return next(house for house in self.houses if house.id == id)
