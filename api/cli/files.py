"""Files that a person names: read as text or refused, and written whole or not at all."""

import os
import stat
import sys
import tempfile
from pathlib import Path

import click

BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # before a text of Windows; no part of what it says


def read_text(path: Path) -> str:
    """The file's text. Refuses what is not UTF-8, as bad input."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise click.ClickException(f"{path}: is not UTF-8 text") from None


def read_label_key(path: Path) -> bytes:
    """The regulator's key of patients' labels in this file. Refuses what is no such key, and one that others can read.

    The message names the file, and repeats nothing of what stands in it.
    """
    from ledger.people import read_secret
    from ledger.proof import ProofError
    from ledger.proof.labels import parse_label_key

    try:
        return parse_label_key(read_secret(path, "the label key", "make one with `label --new-key FILE`"))
    except ProofError as error:
        raise click.ClickException(f"{path}: {error}") from None


def write_whole(out: str, content: bytes, *, private: bool = False, record: bool = False) -> None:
    """Writes `content` to the file `out` (`-`: standard output); `private`: for nobody else to read (mode 0600).

    `record`: treatment records, for the owner and the group at most (0640); a file that was there keeps its mode.

    A crash midway leaves what was there before: the bytes take their name only when all of them are on the disk.
    """
    if out == "-":
        sys.stdout.buffer.write(content)
        return
    path = Path(out)
    if path.exists() and not path.is_file():  # a device or a pipe: it cannot be replaced, and is written as it is
        path.write_bytes(content)
        return
    try:
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise OSError(error.errno, error.strerror, out) from error  # names the file that was asked for
    try:
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if not private:
            os.chmod(beside, _mode(path, record))
        os.replace(beside, path)
    except OSError as error:
        os.unlink(beside)
        raise OSError(error.errno, error.strerror, out) from error
    except BaseException:
        os.unlink(beside)
        raise


def _mode(path: Path, record: bool) -> int:
    if record and path.exists():
        return stat.S_IMODE(path.stat().st_mode)
    return (0o640 if record else 0o666) & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
