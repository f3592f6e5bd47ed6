"""The texts of adopted rulebooks, kept at hand in the ledger's directory: `rulebooks/DIGEST.toml`.

An entry of the log names a text by its digest alone. Whoever adopts keeps the text first, so that there is no entry
whose text is lost; and nothing but the digest says which text a file has to be.
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

from ledger.files import create_private, sync_directory
from projections.rules.rulebook import Rulebook, RulebookRefused, load_rulebook, parse_rulebook, rulebook_ids

KEPT = "rulebooks"
SHORTEST_DIGEST = 8
"""Characters of a digest that may stand for it."""


def keep_text(directory: Path, book: Rulebook) -> None:
    """Keep the text of a rulebook in the ledger's directory, durable when this returns; one that is kept stays.

    Raises RulebookRefused where its file is another by now.
    """
    text = book.path.read_text("utf-8") if book.path.is_file() else ""
    if sha256(text.encode()).hexdigest() != book.digest:
        raise RulebookRefused([f"{book.path}: file: it was changed while it was read; run this again"])
    home = directory / KEPT
    if not home.is_dir():
        home.mkdir(mode=0o700, exist_ok=True)
        sync_directory(directory)
    path = home / f"{book.digest}.toml"
    if path.exists() and sha256(path.read_bytes()).hexdigest() == book.digest:
        return
    # Whatever is there is spoilt, and of two who keep the same text at once both put the whole of it there.
    beside = home / f"{book.digest}.{token_hex(4)}.new"
    try:
        create_private(beside, text)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error
    sync_directory(home)


def kept_texts(directory: Path) -> list[Rulebook]:
    """The texts kept in the ledger's directory. Raises RulebookRefused for one that is not what its name says."""
    return [_kept(path) for path in sorted((directory / KEPT).glob("*.toml"))]


def texts_at_hand(directory: Path | None, files: Iterable[str | Path | Rulebook] = ()) -> list[Rulebook]:
    """The texts that an adoption may mean, each once: of these files, kept in the ledger's directory, the project's."""
    books = [loaded_text(file) for file in files]
    books += kept_texts(directory) if directory is not None else []
    books += map(text_of, rulebook_ids())
    return list({book.digest: book for book in reversed(books)}.values())[::-1]


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
    texts = texts_at_hand(directory)
    found = [book for book in texts if book.digest.startswith(asked.lower())]
    if len(found) == 1 and len(asked) >= SHORTEST_DIGEST:
        return found[0]
    if len(asked) < SHORTEST_DIGEST:
        why = f"a digest is known by its first {SHORTEST_DIGEST} characters or more"
    elif found:
        why = f"so begin the digests {', '.join(book.digest for book in found)}: give more of it"
    else:
        at_hand = ", ".join(f"{book.digest[:12]}… ({book.id})" for book in texts)
        why = f"no text at hand has a digest that begins so; there are {at_hand}"
    raise RulebookRefused([f"{asked}: no such rulebook and no such file; {why}"])


def kept_text(directory: Path, digest: str) -> str | None:
    """The text of this digest that is kept in the ledger's directory; None where there is none, or it is spoilt."""
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        return None
    try:
        data = (directory / KEPT / f"{digest}.toml").read_bytes()
    except FileNotFoundError:
        return None
    return data.decode() if sha256(data).hexdigest() == digest else None


@cache
def _of_the_program(id: str | Path) -> Rulebook:
    return load_rulebook(id)


@lru_cache(maxsize=64)
def _parsed(text: str, name: str) -> Rulebook:
    return parse_rulebook(text, name)


def _kept(path: Path) -> Rulebook:
    data = path.read_bytes()
    if sha256(data).hexdigest() != path.stem:
        raise RulebookRefused(
            [f"{path}: file: it is not the text that its name says; put the adopted text back, from a backup, say"]
        )
    return _parsed(data.decode(), str(path))
