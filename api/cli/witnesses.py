"""`witnesses …`: whom this ledger asks to cosign its checkpoints; requests and answers that are carried as files."""

from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from api.cli.parameters import VkeyType, examples, with_directory, with_json

if TYPE_CHECKING:
    from ledger.application import TreatmentLedger


@click.group(
    "witnesses",
    short_help="Whom this ledger asks to cosign its checkpoints.",
    epilog=examples(
        "witnesses add WITNESS-VKEY https://witness.regulator.example",
        "witnesses list",
        "witnesses request regulator.example/w1 --out request.txt",
        "witnesses take regulator.example/w1 cosignature.txt",
    ),
)
def witnesses_command() -> None:
    """Whom this ledger asks to cosign its checkpoints (C2SP tlog-witness).

    They are asked after each checkpoint that is signed: by `checkpoint`, `export`, `publish` and the service. One that
    is down holds nobody up; it is asked again with the next checkpoint, or by `checkpoint --cosign`.
    """


@witnesses_command.command(
    "add",
    epilog=examples(
        'witnesses add "regulator.example/w1+0e2d…+BA…" https://witness.regulator.example',
        'witnesses add "regulator.example/w1+0e2d…+BA…"   # by file: witnesses request, witnesses take',
    ),
)
@click.argument("vkey", type=VkeyType())
@click.argument("url", required=False)
@with_directory
def add_command(vkey: str, url: str | None, directory: Path) -> None:
    """Ask a witness from now on. It has to be told of this ledger's key, too (`witness trust`).

    VKEY is the witness's verifier key, URL the address before /add-checkpoint; without one, requests and answers are
    carried as files. The list is `witnesses.toml` in the ledger's directory.
    """
    from api.cli.terminal import say
    from api.witnesses import add_witness

    with _ledger(directory) as ledger:
        added = add_witness(directory, vkey, url)
        say(f"{added.name} is asked from now on {f'at {url}' if url else 'by file'}; it must trust {ledger.vkey}")


@witnesses_command.command("list", epilog=examples("witnesses list", "witnesses list --json"))
@with_json
@with_directory
def list_command(as_json: bool, directory: Path) -> None:
    """Show the witnesses, and how many entries each cosigned last."""
    from api.cli.tables import emit_table
    from api.cli.terminal import emit
    from api.witnesses import read_witnesses

    with _ledger(directory) as ledger:
        rows = [(one.name, one.url, ledger.cosigning().last_cosigned(one.vkey)) for one in read_witnesses(directory)]
        keys = [one.vkey for one in read_witnesses(directory)]
    if as_json:
        emit([{"vkey": vkey, "url": url, "size": size} for vkey, (_, url, size) in zip(keys, rows, strict=True)])
    else:
        emit_table(
            ["witness", "address", "cosigned entries"], [(name, url or "by file", size) for name, url, size in rows]
        )


@witnesses_command.command("remove", epilog=examples("witnesses remove regulator.example/w1"))
@click.argument("name")
@with_directory
def remove_command(name: str, directory: Path) -> None:
    """Ask a witness no more. What it cosigned stays.

    A contradiction of it that stands (`keys/contradicted-….json`: it has cosigned what is not here, and nothing is
    signed) is lifted with it, and shown once more: keep what it says, and find out why before you sign again.
    """
    from api.cli.terminal import say
    from api.witnesses import remove_witness

    with _ledger(directory) as ledger:
        cosigning = ledger.cosigning()
        standing = [one for one in cosigning.contradictions() if name in (one.name, one.vkey, one.file)]
        for gone in remove_witness(directory, name, known=bool(standing)):
            say(f"{gone.name} is asked no more")
        for one in standing:
            cosigning.lift(one)
            said = f"{one.what} (said at {one.at})" if one.at else one.what
            say(f"lifted, and no longer in the way of signing: {one.finding}: {said}")


@witnesses_command.command("request", epilog=examples("witnesses request regulator.example/w1 --out request.txt"))
@click.argument("name")
@click.option("--out", default="-", show_default=True, metavar="FILE", help="Where the request goes.")
@click.option(
    "--old", type=click.IntRange(0), metavar="N", help="Entries that the witness cosigned last  [default: as kept here]"
)
@with_directory
def request_command(name: str, out: str, old: int | None, directory: Path) -> None:
    """Write a request for a witness that is not on the network, about the last checkpoint.

    It is carried to the witness (`witness cosign`), and what that prints comes back with `witnesses take`.
    """
    from api.cli.files import write_whole
    from api.witnesses import find_witness

    with _ledger(directory) as ledger:
        witness, cosigning = find_witness(directory, name), ledger.cosigning()
        begin = cosigning.last_cosigned(witness.vkey) if old is None else old
        write_whole(out, cosigning.request(_latest(ledger), begin))


@witnesses_command.command("take", epilog=examples("witnesses take regulator.example/w1 cosignature.txt"))
@click.argument("name")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@with_directory
def take_command(name: str, file: IO[str], directory: Path) -> None:
    """Take in the cosignature that a witness printed, of the last checkpoint; `-` is standard input.

    A contradiction of the witness that stands is lifted when the cosignature is dated after it.
    """
    from api.cli.terminal import say
    from api.witnesses import find_witness

    with _ledger(directory) as ledger:
        witness = find_witness(directory, name)
        if ledger.cosigning().take(_latest(ledger), witness.vkey, file.read(1 << 16)):
            say(f"{witness.name} agrees now: what it said against this ledger stands no more")
        say(f"{witness.name} has cosigned {ledger.cosigning().last_cosigned(witness.vkey)} entries")


def _latest(ledger: "TreatmentLedger") -> str:
    note = ledger.latest_checkpoint()
    if note is None:
        raise click.ClickException("nothing was signed yet; run `checkpoint`")
    return note


def _ledger(directory: Path) -> "TreatmentLedger":
    from ledger.application import TreatmentLedger

    return TreatmentLedger.open(directory)
