"""`report`: settlement, register, timeliness, exceptions and the like, as a table, CSV, JSON or a page to print."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.parameters import JOURNAL, IdType, RulesAsked, examples, with_cut, with_directory, with_rules_adopted

if TYPE_CHECKING:
    from api.reporting import Sides
    from ledger.application import TreatmentLedger
    from projections.reports.document import Basis, Document
    from projections.rules.rulebook import Rulebook
    from projections.rules.succession import Succession

NAMES = ("monthly", "near-limit", "exceptions", "register", "timeliness", "quality", "pilot", "refund", "changes")


@click.command(
    "report",
    short_help="Settlement, register, exceptions, timeliness and the like.",
    epilog=examples(
        "report monthly --month 2021-03",
        "report exceptions --institution H1 --format json",
        "report register 2021.ndjson --format csv",
        "report quality --from 2021-01-01 --to 2021-06-30 --format page --out quality.html",
        "report monthly --month 2021-03 --open 5",
        "report changes --format page --out adopted.html",
        "report changes 2021.ndjson --against new.toml --against-from 2021-07-01",
    ),
)
@click.argument("name", type=click.Choice(NAMES))
@click.argument("journals", type=JOURNAL, metavar="[JOURNAL]...", nargs=-1)
@click.option("--month", metavar="YYYY-MM", help="Only acts of this month (at +08:00).")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Only acts from this day on.")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Only acts up to this day.")
@click.option("--institution", type=IdType(), metavar="ID", help="Only this institution.")
@click.option(
    "--format", "kind", type=click.Choice(["table", "csv", "json", "page"]), default="table", show_default=True,
    help="page: one HTML file to print, with charts.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--table", "table", metavar="NAME", help="Of several tables only this one (for CSV else the first).")
@click.option("--open", "opened", default=0, metavar="N", help="Tell up to N acts under each figure.")
@click.option("--against", metavar="FILE", help="changes: the other rulebook; its file, id or digest.")
@click.option(
    "--against-from", "begin", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
    help="changes: the other rulebook decides from this day on.",
)  # fmt: skip
@click.option("--adoption", type=int, metavar="ENTRY", help="changes: before and after this adoption, not the last.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write here.")
@with_cut
@with_rules_adopted
@with_directory
@click.pass_context
def report_command(
    ctx: click.Context,
    name: str,
    journals: tuple[str, ...],
    month: str | None,
    first: datetime | None,
    last: datetime | None,
    institution: str | None,
    kind: str,
    as_json: bool,
    table: str | None,
    opened: int,
    against: str | None,
    begin: datetime | None,
    adoption: int | None,
    out: Path | None,
    as_of: datetime | None,
    as_known_at: datetime | None,
    asked: RulesAsked,
    directory: Path,
) -> None:
    """Sum up what the ledger holds, or the journals named, as a report.

    \b
    monthly     acts and money by institution, department, item, therapist
    near-limit  patients near a limit, most urgent first
    exceptions  what an auditor would ask about; no verdicts
    register    every act with its place in the log
    timeliness  how late things were written down and signed
    quality     completeness of the records, for a department's own supervision
    pilot       indicators of the national rehabilitation pilot
    refund      what was paid and is not payable, with the range of a fine; nothing is decided
    changes     who gains and who loses: by the last adoption, or by another rulebook (--against)

    Judged by what was adopted (else shanghai-2017), or by --rulebook. A report says what it was computed from.
    """
    from api.clock import now
    from api.questions import Cut, rules
    from api.reporting import report, report_of
    from ledger.treatment.facts import RulebookAdopted
    from projections.reports.question import NotAFilter, between, month_of
    from projections.rules.rulebook import load_rulebook

    _require_meant(name, journals, against, begin, adoption, bool(month or first or last or institution))
    if month and (first or last):
        raise click.UsageError("--month says the days already: give it, or --from and --to")
    try:
        within = (
            month_of(month, institution)
            if month
            else between(first.date() if first else None, last.date() if last else None, institution)
        )
    except NotAFilter as error:
        raise click.UsageError(str(error)) from None
    given = ctx.get_parameter_source("rulebook") is not click.core.ParameterSource.DEFAULT
    cut, day = Cut(as_of, as_known_at), now().date()
    if journals:
        from api.cli.judging import facts_asked

        facts = facts_asked(journals, directory)
        if not given and any(isinstance(fact, RulebookAdopted) for fact in facts):
            asked = asked._replace(rulebook="in-force")
        by = rules(*asked)
        sides = _against(load_rulebook(against), begin, by.judging_by(facts)) if against else None
        document = report(name, facts, by, day=day, within=within, cut=cut, opened=opened, sides=sides)
    else:
        from api.adopting import adoptions
        from api.cli.opened_ledger import opened_ledger

        with opened_ledger(directory) as ledger:
            adopted = [one.fact for one in adoptions(ledger)]
            if not given and adopted:
                asked = asked._replace(rulebook="in-force")
            by = rules(*asked)
            sides = _sides(ledger, against, begin, adoption, by.judging_by(adopted)) if name == "changes" else None
            document = report_of(
                ledger, adopted, name, by, day=day, within=within, cut=cut, opened=opened, sides=sides
            )  # fmt: skip
    _write(document, "json" if as_json else kind, table, out)


def _require_meant(
    name: str, journals: tuple[str, ...], against: str | None, begin: datetime | None, adoption: int | None, some: bool
) -> None:
    """Refuses what says nothing together."""
    if name != "changes":
        if against or begin or adoption is not None:
            raise click.UsageError("--against, --against-from and --adoption are for `report changes`")
        return
    if some:
        raise click.UsageError("changes tells all that moves, by month, institution and patient: it takes no filter")
    if against and adoption is not None:
        raise click.UsageError("--against compares with another rulebook, --adoption before and after: one of the two")
    if begin and not against:
        raise click.UsageError("--against-from says from when the rulebook of --against decides: name one")
    if journals and not against:
        raise click.UsageError("a journal has no adoptions by this program: name another rulebook with --against")


def _sides(
    ledger: "TreatmentLedger",
    against: str | None,
    begin: datetime | None,
    adoption: int | None,
    today: "Rulebook | Succession",
) -> "Sides":
    """What `changes` of a ledger compares."""
    from api.adopting import rulebook_asked, sides_of
    from api.reporting import Sides

    return _against(rulebook_asked(ledger, against), begin, today) if against else Sides(*sides_of(ledger, adoption))


def _against(other: "Rulebook", begin: datetime | None, today: "Rulebook | Succession") -> "Sides":
    from api.previewing import followed
    from api.reporting import Sides

    return Sides(None, followed(today, other, begin.date()) if begin else other)


def _basis(basis: "Basis") -> str:
    """One line of what it was computed from; JSON and page say all of it."""
    by = ", ".join(f"{id} ({digest[:12]}…)" for id, digest in basis.rulebooks)
    of = "a journal" if basis.log_size is None else f"{basis.log_size:,} entries, root {basis.log_root}"
    cuts = {"as of": basis.as_of, "as known at": basis.as_known_at}
    told = "".join(f", {name} {at.isoformat()}" for name, at in cuts.items() if at is not None)
    return f"by {by or 'the record alone'}, {basis.profile}; of {of}{told}"


def _write(document: "Document", kind: str, table: str | None, out: Path | None) -> None:
    from api.cli.tables import emit_table
    from projections.reports.csv_file import format_csv
    from projections.reports.json_file import format_json
    from projections.reports.page import format_page
    from projections.reports.text import plain_table

    tables = {one.id: one for one in document.tables}
    if table is not None and table not in tables:
        raise click.UsageError(f"no table {table!r} in this report; there are {', '.join(tables)}")
    if kind == "csv":
        text = format_csv(tables[table] if table else document.tables[0], bom=out is not None)
    elif kind == "json":
        text = format_json(document).decode() + "\n"
    elif kind == "page":
        text = format_page(document)
    elif out is not None:
        raise click.UsageError("--out writes csv, json or page, and a table is for the terminal; add --format")
    else:
        click.echo(f"{document.title.zh} {document.title.en}")
        click.echo(_basis(document.basis))
        for one in document.tables if table is None else [tables[table]]:
            click.echo()
            columns, rows = plain_table(one, "en")
            emit_table(columns, rows, title=f"{one.title.zh} {one.title.en}")
        for note in document.notes:
            click.echo(f"\n{note.zh}\n{note.en}")
        return
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, "utf-8", newline="")
