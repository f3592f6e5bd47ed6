"""What many decisions come to, for a person: acts, payable, denied by which clause, who is near a limit."""

from typing import TYPE_CHECKING

import click

from api.cli.terminal import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.reverifying import Judged
    from projections.summary import Summary
    from projections.verdicts import Tally

_SHOWN = 10


def show_summary(summary: "Summary") -> None:
    """Writes the summary to standard output; of long lists the beginning."""
    from api.cli.tables import emit_table

    click.echo(
        f"{summary.acts:,} acts of {summary.items:,} items on {summary.patients:,} patients: "
        f"{summary.payable:,} payable, {summary.acts - summary.payable:,} denied"
    )
    if summary.denied:
        click.echo()
        emit_table(
            ["clause", "acts", "words of the rule"],
            [(denied.clause, denied.acts, denied.quote) for denied in summary.denied[:_SHOWN]],
            title=f"Denied by clause{_of(len(summary.denied))}",
        )
    if summary.near:
        click.echo()
        emit_table(
            ["patient", "item", "clause", "used", "limit", "left", "unit", "after the act of"],
            [(n.patient, n.item, n.clause, n.used, n.limit, n.left, n.unit, n.on) for n in summary.near[:_SHOWN]],
            title=f"Patients near a limit{_of(len(summary.near))}",
        )


def show_tally(tally: "Tally", profiles: "Sequence[str]") -> None:
    """Writes the sums over profiles to standard output: acts and money by verdict, and every clause in dispute."""
    from api.cli.tables import Yuan, emit_table

    under = f" under {', '.join(profiles)}" if profiles else ""
    click.echo(shown(f"{_count(tally.acts, 'act')} on {_count(tally.patients, 'patient')}{under}"))
    click.echo()
    lacking = any(one.without_fee for one in tally.verdicts)
    emit_table(
        ["verdict", "", "acts", "confirmed fees", *(["no fee"] if lacking else [])],
        [
            (one.verdict, one.zh, one.acts, Yuan(one.amount_fen), *([one.without_fee] if lacking else []))
            for one in tally.verdicts
            if profiles or one.verdict != "suspected"
        ],
    )
    if tally.clauses:
        click.echo()
        emit_table(
            ["clause", "violation", *(["suspected"] if profiles else []), "words of the rule"],
            [(one.clause, one.violation, *([one.suspected] if profiles else []), one.quote) for one in tally.clauses],
            title=f"Acts that a clause denies{' under some profile' if profiles else ''}",
        )


def show_judged(judged: "Judged") -> None:
    """Writes to standard output what the facts of a bundle come to."""
    from api.reverifying import format_judged

    click.echo(format_judged(judged), nl=False)


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _of(count: int) -> str:
    return f" (the first {_SHOWN} of {count:,})" if count > _SHOWN else ""
