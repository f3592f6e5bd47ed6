"""Options and arguments that several commands share, read once and refused with the same words everywhere."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from api.rules_asked import RulesAsked as RulesAsked

Command = TypeVar("Command", bound=Callable[..., Any])

DATA = click.Path(path_type=Path, file_okay=False)
READABLE = click.Path(path_type=Path, exists=True, dir_okay=False)
JOURNAL = click.Path(exists=True, dir_okay=False, allow_dash=True)


class IdType(click.ParamType[str]):
    """An id as in the journal: opaque, 1-64 of A-Z a-z 0-9 . _ : @ / -."""

    name = "id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        import re

        if not re.fullmatch(r"[A-Za-z0-9._:@/-]{1,64}", value):
            self.fail(f"{value!r} is no id; expected 1-64 of A-Z a-z 0-9 . _ : @ / -", param, ctx)
        return str(value)


class InstantType(click.ParamType[datetime]):
    """An RFC 3339 instant with its offset."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        from api.clock import parse_instant

        try:
            return value if isinstance(value, datetime) else parse_instant(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class VkeyType(click.ParamType[str]):
    """A verifier key. White space and a byte order mark around it, as files and mails add them, are no part of it."""

    name = "vkey"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from ledger.verify.__main__ import bare

        return bare(value)


def with_directory(command: Command) -> Command:
    """Adds `--data DIR` to a command and passes `directory`: the command's, else the program's, else ./ledger-data."""

    def settle(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path:
        return value or ctx.find_root().params.get("data") or Path("ledger-data")

    option = click.option(
        "--data",
        "directory",
        type=DATA,
        callback=settle,
        help="Directory of the ledger  [default: $TREATMENT_LEDGER_DATA, else ./ledger-data]",
    )
    return option(command)


def with_cut(command: Command) -> Command:
    """Adds the two times: `--as-of` (what had happened) and `--as-known-at` (what had been written down)."""
    known = click.option("--as-known-at", type=InstantType(), metavar="T", help="Leave out what was recorded after T.")
    return click.option("--as-of", type=InstantType(), metavar="T", help="Leave out what happened after T.")(
        known(command)
    )


def with_rules(command: Command) -> Command:
    """Adds the options that say what to judge by, passed together as `asked: RulesAsked`."""
    help = "A rulebook of your own that an adoption may name (with --rulebook in-force)"
    return _rules(command, "shanghai-2017", help)


def with_rules_adopted(command: Command) -> Command:
    """The same for a command that, unless it is told a rulebook, judges by what was adopted (`api.choosing`)."""
    return _rules(command, "what was adopted, else shanghai-2017", "A rulebook of your own that an adoption may name")


def _rules(command: Command, otherwise: str, files_help: str) -> Command:
    """`otherwise`: how help tells what is done without --rulebook."""

    @click.option(
        "--rulebook",
        metavar="ID",
        help=f"Rulebook's id, a TOML file, or in-force.  [default: {otherwise}]",
    )
    @click.option(
        "--reading",
        "readings",
        multiple=True,
        metavar="NAME=OPTION",
        callback=_split,
        help="Read an ambiguous word of the rules otherwise; may be repeated. `rulebook readings` lists them.",
    )
    @click.option(
        "--profile",
        default="default",
        show_default=True,
        metavar="NAME|FILE",
        help="Profile of readings (default, strict, lenient), or the TOML file of one.",
    )
    @click.option(
        "--rulebook-file",
        "files",
        multiple=True,
        metavar="FILE",
        type=click.Path(exists=True, dir_okay=False),
        help=f"{files_help}; may be repeated.",
    )
    @wraps(command)
    def gathered(
        *, rulebook: str | None, readings: dict[str, str], profile: str, files: tuple[str, ...], **others: Any
    ) -> Any:
        asked = RulesAsked(rulebook, readings, profile, files, others.get("directory"))
        return command(asked=asked, **others)

    return cast(Command, gathered)


def with_profiles(help: str) -> Callable[[Command], Command]:
    """Adds `--profiles NAME,...`, passed as `profiles: list[str]`: names of profiles and their files, as typed."""
    return click.option(
        "--profiles",
        metavar="NAME,...",
        callback=lambda ctx, param, names: [] if names is None else [name.strip() for name in names.split(",")],
        help=f"{help} A NAME is default, strict or lenient, or the TOML file of a profile.",
    )


def _split(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    for value in values:
        if not all(part for part in value.partition("=")):
            raise click.BadParameter(f"{value!r}: expected NAME=OPTION, such as child=up_to_14", ctx, param)
    chosen = dict(value.split("=", 1) for value in values)
    if len(chosen) < len(values):
        raise click.BadParameter("names a reading twice; one option of each is taken", ctx, param)
    return chosen


def with_json(command: Command) -> Command:
    """Adds `--json`, passed as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="JSON instead of a table.")(command)


def examples(*lines: str) -> str:
    """The end of a command's help: commands to try, each on a line of its own."""
    return "\b\nExamples:\n" + "\n".join(f"  treatment-ledger {line}" for line in lines)


def with_people_key(command: Command) -> Command:
    """Adds `--people-key FILE` to a command: where the key of the person store lies, if not in the ledger's keys."""
    option = click.option(
        "--people-key",
        type=click.Path(path_type=Path, dir_okay=False),
        envvar="TREATMENT_LEDGER_PEOPLE_KEY",
        metavar="FILE",
        help="Key of the person store  [default: $TREATMENT_LEDGER_PEOPLE_KEY, else keys/people.key]",
    )
    return option(command)
