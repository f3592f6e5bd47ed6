"""The chain of a key's statements: each names the one before, so that none can be left out or put in unnoticed.

Statements of one key are given in any order (a log holds them as their facts came in), and in flat memory: what is
kept of a statement is its hash. The same statement twice is one; two with one counter are not. Pure: whether the
signatures are right is asked elsewhere.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator
from typing import NamedTuple

from ledger.treatment.statements import ChainEnd, SignedStatement, digest

_HASH_BYTES = 32


class Link(NamedTuple):
    """A statement as its chain needs it."""

    key_id: str
    counter: int
    previous: str
    digest: str


def link_of(signed: SignedStatement) -> Link:
    """The link that a statement is in its key's chain."""
    statement = signed.statement
    return Link(statement.key_id, statement.counter, statement.previous, digest(signed.data))


class Chain:
    """The statements of one key that are known so far."""

    def __init__(self) -> None:
        self._known = bytearray()  # hashes of 1, 2, 3, … as far as they join
        self._waiting: dict[int, Link] = {}  # those behind a gap

    @property
    def end(self) -> ChainEnd:
        """The statement with the largest counter."""
        if self._waiting:
            last = self._waiting[max(self._waiting)]
            return ChainEnd(last.counter, last.digest)
        count = len(self._known) // _HASH_BYTES
        return ChainEnd(count, self._digest(count)) if count else ChainEnd()

    def objection(self, link: Link) -> str | None:
        """Why the statement does not belong here: its counter is another's, or a neighbour was another. `None`: it may.

        A statement whose neighbours are not known contradicts nobody; see `follows`.
        """
        held = self._digest(link.counter)
        if held and held != link.digest:
            return f"statement {link.counter} of key {link.key_id!r} is another one"
        before = self._digest(link.counter - 1)
        if before and before != link.previous:
            return f"statement {link.counter - 1} of key {link.key_id!r} is another than the one that it follows"
        after = self._waiting.get(link.counter + 1)
        if after is not None and after.previous != link.digest:
            return f"statement {link.counter + 1} of key {link.key_id!r} follows another"
        return None

    def holds(self, link: Link) -> bool:
        """Whether this very statement is known."""
        return self._digest(link.counter) == link.digest

    def follows(self, link: Link) -> bool:
        """Whether the statement before this one is known, or it is the first."""
        return link.counter == 1 or self._digest(link.counter - 1) == link.previous

    def take(self, link: Link) -> None:
        """Add a statement that there is no objection to."""
        if link.counter * _HASH_BYTES <= len(self._known):
            return
        self._waiting[link.counter] = link
        while (following := self._waiting.pop(len(self._known) // _HASH_BYTES + 1, None)) is not None:
            self._known += b64decode(following.digest)

    def gaps(self) -> Iterator[tuple[int, int]]:
        """The counters that are missing below the largest, as ranges (first, last)."""
        expected = len(self._known) // _HASH_BYTES + 1
        for counter in sorted(self._waiting):
            if counter > expected:
                yield expected, counter - 1
            expected = counter + 1

    def _digest(self, counter: int) -> str:
        """The digest of a known statement; "" when it is not known."""
        if 0 < counter * _HASH_BYTES <= len(self._known):
            return b64encode(self._known[(counter - 1) * _HASH_BYTES : counter * _HASH_BYTES]).decode()
        waiting = self._waiting.get(counter)
        return waiting.digest if waiting is not None else ""
