"""What a decision may ask about everything outside its own subject: little, so that a store can answer it fast."""

from collections.abc import Iterable
from typing import Protocol

import msgspec

from ledger.treatment.facts import EntryCorrected, Fact, SigningKeyEnrolled


class Introduced(msgspec.Struct, frozen=True):
    """What others ask of a subject that exists: whose it is, the orders on its sheet, the tags of lines about it.

    `patients`: of a sheet and an episode, as written and, where that was corrected, as corrected: lines written before
    it still say the old one.
    """

    patients: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class Known(Protocol):
    """What a decision may ask about the rest of the ledger and of its batch."""

    def standing(self, subject: str) -> Introduced | None:
        """The standing of a subject; `None` when nothing introduces it."""

    def holder(self, line_id: str) -> Fact | None:
        """The fact that bears this `id`: the ledger's, else the batch's first by (at, line)."""

    def enrolment(self, point: bytes) -> SigningKeyEnrolled | None:
        """The enrolment of this public key: the ledger's first, else the batch's first by (at, line)."""

    def corrections(self, target: str) -> Iterable[EntryCorrected]:
        """What the ledger holds of corrections of this target; asked about ids that a line is about to introduce."""
