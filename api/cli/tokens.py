"""`token new|list|revoke`: who may use the service."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.parameters import examples, with_directory, with_json

if TYPE_CHECKING:
    from api.tokens import Tokens


@click.group(
    "token",
    short_help="Make, list and revoke tokens of the service.",
    epilog=examples("token new ward-3", "token list", "token revoke ward-3"),
)
def token_command() -> None:
    """Make, list and revoke the tokens that the service asks for."""


@token_command.command(
    "new", epilog=examples("token new ward-3", "token new inspector --role auditor", "token new --json")
)
@click.argument("name", required=False)
@click.option(
    "--role",
    type=click.Choice(["system", "recorder", "auditor"]),
    default="system",
    show_default=True,
    help="system: records and reads everything; recorder: only records; auditor: only reads.",
)
@with_json
@with_directory
def new_command(name: str | None, role: str, as_json: bool, directory: Path) -> None:
    """Make a token and print it. It is shown this once and kept only as a hash.

    NAME says who holds it and is what `token revoke` takes; without one it is token-1, token-2, ...
    """
    from api.cli.terminal import emit, say
    from api.clock import now
    from api.tokens import Role

    secret, token = _tokens(directory).new(name, Role(role), now=now())
    if as_json:
        emit({"token": secret, "name": token.name, "role": token.role, "created": token.created})
    else:
        click.echo(secret)
    say(f"token {token.name} ({token.role}) made; it cannot be shown again: keep it like a password")


@token_command.command("list", epilog=examples("token list", "token list --json"))
@with_json
@with_directory
def list_command(as_json: bool, directory: Path) -> None:
    """Show names, roles and dates; the tokens themselves are not kept."""
    from api.cli.tables import emit_table
    from api.cli.terminal import emit

    tokens = _tokens(directory).all()
    if as_json:
        emit([{"name": t.name, "role": t.role, "created": t.created, "revoked": t.revoked} for t in tokens])
    else:
        emit_table(["name", "role", "created", "revoked"], [(t.name, t.role, t.created, t.revoked) for t in tokens])


@token_command.command("revoke", epilog=examples("token revoke ward-3"))
@click.argument("name")
@with_directory
def revoke_command(name: str, directory: Path) -> None:
    """Make a token useless, at once, also in a service that is running."""
    from api.cli.terminal import say
    from api.clock import now

    token = _tokens(directory).revoke(name, now=now())
    say(f"token {token.name} is revoked since {token.revoked}")


def _tokens(directory: Path) -> "Tokens":
    from api.tokens import Tokens
    from ledger.application import TreatmentLedger

    TreatmentLedger.open(directory).close()  # no tokens without a ledger: a mistyped directory is told at once
    return Tokens(directory)
