"""`rulebook preview`: who gains and who loses by a new rulebook, in acts and money, before anybody adopts it."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.parameters import JOURNAL, RulesAsked, examples, with_directory, with_json, with_rules_adopted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.previewing import Previewed
    from projections.preview import Line

_SHOWN = 10


@click.command(
    "preview",
    short_help="Who gains and who loses by a new rulebook, and how much money.",
    epilog=examples(
        "rulebook preview new.toml",
        "rulebook preview new.toml --from 2022-01-01 --rulebook in-force",
        "rulebook preview new.toml 2021.ndjson --rulebook shanghai-2017 --json",
    ),
)
@click.argument("file", metavar="FILE")
@click.argument("journals", type=JOURNAL, metavar="[JOURNAL]...", nargs=-1)
@click.option(
    "--from",
    "begin",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The new rules decide from this day on; without it, every act.",
)
@click.option(
    "--acts", "told", type=click.IntRange(min=0), default=1_000, show_default=True, metavar="N",
    help="Tell the first N acts one by one: by patient, then in the order of judging.",
)  # fmt: skip
@with_json
@with_rules_adopted
@with_directory
def preview_command(
    file: str,
    journals: tuple[str, ...],
    begin: datetime | None,
    told: int,
    as_json: bool,
    asked: RulesAsked,
    directory: Path,
) -> None:
    """Judge everything by a new rulebook beside the rules of today, and say what moves. Nothing is changed.

    FILE is a rulebook's TOML file, the id of one that comes with the program, or the digest of one that was adopted.
    Judged is what the ledger holds, or the journals named. Today's rules are what was adopted (else shanghai-2017), or
    those of --rulebook; with --from, adoptions of later days stay in force from their day on, as if FILE were adopted.
    Only patients whom the change can reach are judged again; the answer is that of judging everybody.
    """
    from msgspec import to_builtins

    from api.choosing import adoption_facts, choose
    from api.cli.judging import facts_asked
    from api.cli.opened_ledger import opened_ledger
    from api.cli.report_writing import basis_line
    from api.cli.terminal import emit
    from api.clock import now
    from api.previewing import previewed, previewed_of
    from projections.rules.rulebook import load_rulebook

    day = begin.date() if begin else None
    if journals:
        new = load_rulebook(file)
        facts = facts_asked(journals, directory)
        found = previewed(facts, choose(asked, facts).rules, new, begin=day, told=told)
    else:
        from api.kept_texts import rulebook_asked

        with opened_ledger(directory) as ledger:
            new = rulebook_asked(ledger.directory, file)
            chosen = choose(asked, adoption_facts(ledger))
            found = previewed_of(ledger, chosen.adopted, chosen.rules, new, begin=day, told=told)
    basis = found.basis(now().date())
    if as_json:
        emit({"basis": basis, **to_builtins(found.sums)})
        return
    click.echo(basis_line(basis))
    _show(found, new.id)


def show_totals(found: "Previewed", new: str) -> None:
    """How many acts move, of how many that the change can reach, and how much money."""
    from api.cli.tables import Yuan, emit_table

    sums = found.sums
    today = ", ".join(book.id for book in found.now.rulebooks)
    click.echo(
        f"{new} beside {today}: {sums.acts:,} acts of {sums.patients:,} patients; the change can reach "
        f"{sums.judged:,} acts of {sums.patients_judged:,}, and moves acts of {sums.patients_moved:,}"
    )
    click.echo()
    ways = (("newly paid", sums.gained), ("no longer paid", sums.lost))
    emit_table(
        ["", "acts", "confirmed fees", "no fee"],
        [(what, moved.acts, Yuan(moved.amount_fen), moved.without_fee) for what, moved in ways],
    )


def _show(found: "Previewed", new: str) -> None:
    from api.cli.tables import Yuan, emit_table

    show_totals(found, new)
    sums = found.sums
    for title, lines in (
        ("By clause", sums.by_clause),
        ("By item", sums.by_item),
        ("By institution", sums.by_institution),
        ("By month", sums.by_month),
        ("By patient", sums.by_patient),
    ):
        _show_lines(title, lines)
    if sums.changes:
        click.echo()
        emit_table(
            ["act", "patient", "day", "item", "is", "fee", "denied by"],
            [
                (
                    one.act,
                    one.patient,
                    one.day.isoformat(),
                    one.item,
                    "newly paid" if one.payable else "no longer paid",
                    None if one.amount_fen is None else Yuan(one.amount_fen),
                    ", ".join(one.because),
                )
                for one in sums.changes[:_SHOWN]
            ],
            title=f"Act by act{_of(sums.gained.acts + sums.lost.acts)}; newly paid ones with what denies them today",
        )


def _show_lines(title: str, lines: "Sequence[Line]") -> None:
    from api.cli.tables import Yuan, emit_table

    if not lines:
        return
    click.echo()
    emit_table(
        [title.split()[1], "gains", "fees", "loses", "fees"],
        [
            (one.key, one.gained.acts, Yuan(one.gained.amount_fen), one.lost.acts, Yuan(one.lost.amount_fen))
            for one in lines[:_SHOWN]
        ],
        title=f"{title}{_of(len(lines))}",
    )


def _of(count: int) -> str:
    return f" (the first {_SHOWN} of {count:,})" if count > _SHOWN else ""
