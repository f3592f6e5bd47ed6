"""Kept decisions, read: beside the mirror's batches, without judging, or of one act, as it was decided and when."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np

from projections.decisions.manifest import KeptManifest, KeptPart, read_manifest
from projections.decisions.parts import Denied, Earlier, KeptReader, read_earlier
from projections.decisions.refusal import KeptError
from projections.decisions.ruling import evaluator_digest, ruling_of
from projections.mirror.columns import EVIDENCE, NONE, Ints, Rows
from projections.mirror.mirror import EVERY, Mirror, Piece
from projections.rebuild.judging import Outcome
from projections.rules.judge import Judge

_ATTEMPTS = 5


class Decided(NamedTuple):
    """How an act was decided over the first `size` entries of the log: the act that the entry at `position` opens.

    `clauses` that failed, record first; of the rule's first of them `used`, and the position of the act counted last.
    """

    size: int
    position: int
    payable: bool
    clauses: tuple[str, ...] = ()
    blocking_position: int | None = None
    used: int | None = None


class Kept:
    """The decisions of one ruling, held as they were when they were opened, whoever keeps others meanwhile.

    With a mirror they are of exactly its rows; without one, only `of` can be asked.
    """

    def __init__(self, directory: Path, manifest: KeptManifest, mirror: Mirror | None = None) -> None:
        self.directory = directory
        self.manifest = manifest
        self._mirror = mirror
        self._readers = {part.name: KeptReader(directory, part.name, part.files) for part in manifest.parts}
        self._earlier: Earlier | None = None
        if manifest.earlier is not None:
            self._earlier = read_earlier(directory, manifest.earlier, manifest.earlier_file)
        self._parts: dict[str, KeptPart] = {}
        if mirror is not None:
            self._beside(mirror)

    @classmethod
    def read(cls, directory: Path) -> Self:
        """The decisions in a directory, whatever they were made from, to be asked for single acts. KeptError."""
        for attempt in range(_ATTEMPTS):
            manifest = read_manifest(directory)
            try:
                return cls(directory, manifest)
            except FileNotFoundError as missing:  # others were kept between the two
                if attempt + 1 == _ATTEMPTS:
                    raise KeptError(f"{directory}: a file is gone ({missing}); they are made anew") from None
        raise AssertionError

    @classmethod
    def open(cls, store: Path, mirror: Mirror, judge: Judge) -> Self:
        """The decisions of the judge's ruling on exactly the rows of the mirror. Never judges.

        KeptError where they are not kept, or were made of other rows, or by other rules or another evaluator, or where
        a file is damaged: what batches are made of is read here, so that nobody finds out half-way.
        """
        kept = cls.read(store / ruling_of(judge).name)
        manifest = kept.manifest
        if manifest.ruling.digest != ruling_of(judge).digest:
            raise KeptError(f"{kept.directory}: the decisions are of another ruling")
        if (manifest.mirror, manifest.size) != (mirror.digest, mirror.size):
            raise KeptError(f"{kept.directory}: the decisions are of {manifest.size:,} entries, not of {mirror.size:,}")
        if any(part.evaluator != evaluator_digest() for part in manifest.parts):
            raise KeptError(f"{kept.directory}: another version of this program decided")
        if sorted(part.part for part in manifest.parts) != sorted(part.digest for part in mirror.manifest.parts):
            raise KeptError(f"{kept.directory}: the mirror was written anew since")
        kept._beside(mirror)
        for reader in kept._readers.values():
            reader.told()
        return kept

    def batches(self, columns: Sequence[str] = EVERY, *, acts: bool = True) -> Iterator[tuple[Rows, Outcome]]:
        """The mirror's batches, and how their acts were decided. `kind` has to be among the columns."""
        for piece in self.mirror.pieces():
            rows = self.mirror.read(piece, columns, acts=acts)
            if rows.patients:
                yield rows, self.outcome(piece, rows)

    def outcome(self, piece: Piece, rows: Rows) -> Outcome:
        """How the acts of a piece were decided; `rows` are what the mirror reads of it, with `kind`."""
        part = self._parts[piece.part]
        told = self._readers[part.name].told()
        start, current = self.mirror.places(piece)
        count = len(rows.columns.patient) if current is None else len(current)
        first, last = (int(place) for place in np.searchsorted(told.row, [start, start + count]))
        place = told.row[first:last].astype(np.int64) - start
        fails, back, used = (column[first:last] for column in (told.fails, told.blocking, told.used))
        blocked = np.where(back != 0, place - back, -1)
        if current is not None:
            number = np.cumsum(current) - 1
            there = current[place]
            place, fails, used = number[place[there]], fails[there], used[there]
            blocked = blocked[there]
            blocked = np.where(blocked >= 0, number[np.maximum(blocked, 0)], -1)
        return _outcome(rows, place, fails, blocked, used)

    def of(self, position: int) -> list[Decided]:
        """How the act was decided that the entry at this position opens (from 1), each time it was decided otherwise:
        the oldest decision that is kept first, the newest last; nothing where no such act was decided.
        """
        found = self._earlier_of(position)
        for part in self.manifest.parts:
            reader = self._readers[part.name]
            acts = reader.acts()
            place = int(np.searchsorted(acts.position, position))
            if place < len(acts.position) and acts.position[place] == position:
                found.append(_decided(reader, part.size, position, bool(acts.payable[place])))
        found.sort(key=lambda one: one.size)
        return [one for k, one in enumerate(found) if k == 0 or one._replace(size=0) != found[k - 1]._replace(size=0)]

    def _beside(self, mirror: Mirror) -> None:
        by_digest = {part.part: part for part in self.manifest.parts}
        self._mirror = mirror
        self._parts = {part.name: by_digest[part.digest] for part in mirror.manifest.parts}

    @property
    def mirror(self) -> Mirror:
        """The mirror that they were opened with. KeptError without one."""
        if self._mirror is None:
            raise KeptError(f"{self.directory}: the decisions were opened without a mirror")
        return self._mirror

    def _earlier_of(self, position: int) -> list[Decided]:
        if self._earlier is None:
            return []
        size, payable, denied = self._earlier
        return [
            Decided(int(size[k]), position, bool(payable[k]), *_reasons(denied, k))
            for k in np.flatnonzero(denied.position == position).tolist()
        ]


def _decided(reader: KeptReader, size: int, position: int, payable: bool) -> Decided:
    if payable:
        return Decided(size, position, True)
    denied = reader.denied()
    return Decided(size, position, False, *_reasons(denied, int(np.flatnonzero(denied.position == position)[0])))


def _reasons(denied: Denied, place: int) -> tuple[tuple[str, ...], int | None, int | None]:
    blocking, used = int(denied.blocking_position[place]), int(denied.used[place])
    return tuple(denied.clauses[place].split()), blocking or None, None if used == NONE else used


def _outcome(rows: Rows, place: Ints, fails: Ints, blocked: Ints, used: Ints) -> Outcome:
    """All acts are payable but these."""
    count = len(rows.columns.patient)
    outcome = Outcome(
        (rows.columns.kind != EVIDENCE).astype(np.int8),
        np.zeros(count, np.int32),
        np.full(count, -1, np.int32),
        np.full(count, NONE, np.int32),
    )
    outcome.payable[place] = 0
    outcome.fails[place] = fails
    outcome.blocking[place] = blocked
    outcome.used[place] = used
    return outcome
