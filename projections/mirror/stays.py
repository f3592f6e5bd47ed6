"""Stays over whole columns: the one an act belongs to, and whether it lies in it."""

import numpy as np

from projections.mirror.columns import Ints
from projections.mirror.linking import last_not_after
from projections.mirror.relations import Relations


def stays_of(facts: Relations, named: Ints, patient: Ints, house: Ints, at: Ints, inside: Ints) -> tuple[Ints, Ints]:
    """The stay of each act (its row, -1 for none), and whether record.stay fails.

    `named`: the stay that it names itself (-1: none); `inside`: whether it has to belong to one.
    """
    begin, end, order = facts.stay_begin, facts.stay_end, facts.stay_order
    if not len(begin):
        return named, inside
    stay = named.copy()
    ask = np.flatnonzero(named < 0)
    keys = patient[ask] * facts.house_spread + house[ask]
    first, last = (np.searchsorted(facts.stay_key, keys, side) for side in ("left", "right"))
    there = np.flatnonzero(last > first)
    first, last, ask = first[there], last[there], ask[there]
    place = last_not_after(first, last, begin[order], at[ask])
    found = order[np.maximum(place, 0)]
    lain = (place >= first) & (at[ask] <= end[found])
    stay[ask[lain]] = found[lain]
    covered = (begin[named] <= at) & (at <= end[named])
    return stay, np.where(named >= 0, ~covered, inside & (stay < 0))
