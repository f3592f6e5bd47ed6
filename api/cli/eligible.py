"""`eligibility`: what a patient has used up and has left, and whether one more act would be paid."""

from datetime import date, datetime
from pathlib import Path

import click

from api.cli.parameters import IdType, InstantType, RulesAsked, examples, with_directory, with_json, with_rules


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
    asked: RulesAsked,
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
    by = rules(*asked)
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
