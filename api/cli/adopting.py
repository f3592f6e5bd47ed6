"""`rulebook adopt|roll-back`: a rulebook put into force by an entry of the log, and gone back from."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.cli.parameters import examples, with_directory, with_json

if TYPE_CHECKING:
    from api.adopting import Adopted, Adoption, Proposal
    from api.previewing import Previewed
    from ledger.application import TreatmentLedger
    from projections.rules.rulebook import Rulebook

_YES = click.option("--yes", is_flag=True, help="Do not ask.")
_DAY = click.DateTime(["%Y-%m-%d"])
_FILES = click.option(
    "--rulebook-file",
    "files",
    multiple=True,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False),
    help="The text of an earlier adoption that is not at hand; it is kept from now on. May be repeated.",
)
_USUAL_YEARS = range(1990, 2101)


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
@_FILES
@with_json
@with_directory
def adopt_command(
    file: str, begin: datetime, yes: bool, files: tuple[str, ...], as_json: bool, directory: Path
) -> None:
    """Adopt a rulebook: from DATE on acts are judged by it. An entry of the log says so, and nobody can take it back.

    FILE is a rulebook's TOML file, the id of one that comes with the program, or the digest of one that was adopted.
    It is checked, what it moves is shown, and you are asked. Then its text is kept in the ledger's directory, the entry
    is made, and every act is judged; the decisions are kept, and those of the rulebooks before it stay readable
    (`rulebook decision`). Adopting the same again makes no second entry: it ends what a crash cut short. Where another
    rulebook is adopted meanwhile, nothing is adopted and you are told.
    """
    from api.adopting import keep_named
    from api.kept_texts import rulebook_asked
    from ledger.application import TreatmentLedger

    with TreatmentLedger.open(directory) as ledger:
        keep_named(ledger, files)
        _adopt(ledger, rulebook_asked(ledger.directory, file), begin.date(), yes, as_json)


@click.command(
    "roll-back",
    short_help="Go back to what was in force before an adoption.",
    epilog=examples(
        "rulebook roll-back", "rulebook roll-back --from 2022-07-01 --yes", "rulebook roll-back --entry 1204"
    ),
)
@click.option("--entry", "position", type=click.IntRange(1), metavar="N", help="[default: the last adoption's entry]")
@click.option("--from", "begin", type=_DAY, metavar="DATE", help="[default: the day that adoption is from]")
@_YES
@_FILES
@with_json
@with_directory
def roll_back_command(
    position: int | None, begin: datetime | None, yes: bool, files: tuple[str, ...], as_json: bool, directory: Path
) -> None:
    """Adopt again the rulebook that was in force before the last adoption took its place, or that of --entry.

    That is an adoption like any other, with an entry of its own: both stay in the log. From the very day of the last
    adoption it is as if that had never counted; its decisions from before are still kept, and only what came in since
    is judged. From a later DATE, the last adoption decides the acts in between. Where the last adoption has itself gone
    back, it is refused: say with --entry (`rulebook adopted` lists them) from which adoption to go back.
    """
    from api.adopting import keep_named
    from api.going_back import gone_back
    from ledger.application import TreatmentLedger

    with TreatmentLedger.open(directory) as ledger:
        keep_named(ledger, files)
        back = gone_back(ledger, position, begin.date() if begin else None)
        left = back.back_from
        words = [f"back from {left.fact.rulebook} (entry {left.position:,}) to {back.book.id}, from {back.begin} on"]
        words += [
            f"{period.rulebook.id} ({period.rulebook.digest[:12]}…) stays in force from {period.begin} on"
            for period in back.stay
        ]
        _adopt(ledger, back.book, back.begin, yes, as_json, words, back.size)


def _adopt(
    ledger: "TreatmentLedger",
    book: "Rulebook",
    begin: date,
    yes: bool,
    as_json: bool,
    words: Sequence[str] = (),
    size: int | None = None,
) -> None:
    """Show, ask, adopt, say. `words`: what this is, told once it is known that it can be; `size`: as of `proposed`."""
    from api.adopting import adopt, proposed, standing_adoption
    from api.cli.terminal import say
    from api.clock import now

    found = proposal = None
    standing = standing_adoption(ledger, book, begin)
    if standing is None:
        _require_answerable(yes, as_json)
        proposal = proposed(ledger, book, begin, now(), size)
        for line in words:
            say(line)
        if begin.year not in _USUAL_YEARS:
            say(f"warning: from {begin} on, that is {'long ago' if begin.year < 2000 else 'far ahead'}: is it meant?")
        found = _shown(ledger, book, proposal, as_json)
        if not yes:
            click.confirm(f"Adopt {book.id} (sha256 {book.digest}) from {begin} on?", abort=True, err=True)
    else:
        say(f"{book.id} was adopted from {begin} by entry {standing.position:,} already; its decisions are seen to")

    def entered(adopted: "Adopted") -> None:
        if standing is None:
            ends = f"rulebook adopt {book.digest[:12]} --from {begin}"
            say(f"entry {adopted.position:,} adopts it, for good; where judging is cut short, `{ends}` ends it")

    with _bar() as show:
        done = adopt(
            ledger, book, begin, now=now(), proposal=proposal, entered=entered,
            told=lambda judged, total: show(judged, total, "judging"),
        )  # fmt: skip
    _told(done, found, as_json)


def _shown(ledger: "TreatmentLedger", book: "Rulebook", proposal: "Proposal", as_json: bool) -> "Previewed | None":
    """What the adoption moves, shown; of the clauses that deny, nothing more than `preview` would say. None where what
    is in force until now cannot be judged by.
    """
    from api.choosing import adoption_facts, choose
    from api.cli.previews import show_totals
    from api.cli.terminal import say
    from api.previewing import previewed_of
    from api.questions import DEFAULT_RULEBOOK
    from api.rules_asked import RulesAsked

    begin = proposal.fact.effective_from
    for problem in proposal.missing:
        say(f"warning: {problem}")
    if proposal.missing:
        say(
            "warning: what is in force until now cannot be judged by, so what this adoption moves cannot be shown, and "
            "no decisions of before it will be kept; with the file of that text (--rulebook-file) they would be"
        )
        return None
    chosen = choose(RulesAsked(directory=ledger.directory), adoption_facts(ledger))
    if not chosen.adopted:
        say(
            f"no rulebook was adopted so far: acts before {begin} will be decided by the clauses of the record alone; "
            f"compared is with {DEFAULT_RULEBOOK}, by which this program judges where none was adopted"
        )
    found = previewed_of(ledger, chosen.adopted, chosen.rules, book, begin=begin, told=0, adopting=proposal.fact)
    if not as_json:
        show_totals(found, f"{book.id} from {begin}")
        click.echo()
    return found


def _require_answerable(yes: bool, as_json: bool) -> None:
    """Refuses, before anything is judged, where nobody could be asked."""
    import sys

    if yes:
        return
    if as_json:
        raise click.UsageError("an adoption is an entry that nobody can take back: with --json nobody is asked; add "
                               "--yes, after `rulebook preview`")  # fmt: skip
    if not sys.stdin.isatty():
        raise click.UsageError("an adoption is an entry that nobody can take back: answer on a terminal, or add --yes")


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
