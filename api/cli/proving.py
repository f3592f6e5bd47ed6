"""`checkpoint` and `export`: what the ledger signs and hands out."""

from pathlib import Path

import click

from api.cli.parameters import READABLE, IdType, examples, with_directory


@click.command("checkpoint", epilog=examples("checkpoint", "checkpoint > 2021-03.checkpoint"))
@with_directory
def checkpoint_command(directory: Path) -> None:
    """Sign and print a checkpoint of the whole log.

    A checkpoint (C2SP tlog-checkpoint) fixes every entry so far: whoever keeps one can prove any later rewriting.
    Before it is signed the tree's root is derived again from the stored bytes and held against the last one signed.
    """
    from api.clock import now
    from ledger.application import TreatmentLedger

    with TreatmentLedger.open(directory) as ledger:
        click.echo(ledger.checkpoint(now=now()), nl=False)


@click.command(
    "export",
    short_help="Write one patient's bundle for a regulator.",
    epilog=examples("export P1 --out p1.bundle", "export P1 --out p1.bundle --since 2021-03.checkpoint"),
)
@click.argument("patient", type=IdType())
@click.option("--out", required=True, metavar="FILE", help="Where the bundle goes; `-` is standard output.")
@click.option(
    "--since", type=READABLE, metavar="CHECKPOINT", help="File of an older checkpoint to prove consistency from."
)
@with_directory
def export_command(patient: str, out: str, since: Path | None, directory: Path) -> None:
    """Write one patient's bundle: everything a regulator needs to verify it offline.

    PATIENT is the pseudonym of the journal. The bundle holds the patient's entries and the registry entries of
    everyone who treated them, with the proofs that they are in the log that the verifier key signs for.
    """
    from api.cli.files import read_text, write_whole
    from api.cli.terminal import say
    from api.clock import now
    from ledger.application import TreatmentLedger

    older = read_text(since) if since else None
    with TreatmentLedger.open(directory) as ledger:
        bundle = ledger.export(patient, now=now(), since=older)
    write_whole(out, bundle)
    if out != "-":
        say(f"wrote {out} ({len(bundle):,} bytes); verify it: treatment-ledger verify {out} --key VKEY")
