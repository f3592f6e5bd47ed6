"""The texts of adopted rulebooks, kept at hand in the ledger's directory: `rulebooks/DIGEST.toml`.

An entry of the log names a text by its digest alone. Whoever adopts keeps the text first, so that there is no entry
whose text is lost; and nothing but the digest says which text a file has to be.
"""

import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from ledger.files import create_private, sync_directory
from projections.rules.rulebook import Rulebook, RulebookRefused, load_rulebook, parse_rulebook, rulebook_ids

KEPT = "rulebooks"


def keep_text(directory: Path, book: Rulebook) -> None:
    """Keep the text of a rulebook in the ledger's directory, durable when this returns; one that is kept stays.

    Raises RulebookRefused where its file is another by now.
    """
    text = book.path.read_text("utf-8") if book.path.is_file() else ""
    if sha256(text.encode()).hexdigest() != book.digest:
        raise RulebookRefused([f"{book.path}: file: it was changed while it was read; run this again"])
    home = directory / KEPT
    if not home.is_dir():
        home.mkdir(mode=0o700)
        sync_directory(directory)
    path = home / f"{book.digest}.toml"
    if path.exists() and sha256(path.read_bytes()).hexdigest() == book.digest:
        return
    path.unlink(missing_ok=True)  # half of it, from a crash, or spoilt
    create_private(path, text)


def kept_texts(directory: Path) -> list[Rulebook]:
    """The texts kept in the ledger's directory. Raises RulebookRefused for one that is not what its name says."""
    return [_kept(path) for path in sorted((directory / KEPT).glob("*.toml"))]


def texts_at_hand(directory: Path | None, files: Iterable[str | Path] = ()) -> list[Rulebook]:
    """The texts that an adoption may mean, each once: of these files, kept in the ledger's directory, the project's."""
    books = [load_rulebook(Path(file)) for file in files]
    books += kept_texts(directory) if directory is not None else []
    books += map(load_rulebook, rulebook_ids())
    return list({book.digest: book for book in reversed(books)}.values())[::-1]


def kept_text(directory: Path, digest: str) -> str | None:
    """The text of this digest that is kept in the ledger's directory; None where there is none, or it is spoilt."""
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        return None
    try:
        data = (directory / KEPT / f"{digest}.toml").read_bytes()
    except FileNotFoundError:
        return None
    return data.decode() if sha256(data).hexdigest() == digest else None


def _kept(path: Path) -> Rulebook:
    data = path.read_bytes()
    if sha256(data).hexdigest() != path.stem:
        raise RulebookRefused(
            [f"{path}: file: it is not the text that its name says; put the adopted text back, from a backup, say"]
        )
    return parse_rulebook(data.decode(), str(path))
