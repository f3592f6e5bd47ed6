"""`init` and `key`: a ledger is founded once, with the key that signs its checkpoints."""

from pathlib import Path

import click

from api.cli.parameters import examples, with_directory


@click.command(
    "init",
    epilog=examples(
        "init --origin hospital.example/ledger", "init --origin hospital.example/ledger --data /srv/ledger"
    ),
)
@click.option(
    "--origin", required=True, metavar="NAME", help="The ledger's name in its checkpoints; cannot change later."
)
@with_directory
def init_command(origin: str, directory: Path) -> None:
    """Make a ledger and its signing key; print the verifier key.

    NAME is what others know this log by: a domain and path that is yours. The verifier key is public: hand it to
    whoever is to verify bundles and checkpoints, by a way of its own. The private key stays in the directory.
    """
    from api.cli.terminal import say
    from ledger.application import TreatmentLedger

    click.echo(TreatmentLedger.init(directory, origin))
    say(f"made the ledger {origin} in {directory}; the line above is its public verifier key")


@click.command("key", epilog=examples("key", 'verify p1.bundle --key "$(treatment-ledger key)"'))
@with_directory
def key_command(directory: Path) -> None:
    """Print the verifier key (vkey, as in C2SP signed-note)."""
    from ledger.application import TreatmentLedger

    with TreatmentLedger.open(directory) as ledger:
        click.echo(ledger.vkey)
