"""`explain`: the decision on one act, told in Chinese and English so that a person can follow and contest it."""

from datetime import datetime
from pathlib import Path

import click

from api.cli.parameters import (
    IdType,
    RulesAsked,
    examples,
    with_cut,
    with_directory,
    with_json,
    with_profiles,
    with_rules_adopted,
)

_WIDEST = 100  # longer lines are hard to read, and a narrower terminal breaks them itself


@click.command(
    "explain",
    short_help="Explain the decision on one act.",
    epilog=examples(
        "explain S3",
        "explain S3 --lang zh",
        "explain S3 --profiles default,strict,lenient",
        "explain S3 --reading together=overlapping --as-known-at 2021-04-01T00:00:00+08:00",
        "explain S3 --json",
    ),
)
@click.argument("act", type=IdType())
@click.option(
    "--lang",
    "language",
    type=click.Choice(["zh", "en", "both"]),
    default="both",
    show_default=True,
    help="Chinese, English, or Chinese and then English.",
)
@with_profiles("Say under which of these profiles the act is paid, and which clauses deny it under the others.")
@with_json
@with_cut
@with_rules_adopted
@with_directory
def explain_command(
    act: str,
    language: str,
    profiles: list[str],
    as_json: bool,
    as_of: datetime | None,
    as_known_at: datetime | None,
    asked: RulesAsked,
    directory: Path,
) -> None:
    """Explain the decision on one act: every clause, its words, what was counted, what would make it payable.

    ACT is the id of a session, or of an assessment that is charged. With --json, the decision and the whole account
    in both languages. Judged by what was adopted by the time asked about (else shanghai-2017), or by --rulebook.
    """
    from shutil import get_terminal_size

    from api.choosing import choose
    from api.cli.opened_ledger import opened_ledger
    from api.cli.terminal import emit, say, shown
    from api.explaining import explained
    from api.questions import Cut, case_of_act
    from projections.explanation import LANGUAGES, explain

    cut = Cut(as_of, as_known_at)
    with opened_ledger(directory) as ledger:
        facts = case_of_act(ledger, act)
    chosen = choose(asked, facts, cut, instead=True)
    if chosen.said:
        say(f"warning: {chosen.said.en}")
    told = explained(facts, act, chosen.rules, cut, profiles)
    if as_json:
        emit({"decision": told.decision, "account": told.account})
        return
    languages = [one for one in LANGUAGES if language in (one, "both")]
    width = min(get_terminal_size((_WIDEST, 24)).columns, _WIDEST)
    click.echo(shown(explain(told.account, languages, width), keep="\n"), nl=False)
