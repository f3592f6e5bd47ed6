"""What many decisions come to, for a person: acts, payable, denied by which clause, who is near a limit."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from api.reverifying import Judged
    from projections.summary import Summary

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


def show_judged(judged: "Judged") -> None:
    """Writes to standard output what the facts of a bundle come to."""
    click.echo(f"Judged again by {judged.rulebook} (sha256 {judged.digest})")
    click.echo(f"  {judged.acts:,} acts: {judged.payable:,} payable, {judged.acts - judged.payable:,} denied")
    if judged.denied:
        click.echo(f"  denied by {', '.join(f'{clause} ({acts:,})' for clause, acts in judged.denied.items())}")


def _of(count: int) -> str:
    return f" (the first {_SHOWN} of {count:,})" if count > _SHOWN else ""
