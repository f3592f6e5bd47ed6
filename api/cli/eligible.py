"""`eligibility`: what a patient has used up and has left, and whether one more act would be paid."""

from datetime import datetime
from pathlib import Path

import click

from api.cli.parameters import IdType, InstantType, RulesAsked, examples, with_directory, with_json, with_rules_adopted


@click.command(
    "eligibility",
    short_help="Show what a patient has used and has left.",
    epilog=examples(
        "eligibility P1",
        "eligibility P1 --item exercise-therapy",
        "eligibility P1 --lang zh --episode E2",
        "eligibility P1 --item exercise-therapy --at 2021-03-01T18:00:00+08:00 --json",
    ),
)
@click.argument("patient", type=IdType())
@click.option(
    "--item", type=IdType(), metavar="SLUG", help="Only this item of the catalogue, such as exercise-therapy."
)
@click.option("--at", type=InstantType(), metavar="T", help="The moment asked about  [default: now]")
@click.option("--episode", type=IdType(), metavar="ID", help="The course of disease  [default: the latest opened]")
@click.option("--institution", type=IdType(), metavar="ID", help="Where  [default: where the episode was opened]")
@click.option(
    "--lang",
    "language",
    type=click.Choice(["zh", "en", "both"]),
    default="both",
    show_default=True,
    help="Chinese, English, or English with what to watch in both.",
)
@with_json
@with_rules_adopted
@with_directory
def eligibility_command(
    patient: str,
    item: str | None,
    at: datetime | None,
    episode: str | None,
    institution: str | None,
    language: str,
    as_json: bool,
    asked: RulesAsked,
    directory: Path,
) -> None:
    """Show what a patient has used up and has left, and whether one more act would be paid.

    For each item: every limit, when it is reached at the present pace, the assessments that are asked for, and what to
    watch. Items that were used or have a warning (! ahead of a limit, ✗ denied) come first. Judged by what was adopted
    (else shanghai-2017), or by --rulebook.
    """
    from api import questions
    from api.choosing import choose
    from api.cli.opened_ledger import opened_ledger
    from api.cli.standings import Drawing
    from api.cli.terminal import emit, say
    from api.clock import now

    moment = at or now()
    with opened_ledger(directory) as ledger:
        facts = questions.facts(questions.case(ledger, patient))
    chosen = choose(asked, facts, instead=True)
    if chosen.said:
        say(f"warning: {chosen.said.en}")
    standings = questions.eligible(
        facts, patient, chosen.rules, at=moment, item=item, episode=episode, institution=institution
    )
    if as_json:
        emit({"patient": patient, "at": moment, "items": standings})
        return
    first = [one for one in standings if item or one.used or one.warnings]
    others = [one for one in standings if one not in first]
    drawing = Drawing(language)
    drawing.show_title(patient, moment, next((one.episode for one in standings if one.episode), None))
    drawing.show(sorted(first, key=lambda one: not one.warnings))
    if others:
        drawing.show_others(others)
    if not standings:
        say("no rulebook is in force at that moment")
    if standings:
        drawing.show_presumed()
