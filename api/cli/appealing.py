"""`rulebook decision`: what was decided on an act, by whatever was in force at a time, for whoever appeals."""

from pathlib import Path

import click

from api.cli.parameters import IdType, examples, with_directory, with_json

_WIDEST = 100


@click.command(
    "decision",
    short_help="Show every decision on an act since rulebooks are adopted, for an appeal.",
    epilog=examples("rulebook decision S3", "rulebook decision S3 --rulebook 56ec9d1f --lang zh", "rulebook adopted"),
)
@click.argument("act", type=IdType())
@click.option("--rulebook", "digest", default="", metavar="DIGEST", help="Only by this text; its beginning will do.")
@click.option(
    "--lang", "language", type=click.Choice(["zh", "en", "both"]), default="both", show_default=True,
    help="Chinese, English, or Chinese and then English.",
)  # fmt: skip
@click.option(
    "--rulebook-file", "files", multiple=True, metavar="FILE", type=click.Path(exists=True, dir_okay=False),
    help="A text that was adopted and is not at hand; may be repeated.",
)  # fmt: skip
@with_json
@with_directory
def decision_command(
    act: str, digest: str, language: str, files: tuple[str, ...], as_json: bool, directory: Path
) -> None:
    """Show every decision on an act, adoption by adoption, and which one stands today.

    ACT is the id of a session, or of an assessment that is charged. Each decision is made again by the texts of then,
    over the entries up to the adoption and over those before the next one, whether decisions are kept or not; of what
    stayed the same, one is shown. It says from which entry on it was in force, over how many entries it was made, and
    whether it was kept. Where a kept one differs from the one made again, that is told as an error and nothing is
    shown; kept ones that cannot be read, and adoptions whose text is not at hand, are named. `explain --as-known-at`
    says what was answered in between.
    """
    from shutil import get_terminal_size

    from api.appealing import decisions_on
    from api.cli.opened_ledger import opened_ledger
    from api.cli.terminal import emit, say, shown
    from projections.explanation import LANGUAGES, explain

    with opened_ledger(directory) as ledger:
        found, missing, unread = decisions_on(ledger, act, digest, files)
    for reason in missing:
        say(f"warning: a decision cannot be told: {reason}")
    for reason in unread:
        say(f"warning: kept decisions cannot be read; what follows is made again from the log: {reason}")
    if not found:
        raise click.ClickException(
            f"no decision on {act}{f' by a rulebook {digest}…' if digest else ''} was in force: decisions are, from an "
            "adoption on (`rulebook adopt`), and `explain` says how it is decided today"
        )
    if as_json:
        emit(
            [
                {
                    "entry": one.since.position,
                    "at": one.since.at,
                    "stands": one.stands,
                    "size": one.decided.size,
                    "position": one.decided.position,
                    "kept": one.kept,
                    "texts": one.ruling.texts,
                    "decision": one.decision,
                    "account": one.account,
                }
                for one in found
            ]
        )
        return
    languages = [one for one in LANGUAGES if language in (one, "both")]
    width = min(get_terminal_size((_WIDEST, 24)).columns, _WIDEST)
    for count, one in enumerate(found):
        how = "decision kept" if one.kept else "decision made again"
        digest = one.decision.digest
        by = f"{one.decision.rulebook} (sha256 {digest}, {how})" if digest else f"the record alone ({how})"
        if count:
            click.echo()
        until = "stands today" if one.stands else "does not stand any more"
        click.echo(shown(f"From entry {one.since.position:,} on, of {one.since.at:%Y-%m-%d %H:%M}: {until}"))
        click.echo(shown(f"By {by}, over the first {one.decided.size:,} entries"))
        click.echo(shown(explain(one.account, languages, width), keep="\n"), nl=False)
