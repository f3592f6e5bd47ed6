"""`rulebook adopt|roll-back|adopted`: a rulebook put into force by an entry of the log, gone back from, looked up."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.cli.parameters import examples, with_directory, with_json

if TYPE_CHECKING:
    from api.adopting import Adopted, Adoption
    from api.previewing import Previewed
    from ledger.application import TreatmentLedger
    from projections.rules.rulebook import Rulebook

_YES = click.option("--yes", is_flag=True, help="Do not ask.")
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command(
    "adopt",
    short_help="Put a rulebook into force from a day on.",
    epilog=examples(
        "rulebook preview new.toml --from 2022-01-01",
        "rulebook adopt new.toml --from 2022-01-01",
        "rulebook adopt shanghai-2017 --from 2021-01-01 --yes --json",
    ),
)
@click.argument("file", metavar="FILE")
@click.option("--from", "begin", type=_DAY, required=True, metavar="DATE", help="Acts of this day and later.")
@_YES
@with_json
@with_directory
def adopt_command(file: str, begin: datetime, yes: bool, as_json: bool, directory: Path) -> None:
    """Adopt a rulebook: from DATE on acts are judged by it. An entry of the log says so, and nobody can take it back.

    FILE is a rulebook's TOML file, the id of one that comes with the program, or the digest of one that was adopted.
    It is checked, what it moves is shown, and you are asked. Then its text is kept in the ledger's directory, the entry
    is made, and every act is judged; the decisions are kept, and those of the rulebooks before it stay readable
    (`rulebook decision`). Adopting the same again makes no second entry: it ends what a crash cut short.
    """
    from api.adopting import rulebook_asked
    from ledger.application import TreatmentLedger

    with TreatmentLedger.open(directory) as ledger:
        _adopt(ledger, rulebook_asked(ledger, file), begin.date(), yes, as_json)


@click.command(
    "roll-back",
    short_help="Go back to what was in force before the last adoption.",
    epilog=examples("rulebook roll-back", "rulebook roll-back --from 2022-07-01 --yes"),
)
@click.option("--from", "begin", type=_DAY, metavar="DATE", help="[default: the day the last adoption is from]")
@_YES
@with_json
@with_directory
def roll_back_command(begin: datetime | None, yes: bool, as_json: bool, directory: Path) -> None:
    """Adopt again the rulebook that was in force before the last adoption took its place.

    That is an adoption like any other, with an entry of its own: both stay in the log. From the very day of the last
    adoption it is as if that had never counted; its decisions from before are still kept, and only what came in since
    is judged. From a later DATE, the last adoption decides the acts in between.
    """
    from api.adopting import gone_back
    from api.cli.terminal import say
    from ledger.application import TreatmentLedger

    with TreatmentLedger.open(directory) as ledger:
        book, last = gone_back(ledger)
        day = begin.date() if begin else last.fact.effective_from
        say(f"back from {last.fact.rulebook} (entry {last.position:,}) to {book.id}, from {day} on")
        _adopt(ledger, book, day, yes, as_json)


@click.command("adopted", epilog=examples("rulebook adopted", "rulebook adopted --json"))
@with_json
@with_directory
def adopted_command(as_json: bool, directory: Path) -> None:
    """Show every adoption in the log: the rulebook, from when, its digest, its entry, whether decisions are kept.

    The decisions are those of all rulebooks in force after that adoption, each for its days; `kept` says over how many
    entries of the log they were made. None are kept of a text that is not at hand.
    """
    from api.adopting import standings
    from api.cli.opened_ledger import opened_ledger
    from api.cli.tables import emit_table
    from api.cli.terminal import emit

    with opened_ledger(directory) as ledger:
        found = standings(ledger)
        size = ledger.size
    rows = [
        {
            "position": one.adopted.position,
            "adopted_at": one.adopted.fact.at,
            "rulebook": one.adopted.fact.rulebook,
            "digest": one.adopted.fact.digest.lower(),
            "from": one.adopted.fact.effective_from,
            "text_at_hand": one.ruling is not None,
            "kept": one.size,
        }
        for one in found
    ]
    if as_json:
        emit({"size": size, "adoptions": rows})
        return
    emit_table(
        ["entry", "adopted", "rulebook", "from", "kept over", "digest"],
        [
            (
                row["position"],
                f"{row['adopted_at']:%Y-%m-%d %H:%M}",
                row["rulebook"],
                str(row["from"]),
                row["kept"] if row["text_at_hand"] else "no text at hand",
                row["digest"],
            )
            for row in rows
        ],
        title="" if rows else "no rulebook was adopted in this ledger",
    )


def _adopt(ledger: "TreatmentLedger", book: "Rulebook", begin: date, yes: bool, as_json: bool) -> None:
    """Show, ask, adopt, say."""
    from api.adopting import adopt, standing_adoption
    from api.cli.terminal import say
    from api.clock import now

    found = None
    standing = standing_adoption(ledger, book, begin)
    if standing is None:
        found = _shown(ledger, book, begin, as_json)
        _ask(book, begin, yes)
    else:
        say(f"{book.id} was adopted from {begin} by entry {standing.position:,} already; its decisions are seen to")

    def entered(adopted: "Adopted") -> None:
        if standing is None:
            say(f"entry {adopted.position:,} adopts it, for good; where judging is cut short, the same command ends it")

    with _bar() as show:
        done = adopt(
            ledger, book, begin, now=now(), entered=entered,
            told=lambda judged, total: show(judged, total, "judging"),
        )  # fmt: skip
    _told(done, found, as_json)


def _shown(ledger: "TreatmentLedger", book: "Rulebook", begin: date, as_json: bool) -> "Previewed":
    """What the adoption moves, shown; of the clauses that deny, nothing more than `preview` would say."""
    from api.adopting import adoption_of, adoptions
    from api.cli.previews import show_totals
    from api.cli.terminal import say
    from api.clock import now
    from api.previewing import previewed_of
    from api.questions import DEFAULT_RULEBOOK, rules

    fact = adoption_of(ledger, book, begin, now())
    adopted = [one.fact for one in adoptions(ledger)]
    by = rules("in-force" if adopted else DEFAULT_RULEBOOK, directory=ledger.directory)
    if not adopted:
        say(
            f"no rulebook was adopted so far: acts before {begin} will be decided by the clauses of the record alone; "
            f"compared is with {DEFAULT_RULEBOOK}, by which this program judges where none was adopted"
        )
    found = previewed_of(ledger, adopted, by, book, begin=begin, told=0, adopting=fact)
    if not as_json:
        show_totals(found, f"{book.id} from {begin}")
        click.echo()
    return found


def _ask(book: "Rulebook", begin: date, yes: bool) -> None:
    import sys

    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("an adoption is an entry that nobody can take back: answer on a terminal, or add --yes")
    click.confirm(f"Adopt {book.id} (sha256 {book.digest}) from {begin} on?", abort=True, err=True)


def _told(done: "Adoption", found: "Previewed | None", as_json: bool) -> None:
    from api.cli.terminal import emit

    fact, parts = done.adopted.fact, done.kept.manifest.parts
    acts, denied = sum(part.acts for part in parts), sum(part.denied for part in parts)
    if as_json:
        answer: dict[str, Any] = {
            "position": done.adopted.position,
            "new": done.new,
            "rulebook": fact.rulebook,
            "digest": fact.digest.lower(),
            "from": fact.effective_from,
            "acts": acts,
            "denied": denied,
            "size": done.kept.manifest.size,
        }
        emit(answer | {"preview": found and found.sums})
        return
    click.echo(
        f"{'adopted' if done.new else 'adopted already'}: {fact.rulebook} from {fact.effective_from}, entry "
        f"{done.adopted.position:,}; decisions on {acts:,} acts are kept, {denied:,} of them not payable"
    )


@contextmanager
def _bar() -> Iterator[Any]:
    from api.cli.terminal import progress

    with progress("judging") as show:
        yield show
