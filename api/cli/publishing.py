"""`publish`: the log as static files that a web server serves and other people's programs read."""

from pathlib import Path

import click

from api.cli.guard import AnswersJson
from api.cli.parameters import examples, with_directory, with_json


@click.command(
    "publish",
    cls=AnswersJson,
    unanswered=("before", "size", "files"),
    short_help="Write the log as static tiles for third parties.",
    epilog=examples("publish /srv/auditors/ledger", "publish /srv/www/ledger --hashes-only"),
)
@click.argument("target", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--hashes-only", is_flag=True, help="Leave the entries out: for a place that everybody may read.")
@with_json
@with_directory
def publish_command(target: Path, hashes_only: bool, as_json: bool, directory: Path) -> None:
    """Bring DIR up to the log: the latest checkpoint and the tiles under it (c2sp.org/tlog-tiles).

    DIR is what a web server serves under the log's address: /checkpoint, /tile/LEVEL/..., /tile/entries/... Only what
    is new is written, the checkpoint last; an interrupted run is completed by the next. If the log has grown, a
    checkpoint is signed first.

    Entries are treatment records under pseudonyms. Their bundles are readable by you and your group alone, and belong
    where only those who may read the records (auditors, the regulator's mirror) can fetch them. With --hashes-only DIR
    says nothing of anybody, and still binds the ledger: whoever has a checkpoint or an entry from elsewhere can prove
    it against the tiles.
    """
    from api.cli.terminal import emit, progress, say
    from api.clock import now
    from api.cosigning import checkpoint_first
    from ledger.application import TreatmentLedger

    with TreatmentLedger.open(directory) as ledger, progress("publishing") as show:
        checkpoint_first(ledger, now=now(), say=say)
        done = ledger.publish(
            target, now=now(), entries=not hashes_only, progress=lambda done, total: show(done, total, "publishing")
        )
        vkey = ledger.vkey
    if as_json:
        emit(done._asdict())
    elif done.files:
        click.echo(f"{target}: {done.before:,} → {done.size:,} entries, {done.files:,} files written")
        say(f"readers need DIR under an address and the verifier key: {vkey}")
    else:
        click.echo(f"{target}: {done.size:,} entries, nothing new")
