"""A mirror, written: files first, whole and durable, then the manifest that names them. Never half of either.

After a crash the mirror is the one before or the one after; files that no manifest names are swept away by whoever
writes next. One writes at a time (a lock on the directory), and nobody has to wait who reads.
"""

import errno
import fcntl
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import pyarrow as pa

from ledger.files import sync_directory
from projections.mirror.arrays import texts
from projections.mirror.columns import Rows
from projections.mirror.digest import mirror_digest
from projections.mirror.house import House
from projections.mirror.manifest import FORMAT, MANIFESTS, Log, Manifest, Part
from projections.mirror.mirror import Mirror
from projections.mirror.parts import PART_ROWS, PartWriter
from projections.mirror.refusal import MirrorError
from projections.mirror.words import Vocabulary

_FILE = "part-"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_UNWRITABLE = (*_FULL, errno.EIO, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EEXIST)
"""The system's reasons why nothing can be written."""


@contextmanager
def written_by_one(
    directory: Path, doing: str = "writing this mirror", refused: type[Exception] = MirrorError
) -> Iterator[None]:
    """Make the directory, if need be, and keep other writers out. `refused` where another one is `doing` it, and where
    the system lets nobody: the disk is full, say, or may not be written to.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise refused(f"{directory}: another process is {doing}; try again later") from None
            yield
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in _UNWRITABLE:
            raise
        what, then = os.strerror(error.errno), "make room" if error.errno in _FULL else "make it writable for you"
        raise refused(f"{error.filename or directory}: it cannot be written ({what}); {then}, and try again") from None


class Writing:
    """New parts for a mirror, in a `with`. Patients are added in order of their ids; nothing counts before `finish`."""

    def __init__(
        self, directory: Path, before: Manifest | None = None, *, patch: bool = False, anew: bool = False
    ) -> None:
        """`before`: the mirror that parts are added to, or whose place is taken; its words go on, but for `anew`."""
        self.vocabulary = Vocabulary(before.words if before is not None and not anew else None)
        self._digests: dict[str, bytes | None] = {}
        self._directory = directory
        self._patch = patch
        self._number = 1 + max((int(p.name.removeprefix(_FILE)) for p in before.parts), default=0) if before else 1
        self._parts: list[Part] = []
        self._part: PartWriter | None = None
        self._before = before
        self._is_named = False
        _sweep(directory, before)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *of: object) -> None:
        if self._part is not None:
            self._part.abandon()
        if not self._is_named:  # a full disk is not to stay full of what nobody will name
            _sweep(self._directory, self._before)

    def add(self, rows: Rows, acts: pa.StringArray | None = None) -> None:
        """Rows by whatever numbers: they are given the mirror's. `acts`: their ids, where they are at hand so."""
        self.add_numbered(self.vocabulary.recoded(rows), acts)

    def add_numbered(self, rows: Rows, acts: pa.StringArray | None = None) -> None:
        """Rows by the numbers of `vocabulary`."""
        if not rows.patients:
            return
        if self._part is not None and self._part.rows >= PART_ROWS:
            self.end()
        if self._part is None:
            self._part = PartWriter(self._directory, f"{_FILE}{self._number:06}")
            self._number += 1
        self._part.write(rows, texts(rows.acts) if acts is None else acts)

    def finish(
        self,
        size: int,
        houses: Mapping[str, House],
        log: Log | None = None,
        *,
        before: Sequence[Part] = (),
        digest: str | None = None,
    ) -> Manifest:
        """Put the new mirror in place: the parts `before`, which stay, and these. Durable when it returns.

        `digest`: of all of it, where more than these parts count.
        """
        own = self.end()
        sync_directory(self._directory)
        if digest is None:
            digest = mirror_digest(houses, [(patient, one) for patient, one in own.items() if one is not None])
        manifest = Manifest(
            format=FORMAT,
            size=size,
            digest=digest,
            parts=(*before, *self._parts),
            words=self.vocabulary.words(),
            institutions=dict(houses),
            log=log,
        )
        self._is_named = True  # from now on by the one or by the other: whoever writes next sees which
        MANIFESTS.write(self._directory, manifest)
        _sweep(self._directory, manifest)
        return manifest

    def end(self) -> dict[str, bytes | None]:
        """End the part that is being written. Everybody written so far, in order: their digests, None without rows."""
        if self._part is None:
            return self._digests
        part = self._part
        checksums = part.close()
        self._part = None
        told = zip(part.ids, part.digests, part.counts, strict=True)
        self._digests |= {patient: digest if count else None for patient, digest, count in told}
        own = [(patient, digest) for patient in part.ids if (digest := self._digests[patient]) is not None]
        self._parts.append(
            Part(
                name=part.name,
                rows=part.rows,
                patients=len(part.ids),
                first=part.ids[0],
                last=part.ids[-1],
                digest=mirror_digest({}, own),
                checksums=checksums,
                patch=self._patch,
            )
        )
        return self._digests


def write_mirror(
    directory: Path, batches: Iterable[Rows], houses: Mapping[str, House], *, size: int = 0, log: Log | None = None
) -> Manifest:
    """A mirror of these rows, in place of whatever mirror is in the directory.

    Batches are of whole patients, in order of their ids over all of them. MirrorError where they are not.
    """
    with written_by_one(directory), Writing(directory, kept_manifest(directory), anew=True) as writing:
        last = ""
        for rows in batches:
            if rows.patients and (rows.patients[0] <= last or list(rows.patients) != sorted(rows.patients)):
                raise MirrorError(f"patient {rows.patients[0]}: patients are not in the order of their ids")
            last = rows.patients[-1] if rows.patients else last
            writing.add(rows)
        return writing.finish(size, houses, log)


def compact(directory: Path, manifest: Manifest) -> Manifest:
    """The same mirror without patches. The lock is held by whoever asks."""
    with Writing(directory, manifest) as writing:
        for rows in in_order(Mirror.open(directory)):
            writing.add_numbered(rows)
        return writing.finish(manifest.size, manifest.institutions, manifest.log, digest=manifest.digest)


def in_order(mirror: Mirror) -> Iterator[Rows]:
    """Every patient once, in order of the ids over all batches, patches or not."""
    patched = sorted(mirror.patched())
    first = 0
    bases = [piece for piece in mirror.pieces() if piece.part not in mirror.patches]
    for piece in bases:
        rows = mirror.read(piece)
        last = mirror.last_of(piece)
        until = first
        while until < len(patched) and (patched[until] <= last or piece == bases[-1]):
            until += 1
        yield mirror.joined([rows, mirror.rows_of(patched[first:until])])
        first = until
    if not bases:
        yield mirror.rows_of(patched)


def kept_manifest(directory: Path) -> Manifest | None:
    """The manifest of the mirror that is there; None where there is none, or none that can be read any more."""
    try:
        return MANIFESTS.read(directory)
    except MirrorError:
        return None


def _sweep(directory: Path, manifest: Manifest | None) -> None:
    """Remove the files of parts that the manifest does not name."""
    named: Sequence[str] = [part.name for part in manifest.parts] if manifest is not None else []
    for path in directory.glob(f"{_FILE}*.parquet"):
        if path.name.split(".")[0] not in named:
            path.unlink(missing_ok=True)
