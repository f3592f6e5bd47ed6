"""`rulebook readings`: the places where the words of the rules leave room, and what each is worth to an office."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.parameters import (
    JOURNAL,
    RulesAsked,
    examples,
    with_cut,
    with_directory,
    with_json,
    with_profiles,
    with_rules,
)  # fmt: skip

if TYPE_CHECKING:
    from api.questions import Cut, Rules
    from projections.pricing import Prices


@click.command(
    "readings",
    short_help="Show where the words leave room, and what each option is worth.",
    epilog=examples(
        "rulebook readings",
        "rulebook readings --price 2021.ndjson.gz",
        "rulebook readings --price 2020.ndjson 2021.ndjson --profile my-office.toml",
        "rulebook readings --ledger --profiles neighbour.toml --json",
    ),
)
@click.option("--price", "first", type=JOURNAL, metavar="JOURNAL...", multiple=True, help="Price them over journals.")
@click.argument("more", type=JOURNAL, metavar="", nargs=-1)
@click.option("--ledger", "of_ledger", is_flag=True, help="Price them over what the ledger holds.")
@with_profiles("Price these profiles too, as a whole.")
@with_json
@with_cut
@with_rules
@with_directory
def readings_command(
    first: tuple[str, ...],
    more: tuple[str, ...],
    of_ledger: bool,
    profiles: list[str],
    as_json: bool,
    as_of: datetime | None,
    as_known_at: datetime | None,
    asked: RulesAsked,
    directory: Path,
) -> None:
    """Show every reading: the words that leave room, the options, which one is taken and why.

    With --price or --ledger, what each other option would move: every act is judged again under it, against the
    readings chosen (--profile, --reading). Shown are the acts that would newly be paid or denied, with their fees as
    confirmed last; most money first. So an office sees which of its disputes are worth having.
    """
    from api.cli.disputes import listed, show_prices, show_readings
    from api.cli.terminal import emit
    from api.questions import Cut, rules
    from projections.rules.rulebook import Rulebook

    if more and not first:
        raise click.UsageError(f"to price the readings over {more[0]}, write --price {' '.join(more)}")
    if first and of_ledger:
        raise click.UsageError("name journals to price over, or --ledger: one of the two")
    if profiles and not first and not of_ledger:
        raise click.UsageError("--profiles are priced as a whole: add --price JOURNAL or --ledger")
    by = rules(*asked)
    if first or of_ledger:
        found = _priced(by, (*first, *more), directory, Cut(as_of, as_known_at), profiles)
        if as_json:
            emit(found)
        else:
            show_prices(found)
        return
    book = by.rulebook
    if not isinstance(book, Rulebook):
        raise click.UsageError("which rulebooks are in force, the facts say: name one of them, or add --price JOURNAL")
    taken = book.choose(by.readings, by.profile)
    if as_json:
        emit({"rulebook": book.id, "digest": book.digest, "readings": listed(book, taken)})
    else:
        show_readings(book, taken)


def _priced(by: "Rules", journals: tuple[str, ...], directory: Path, cut: "Cut", profiles: list[str]) -> "Prices":
    import gc

    from api.cli.judging import facts_asked
    from api.cli.terminal import progress
    from api.questions import prices

    gc.disable()  # facts and acts make no cycles, and there are many of them
    facts = facts_asked(journals, directory)
    with progress("pricing") as show:
        return prices(facts, by, cut, profiles=profiles, told=show)
