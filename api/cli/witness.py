"""`witness …`: what whoever watches ledgers runs, on a machine of their own (a regulator over hospitals)."""

from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

import click

from api.cli.parameters import DATA, VkeyType, examples, with_json

if TYPE_CHECKING:
    from ledger.witness import Watched

Command = TypeVar("Command", bound=Callable[..., Any])


def with_witness(command: Command) -> Command:
    """Adds `--data DIR`, the witness's own directory: that of a ledger is another's."""

    def settle(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path:
        root = ctx.find_root()
        typed = root.get_parameter_source("data") is click.core.ParameterSource.COMMANDLINE
        return value or (root.params["data"] if typed else None) or Path("witness-data")

    option = click.option(
        "--data",
        "directory",
        type=DATA,
        envvar="TREATMENT_LEDGER_WITNESS",
        callback=settle,
        help="Directory of the witness  [default: $TREATMENT_LEDGER_WITNESS, else ./witness-data]",
    )
    return option(command)


@click.group(
    "witness",
    short_help="Run a witness: cosign the checkpoints of ledgers that you watch.",
    epilog=examples(
        "witness init --name regulator.example/w1",
        'witness trust "hospital.example/ledger+1a2b3c4d+AbCd…"',
        "witness serve --port 8100",
        "witness cosign request.txt > cosignature.txt",
    ),
)
def witness_command() -> None:
    """Run a witness (C2SP tlog-witness): cosign the checkpoints of ledgers that you watch.

    A witness remembers of each ledger how many entries it has cosigned, and their root. It cosigns a checkpoint only if
    that continues what it has cosigned before; so a ledger cannot go back, nor show one history to you and another to
    somebody else, without being refused. Run it where the ledger's operator has no access.

    Its directory must never be put back from an older copy: a witness that forgets cosigns the opposite. If it is lost,
    make a new witness with a new key.
    """


@witness_command.command(
    "init", epilog=examples("witness init --name regulator.example/w1", "witness init --name w1.example --data /srv/w1")
)
@click.option(
    "--name", required=True, help="Its name in cosignatures: a domain and path of yours; cannot change later."
)
@with_witness
def init_command(name: str, directory: Path) -> None:
    """Make a witness and its key; print its verifier key.

    The verifier key is public: ledgers ask for it (`witnesses add`), and readers verify with it (`verify --witness`).
    The private key stays in the directory, in a file of mode 0600.
    """
    from api.cli.terminal import say
    from ledger.witness import Witness

    click.echo(Witness.init(directory, name))
    say(f"made the witness {name} in {directory}; the line above is its public verifier key")


@witness_command.command(
    "key", epilog=examples("witness key", 'verify p1.bundle --key VKEY --witness "$(… witness key)"')
)
@with_witness
def key_command(directory: Path) -> None:
    """Print the witness's verifier key (vkey, cosignature/v1)."""
    from ledger.witness import Witness

    click.echo(Witness(directory).vkey)


@witness_command.command("trust", epilog=examples('witness trust "hospital.example/ledger+1a2b3c4d+AbCd…"'))
@click.argument("vkey", type=VkeyType())
@click.option("--origin", metavar="NAME", help="First line of its checkpoints, where that is not the key's name.")
@with_witness
def trust_command(vkey: str, origin: str | None, directory: Path) -> None:
    """Watch a ledger from now on: cosign what its key signs.

    VKEY is the line that the ledger's `treatment-ledger key` prints; get it by a way of its own.
    """
    from api.cli.terminal import say
    from ledger.witness import Witness

    say(f"watching {Witness(directory).trust(vkey, origin)}")


@witness_command.command("logs", epilog=examples("witness logs", "witness logs --json"))
@with_json
@with_witness
def logs_command(as_json: bool, directory: Path) -> None:
    """Show the ledgers it watches, and what it cosigned last of each."""
    from api.cli.tables import emit_table
    from api.cli.terminal import emit
    from ledger.witness import Witness

    logs = Witness(directory).logs()
    if as_json:
        emit([_as_json(log) for log in logs])
    else:
        rows = [(log.origin, log.last.size if log.last else 0, _shown(log.at)) for log in logs]
        emit_table(["ledger", "cosigned entries", "at"], rows)


@witness_command.command("serve", epilog=examples("witness serve", "witness serve --host 0.0.0.0 --port 8100"))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8100, show_default=True, help="Port; 0 takes a free one."
)
@with_witness
def serve_command(host: str, port: int, directory: Path) -> None:
    """Answer POST /add-checkpoint until Ctrl-C.

    Ledgers reach it under the address that they were given (`witnesses add VKEY URL`); a TLS proxy may stand in front.
    Nobody needs an account: what counts is the ledger's signature.
    """
    from api.cli.serving import run
    from api.cli.terminal import say
    from api.clock import now
    from api.witnessing import create_witness_app
    from ledger.witness import Witness

    witness = Witness(directory)
    if not (watched := len(witness.logs())):
        say("it watches no ledger yet: `witness trust VKEY`, also while this runs")
    name = witness.vkey.partition("+")[0]
    run(
        create_witness_app(witness, now),
        host,
        port,
        f"the witness {name} ({watched} ledgers watched)",
        most_connections=200,
    )


