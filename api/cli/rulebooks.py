"""`rulebook list|show|readings|check|preview|adopt|roll-back|adopted|decision`: the payment rules as data."""

import click

from api.cli.adopted import adopted_command
from api.cli.adopting import adopt_command, roll_back_command
from api.cli.appealing import decision_command
from api.cli.parameters import examples, with_json
from api.cli.previews import preview_command
from api.cli.readings import readings_command


@click.group(
    "rulebook",
    epilog=examples(
        "rulebook list", "rulebook show shanghai-2017", "rulebook readings --price 2021.ndjson",
        "rulebook check mine.toml", "rulebook preview mine.toml", "rulebook adopt mine.toml --from 2022-01-01",
    ),
)  # fmt: skip
def rulebook_command() -> None:
    """List, show, check, preview and adopt rulebooks, and price the places where their words leave room."""


rulebook_command.add_command(readings_command)
rulebook_command.add_command(preview_command)
for _command in (adopt_command, roll_back_command, adopted_command, decision_command):
    rulebook_command.add_command(_command)


@rulebook_command.command("list", epilog=examples("rulebook list", "rulebook list --json"))
@with_json
def list_command(as_json: bool) -> None:
    """Show the rulebooks that come with the program."""
    from api.cli.tables import emit_table
    from api.cli.terminal import emit
    from projections.rules.rulebook import load_rulebook, rulebook_ids

    books = [load_rulebook(name) for name in rulebook_ids()]
    if as_json:
        emit([{"id": b.id, "title": b.title, "items": len(b.items), "digest": b.digest} for b in books])
    else:
        emit_table(["id", "items", "title", "digest"], [(b.id, len(b.items), b.title, b.digest) for b in books])


@rulebook_command.command(
    "show",
    epilog=examples(
        "rulebook show shanghai-2017", "rulebook show shanghai-2017 --json",
        "rulebook show shanghai-2017 --text > mine.toml",
    ),
)  # fmt: skip
@click.argument("rulebook", metavar="ID")
@click.option("--text", "as_text", is_flag=True, help="The file itself, to write another one from.")
@with_json
def show_command(rulebook: str, as_text: bool, as_json: bool) -> None:
    """Show a rulebook's items with their words, and its readings with their options.

    ID is one of `rulebook list`, or a TOML file. A reading is a place where the words leave room; `judge --reading
    NAME=OPTION` reads it otherwise, and `rulebook readings` says what each option means. The first is the default.
    """
    from api.cli.tables import emit_table
    from api.cli.terminal import emit
    from projections.rules.rulebook import load_rulebook

    book = load_rulebook(rulebook)
    if as_text:
        click.echo(book.path.read_bytes(), nl=False)
        return
    readings = {
        name: sorted(reading.options, key=lambda option: option != reading.default)
        for name, reading in book.readings.items()
    }
    if as_json:
        items = [
            {"number": i.number, "slug": i.slug, "name": i.name, "kind": i.kind, "text": i.text} for i in book.items
        ]
        emit({"id": book.id, "title": book.title, "digest": book.digest, "items": items, "readings": readings})
        return
    emit_table(
        ["no", "slug", "name", "words"], [(i.number, i.slug, i.name, i.text) for i in book.items], title=book.title
    )
    click.echo()
    words = {name: " · ".join(reading.phrase) for name, reading in book.readings.items()}
    emit_table(
        ["reading", "options (default first)", "words"], [(n, " ".join(o), words[n]) for n, o in readings.items()]
    )


@rulebook_command.command("check", epilog=examples("rulebook check mine.toml"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
def check_command(file: str) -> None:
    """Check a rulebook's file: unknown keys, missing quotes, words that differ from the notice.

    Prints its id and digest; a wrong file is refused with the key and the reason, and exit code 2.
    """
    from pathlib import Path

    from projections.rules.rulebook import load_rulebook

    book = load_rulebook(Path(file))
    click.echo(f"{file}: good: {book.id}, {len(book.items)} items, sha256 {book.digest}")
