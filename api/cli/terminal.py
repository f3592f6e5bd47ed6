"""Data on standard output, everything else on standard error; progress bars only where a person looks.

`rich` is imported only when the stream is a terminal, so that nothing else waits for it.
"""

import contextlib
import sys
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import click
import msgspec

_OBEYED = frozenset(("Cc", "Cf", "Zl", "Zp"))  # in JSON, characters like these stand in strings only

Bar = Callable[[int, int | None, str], None]
"""(done, total or None, of what)"""


def say(text: str) -> None:
    """Tells the person something that is not data."""
    click.echo(shown(text), err=True)


def shown(text: str, *, keep: str = "") -> str:
    """The text as a terminal may have it: what it would obey instead of showing is spelled out, but for `keep`."""
    if text.isprintable():
        return text
    from ledger.verify import printable  # only now: `judge` must not wait for the verifier's cryptography

    return printable(text, keep=keep)


def folded(text: str, margin: int) -> list[str]:
    """The text in lines that fit beside a margin of so many columns on a terminal; whole in a pipe, for `grep`."""
    if not sys.stdout.isatty():
        return [text]
    from rich.console import Console

    from projections.explanation import wrapped

    return list(wrapped(text, max(Console().width - margin, 20)))


def emit(value: Any) -> None:
    """Writes one JSON value as a line of standard output.

    What a terminal would obey (C1, formats such as the bidirectional ones) is spelled as JSON spells it: the value is
    the same.
    """
    text = msgspec.json.encode(value).decode()
    if not text.isprintable():
        text = "".join(map(_as_json_spells_it, text))
    click.echo(text)


def _as_json_spells_it(character: str) -> str:
    if character.isprintable() or unicodedata.category(character) not in _OBEYED:
        return character
    units = character.encode("utf-16-be").hex()
    return "".join(f"\\u{units[place : place + 4]}" for place in range(0, len(units), 4))


def emit_lines(lines: Iterator[bytes], batch: int = 512) -> int:
    """Writes each of `lines` with a line feed to standard output, many in one call; returns how many there were."""
    count, held, out = 0, [], sys.stdout.buffer
    for line in lines:
        held.append(line)
        if len(held) == batch:
            out.write(b"\n".join(held) + b"\n")
            count += batch
            held.clear()
    out.write(b"".join(line + b"\n" for line in held))
    out.flush()
    return count + len(held)


@contextlib.contextmanager
def progress(label: str) -> Iterator[Bar]:
    """Shows a bar on a terminal; the caller says how much is done, of how much (None: unknown), and of what.

    Elsewhere nothing is shown. The bar goes away at the end: what was done is said by the command.
    """
    if not sys.stderr.isatty():
        yield lambda done, total, label: None
        return
    from rich import progress as bars
    from rich.console import Console

    columns = (
        bars.TextColumn("{task.description}"), bars.BarColumn(), bars.MofNCompleteColumn(), bars.TimeRemainingColumn()
    )  # fmt: skip
    with bars.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total, label: bar.update(task, completed=done, total=total, description=label)
