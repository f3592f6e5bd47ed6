"""Do the leaves of the log lead to what was signed? Asked by whoever reads all of them anyway."""

from collections.abc import Iterable, Iterator, Sequence

from ledger.proof import HASH_BYTES, Checkpoint, Frontier
from ledger.store.findings import Finding
from ledger.store.missing import entry_missing
from ledger.store.soundness import SEALED, require


class Following:
    """Holds leaves, as they pass, against checkpoints whose signatures were checked."""

    def __init__(self, signed: Sequence[Checkpoint]) -> None:
        self._roots = {checkpoint.size: checkpoint.root for checkpoint in signed}
        self._frontier = Frontier()
        self.last = max(self._roots, default=0)

    def through(self, leaves: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
        """(position, leaf), as they come, from the first on. Unsound, naming the finding, where they lead elsewhere."""
        for position, leaf in leaves:
            # Where one is missing nothing can be said any more; whoever takes these in tells of it.
            if position == self._frontier.size + 1 <= self.last and len(leaf) == HASH_BYTES:
                self._frontier.append(leaf)
                self._compare()
            yield position, leaf

    def end(self, leaves: Iterable[tuple[int, bytes]]) -> None:
        """The same of what else was signed over: none may be missing."""
        for _ in self.through(leaves):
            pass
        if self._frontier.size != self.last:
            raise entry_missing(self._frontier.size + 1, SEALED)

    def _compare(self) -> None:
        signed = self._roots.get(self._frontier.size)
        if signed is not None and signed != self._frontier.root():
            what = (
                f"the first {self._frontier.size} entries have the root {self._frontier.root().hex()}, but "
                f"{signed.hex()} was signed: the log was rewritten, or this is another log's database"
            )
            require(Finding("history-fork", "log", what), SEALED)
