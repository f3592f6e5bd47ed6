"""`bench`: how fast, beside a named peer, in one run."""

import click

from api.cli.parameters import examples, with_json

SIZES = {"append": 2_000, "import": 100_000, "judge": 240, "rebuild": 1_000_000, "verify": 1_000_000}
"""What `--size` is where it is not given: facts, lines of a journal, invented patients, acts, entries of a log."""


@click.command(
    "bench",
    epilog=examples(
        "bench append", "bench import --size 1000000", "bench rebuild --acts 10000000", "bench verify --json"
    ),
)
@click.argument("name", metavar="NAME", type=click.Choice(list(SIZES)))
@click.option(
    "--size",
    "--acts",
    type=click.IntRange(min=100),
    help="append: facts; import: lines; judge: invented patients; rebuild: acts; verify: entries of the log (30,000 or "
    "more).",
)
@with_json
def bench_command(name: str, size: int | None, as_json: bool) -> None:
    """Measure append, import, judge, rebuild or verify, each beside a named peer in the same run: the medians of three
    rounds.

    The ratio says how many times faster ours is. Nothing of your ledger is touched: each round works in a temporary
    directory of its own.
    """
    from importlib import import_module

    from api.bench.figures import Row, tabled
    from api.cli.tables import emit_table
    from api.cli.terminal import emit, say

    modules = {
        "append": "append",
        "import": "importing",
        "judge": "judging",
        "rebuild": "rebuilding",
        "verify": "verifying",
    }
    rows: list[Row] = []
    for row in import_module(f"api.bench.{modules[name]}").run(size or SIZES[name]):
        say(f"{row.case}: {row.ours:,.0f} {row.unit}, peer {row.peer:,.0f}, ratio {row.ratio}")
        rows.append(row)
    if as_json:
        emit({"bench": name, "rows": rows})
        return
    emit_table(*tabled(rows))
    names = {row.peer_name for row in rows}
    for row in rows if len(names) > 1 else rows[:1]:
        click.echo(f"peer of {row.case}: {row.peer_name}" if len(names) > 1 else f"peer: {row.peer_name}")
