"""A mirror, read: batches of whole patients, each row once, by the newest file that has the patient.

A mirror is a directory of Parquet files and a manifest. It is held as it was when it was opened, whoever writes to it
meanwhile.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

from projections.mirror.arrays import texts
from projections.mirror.columns import DTYPES, PER_PATIENT, Columns, Ints, Rows
from projections.mirror.digest import mirror_digest, patient_digests
from projections.mirror.house import House, institutions
from projections.mirror.manifest import MANIFESTS, Manifest
from projections.mirror.parts import PartReader
from projections.mirror.refusal import REMEDY, MirrorDamaged
from projections.mirror.words import Numbered, numbered, of_patients
from projections.rules.register import Institution

EVERY = Columns._fields
REPORTED = ("fund", "position", "staff", "setting", "recorded", "signed")
JUDGED = tuple(name for name in EVERY if name not in REPORTED)
"""The columns that judging reads; of the others no rule asks."""
_ATTEMPTS = 5

Told = Callable[[int, int], None]
"""(rows done, of how many)"""


class Piece(NamedTuple):
    """A row group of a part, to be read by itself: in another process, say."""

    part: str
    group: int


class Mirror:
    """The mirror in a directory. Its numbers are the same in every batch: `words` are those of all of them."""

    def __init__(self, directory: Path, manifest: Manifest, readers: dict[str, PartReader]) -> None:
        self.directory = directory
        self.manifest = manifest
        self._readers = readers
        self._counts: dict[str, Ints] = {}

    @classmethod
    def open(cls, directory: Path) -> Self:
        """Open the mirror in `directory`. MirrorError where there is none that can be read; MirrorDamaged, now or when
        it is read, where a file is not what was written.
        """
        for attempt in range(_ATTEMPTS):
            manifest = MANIFESTS.read(directory)
            try:
                readers = {part.name: PartReader(directory, part.name, part.checksums) for part in manifest.parts}
                return cls(directory, manifest, readers)
            except FileNotFoundError as missing:  # it was written anew between the two
                if attempt + 1 == _ATTEMPTS:
                    raise MirrorDamaged(f"{directory}: a file of the mirror is gone ({missing}); {REMEDY}") from None
        raise AssertionError

    @property
    def size(self) -> int:
        """How many entries of the log were taken in."""
        return self.manifest.size

    @property
    def digest(self) -> str:
        """What it says, in hex (`projections.mirror.digest`)."""
        return self.manifest.digest

    @cached_property
    def words(self) -> Numbered:
        """What the columns number: `items`, `institutions`, `orders`, `practitioners`."""
        return numbered(self.manifest.words)

    @cached_property
    def institutions(self) -> dict[str, Institution]:
        """What judging asks of institutions themselves: level, kind, departments."""
        return institutions(self.manifest.institutions)

    @property
    def houses(self) -> dict[str, House]:
        """The same, as it is kept."""
        return self.manifest.institutions

    @cached_property
    def _newest(self) -> dict[str, tuple[str, int]]:
        """Of each patient that a patch has: the part that counts, and the patient's place in it."""
        return {
            patient: (part.name, place)
            for part in self.manifest.parts
            if part.patch
            for place, patient in enumerate(self._readers[part.name].patients.ids)
        }

    @property
    def patches(self) -> list[str]:
        """The parts that supersede what parts before them say of their patients."""
        return [part.name for part in self.manifest.parts if part.patch]

    def patched(self) -> list[str]:
        """Everybody whom a patch has, with rows or without."""
        return list(self._newest)

    def last_of(self, piece: Piece) -> str:
        """The last patient of a piece."""
        of = self._readers[piece.part].patients
        return of.ids[int(np.searchsorted(of.group, piece.group, side="right")) - 1]

    def joined(self, cuts: Sequence[Rows]) -> Rows:
        """Rows of this mirror that have no patient in common as one, sorted by patient."""
        return together([rows for rows in cuts if rows.patients], self.words)

    def with_patched(self, rows: Rows) -> Rows:
        """These rows, and those of everybody else whom a patch has, also of those who have none there."""
        others = sorted(set(self._newest) - set(rows.patients))
        found = self.rows_of(others)
        without = set(others) - set(found.patients)
        cuts = [found._replace(**_words_of(rows)), rows, *([_without_rows(sorted(without), rows)] if without else [])]
        return together([cut for cut in cuts if cut.patients], Numbered(**_words_of(rows)))

    def patients(self) -> list[str]:
        """Everybody who has rows, by id."""
        return [patient for patient, _ in self.digests()]

    def digests(self) -> list[tuple[str, bytes]]:
        """Everybody who has rows with the digest of them, by id."""
        found = []
        for part in self.manifest.parts:
            of = self._readers[part.name].patients
            current = self._current(part.name)
            found += [(of.ids[k], of.digests[k]) for k in np.flatnonzero(current & (of.rows > 0)).tolist()]
        return sorted(found) if self._newest else found

    def pieces(self) -> list[Piece]:
        """All there is to read, in pieces of whole patients."""
        return [Piece(part.name, k) for part in self.manifest.parts for k in range(self._readers[part.name].groups)]

    def read(self, piece: Piece, columns: Sequence[str] = EVERY, *, acts: bool = True) -> Rows:
        """A piece's rows, without those that a later file supersedes. See `batches`."""
        reader = self._readers[piece.part]
        rows = reader.read(piece.group, columns, self.words, acts=acts)
        current = self._current(piece.part)[reader.patients.group == piece.group] if self._newest else None
        # A patient without rows has a line, and is in the group that comes next.
        there = np.bincount(rows.columns.patient, minlength=len(rows.patients)) > 0
        keep = there if current is None else current & there
        return rows if bool(keep.all()) else _kept(rows, np.flatnonzero(keep))

    def places(self, piece: Piece) -> tuple[int, Ints | None]:
        """Where among its part's rows a piece begins, and which of its rows, as the file has them, `read` gives: those
        that no later file supersedes (None: all).
        """
        of = self._readers[piece.part].patients
        first, last = (int(place) for place in np.searchsorted(of.group, [piece.group, piece.group + 1]))
        current = self._current(piece.part)[first:last]
        return int(of.rows[:first].sum()), None if current.all() else np.repeat(current, of.rows[first:last])

    def superseded(self, part: str) -> int:
        """How many patients of a part are said by a later file."""
        return int(np.count_nonzero(~self._current(part)))

    def batches(self, columns: Sequence[str] = EVERY, *, acts: bool = True) -> Iterator[Rows]:
        """Every patient once, in batches of whole patients: sorted by id within a batch, and over all of them as long
        as no patient was written anew since the last compaction.

        `columns`: those wanted; of others every value is 0. Without `acts` the ids of acts are not read, and `acts` of
        the rows is empty.
        """
        for piece in self.pieces():
            rows = self.read(piece, columns, acts=acts)
            if rows.patients:
                yield rows

    def rows_of(self, patients: Iterable[str], columns: Sequence[str] = EVERY, *, acts: bool = True) -> Rows:
        """The rows of these patients, sorted by id; those without rows are left out."""
        places: dict[Piece, list[str]] = {}
        for patient in sorted(set(patients)):
            found = self._find(patient)
            if found is not None:
                places.setdefault(found, []).append(patient)
        cuts = []
        for piece, wanted in places.items():
            rows = self.read(piece, columns, acts=acts)
            number = {patient: k for k, patient in enumerate(rows.patients)}
            cuts.append(_kept(rows, np.array([number[patient] for patient in wanted])))
        return together(cuts, self.words)

    def findings(self, told: Told = lambda done, total: None) -> list[str]:
        """What is wrong with the files, each by its path, when all of them are read and held against the digests."""
        found, done = [], 0
        for part in self.manifest.parts:
            reader, digests = self._readers[part.name], []
            try:
                for group in range(reader.groups):
                    reader.require_told_to_others(group)
                    rows = reader.read(group, EVERY, self.words, acts=True)
                    there = np.bincount(rows.columns.patient, minlength=len(rows.patients)) > 0
                    own = zip(rows.patients, patient_digests(rows, texts(rows.acts)), there.tolist(), strict=True)
                    digests += [(patient, digest) for patient, digest, has_rows in own if has_rows]
                    done += len(rows.columns.patient)
                    told(done, sum(one.rows for one in self.manifest.parts))
                reader.require(mirror_digest({}, digests) == part.digest, "it does not say what its digest says")
            except MirrorDamaged as error:
                found.append(str(error))
        if not found and mirror_digest(self.houses, self.digests()) != self.digest:
            found.append(f"{self.directory}: the mirror does not say what its digest says; {REMEDY}")
        return found

    def require_whole(self) -> None:
        """Read everything, and hold it against the digest. MirrorDamaged where it says something else."""
        for finding in self.findings():
            raise MirrorDamaged(finding)

    def _find(self, patient: str) -> Piece | None:
        if patient in self._newest:
            name, place = self._newest[patient]
            of = self._readers[name].patients
            return Piece(name, int(of.group[place])) if of.rows[place] else None
        for part in self.manifest.parts:
            if not part.patch and part.first <= patient <= part.last:
                of = self._readers[part.name].patients
                place = bisect_left(of.ids, patient)
                if of.ids[place : place + 1] == (patient,):
                    return Piece(part.name, int(of.group[place]))
        return None

    def _current(self, name: str) -> Ints:
        """Whether each of the part's patients is said by no later file."""
        found = self._counts.get(name)
        if found is None:
            ids, newest = self._readers[name].patients.ids, self._newest
            current = (newest.get(patient, (name, 0))[0] == name for patient in ids)
            found = self._counts[name] = np.fromiter(current, bool, len(ids)) if newest else np.ones(len(ids), bool)
        return found


