"""What an exception says: which acts, whose, when, what was observed, and the words that make one ask.

An exception is a question to be put, never a judgement: it has no severity and takes no money away. This module knows
no exception.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from projections.exceptions.performed import Performed
from projections.said import Said

Observed = dict[str, str | int | tuple[str, ...]]
"""Observed values by name; instants and days are spelled as ISO 8601."""


class Source(Struct, frozen=True):
    """Where the words stand in the notice, and the words as printed there, white space aside."""

    place: str
    words: str


class Exceptional(Struct, frozen=True, kw_only=True):
    """Something an auditor would look at.

    `begin` and `end` are the instants (+08:00) between which it lies; `acts` the ids of sessions and assessments, in
    order of time, an assessment that is not charged among them where scores are compared; `positions` those acts'
    places in the log, where known; `evidence` the observed values by name.
    """

    name: str
    what: Said
    begin: datetime
    end: datetime
    patients: tuple[str, ...]
    practitioners: tuple[str, ...]
    institutions: tuple[str, ...]
    acts: tuple[str, ...]
    positions: tuple[int, ...]
    evidence: Observed
    source: Source


class Question(Struct, frozen=True):
    """One kind of exception: its name, a heading, and the words of the notice that make one ask."""

    name: str
    title: Said
    source: Source

    def about(
        self,
        acts: Sequence[Performed],
        what: Said,
        evidence: Observed,
        *,
        begin: datetime | None = None,
        end: datetime | None = None,
        patients: Iterable[str] | None = None,
        practitioners: Iterable[str] | None = None,
        institutions: Iterable[str] | None = None,
        ids: Iterable[str] | None = None,
    ) -> Exceptional:
        """The exception over these acts; who and when are theirs unless given. Without acts all have to be given.

        `ids` stand instead of the acts' own where assessments are meant that are no acts.
        """
        if patients is None:
            patients = (act.patient for act in acts)
        if practitioners is None:
            practitioners = (person for act in acts for person in act.staff)
        if institutions is None:
            institutions = (act.institution for act in acts)
        return Exceptional(
            name=self.name,
            what=what,
            begin=begin if begin is not None else min(act.at for act in acts),
            end=end if end is not None else max(act.end or act.at for act in acts),
            patients=once(patients),
            practitioners=once(practitioners),
            institutions=once(institutions),
            acts=tuple(ids) if ids is not None else tuple(act.id for act in acts),
            positions=tuple(act.position for act in acts if act.position is not None),
            evidence=evidence,
            source=self.source,
        )


def once(names: Iterable[str]) -> tuple[str, ...]:
    """Every name once, in the order of its first appearance."""
    return tuple(dict.fromkeys(names))
