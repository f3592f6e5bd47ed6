"""Orders over whole columns: what their sheets say of them, which are in force on a day, how many sessions they had.

Of ordinary patients' sheets (`relations`); of others what stands here means nothing, and is not asked.
"""

import numpy as np
import pyarrow as pa

from projections.mirror.columns import BOTH_BIT, LOWER, NONE, RECORD_BIT, UPPER, Ints
from projections.mirror.instants import END_OF_TIME, NEVER, day_of, midnight_of
from projections.mirror.linking import codes, expanded, numbers, offsets, words_of
from projections.mirror.registers import Staff
from projections.mirror.relations import Relations
from projections.mirror.words import Vocabulary
from projections.rules.clauses.limb_days import limbs_of

_HALF = 1 << 23  # more days than there are, either way


class Sheets:
    """A value a sheet: `issued`, `issued_day`, `valid_until`, `bits` (what fails of record.physician). A value an
    order: `item`, `times` (`NEVER` where none is said), `limbs`, `stopped` (`NEVER` where it was not).
    """

    def __init__(self, facts: Relations, vocabulary: Vocabulary, staff: Staff, physician: Ints) -> None:
        self._facts = facts
        self._vocabulary = vocabulary
        sheets, orders = facts.tables["PrescriptionIssued"], facts.tables["Orders"]
        self.issued = numbers(sheets["at"])
        self.issued_day = day_of(self.issued)
        self.valid_until = numbers(sheets["valid_until"])
        held = staff.at(physician, self.issued_day)
        is_one, treats, trained = staff.physician[held], staff.treats[held], staff.trained[held]
        one_of_both = np.where(is_one & (treats | trained), 0, RECORD_BIT["record.physician"])
        self.bits = one_of_both | np.where(is_one & treats & trained, 0, BOTH_BIT)
        self.item = items_of(vocabulary, orders["item"])
        self.times = numbers(orders["times"], NEVER)
        limbs = [_limbs(site) for site in words_of(orders["site"])]
        self.limbs = np.append(np.array(limbs, np.int64), 0)[codes(orders["site"])]
        self.stopped = self._stopped()
        owner = facts.patient["PrescriptionIssued"][facts.sheet_of_order]
        self._place = np.argsort(owner, kind="stable")
        self._begin, self._end = offsets(owner[self._place], len(facts.ids))

    def _stopped(self) -> Ints:
        """Of several stops the first counts, of the order or of its whole sheet."""
        f, at = self._facts, numbers(self._facts.tables["PrescriptionStopped"]["at"])
        order = np.full(len(f.sheet_of_order), NEVER, np.int64)
        alone = f.stopped_order >= 0
        np.minimum.at(order, f.stopped_order[alone], at[alone])
        sheet = np.full(len(self.issued), NEVER, np.int64)
        np.minimum.at(sheet, f.stopped_sheet[f.stopped_whole], at[f.stopped_whole])
        return np.minimum(order, sheet[f.sheet_of_order]) if len(order) else order

    def fails(self, order: Ints, at: Ints, day: Ints) -> Ints:
        """Whether record.prescription fails of sessions on these orders."""
        sheet = self._facts.sheet_of_order[order]
        valid = self.valid_until[sheet]
        fails: Ints = (self.issued[sheet] > at) | (self.stopped[order] <= at) | ((valid != NONE) & (valid < day))
        return fails

    def in_force(self, patient: Ints, day: Ints) -> Ints:
        """The sets of items for which the patients' orders are in force on the days, by the vocabulary's numbers."""
        f, vocabulary = self._facts, self._vocabulary
        if not len(patient):
            return np.zeros(0, np.int64)
        # Acts of a patient on the same day see the same.
        asked, back = np.unique(patient * (2 * _HALF) + (day + _HALF), return_inverse=True)
        patient, day = asked // (2 * _HALF), asked % (2 * _HALF) - _HALF
        which, at = expanded(self._begin[patient], self._end[patient])
        order, today = self._place[at], day[which]
        sheet = f.sheet_of_order[order]
        stopped, valid = self.stopped[order], self.valid_until[sheet]
        seen = (stopped != NEVER) & (day_of(np.minimum(stopped, END_OF_TIME)) <= today)
        holds = (self.issued_day[sheet] <= today) & ((valid == NONE) | (valid >= today))
        holds &= ~seen | (stopped > np.maximum(self.issued[sheet], midnight_of(today)))
        spread = len(vocabulary.items)
        pairs = np.unique(which[holds] * spread + self.item[order[holds]])
        which, items = pairs // spread, pairs % spread
        first, last = offsets(which, len(asked))
        names = list(vocabulary.items)
        known: dict[bytes, int] = {}
        sets = np.empty(len(asked), np.int64)
        raw, size = items.tobytes(), items.itemsize
        for number, (a, b) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
            key = raw[a * size : b * size]
            found = known.get(key)
            if found is None:
                found = known[key] = vocabulary.orders[frozenset(names[k] for k in items[a:b].tolist())]
            sets[number] = found
        return sets[back]


def earlier(order: Ints, at: Ints, position: Ints, performed: Ints) -> Ints:
    """How many sessions were performed on the same order before each, in the order of judging."""
    place = np.lexsort((position, at, order))
    counted = performed[place].astype(np.int64)
    before = np.cumsum(counted) - counted
    ordered = order[place]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])[: len(place)])
    before -= np.repeat(before[starts], np.diff(np.append(starts, len(place))))
    found = np.empty(len(place), np.int64)
    found[place] = before
    return found


def items_of(vocabulary: Vocabulary, column: pa.DictionaryArray) -> Ints:
    """Items by the numbers of the vocabulary; null is -1."""
    return np.append(vocabulary.items.places(words_of(column)), -1)[codes(column)]


def _limbs(site: str) -> int:
    named = limbs_of(site)
    return (UPPER if "upper" in named else 0) | (LOWER if "lower" in named else 0)