def _words_of(rows: Rows) -> dict[str, Any]:
    return {name: getattr(rows, name) for name in Numbered._fields}


def _without_rows(patients: Sequence[str], like: Rows) -> Rows:
    """Patients of whom there is nothing to say."""
    nothing = {name: np.zeros(len(patients) if name in PER_PATIENT else 0, DTYPES[name]) for name in Columns._fields}
    return like._replace(columns=Columns(**nothing), patients=tuple(patients), acts=())


def together(cuts: Sequence[Rows], words: Numbered) -> Rows:
    """Rows that have no patient in common and number the same words as one, sorted by patient."""
    if len(cuts) == 1:
        return cuts[0]
    patients = [patient for rows in cuts for patient in rows.patients]
    order = sorted(range(len(patients)), key=patients.__getitem__)
    rank = np.empty(len(patients), np.int32)
    rank[order] = np.arange(len(patients), dtype=np.int32)
    first = 0
    numbers = []
    for rows in cuts:
        numbers.append(rank[first:][rows.columns.patient])
        first += len(rows.patients)
    number = np.concatenate(numbers) if numbers else np.zeros(0, np.int32)
    place = np.argsort(number, kind="stable")
    columns = {}
    for name in Columns._fields:
        parts = [getattr(rows.columns, name) for rows in cuts]
        joined = np.concatenate(parts) if parts else np.zeros(0, np.int32)
        columns[name] = joined[order] if name in PER_PATIENT else joined[place] if parts else joined
    columns["patient"] = number[place]
    acts = [act for rows in cuts for act in rows.acts]
    return Rows(
        Columns(**columns),
        patients=tuple(patients[k] for k in order),
        acts=tuple(acts[k] for k in place.tolist()) if acts else (),
        **words._asdict(),
    )


def _kept(rows: Rows, wanted: Ints) -> Rows:
    """Some of the patients of the rows."""
    keep = np.zeros(len(rows.patients), bool)
    keep[wanted] = True
    acts = rows.acts
    if acts:
        acts = tuple(acts[k] for k in np.flatnonzero(keep[rows.columns.patient]).tolist())
    return rows._replace(
        columns=of_patients(rows, wanted), patients=tuple(rows.patients[k] for k in wanted.tolist()), acts=acts
    )
