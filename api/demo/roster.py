"""Who is free when: books people and patients into the ten places of a working day, so that nobody is in two.

A place lasts 45 minutes; a session begins in its first five and is signed before it ends.
"""

from collections.abc import Sequence

from api.demo.staff import Person

PLACES = tuple(480 + 45 * n for n in range(5)) + tuple(780 + 45 * n for n in range(5))  # minutes after midnight


class Roster:
    """The taken places of everybody in a district, as one bit mask a person and day."""

    __slots__ = ("_taken",)

    def __init__(self) -> None:
        self._taken: dict[tuple[str, int], int] = {}

    def book(
        self, people: Sequence[Person], day: int, patient_free: int, prefer: int, early: int
    ) -> tuple[Person, int] | None:
        """One of the people, beginning with number `prefer`, in a place that the patient has free too.

        The place is the first from `early` on, else the first of the day. None when nobody is free.
        """
        n = len(people)
        for step in range(n):
            person = people[(prefer + step) % n]
            if not person.first <= day <= person.last:
                continue
            taken = self._taken.get((person.id, day), 0)
            free = patient_free & ~taken
            if free:
                later = free >> early << early
                bit = (later or free) & -(later or free)
                self._taken[person.id, day] = taken | bit
                return person, bit.bit_length() - 1
        return None

    def book_several(
        self, people: Sequence[Person], how_many: int, day: int, patient_free: int, prefer: int
    ) -> tuple[list[Person], int] | None:
        """`how_many` of the people in one place, the first place where so many and the patient are free."""
        n = len(people)
        order = [people[(prefer + step) % n] for step in range(n)]
        present = [
            (person, self._taken.get((person.id, day), 0)) for person in order if person.first <= day <= person.last
        ]
        for place in range(len(PLACES)):
            bit = 1 << place
            if not patient_free & bit:
                continue
            free = [person for person, taken in present if not taken & bit][:how_many]
            if len(free) == how_many:
                for person in free:
                    self._taken[person.id, day] = self._taken.get((person.id, day), 0) | bit
                return free, place
        return None

    def taken(self, person: Person, day: int, place: int) -> bool:
        """Whether somebody is booked in that place of the day."""
        return bool(self._taken.get((person.id, day), 0) >> place & 1)
