"""Decisions that were other ones once: what is kept of them when the rows that they were made of are gone.

Of a decision that is made again and is the same, nothing is kept twice.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from projections.decisions.manifest import KeptManifest, KeptPart
from projections.decisions.parts import Acts, Denied, Earlier, KeptReader, read_earlier, write_earlier
from projections.mirror.columns import NONE, Ints

_COMPARED = ("fails", "clauses", "blocking_position", "used")


def with_changed(
    directory: Path, before: KeptManifest, parts: Sequence[KeptPart], name: str
) -> tuple[str | None, str | None]:
    """Write down, besides what is kept of earlier decisions, those of the parts that go and whose decisions are others
    now, or of acts that are none any more. The name of the file that has all of them, and its digest; None where there
    are none.
    """
    stay = {part.name for part in parts}
    gone = [part for part in before.parts if part.name not in stay]
    unchanged = before.earlier, before.earlier_file
    if not gone:
        return unchanged
    was_here = {part.name for part in before.parts}
    new = [KeptReader(directory, part.name, part.files) for part in parts if part.name not in was_here]
    now = _Decisions(new)
    found = [read_earlier(directory, before.earlier, before.earlier_file)] if before.earlier else []
    for part in gone:
        was = _Decisions([KeptReader(directory, part.name, part.files)])
        changed = was.otherwise_in(now)
        if changed.any():
            found.append(was.earlier(np.flatnonzero(changed), part.size))
    if not found or (len(found) == 1 and before.earlier):
        return unchanged
    together = Earlier(
        np.concatenate([one.size for one in found]),
        np.concatenate([one.payable for one in found]),
        Denied(*(np.concatenate(column) for column in zip(*(one.denied for one in found), strict=True))),
    )
    return name, write_earlier(directory, name, together)


class _Decisions:
    """What some parts decide, by position."""

    def __init__(self, readers: Sequence[KeptReader]) -> None:
        acts = [reader.acts() for reader in readers]
        position = np.concatenate([one.position for one in acts]) if acts else np.zeros(0, np.int64)
        payable = np.concatenate([one.payable for one in acts]) if acts else np.zeros(0, bool)
        order = np.argsort(position, kind="stable")
        self.acts = Acts(position[order], payable[order].astype(bool))
        self._denied = [reader.denied() for reader in readers]

    def otherwise_in(self, others: "_Decisions") -> Ints:
        """Whether each of the acts is decided otherwise by the others, or not at all."""
        place = np.searchsorted(others.acts.position, self.acts.position)
        there = place < len(others.acts.position)
        there[there] = others.acts.position[place[there]] == self.acts.position[there]
        changed = ~there
        changed[there] = others.acts.payable[place[there]] != self.acts.payable[there]
        mine, theirs = self._reasons(), others._reasons()
        for k in np.flatnonzero(~changed & ~self.acts.payable).tolist():
            position = int(self.acts.position[k])
            changed[k] = mine[position] != theirs[position]
        return changed

    def earlier(self, places: Ints, size: int) -> Earlier:
        """Some of the decisions, as they were over so many entries."""
        position, payable = self.acts.position[places], self.acts.payable[places]
        reasons = self._reasons()
        told = [reasons.get(int(one), (0, "", 0, NONE)) for one in position]
        columns = list(zip(*told, strict=True))
        nothing = np.zeros(len(places), np.int32)
        denied = Denied(
            row=nothing,
            position=position,
            fails=np.array(columns[0], np.int32),
            clauses=np.array(columns[1], object),
            blocking=nothing,
            blocking_position=np.array(columns[2], np.int64),
            used=np.array(columns[3], np.int32),
        )
        return Earlier(np.full(len(places), size, np.int64), payable, denied)

    def _reasons(self) -> dict[int, tuple[int, str, int, int]]:
        found: dict[int, tuple[int, str, int, int]] = {}
        for denied in self._denied:
            columns = (getattr(denied, name).tolist() for name in _COMPARED)
            found |= zip(denied.position.tolist(), zip(*columns, strict=True), strict=True)
        return found
