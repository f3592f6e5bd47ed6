"""The command line: which commands there are and where they live.

Each group of commands is a file of its own and is loaded when one of its commands is called; what a command needs
is imported inside it. So `judge` starts in a moment although `serve` needs a web framework.
"""

import importlib
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from api.cli.guard import guarded, unseen_by_click
from api.cli.parameters import DATA, examples

COMMANDS = {
    "init": "founding",
    "key": "founding",
    "import": "importing",
    "history": "histories",
    "judge": "judging",
    "explain": "explaining",
    "eligibility": "eligible",
    "checkpoint": "proving",
    "export": "proving",
    "publish": "publishing",
    "witnesses": "witnesses",
    "verify": "verifying",
    "audit": "verifying",
    "witness": "witness",
    "signer": "signing",
    "rulebook": "rulebooks",
    "serve": "serving",
    "people": "people",
    "label": "labelling",
    "token": "tokens",
    "report": "reporting",
    "mirror": "mirroring",
    "bench": "benching",
    "demo": "demonstrating",
}


class Program(click.Group):
    """Commands in the order in which one meets them, each loaded when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"api.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def make_context(self, *arguments: Any, **named: Any) -> click.Context:
        with unseen_by_click():
            return super().make_context(*arguments, **named)

    def invoke(self, ctx: click.Context) -> Any:
        with unseen_by_click():
            return super().invoke(ctx)


def show_release(ctx: click.Context, param: click.Parameter, asked: bool) -> None:
    """Prints the version and ends."""
    if asked and not ctx.resilient_parsing:
        from api.release import release

        click.echo(f"treatment-ledger {release()}")
        ctx.exit()


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done, 1 the answer is no, 2 bad input or usage.\n\n"
    + examples("demo", "init --origin hospital.example/ledger", "import journal.ndjson", "judge --ledger"),
)
@click.option(
    "--data",
    type=DATA,
    envvar="TREATMENT_LEDGER_DATA",
    help="Directory of the ledger  [default: $TREATMENT_LEDGER_DATA, else ./ledger-data]",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=show_release,
    help="Show the version and exit.",
)
@click.pass_context
def program(ctx: click.Context, data: str | None) -> None:
    """A ledger of treatments: facts in, provable history and payment decisions out.

    Takes in what a hospital recorded (a journal, one JSON fact a line), keeps it in a log that cannot be rewritten
    unnoticed, judges it by the payment rules, and exports bundles that a regulator verifies without a network.
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """The entry point: runs one command and ends the process with its exit code (0, 1, 2; 130 on Ctrl-C)."""
    sys.exit(guarded(lambda: program.main(arguments, prog_name="treatment-ledger", standalone_mode=False)))
