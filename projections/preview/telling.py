"""Acts that move, told one by one: the first of them, whatever they were read from and in whichever batches."""

from datetime import date, timedelta
from operator import attrgetter

import msgspec
import numpy as np

from projections.mirror.columns import NONE, Ints, Rows
from projections.preview.comparing import Comparison
from projections.rebuild.failing import failing_clauses, rulebook_places
from projections.rebuild.judging import Outcome
from projections.rules.judge import Judge


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One act that moves, and the clauses that deny it: today where it gains, then where it loses.

    `position`: of the line that opens it, from 1. `act` is empty where the ids of acts were not read.
    """

    act: str
    patient: str
    item: str
    day: date
    institution: str
    position: int
    payable: bool
    amount_fen: int | None
    because: tuple[str, ...]


class Telling:
    """The first acts that move: by the ids of patients, and of each patient in the order of judging.

    No more than `most` are held, however many move.
    """

    def __init__(self, now: Judge, then: Judge, most: int) -> None:
        self._sides = (now, then)
        self._most = most
        self.changes: list[Change] = []

    def add(self, found: Comparison) -> None:
        """A batch more, of other patients than any before."""
        if not self._most:
            return
        places = self._first(found.rows, np.sort(np.concatenate([found.gained, found.lost])))
        gains = found.then.payable[places] > 0
        told: dict[int, Change] = {}
        for way, (judge, outcome) in enumerate(zip(self._sides, (found.now, found.then), strict=True)):
            own = places[gains == (way == 0)]
            told |= _changes(judge, outcome, found.rows, own, gains=way == 0)
        both = [*self.changes, *(told[place] for place in places.tolist())]
        both.sort(key=attrgetter("patient"))  # stable: of a patient all stand together, in order
        self.changes = both[: self._most]

    def _first(self, rows: Rows, places: Ints) -> Ints:
        """Of these acts those that may be among the first of all; in a batch patients stand in the order of ids."""
        if len(self.changes) == self._most:  # whoever comes after the last of them is not
            last = self.changes[-1].patient
            near = np.array([patient < last for patient in rows.patients], bool)
            places = places[near[rows.columns.patient[places]]]
        return places[: self._most]


def _changes(judge: Judge, outcome: Outcome, rows: Rows, places: Ints, *, gains: bool) -> dict[int, Change]:
    """Acts that move one way, by their places, as the side says that denies them."""
    columns = rows.columns
    books = rulebook_places(judge, columns._replace(day=columns.day[places], opened=columns.opened[places]))
    found = {}
    for place, book in zip(places.tolist(), books.tolist(), strict=True):
        item = rows.items[columns.item[place]]
        fee = int(columns.fee[place])
        found[place] = Change(
            act=rows.acts[place] if rows.acts else "",
            patient=rows.patients[columns.patient[place]],
            item=item,
            day=date(1970, 1, 1) + timedelta(int(columns.day[place])),
            institution=rows.institutions[columns.institution[place]],
            position=int(columns.position[place]),
            payable=gains,
            amount_fen=None if fee == NONE else fee,
            because=failing_clauses(judge, book, item, int(outcome.fails[place])),
        )
    return found
