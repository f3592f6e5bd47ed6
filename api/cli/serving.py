"""`serve`: the HTTP service."""

import ipaddress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.parameters import RulesAsked, examples, with_directory, with_rules_adopted

if TYPE_CHECKING:
    import socket

    from fastapi import FastAPI


@click.command(
    "serve",
    epilog=examples("token new ward-3", "serve", "serve --port 9000", "serve --port 0", "serve --rulebook in-force"),
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port; 0 takes a free one."
)
@with_rules_adopted
@with_directory
def serve_command(host: str, port: int, asked: RulesAsked, directory: Path) -> None:
    """Serve the ledger over HTTP until Ctrl-C.

    Every address but /checkpoint and /healthz asks for a token: `treatment-ledger token new`. /openapi.json describes
    them all. Without --host only this machine can reach the service. Judged is by what was adopted by the time asked
    about (else shanghai-2017), also where it is adopted while the service runs; or by --rulebook.
    """
    serve(directory, host, port, asked)


def serve(directory: Path, host: str, port: int, asked: RulesAsked | None = None) -> None:
    """Serves the ledger in `directory` until SIGINT or SIGTERM; says where, once it can be reached.

    Judges by what is `asked`, or by what is adopted (else the default rulebook). Raises what `choose` does.
    """
    from api.app import create_app
    from api.choosing import adoption_facts, choose, loaded
    from api.cli.terminal import say
    from api.machine_code import made_beside
    from api.tokens import Tokens
    from ledger.application import TreatmentLedger

    with TreatmentLedger.open(directory) as ledger:
        asked = loaded(asked or RulesAsked(directory=directory))
        chosen = choose(asked, adoption_facts(ledger), instead=True)  # refused now, rather than at each question
        app = create_app(ledger, Tokens(directory), asked)
        if chosen.said:
            say(f"warning: {chosen.said.en}")
        old = ledger.old_backup()
        if old is not None:
            say(f"warning: {old}")
        if not _is_loopback(host):
            say("warning: other machines can reach this address, and tokens travel as plain text over HTTP: "
                "put a TLS proxy in front, or leave out --host")  # fmt: skip
        if not any(token.revoked is None for token in app.state.tokens.all()):
            say("there is no token yet: `treatment-ledger token new` makes one, also while the service runs")
        with made_beside(ledger.size):
            run(app, host, port, f"{ledger.origin} ({ledger.size:,} entries)")


def run(app: "FastAPI", host: str, port: int, what: str, most_connections: int | None = None) -> None:
    """Serves `app` until SIGINT or SIGTERM; says where, and `what`, once it can be reached."""
    import signal

    import uvicorn

    from api.cli.terminal import say

    # Bound before the server starts: a port that is taken is told in one line, and port 0 is known by its number.
    listening = _bind(host, port)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
        limit_concurrency=most_connections,
    )
    where = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}"
    # uvicorn finishes what it is answering and then repeats the signal: both signals end here, with the log closed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        say(f"serving {what} at {where}; Ctrl-C ends it")
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        say("stopped")


def _bind(host: str, port: int) -> "socket.socket":
    import socket

    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, proto)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(1024)
    except OSError as error:
        raise click.ClickException(
            f"cannot listen at {host} port {port}: {error.strerror or error}; choose another --host or --port"
        ) from None
    return listening


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
