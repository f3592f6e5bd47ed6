"""Decisions, made and kept: every part of the mirror judged that is not kept already, the files first, then their name.

What stays as it was is not judged again: a part of the mirror with the same rows, judged by the same ruling and the
same evaluator, of institutions of which the same is known. What was decided otherwise before is kept beside, with how
many entries of the log it was decided over.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import msgspec
import numpy as np

from ledger.files import sync_directory
from projections.decisions.earlier import with_changed
from projections.decisions.kept import Kept
from projections.decisions.manifest import FORMAT, KeptManifest, KeptPart, write_manifest
from projections.decisions.parts import Acts, Denied, write_part
from projections.decisions.refusal import KeptError
from projections.decisions.ruling import evaluator_digest, ruling_of
from projections.decisions.writing import free_number, kept_before, kept_by_one, sweep
from projections.mirror.columns import EVIDENCE, Ints, Rows
from projections.mirror.mirror import JUDGED, Mirror, Piece, together
from projections.rebuild.asked import asked_columns
from projections.rebuild.failing import failing_clauses, rulebook_places
from projections.rebuild.growing import NotTabled
from projections.rebuild.judging import Outcome, judge_rows, table_of
from projections.rules.judge import Judge

Told = Callable[[int, int], None]
"""(rows judged, of how many)"""

Decide = Callable[[Rows], Outcome]
"""The decisions on every act of rows."""


def keep(
    store: Path,
    mirror: Mirror,
    judge: Judge,
    *,
    decide: Decide | None = None,
    told: Told = lambda done, total: None,
) -> Kept:
    """Keep the judge's decisions on every act of the mirror, in a directory of `store` for its ruling; read them back.

    The judge's evidence is not asked. `decide`: another way to the same decisions, sooner where there are few acts.
    KeptError where another process is at it, or the rules cannot be tabled.
    """
    ruling = ruling_of(judge)
    directory = store / ruling.name
    with kept_by_one(directory):
        before = kept_before(directory)
        if before is not None and before.ruling.digest != ruling.digest:
            before = None
        fitting = {part.part: part for part in before.parts} if before is not None else {}
        found: list[KeptPart | None] = []
        pieces: list[list[Piece]] = []
        for part in mirror.manifest.parts:
            kept = fitting.get(part.digest)
            found.append(kept if kept is not None and fits(kept, mirror, part.name) else None)
            pieces.append([piece for piece in mirror.pieces() if piece.part == part.name])
        whole = before is not None and None not in found and len(found) == len(before.parts)
        if whole and before is not None and (before.mirror, before.size) == (mirror.digest, mirror.size):
            return Kept(directory, before, mirror)
        sweep(directory, before)
        number = free_number(before)
        judging = _Judging(directory, mirror, judge, decide, told)
        judging.total = sum(part.rows for part, kept in zip(mirror.manifest.parts, found, strict=True) if kept is None)
        for place, part in enumerate(mirror.manifest.parts):
            if found[place] is None:
                found[place] = judging.part(f"part-{number:06}", part.name, part.digest, pieces[place])
                number += 1
        parts = tuple(part for part in found if part is not None)
        earlier: tuple[str | None, str | None] = (None, None)
        if before is not None:
            earlier = with_changed(directory, before, parts, f"earlier-{number:06}")
        sync_directory(directory)
        manifest = KeptManifest(FORMAT, ruling, mirror.digest, mirror.size, parts, *earlier)
        write_manifest(directory, manifest)
        sync_directory(store)
        after = Kept(directory, manifest, mirror)
        sweep(directory, manifest)
        return after


def fits(kept: KeptPart, mirror: Mirror, part: str) -> bool:
    """Whether decisions on rows that are still there would be made again as they are."""
    return (
        kept.evaluator == evaluator_digest()
        and kept.houses == _houses(mirror, kept.institutions)
        and kept.superseded <= mirror.superseded(part)
    )


def _houses(mirror: Mirror, institutions: Sequence[str]) -> str:
    """Of what judging asks of these institutions."""
    known = {name: mirror.houses[name] for name in institutions if name in mirror.houses}
    return sha256(msgspec.json.encode(known, order="deterministic")).hexdigest()


class _Judging:
    """The judge's table over the mirror's words, and what it says of part after part."""

    def __init__(self, directory: Path, mirror: Mirror, judge: Judge, decide: Decide | None, told: Told) -> None:
        self.total = 0
        self._done = 0
        self._directory, self._mirror, self._judge, self._told = directory, mirror, judge, told
        self._table: Ints | None = None
        self._asked: tuple[str, ...] | None = None if decide is None else JUDGED
        self._decide = decide or (lambda rows: judge_rows(self._tabled(), rows))

    def part(self, name: str, part: str, digest: str, pieces: Sequence[Piece]) -> KeptPart:
        """Judge a part and write down what is to be kept."""
        mirror = self._mirror
        acts: list[Acts] = []
        denied: list[Denied] = []
        institutions: set[str] = set()
        for piece in pieces:
            rows = mirror.read(piece, (*self._columns(), "position"), acts=False)
            outcome = self._decide(rows)
            acts.append(_acts(rows, outcome))
            denied.append(self._denied(rows, outcome, *mirror.places(piece)))
            institutions |= {rows.institutions[k] for k in np.unique(rows.columns.institution).tolist()}
            self._done += len(rows.columns.patient)
            self._told(self._done, self.total)
        together_acts = Acts(*(np.concatenate(column) for column in zip(*acts, strict=True))) if acts else NO_ACTS
        together_denied = Denied(*(np.concatenate(c) for c in zip(*denied, strict=True))) if denied else NONE_DENIED
        files = write_part(self._directory, name, together_acts, together_denied)
        named = tuple(sorted(institutions))
        return KeptPart(
            name=name,
            part=digest,
            evaluator=evaluator_digest(),
            institutions=named,
            houses=_houses(mirror, named),
            superseded=mirror.superseded(part),
            size=mirror.size,
            acts=len(together_acts.position),
            denied=len(together_denied.row),
            files=files,
        )

    def _columns(self) -> tuple[str, ...]:
        if self._asked is None:
            with self._refused():
                self._asked = asked_columns(self._judge)
        return self._asked

    def _tabled(self) -> Ints:
        if self._table is None:
            with self._refused():
                self._table = table_of(self._judge, together([], self._mirror.words), self._mirror.institutions)
        return self._table

    @contextmanager
    def _refused(self) -> Iterator[None]:
        try:
            yield
        except NotTabled as error:
            raise KeptError(f"decisions by {self._judge.rulebooks[-1].id} cannot be kept: {error}") from None

    def _denied(self, rows: Rows, outcome: Outcome, first: int, current: Ints | None) -> Denied:
        """What is not payable; `first` and `current` say where the rows are in their part."""
        columns = rows.columns
        places = np.flatnonzero((columns.kind != EVIDENCE) & (outcome.payable == 0))
        in_part = np.arange(len(columns.patient)) if current is None else np.flatnonzero(current)
        blocking = outcome.blocking[places]
        has = blocking >= 0
        last = np.maximum(blocking, 0)
        books = rulebook_places(self._judge, columns)[places] if len(places) else places
        return Denied(
            row=(in_part[places] + first).astype(np.int32),
            position=columns.position[places],
            fails=outcome.fails[places],
            clauses=self._clauses(rows, places, books, outcome.fails[places]),
            blocking=np.where(has, in_part[places] - in_part[last], 0).astype(np.int32),
            blocking_position=np.where(has, columns.position[last], 0),
            used=outcome.used[places],
        )

    def _clauses(self, rows: Rows, places: Ints, books: Ints, fails: Ints) -> Ints:
        """The names of what fails, looked up once for all acts that fail alike."""
        items = len(rows.items) + 1
        alike = ((books + 1) * items + rows.columns.item[places]) << 32 | (fails.astype(np.int64) & 0xFFFFFFFF)
        found, inverse = np.unique(alike, return_inverse=True)
        spelled = []
        for one in found.tolist():
            book, item = divmod(one >> 32, items)
            spelled.append(" ".join(failing_clauses(self._judge, book - 1, rows.items[item], one & 0xFFFFFFFF)))
        return np.array(spelled, object)[inverse] if spelled else np.zeros(0, object)


NO_ACTS = Acts(np.zeros(0, np.int64), np.zeros(0, np.int8))
NONE_DENIED = Denied(
    *(np.zeros(0, kind) for kind in (np.int32, np.int64, np.int32, object, np.int32, np.int64, np.int32))
)


def _acts(rows: Rows, outcome: Outcome) -> Acts:
    mask = rows.columns.kind != EVIDENCE
    return Acts(rows.columns.position[mask], outcome.payable[mask])
