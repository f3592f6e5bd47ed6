"""Rows in the order of the log, though there are more of them than memory holds.

Whole patients come in, and the log has all of them in turn: so rows are sorted a run at a time, put aside, and merged.
What is put aside lies in memory while it is little, then in a file without a name in the directory for temporary files,
which is gone with the process whatever becomes of it.
"""

import tempfile
from collections.abc import Iterator, Sequence
from heapq import merge
from operator import itemgetter
from weakref import finalize

import msgspec

from projections.reports.document import Row

HELD = 1 << 25
"""Bytes of rows that are held in memory before a file is begun."""
_BLOCK = 128
"""Rows that are read at once: of each run one block is in memory while they are merged."""

Placed = tuple[int, str, Row]
"""A row behind what it is sorted by: its place, and between those of the same place a word."""

_write = msgspec.msgpack.Encoder().encode
_read = msgspec.msgpack.Decoder(list[Placed]).decode
_order = itemgetter(0, 1)


class Sorting:
    """Rows go in by `add`, and come out in order by iterating, as often as wanted. `len` is how many there are. Their
    figures are integers of 64 bits.

    Raises OSError, with the directory for temporary files, where these have no room.
    """

    def __init__(self, held: int = HELD) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=held)  # noqa: SIM115 (it lives as long as this does)
        finalize(self, self._file.close)
        self._runs: list[list[tuple[int, int]]] = []  # of each its blocks: where they begin, how long they are
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, rows: Sequence[Placed]) -> None:
        """Put a run aside; as much of it is in memory as is handed over at once."""
        rows = sorted(rows, key=_order)
        try:
            self._runs.append([self._put(rows[k : k + _BLOCK]) for k in range(0, len(rows), _BLOCK)])
            self._file.flush()  # what has no room is known now
        except OSError as error:
            raise OSError(error.errno, error.strerror, tempfile.gettempdir()) from error
        self._count += len(rows)

    def __iter__(self) -> Iterator[Row]:
        for _, _, row in merge(*map(self._run, self._runs), key=_order):
            yield row

    def _put(self, rows: Sequence[Placed]) -> tuple[int, int]:
        data = _write(rows)
        begin = self._file.seek(0, 2)
        self._file.write(data)
        return begin, len(data)

    def _run(self, blocks: Sequence[tuple[int, int]]) -> Iterator[Placed]:
        for begin, length in blocks:
            self._file.seek(begin)
            yield from _read(self._file.read(length))
