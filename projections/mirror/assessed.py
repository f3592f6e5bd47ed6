"""Assessments over whole columns: who gave them and whether they might; and what was found in each episode, when."""

import numpy as np
import pyarrow as pa

from projections.mirror.columns import Ints
from projections.mirror.instants import NEVER, day_of
from projections.mirror.linking import codes, last_not_after, numbers, offsets, words_of
from projections.mirror.registers import Staff
from projections.mirror.relations import Names, Relations


class Assessed:
    """A value an assessment: `day`, `voided`, `all_treat`, `treating` (how many distinct assessors may treat), `first`
    (the first assessor, -1 for none), `provider` and `signed` (by an assessor first; `NEVER` where by none).
    """

    def __init__(self, facts: Relations, names: Names, staff: Staff, assessor: Ints) -> None:
        table, signed = facts.tables["AssessmentRecorded"], facts.tables["AssessmentSigned"]
        counts = numbers(table["assessors"])
        which = np.repeat(np.arange(len(counts)), counts)
        self.day = day_of(numbers(table["at"]))
        self.voided = np.zeros(len(counts), bool)
        self.voided[facts.assessment_voided[facts.assessment_voided >= 0]] = True
        held = staff.at(assessor, self.day[which])
        treats = staff.treats[held]
        self.all_treat = np.bincount(which, ~treats, minlength=len(counts)) == 0
        begin = np.cumsum(counts) - counts
        named = np.flatnonzero(counts > 0)
        self.first = np.full(len(counts), -1, np.int64)
        self.first[named] = assessor[begin[named]]
        self.provider = np.full(len(counts), -1, np.int64)  # of nobody everything is true
        if len(named):
            self.provider[named] = np.bitwise_and.reduceat(staff.provider[held], begin[named])
        spread = max(1, len(names.ids))
        pairs, place = np.unique(which * spread + assessor, return_index=True)
        self.treating = np.bincount(which[place], treats[place], minlength=len(counts)).astype(np.int64)
        signer = among(names, signed["practitioner"])
        own = (facts.assessment_signed >= 0) & (signer >= 0)
        own &= np.isin(facts.assessment_signed * spread + signer, pairs)
        self.signed = np.full(len(counts), NEVER, np.int64)
        np.minimum.at(self.signed, facts.assessment_signed[own], numbers(signed["at"])[own])


class Found:
    """The findings of each episode after each line that records some, in order of time."""

    def __init__(self, facts: Relations, voided: Ints) -> None:
        tables = [facts.tables[name] for name in ("EpisodeOpened", "FindingsRecorded", "AssessmentRecorded")]
        count = len(tables[0]["at"])
        episode = np.concatenate(
            [np.arange(count), facts.episode_of_finding, np.where(voided, -1, facts.episode_of_assessment)]
        )
        at, place, mask, bits = (
            np.concatenate([numbers(table[name]) for table in tables]) for name in ("at", "position", "mask", "bits")
        )
        keep = np.flatnonzero((episode >= 0) & (mask != 0))
        keep = keep[np.lexsort((place[keep], at[keep], episode[keep]))]
        mask, state = mask[keep], bits[keep]
        self._at = at[keep]
        self._begin, self._end = offsets(episode[keep], count)
        begin, length = self._begin, self._end - self._begin
        for k in range(1, int(length.max()) if count else 0):  # the second line of every episode, the third …
            begin, length = begin[length > k], length[length > k]
            now = begin + k
            state[now] |= state[now - 1] & ~mask[now]
        self._state = np.append(state, 0)

    def at(self, episode: Ints, at: Ints) -> Ints:
        """What is found in each episode at an instant."""
        begin = self._begin[episode]
        last = last_not_after(begin, self._end[episode], self._at, at)
        return np.where(last >= begin, self._state[last], 0)


def among(names: Names, column: pa.DictionaryArray) -> Ints:
    """A column by the numbers of these names; -1 for null, and for what is not among them."""
    places = np.fromiter((names.ids.get(word, -1) for word in words_of(column)), np.int64, len(column.dictionary))
    return np.append(places, -1)[codes(column)]
