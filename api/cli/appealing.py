"""`rulebook decision`: what was decided on an act before, by which rulebook, for whoever appeals."""

from pathlib import Path

import click

from api.cli.parameters import IdType, examples, with_directory, with_json

_WIDEST = 100


@click.command(
    "decision",
    short_help="Show the decisions on an act that are kept, for an appeal.",
    epilog=examples("rulebook decision S3", "rulebook decision S3 --rulebook 56ec9d1f --lang zh", "rulebook adopted"),
)
@click.argument("act", type=IdType())
@click.option("--rulebook", "digest", default="", metavar="DIGEST", help="Only by this text; its beginning will do.")
@click.option(
    "--lang", "language", type=click.Choice(["zh", "en", "both"]), default="both", show_default=True,
    help="Chinese, English, or Chinese and then English.",
)  # fmt: skip
@with_json
@with_directory
def decision_command(act: str, digest: str, language: str, as_json: bool, directory: Path) -> None:
    """Show every decision on an act that is kept: by the rulebooks of each adoption, also where others came after.

    ACT is the id of a session, or of an assessment that is charged. Each decision says over how many entries of the log
    it was made, and is made again from those entries by the texts of then before it is shown: where the two differ,
    that is told as an error and nothing is shown. `explain` says how the act is decided today.
    """
    from shutil import get_terminal_size

    from api.appealing import kept_of
    from api.cli.opened_ledger import opened_ledger
    from api.cli.terminal import emit, shown
    from projections.explanation import LANGUAGES, explain

    with opened_ledger(directory) as ledger:
        found = kept_of(ledger, act, digest)
    if as_json:
        emit(
            [
                {
                    "size": one.decided.size,
                    "position": one.decided.position,
                    "newest": one.newest,
                    "texts": one.ruling.texts,
                    "decision": one.decision,
                    "account": one.account,
                }
                for one in found
            ]
        )
        return
    if not found:
        raise click.ClickException(
            f"no decision on {act} is kept{f' by a rulebook {digest}…' if digest else ''}; they are kept from an "
            "adoption on (`rulebook adopt`), and `explain` says how it is decided today"
        )
    languages = [one for one in LANGUAGES if language in (one, "both")]
    width = min(get_terminal_size((_WIDEST, 24)).columns, _WIDEST)
    for count, one in enumerate(found):
        by = f"{one.decision.rulebook} (sha256 {one.decision.digest})" if one.decision.digest else "the record alone"
        since = "" if one.newest else "; decided otherwise since"
        if count:
            click.echo()
        click.echo(shown(f"By {by}, over the first {one.decided.size:,} entries{since}"))
        click.echo(shown(explain(one.account, languages, width), keep="\n"), nl=False)
