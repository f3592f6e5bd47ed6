"""`import`: journals go in, whole or not at all."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.parameters import JOURNAL, examples, with_directory

if TYPE_CHECKING:
    from ledger.application import Imported, TreatmentLedger

_STAGES = {"read": "reading", "check": "checking", "append": "appending"}


@click.command(
    "import",
    short_help="Take in the facts of journals.",
    epilog=examples("import journal.ndjson", "import 2021-*.ndjson.gz --keep-going", "import - < journal.ndjson"),
)
@click.argument("journals", type=JOURNAL, metavar="JOURNAL...", nargs=-1, required=True)
@click.option(
    "--keep-going", is_flag=True, help="Take in the good lines; write the bad ones, with reasons, to a reject file."
)
@click.option(
    "--reject",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The reject file of --keep-going  [default: JOURNAL.rejected.ndjson beside the first journal]",
)
@with_directory
def import_command(journals: tuple[str, ...], keep_going: bool, reject: Path | None, directory: Path) -> int:
    """Take in the facts of journals (NDJSON; `-` is standard input; `.gz` too).

    Every bad line is reported as FILE:LINE: field: what, and then nothing is taken in, unless --keep-going.
    Lines that the ledger already holds are known, not taken twice: an import that was cut short is simply run again.
    Where they adopt a rulebook whose text is not at hand, a warning says so, and what to do.
    The last line of output counts: {"accepted":n,"known":n,"refused":n,"size":n}.
    """
    from api.cli.guard import BAD_INPUT
    from api.cli.terminal import emit, say
    from api.missing_texts import missing_since
    from ledger.application import TreatmentLedger

    if reject and not keep_going:
        raise click.UsageError("--reject needs --keep-going: without it a bad line keeps the whole import out")
    if keep_going and reject is None:
        reject = Path("stdin.rejected.ndjson" if journals[0] == "-" else f"{journals[0]}.rejected.ndjson")
    with TreatmentLedger.open(directory) as ledger:
        before = ledger.size
        imported = take_in(ledger, journals, keep_going=keep_going, reject=reject)
        missing = missing_since(ledger, before) if imported.accepted else ()
    for problem in missing:
        say(f"warning: until this is put right, nothing can be judged by what was adopted: {problem}")
    bad = "1 line" if imported.refused == 1 else f"{imported.refused:,} lines"
    if imported.refused and not keep_going:
        say(f"refused {bad}: nothing was taken in; mend them, or take in the rest with --keep-going")
    elif imported.refused:
        say(f"refused {bad}; with their reasons they are in {reject}")
    emit(imported._asdict())
    return BAD_INPUT if imported.refused and not keep_going else 0


def take_in(
    ledger: "TreatmentLedger", journals: Sequence[str | Path], *, keep_going: bool = False, reject: Path | None = None
) -> "Imported":
    """Imports, with a progress bar where there is a terminal, and every bad line told on standard error."""
    from api.cli.terminal import progress, say
    from api.clock import now

    with progress("reading") as show:
        return ledger.import_journal(
            journals,
            now=now,
            keep_going=keep_going,
            reject=reject,
            progress=lambda stage, done, total: show(done, total, _STAGES.get(stage, stage)),
            problem=say,
        )
