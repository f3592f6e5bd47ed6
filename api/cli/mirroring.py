"""`mirror update|show`: the columns that long logs are judged and reported from, brought up to the log, looked at."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.parameters import examples, with_directory, with_json

if TYPE_CHECKING:
    from projections.mirror.mirror import Mirror


@click.group("mirror", epilog=examples("mirror update", "mirror show --json"))
def mirror_command() -> None:
    """Keep the mirror: the log's acts as columns, from which a long log is judged and reported.

    It lies in `mirror` of the ledger's directory (Parquet; a manifest names its digest, and reports name that). The
    commands that use it bring it up to the log by themselves. It holds what the log says of pseudonyms, nobody's name;
    removed, it is made anew.
    """


@mirror_command.command("update", epilog=examples("mirror update", "mirror update --json"))
@with_json
@with_directory
def update_command(as_json: bool, directory: Path) -> None:
    """Bring the mirror up to the log, or make it. Only patients whom new entries concern are written anew."""
    from api.cli.opened_ledger import opened_ledger
    from api.mirroring import mirror_of

    with opened_ledger(directory) as ledger:
        mirror = mirror_of(ledger)
    _show(mirror, as_json)


@mirror_command.command("show", epilog=examples("mirror show", "mirror show --json"))
@with_json
@with_directory
def show_command(as_json: bool, directory: Path) -> None:
    """Show what the mirror was made from, its digest and how much it holds. Nothing is changed."""
    from api.mirroring import MIRROR
    from projections.mirror.mirror import Mirror

    _show(Mirror.open(directory / MIRROR), as_json)


def _show(mirror: "Mirror", as_json: bool) -> None:
    from api.cli.tables import emit_table
    from api.cli.terminal import emit

    parts = mirror.manifest.parts
    told = {
        "size": mirror.size,
        "digest": mirror.digest,
        "rows": sum(part.rows for part in parts),
        "patients": len(mirror.patients()),
        "files": len(parts),
        "patches": len(mirror.patches),
    }
    if as_json:
        emit(told)
        return
    labels = {
        "size": "entries of the log",
        "rows": "rows in its files",
        "patches": "files written since, in place of others",
    }
    emit_table(["mirror", ""], [(labels.get(name, name), value) for name, value in told.items()])
