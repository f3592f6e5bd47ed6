"""The key's high-water mark: the last note signed with it, in a file beside it.

Not in the database, so that a database restored from an old backup is noticed: without the mark nobody can tell one,
and nothing is signed or taken in. It holds the note as the key made it, without the lines of witnesses.

Knows the file, and what a mark that is missing or ahead means; whether a note is one of this log, it is told.
"""

from collections.abc import Callable
from pathlib import Path

from ledger.files import write_durably
from ledger.proof import Checkpoint
from ledger.store.continuity import refuse_rollback
from ledger.store.findings import Finding
from ledger.store.refusals import StoreError, Unsound
from ledger.store.soundness import TAKEN_IN

_RESTORE = (
    "Restore the file; or, if the newest checkpoint that anyone holds is the ledger's last, write its text and the "
    "ledger's own signature line there, without the lines of witnesses"
)


class Mark:
    """The mark beside this key. `open_alone(note, what)` opens a note that our key signed and nobody else; StoreError,
    beginning with `what: `, where it is none.
    """

    def __init__(self, key_file: Path, open_alone: Callable[[str, str], Checkpoint]) -> None:
        self._file = key_file.with_name("last-signed")
        self._open_alone = open_alone

    @property
    def name(self) -> str:
        """The file's, which is where findings about it are."""
        return self._file.name

    def note(self) -> str | None:
        """The last note signed, or None before the first.

        Byte for byte: what is no UTF-8 comes as lone surrogates, which no note holds. StoreError if it is unreadable.
        """
        try:
            return self._file.read_bytes().decode(errors="surrogateescape")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"{self._file}: cannot be read ({error.strerror}); restore it to sign") from None

    def move(self, note: str) -> None:
        """It is this note from now on; durable on return. StoreError where it cannot be: then it is this one or the one
        before, and either will do for whoever signs next.
        """
        try:
            write_durably(self._file, note)
        except OSError as error:
            what = f"it cannot be written, so no checkpoint is handed out ({error.strerror}); mend that and ask again"
            raise StoreError(f"{self._file}: {what}") from error

    def signed(self, latest: str | None) -> Checkpoint | None:
        """What the mark says that the key signed last; None before the first. Errors as of `open`."""
        return self.open(self.note(), latest)

    def open(self, note: str | None, latest: str | None) -> Checkpoint | None:
        """What this note, which the mark has, says.

        `latest`: the last note kept in the database. StoreError where there is one and no mark, or the mark is no note
        of this key: something was signed, and nothing says how much.
        """
        if note is None and latest is not None:
            what = "missing, and with it what this key last signed; nothing is signed or taken in"
            raise StoreError(f"{self._file}: {what}. {_RESTORE}")
        if note is None:
            return None
        try:
            return self._open_alone(note, self.name)
        except StoreError as error:
            found = Finding("checkpoint-signature", self.name, str(error).removeprefix(f"{self.name}: "))
            raise Unsound(f"{found}. {TAKEN_IN}. {_RESTORE}") from None

    def refuse_old_backup(self, size: int) -> None:
        """Unsound when the key has signed over more than these `size` entries: an old backup was restored.

        A mark that is missing, or is no note of this key, is for `signed` and `audit` to speak of.
        """
        try:
            note = self.note()
            signed = [] if note is None else [self._open_alone(note, self.name)]
        except StoreError:
            return
        refuse_rollback(size, signed)
