"""`scripts/rebuild-on-spark`: a whole mirror judged again over many machines, or over all cores of this one.

A program of its own, for it may be handed to `spark-submit` as it is; what it needs beside the others (the extra
`spark`, and Java 17) nobody else does.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.guard import guarded, unseen_by_click
from api.cli.parameters import RulesAsked, with_directory, with_json, with_rules

if TYPE_CHECKING:
    from api.questions import Rules
    from projections.rules.rulebook import Rulebook
    from projections.rules.succession import Succession


@click.command(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="\b\nExamples:\n"
    "  scripts/rebuild-on-spark ledger-data/mirror decisions-2021\n"
    "  scripts/rebuild-on-spark /shared/mirror /shared/strict --profile strict --master spark://head:7077\n"
    "  spark-submit --master yarn api/cli/on_spark.py /shared/mirror /shared/decisions",
)
@click.argument("mirror", metavar="MIRROR", type=click.Path(path_type=Path, file_okay=False))
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--master",
    metavar="URL",
    help="Where Spark runs, such as spark://head:7077  [default: as spark-submit has it, else local[*]]",
)
@with_json
@with_rules
@with_directory
def rebuild_on_spark(
    mirror: Path, out: Path, master: str | None, as_json: bool, asked: RulesAsked, directory: Path
) -> None:
    """Judge every act of the mirror in MIRROR on Spark, and write the decisions to OUT as Parquet.

    The decisions are those of this machine alone, row by row. OUT gets decisions/, a manifest that names the digests of
    the mirror and of the rulebook, and Spark's own log. On several machines both directories have to be under the same
    path on each, and this project installed. What is in force is asked of the ledger (--data).

    Needs Java 17 or later, and PySpark: pip install 'treatment-ledger[spark]'.
    """
    from api.cli.terminal import emit, progress, say
    from api.questions import rules
    from projections.mirror.mirror import Mirror
    from projections.rebuild.growing import NotTabled
    from projections.rebuild.native import NATIVE
    from projections.rules.evidence import Evidence
    from projections.rules.judge import Judge
    from projections.spark.running import rebuild

    by = rules(*asked)
    judge = Judge(Evidence([]), _in_force(by, directory), by.readings, profile=by.profile)
    if not NATIVE:
        say("numba is not installed: the same decisions, many times slower; pip install 'treatment-ledger[fast]'")
    say("starting Spark ...")
    try:
        with progress("judging") as show:
            made = rebuild(
                Mirror.open(mirror), judge, out, master=master, told=lambda done, of: show(done, of, "tasks")
            )
    except NotTabled as error:
        raise click.ClickException(f"Spark judges by tables, and these rules cannot be put into one: {error}") from None
    if as_json:
        emit(made)
        return
    by_what = ", ".join(f"{text.rulebook} {text.digest[:12]}" for text in made.ruling.texts)
    click.echo(
        f"{made.acts:,} acts judged by {by_what}: {made.payable:,} payable, {made.acts - made.payable:,} not; of the "
        f"mirror {made.mirror[:12]} ({made.size:,} entries)\n{out / 'manifest.json'}"
    )


def _in_force(by: "Rules", directory: Path) -> "Rulebook | Succession":
    """The rulebook, or those that the ledger in the directory adopted."""
    from projections.rules.rulebook import Rulebook

    if isinstance(by.rulebook, Rulebook):
        return by.rulebook
    from api.adopting import adoptions
    from api.cli.opened_ledger import opened_ledger
    from api.kept_texts import texts_at_hand
    from projections.rules.succession import succession_of

    with opened_ledger(directory) as ledger:
        adopted = [one.fact for one in adoptions(ledger)]
        kept, spoilt = texts_at_hand(directory, named=[fact.digest for fact in adopted])
        return succession_of(adopted, [*by.rulebook.texts, *kept], spoilt)


def main() -> None:
    """Run the command, and end the process with its exit code."""
    with unseen_by_click():
        sys.exit(guarded(lambda: rebuild_on_spark.main(prog_name="rebuild-on-spark", standalone_mode=False)))


if __name__ == "__main__":  # Spark's own processes import it again
    main()
