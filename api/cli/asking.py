"""`history`, `explain` and `eligibility`: one patient, one act, one question."""

from datetime import date, datetime
from pathlib import Path

import click

from api.cli.parameters import IdType, InstantType, examples, with_cut, with_directory, with_json, with_rules


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
    from api.cli.tables import emit_table
    from api.cli.terminal import emit, emit_lines
    from api.questions import Cut, case, rows
    from ledger.application import TreatmentLedger
    from ledger.journal import spell

    with TreatmentLedger.open(directory) as ledger:
        found = rows(case(ledger, patient), patient, Cut(as_of, as_known_at))
    if as_json:
        entries = [
            {"index": e.index, "appended_at": e.appended_at, "fact": r.fact, "changes": r.changes} for e, r in found
        ]
        emit({"patient": patient, "as_of": as_of, "as_known_at": as_known_at, "entries": entries})
        return
    if form == "ndjson":
        emit_lines(spell(row.fact) for _, row in found)
        return
    emit_table(
        ["entry", "at", "what", "by", "details"],
        [(one.index, _minute(row.at), row.what, ", ".join(row.by), _details(row.fact, patient)) for one, row in found],
        title=f"{patient}: {len(found)} facts",
    )


@click.command(
    "explain",
    short_help="Explain the decision on one act.",
    epilog=examples("explain S3", "explain S3 --json", "explain S3 --reading together=overlapping"),
)
@click.argument("act", type=IdType())
@with_json
@with_rules
@with_directory
def explain_command(act: str, as_json: bool, rulebook: str, readings: dict[str, str], directory: Path) -> None:
    """Explain the decision on one act: every clause, its words, what was counted, what would have to change.

    ACT is the id of a session, or of an assessment that is charged.
    """
    from api.cli.terminal import emit, shown
    from api.questions import decision, rules
    from ledger.application import TreatmentLedger
    from projections.explanation import account, explain

    by = rules(rulebook, readings)
    with TreatmentLedger.open(directory) as ledger:
        made = decision(ledger, act, by)
    if as_json:
        emit({"decision": made, "account": account(made, by.rulebook)})
    else:
        click.echo(shown(explain(made, by.rulebook), keep="\n"), nl=False)


@click.command(
    "eligibility",
    short_help="Show what a patient has used and has left.",
    epilog=examples(
        "eligibility P1",
        "eligibility P1 --item exercise-therapy",
        "eligibility P1 --item exercise-therapy --at 2021-03-01T18:00:00+08:00 --json",
    ),
)
@click.argument("patient", type=IdType())
@click.option(
    "--item", type=IdType(), metavar="SLUG", help="Only this item of the catalogue, such as exercise-therapy."
)
@click.option("--at", type=InstantType(), metavar="T", help="The moment asked about  [default: now]")
@with_json
@with_rules
@with_directory
def eligibility_command(
    patient: str,
    item: str | None,
    at: datetime | None,
    as_json: bool,
    rulebook: str,
    readings: dict[str, str],
    directory: Path,
) -> None:
    """Show what a patient has used up and has left, and whether one more act would be paid.

    For each item: every clause that counts, with its window; the last assessment; the next day that would be paid.
    """
    from api.cli.tables import emit_table
    from api.cli.terminal import emit, say
    from api.clock import now
    from api.questions import eligible, rules
    from ledger.application import TreatmentLedger

    moment = at or now()
    by = rules(rulebook, readings)
    with TreatmentLedger.open(directory) as ledger:
        standings = eligible(ledger, patient, by, at=moment, item=item)
    if as_json:
        emit({"patient": patient, "at": moment, "items": standings})
        return
    shown = [one for one in standings if item or any(counter.used for counter in one.counters)]
    rows = []
    for one in shown:
        last = one.last_assessment and f"{one.last_assessment.at:%Y-%m-%d} {one.last_assessment.outcome or ''}"
        paid = "yes" if one.payable else f"no: {', '.join(one.denied_by)}"
        rows.append([one.item, paid, one.next_payable_on, last])
        rows += [
            ["", f"  {c.clause}: {c.used} of {c.limit}, {c.left} left ({c.unit}{_window(c.window)})"]
            for c in one.counters
        ]
    emit_table(
        ["item", "one more paid?", "next payable", "last assessment"],
        rows,
        title=f"{patient} at {moment:%Y-%m-%d %H:%M}",
    )
    if len(shown) < len(standings):
        say(f"nothing used of {len(standings) - len(shown)} further items; --item SLUG shows one, --json all")


def _window(window: tuple[date, date | None] | None) -> str:
    if window is None:
        return ""
    return f", {window[0]}" if window[0] == window[1] else f", {window[0]} to {window[1] or '...'}"


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
