"""The master key of the person store: made once by an explicit command, in a file of its own, never in the database.

Every patient's data are under a key of their own, and those keys are wrapped under this one. Whoever has the store
and this file can read everybody; whoever loses this file can read nobody, and there is no second way in. The file
may lie anywhere (a mounted token, another machine's share): it is read when it is needed and not kept open.
"""

import os
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple, Self

from ledger.files import create_private
from ledger.people.refusals import PeopleError
from ledger.proof import ProofError, format_base64, parse_base64

KEY_BYTES: Final = 32
_PREFIX: Final = "PEOPLE+KEY+"
_ID_CONTEXT: Final = b"treatment-ledger person store key id/1\n"


class MasterKey(NamedTuple):
    """256 random bits, and by what the store knows that they are its own."""

    secret: bytes

    @classmethod
    def generate(cls) -> Self:
        """A new key."""
        return cls(os.urandom(KEY_BYTES))

    @property
    def id(self) -> str:
        """16 hex digits that name the key. They tell nothing of it: 256 random bits cannot be searched for."""
        return sha256(_ID_CONTEXT + self.secret).hexdigest()[:16]

    def __repr__(self) -> str:
        """Never the secret: a repr ends up in messages."""
        return f"MasterKey(id={self.id!r})"


def create_master_key(path: Path) -> MasterKey:
    """Make a key and its file, durable when this returns. PeopleError if a file is there."""
    key = MasterKey.generate()
    write_secret(path, f"{_PREFIX}{format_base64(key.secret)}\n")
    return key


def read_master_key(path: Path) -> MasterKey:
    """The key in this file. PeopleError when it is missing, readable by others, or not a key."""
    text = read_secret(path, "the key of the person store", "make one with `people key`, or name it with --people-key")
    try:
        if not text.startswith(_PREFIX):
            raise ProofError(f"it does not begin with {_PREFIX}")
        secret = parse_base64(text.removeprefix(_PREFIX).removesuffix("\n"), "key")
        if len(secret) != KEY_BYTES:
            raise ProofError(f"{KEY_BYTES} bytes are expected")
    except ProofError:
        # What stands in the file may be most of a key: it is not repeated.
        raise PeopleError(f"{path}: not a key of a person store; restore it from where keys are kept") from None
    return MasterKey(secret)


def write_secret(path: Path, text: str) -> None:
    """Make a file that only its owner can read, durable when this returns. PeopleError if there is one."""
    try:
        if not path.parent.exists():
            path.parent.mkdir(mode=0o700)
        create_private(path, text)
    except FileExistsError:
        raise PeopleError(f"{path}: a file is here already, and a key is never overwritten") from None
    except OSError as error:
        raise PeopleError(f"{path}: no key can be written here ({error.strerror})") from None


def read_secret(path: Path, what: str, remedy: str) -> str:
    """The text of a secret's file. PeopleError when it cannot be read, or others can."""
    try:
        mode = path.stat().st_mode
        text = path.read_bytes().decode("ascii")
    except OSError as error:
        raise PeopleError(f"{path}: {what} cannot be read ({error.strerror}); {remedy}") from None
    except UnicodeDecodeError:
        raise PeopleError(f"{path}: {what} is not in this file; {remedy}") from None
    if mode & 0o077:
        raise PeopleError(f"{path}: others may read {what} (mode {mode & 0o777:04o}); run: chmod 600 {path}")
    return text
