"""The texts of adopted rulebooks, kept at hand in the ledger's directory: `rulebooks/DIGEST.toml`.

An entry of the log names a text by its digest alone. Whoever adopts keeps the text first, so that there is no entry
whose text is lost; and nothing but the digest says which text a file has to be. A file that is not that text is as good
as none: it is named where its digest is asked for, and hinders nobody who asks for another.
"""

import re
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

from ledger.files import create_private, sync_directory
from projections.rules.rulebook import Rulebook, RulebookRefused, load_rulebook, parse_rulebook, rulebook_ids

KEPT = "rulebooks"
SHORTEST_DIGEST = 8
"""Characters of a digest that may stand for it."""
_DIGEST = re.compile("[0-9a-f]{64}")


class AtHand(NamedTuple):
    """Texts, each once; and of digests whose file is there and is not such a text, where it is and why."""

    texts: list[Rulebook]
    spoilt: dict[str, str]


def keep_text(directory: Path, book: Rulebook) -> None:
    """Keep the text of a rulebook in the ledger's directory, durable when this returns; one that is kept stays.

    Raises RulebookRefused where its file is another by now.
    """
    data = book.path.read_bytes() if book.path.is_file() else b""  # its bytes: other line ends are another digest
    if sha256(data).hexdigest() != book.digest:
        raise RulebookRefused([f"{book.path}: file: it was changed while it was read; run this again"])
    home = directory / KEPT
    if not home.is_dir():
        home.mkdir(mode=0o700, exist_ok=True)
        sync_directory(directory)
    path = home / f"{book.digest}.toml"
    if kept_text(directory, book.digest) is not None:
        return
    # Whatever is there is spoilt, and of two who keep the same text at once both put the whole of it there.
    beside = home / f"{book.digest}.{token_hex(4)}.new"
    try:
        create_private(beside, data.decode())
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error
    sync_directory(home)


def kept_texts(directory: Path, named: Iterable[str] | None = None) -> AtHand:
    """The texts kept in the ledger's directory; with `named`, only those of these digests are looked for."""
    home = directory / KEPT
    digests = {path.stem for path in home.glob("*.toml")} if named is None else {digest.lower() for digest in named}
    texts: list[Rulebook] = []
    spoilt: dict[str, str] = {}
    for digest in sorted(filter(_DIGEST.fullmatch, digests)):
        path = home / f"{digest}.toml"
        try:
            texts.append(_parsed(_kept(path), str(path)))
        except FileNotFoundError:
            continue
        except RulebookRefused as refused:
            spoilt[digest] = refused.problems[0]
    return AtHand(texts, spoilt)


def texts_at_hand(
    directory: Path | None, files: Iterable[str | Path | Rulebook] = (), named: Iterable[str] | None = None
) -> AtHand:
    """The texts that an adoption may mean: of these files, the program's, and those kept in the ledger's directory;
    of these, with `named`, only those of such digests. A text that comes first stands for its kept file, whatever that
    is. Raises RulebookRefused for a file.
    """
    found = {book.digest: book for book in reversed([*map(loaded_text, files), *map(text_of, rulebook_ids())])}
    kept = kept_texts(directory, named) if directory is not None else AtHand([], {})
    return AtHand(
        [*reversed(found.values()), *(book for book in kept.texts if book.digest not in found)],
        {digest: why for digest, why in kept.spoilt.items() if digest not in found},
    )


def loaded_text(file: str | Path | Rulebook) -> Rulebook:
    """The text of a file, unless it is loaded already. Raises RulebookRefused."""
    return file if isinstance(file, Rulebook) else load_rulebook(Path(file))


def text_of(rulebook: str | Path | Rulebook) -> Rulebook:
    """A text by its id among those of the program, or by its file, unless it is loaded already. Raises RulebookRefused.

    Those of the program are no other ones as long as it runs: the service asks for them at every question.
    """
    if isinstance(rulebook, Rulebook):
        return rulebook
    return _of_the_program(rulebook) if rulebook in rulebook_ids() else load_rulebook(rulebook)


def rulebook_asked(directory: Path, asked: str) -> Rulebook:
    """A rulebook by its file, by its id among those of the program, or by the digest (or its beginning) of a text at
    hand, also of those kept in a ledger's directory. Raises RulebookRefused.
    """
    if not set(asked.lower()) <= set("0123456789abcdef") or Path(asked).exists():
        return load_rulebook(asked)
    texts, spoilt = texts_at_hand(directory)
    found = [book for book in texts if book.digest.startswith(asked.lower())]
    unusable = [why for digest, why in spoilt.items() if digest.startswith(asked.lower())]
    if len(found) == 1 and len(asked) >= SHORTEST_DIGEST:
        return found[0]
    if len(asked) < SHORTEST_DIGEST:
        why = f"a digest is known by its first {SHORTEST_DIGEST} characters or more"
    elif found:
        why = f"so begin the digests {', '.join(book.digest for book in found)}: give more of it"
    elif unusable:
        why = "; ".join(unusable)
    else:
        at_hand = ", ".join(f"{book.digest[:12]}… ({book.id})" for book in texts)
        why = f"no text at hand has a digest that begins so; there are {at_hand}"
    raise RulebookRefused([f"{asked}: no such rulebook and no such file; {why}"])


def kept_text(directory: Path, digest: str) -> str | None:
    """The text of this digest that is kept in the ledger's directory; None where there is none, or it is spoilt."""
    if not _DIGEST.fullmatch(digest):
        return None
    try:
        return _kept(directory / KEPT / f"{digest}.toml")
    except (FileNotFoundError, RulebookRefused):
        return None


@cache
def _of_the_program(id: str | Path) -> Rulebook:
    return load_rulebook(id)


@cache  # without a limit: whoever asks again and again asks for the texts of adoptions, and those stay
def _parsed(text: str, name: str) -> Rulebook:
    return parse_rulebook(text, name)


def _kept(path: Path) -> str:
    """The text of a file. Raises RulebookRefused where it is not what its name says, or cannot be read, and
    FileNotFoundError.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise RulebookRefused([f"{path}: file: it cannot be read ({error.strerror})"]) from error
    if sha256(data).hexdigest() != path.stem:
        raise RulebookRefused(
            [f"{path}: file: it is not the text that its name says; put the adopted text back, from a backup, say"]
        )
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise RulebookRefused([f"{path}: file: it is no text ({error.reason})"]) from error