@witness_command.command("cosign", epilog=examples("witness cosign request.txt > cosignature.txt"))
@click.argument("request", type=click.File("rb"))
@with_witness
def cosign_command(request: IO[bytes], directory: Path) -> int | None:
    """Cosign without a network: print the cosignature for a request in a file.

    REQUEST is what the ledger's `witnesses request` wrote (`-`: standard input), the same as over HTTP; the printed
    line goes back to `witnesses take`. Exit code 0 cosigned, 1 refused, 2 no request.
    """
    from api.cli.terminal import say
    from api.clock import now
    from ledger.witness import MAX_REQUEST_BYTES, SIZE_TYPE, Witness

    answer = Witness(directory).add_checkpoint(request.read(MAX_REQUEST_BYTES + 1), int(now().timestamp()))
    if answer.status == 200:
        click.echo(answer.text, nl=False)
        return None  # no 0: what was handed out must have come out
    what = answer.text.strip()
    if answer.forked:
        what = (
            "history-fork: the log signed two histories: this checkpoint does not continue what this witness cosigned, "
            "and what the request carries proves it. Make no other request of it; the proof lies here: `witness forks "
            "--out DIR`"
        )
    elif answer.type == SIZE_TYPE:
        what = (
            f"this witness cosigned {what} entries last; have the request begin there: `witnesses request --old {what}`"
        )
    say(f"refused ({answer.status}): {what}")
    return 2 if answer.status == 400 else 1


@witness_command.command("forks", epilog=examples("witness forks", "witness forks --out proofs"))
@click.option("--out", type=DATA, metavar="DIR", help="Write each proof as a file into DIR.")
@with_json
@with_witness
def forks_command(out: Path | None, as_json: bool, directory: Path) -> int:
    """Show which ledgers have signed two histories, and write the proofs.

    When a ledger hands in a checkpoint that contradicts what was cosigned, and that can be proven from what it signed
    and sent, the proof is kept. Anybody verifies such a file with the ledger's key: `verify FILE --key VKEY`. Exit code
    0: there is none, 1: there are.
    """
    from api.cli.files import write_whole
    from api.cli.tables import emit_table
    from api.cli.terminal import emit, say
    from ledger.witness import Witness

    forks = Witness(directory).contradictions()
    if as_json:
        emit([{"origin": fork.origin, "size": fork.size, "at": _shown(fork.at), "proof": fork.proof} for fork in forks])
    else:
        emit_table(["ledger", "entries", "at"], [(fork.origin, fork.size, _shown(fork.at)) for fork in forks])
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for number, fork in enumerate(forks, 1):
            path = out / f"fork-{number}.json"
            write_whole(str(path), fork.proof.encode())
            say(f"wrote {path}: {fork.origin} signed two histories; verify it with the ledger's key")
    return 1 if forks else 0


def _as_json(log: "Watched") -> dict[str, object]:
    return {
        "origin": log.origin,
        "vkeys": log.vkeys,
        "size": log.last.size if log.last else 0,
        "root": log.last.root.hex() if log.last else None,
        "at": _shown(log.at),
    }


def _shown(seconds: int | None) -> str | None:
    from datetime import datetime

    from ledger.treatment.values import HOME

    return None if seconds is None else datetime.fromtimestamp(seconds, HOME).isoformat()
