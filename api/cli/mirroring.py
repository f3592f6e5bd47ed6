"""`mirror update|show|check`: the columns that long logs are reported from, brought up to the log and looked at."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.parameters import examples, with_directory, with_json

if TYPE_CHECKING:
    from projections.mirror.mirror import Mirror


@click.group("mirror", epilog=examples("mirror update", "mirror show --json", "mirror check"))
def mirror_command() -> None:
    """Keep the mirror: the log's acts as columns, from which a long log is judged and reported.

    It lies in `mirror` of the ledger's directory (Parquet; a manifest names its digest, and reports name that). The
    commands that use it bring it up to the log by themselves, and make it anew where a file that they read is damaged.
    It holds what the log says of pseudonyms, nobody's name; removed, it is made anew.
    """


@mirror_command.command("update", epilog=examples("mirror update", "mirror update --json"))
@with_json
@with_directory
def update_command(as_json: bool, directory: Path) -> None:
    """Bring the mirror up to the log, or make it. Only patients whom new entries concern are written anew.

    For a log that is long enough it also makes the machine code that judges faster, once for this version of the
    program.
    """
    from api.cli.opened_ledger import opened_ledger
    from api.cli.terminal import progress, say
    from api.mirroring import mirror_of, rows_of
    from projections.rebuild.ways import is_to_be_made, make_native

    with opened_ledger(directory) as ledger:
        mirror = mirror_of(ledger)
    _show(mirror, as_json)
    if is_to_be_made(rows_of(mirror.manifest)):
        say("the mirror is up to the log; making machine code for judging, once for this version of the program: about "
            "half a minute ...")  # fmt: skip
        with progress("machine code"):
            make_native()


@mirror_command.command("show", epilog=examples("mirror show", "mirror show --json"))
@with_json
@with_directory
def show_command(as_json: bool, directory: Path) -> None:
    """Show what the mirror was made from, its digest and how much it holds. Nothing is changed."""
    from api.mirroring import MIRROR
    from projections.mirror.mirror import Mirror

    _show(Mirror.open(directory / MIRROR), as_json)


@mirror_command.command("check", epilog=examples("mirror check", "mirror check --json"))
@with_json
@with_directory
def check_command(as_json: bool, directory: Path) -> int:
    """Read every file of the mirror and hold it against the digests; name each file that was changed since.

    Nothing is changed. Whether the log is sound is another question: `audit`.
    """
    from api.cli.guard import ANSWER_IS_NO
    from api.cli.terminal import emit, progress
    from api.mirroring import MIRROR
    from projections.mirror.mirror import Mirror
    from projections.mirror.refusal import MirrorDamaged

    with progress("rows") as bar:
        try:
            mirror = Mirror.open(directory / MIRROR)
            findings = mirror.findings(lambda done, total: bar(done, total, "rows"))
        except MirrorDamaged as error:
            findings = [str(error)]
    if as_json:
        emit({"whole": not findings, "findings": findings})
    else:
        click.echo("\n".join(findings) or f"whole: {mirror.directory}, digest {mirror.digest}")
    return ANSWER_IS_NO if findings else 0


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
