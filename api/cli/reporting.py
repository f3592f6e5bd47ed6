"""`report`: settlement, register, timeliness, exceptions and the like, as a table, CSV, JSON or a page to print."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.parameters import JOURNAL, IdType, RulesAsked, examples, with_cut, with_directory, with_rules_adopted
from api.cli.report_writing import KINDS, OF_PROGRAMS, require_file, write

if TYPE_CHECKING:
    from api.choosing import Chosen
    from api.questions import Cut
    from api.reporting import Sides
    from ledger.application import TreatmentLedger
    from projections.reports.document import Document
    from projections.rules.rulebook import Rulebook
    from projections.said import Said

NAMES = ("monthly", "near-limit", "exceptions", "register", "timeliness", "quality", "pilot", "refund", "changes")


@click.command(
    "report",
    short_help="Settlement, register, exceptions, timeliness and the like.",
    epilog=examples(
        "report monthly --month 2021-03",
        "report exceptions --institution H1 --format json",
        "report register 2021.ndjson --format csv",
        "report register --format ndjson --out register.ndjson",
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
    "--format", "kind", type=click.Choice(KINDS), default="table", show_default=True,
    help="ndjson: a table, a row a line. page: one HTML file to print, with charts.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--table", "table", metavar="NAME", help="Of several tables only this one (for CSV and NDJSON else the first)."
)
@click.option(
    "--open", "opened", type=click.IntRange(min=0), default=0, metavar="N", help="Tell up to N acts under each figure."
)
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
def report_command(
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
    register    every act with its place in the log; table and page tell the first 5,000
    timeliness  how late things were written down and signed
    quality     completeness of the records, for a department's own supervision
    pilot       indicators of the national rehabilitation pilot
    refund      what was paid and is not payable, with the range of a fine; nothing is decided
    changes     who gains and who loses: by the last adoption, or by another rulebook (--against)

    Judged by what was adopted (else shanghai-2017), or by --rulebook. A report says what it was computed from.
    """
    import gc

    from api.choosing import adoption_facts, choose
    from api.clock import now
    from api.questions import Cut
    from api.reporting import register_rows, report, report_of
    from projections.reports.question import NotAFilter, between, month_of
    from projections.reports.register import SHOWN
    from projections.rules.rulebook import load_rulebook

    _require_meant(name, journals, against, begin, adoption)
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
    kind = "json" if as_json else kind
    require_file(kind, out)
    # Facts and acts make no cycles, and there are many of them: looking for cycles among them is time lost.
    gc.disable()
    cut, day = Cut(as_of, as_known_at), now().date()
    is_streamed = name == "register" and kind in OF_PROGRAMS
    if journals:
        from api.cli.judging import facts_asked

        facts = facts_asked(journals, directory)
        chosen = choose(asked, facts, cut)
        if is_streamed:
            made = register_rows(facts, chosen.rules, day=day, within=within, cut=cut, opened=opened)
            write(_saying(made.document, chosen.said), kind, table, out, made.rows)
            return
        sides = _against(load_rulebook(against), begin, chosen) if against else None
        document = report(
            name, facts, chosen.rules, day=day, within=within, cut=cut, opened=opened, sides=sides, at_most=SHOWN
        )
    else:
        from api.cli.opened_ledger import opened_ledger

        with opened_ledger(directory) as ledger:
            chosen = choose(asked, adoption_facts(ledger), cut)
            by, adopted = chosen.rules, chosen.adopted
            if is_streamed:
                made = register_rows(ledger, by, day=day, adopted=adopted, within=within, cut=cut, opened=opened)
                write(_saying(made.document, chosen.said), kind, table, out, made.rows)
                return
            sides = _sides(ledger, against, begin, adoption, chosen, cut) if name == "changes" else None
            document = report_of(
                ledger, adopted, name, by, day=day, within=within, cut=cut, opened=opened, sides=sides, at_most=SHOWN
            )
    write(_saying(document, chosen.said), kind, table, out)


def _require_meant(
    name: str, journals: tuple[str, ...], against: str | None, begin: datetime | None, adoption: int | None
) -> None:
    """Refuses what says nothing together."""
    if name != "changes":
        if against or begin or adoption is not None:
            raise click.UsageError("--against, --against-from and --adoption are for `report changes`")
        return
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
    chosen: "Chosen",
    cut: "Cut",
) -> "Sides":
    """What `changes` of a ledger compares."""
    from api.adopting import adoptions, sides_of
    from api.kept_texts import rulebook_asked
    from api.reporting import Sides

    if against:
        return _against(rulebook_asked(ledger.directory, against), begin, chosen)
    if adoption is None and (found := adoptions(ledger, cut)):
        adoption = found[-1].position
    return Sides(*sides_of(ledger, adoption, cut), adoption)


def _against(other: "Rulebook", begin: datetime | None, chosen: "Chosen") -> "Sides":
    from api.previewing import followed
    from api.reporting import Sides

    return Sides(None, followed(chosen.rules, chosen.adopted, other, begin.date() if begin else None))


def _saying(document: "Document", said: "Said | None") -> "Document":
    """The report, which tells this as well."""
    from msgspec.structs import replace

    return document if said is None else replace(document, said=(said, *document.said))
