"""This log's own signed notes, opened: the one place that says whether a text is a checkpoint of ours.

Knows the log's name and public key, and neither where notes are kept nor what they are of.
"""

from ledger.proof import Checkpoint, ProofError, open_checkpoint, parse_note
from ledger.store.refusals import StoreError
from ledger.store.soundness import unsound


class Notes:
    """The notes that this key signs under this name."""

    def __init__(self, origin: str, vkey: str) -> None:
        self.origin = origin
        self.vkey = vkey

    def open(self, note: str, what: str) -> Checkpoint:
        """The tree head of one of our own notes. StoreError, naming `what`, when it is not."""
        try:
            checkpoint = open_checkpoint(note, self.vkey)
        except ProofError as error:
            raise StoreError(f"{what}: {error}") from None
        if checkpoint.origin != self.origin:
            raise StoreError(f"{what}: it is of {checkpoint.origin!r}, this ledger is {self.origin!r}")
        return checkpoint

    def open_alone(self, note: str, what: str) -> Checkpoint:
        """The same of a note as our key made it: no line stands under it but our own (cosignatures are kept apart)."""
        checkpoint = self.open(note, what)
        if (more := more_lines(note)) is not None:
            raise StoreError(f"{what}: {more}")
        return checkpoint

    def open_kept(self, note: str, where: str) -> Checkpoint:
        """The tree head of a note that is kept as signed by our key, for what is handed out; lines of others may stand
        under it. Unsound, as an audit has it, when it is not.
        """
        try:
            return self.open(note, where)
        except StoreError as error:
            raise unsound("checkpoint-signature", where, str(error).removeprefix(f"{where}: ")) from None


def more_lines(note: str) -> str | None:
    """What stands under a note besides one signature. What is no note at all, `open` says."""
    try:
        lines = len(parse_note(note).signatures)
    except ProofError:
        return None
    return None if lines == 1 else f"{lines} signature lines stand under it, where only the log's own one is kept"
