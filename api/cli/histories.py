"""`history`: what happened to a patient, as it was or as it was known."""

from datetime import datetime
from pathlib import Path

import click

from api.cli.parameters import IdType, examples, with_cut, with_directory, with_json


@click.command(
    "history",
    short_help="Show a patient's facts, as they were or as they were known.",
    epilog=examples(
        "history P1",
        "history P1 --as-known-at 2021-04-01T00:00:00+08:00",
        "history P1 --format ndjson > p1.ndjson",
    ),
)
@click.argument("patient", type=IdType())
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "ndjson"]),
    default="table",
    show_default=True,
    help="ndjson: the facts, one a line.",
)
@with_json
@with_cut
@with_directory
def history_command(
    patient: str, form: str, as_json: bool, as_of: datetime | None, as_known_at: datetime | None, directory: Path
) -> None:
    """Show a patient's facts as they were, or as they were known.

    Corrections are applied. --as-of T is how things stood at T; --as-known-at T is what had been written down by T,
    before later corrections. Both together are what one knew then of the time before.
    """
    from api.cli.opened_ledger import opened_ledger
    from api.cli.tables import emit_table
    from api.cli.terminal import emit, emit_lines
    from api.questions import Cut, case, rows
    from ledger.journal import spell
    from ledger.treatment.facts import OWN_FACTS

    with opened_ledger(directory) as ledger:
        found = rows(case(ledger, patient), patient, Cut(as_of, as_known_at))
    if as_json:
        entries = [
            {"index": e.index, "appended_at": e.appended_at, "fact": r.fact, "changes": r.changes} for e, r in found
        ]
        emit({"patient": patient, "as_of": as_of, "as_known_at": as_known_at, "entries": entries})
        return
    if form == "ndjson":
        emit_lines(spell(row.fact) for _, row in found if not isinstance(row.fact, OWN_FACTS))  # a journal again
        return
    emit_table(
        ["entry", "at", "what", "by", "details"],
        [(one.index, _minute(row.at), row.what, ", ".join(row.by), _details(row.fact, patient)) for one, row in found],
        title=f"{patient}: {len(found)} facts",
    )


def _minute(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M")


def _details(fact: object, patient: str) -> str:
    """A fact's fields on one line, without those that the other columns show."""
    import msgspec

    shown = {"type", "at", "recorded_at", "id", "actor"}
    fields = msgspec.to_builtins(fact).items()
    return " ".join(f"{name}={_short(value)}" for name, value in fields if name not in shown and value != patient)


def _short(value: object) -> str:
    import msgspec

    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
