"""Files that only their owner can read, durable when a call returns: keys, records of tokens, marks of what was signed.

One place for what is easily got wrong: the mode from the first byte on, and the order of writes and fsyncs that leaves
the old or the new after loss of power, never half of either. Knows nothing of what stands in them; errors are the
operating system's (OSError), with the file's name, and callers say them in their own words.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO


def create_private(path: Path, text: str) -> None:
    """Make a file of mode 0600, durable when this returns; OSError, and no file, where it cannot be.

    FileExistsError if there is one: nothing is overwritten.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with _or_nothing(path, path):
        _write(descriptor, text)
        sync_directory(path.parent)


def write_durably(path: Path, text: str) -> None:
    """Replace the file's content in one step, mode 0600: after a crash, or an OSError, it is the old or the new."""
    beside = path.with_name(path.name + ".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with _or_nothing(beside, path):
        _write(descriptor, text)
        beside.replace(path)
        sync_directory(path.parent)


@contextmanager
def replaced(path: Path) -> Iterator[BinaryIO]:
    """A file to write to, in place of what is at the path once it is whole; after an error that is as it was, and
    nothing lies beside it. It keeps the mode of the old one; a new one has that of the umask. What is no plain file (a
    terminal, a pipe) is written to as it is.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            yield file
        return
    path = path.resolve()  # of a link, what it leads to
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else None
    beside = path.with_name(f".{path.name}.{token_hex(4)}.new")
    with _or_nothing(beside, path):
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else 0o600)
        with os.fdopen(descriptor, "wb") as file:
            if mode is not None:
                os.fchmod(descriptor, mode)
            yield file
            file.flush()
            os.fsync(descriptor)
        beside.replace(path)


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable: a new file survives loss of power only when its name does."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _or_nothing(made: Path, named: Path) -> Iterator[None]:
    """Takes a file away again that could not be finished: the next attempt must not find half of it.

    The operating system does not say which file it was that the disk was too full for: `named` is put into the error.
    """
    try:
        yield
    except OSError as error:
        made.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(named)) from error
    except BaseException:
        made.unlink(missing_ok=True)
        raise


def _write(descriptor: int, text: str) -> None:
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
