"""`judge`: decisions, of journals without any database, or of the ledger. Starts fast: files need no ledger."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.parameters import (
    JOURNAL,
    IdType,
    RulesAsked,
    examples,
    with_cut,
    with_directory,
    with_json,
    with_profiles,
    with_rules,
)

if TYPE_CHECKING:
    from ledger.treatment.facts import Fact


@click.command(
    "judge",
    short_help="Judge every act by the payment rules.",
    epilog=examples(
        "judge journal.ndjson",
        "judge 2020.ndjson.gz 2021.ndjson --patient P1",
        "judge journal.ndjson --reading child=up_to_14 --as-known-at 2021-04-01T00:00:00+08:00",
        "judge journal.ndjson --profiles default,strict,my-office.toml",
        "judge journal.ndjson --profiles default,strict,lenient --summary",
        "judge --ledger | grep '\"payable\":false'",
    ),
)
@click.argument("journals", type=JOURNAL, metavar="JOURNAL...", nargs=-1)
@click.option("--ledger", "of_ledger", is_flag=True, help="Judge what the ledger holds instead of journals.")
@click.option("--patient", type=IdType(), metavar="ID", help="Only this patient's acts.")
@with_profiles(
    "Judge under each profile: the verdict says compliant when payable under all of them, suspected under some, "
    "violation under none."
)
@click.option("--summary", is_flag=True, help="Tables instead of decisions: acts and money by verdict, and by clause.")
@with_json
@with_cut
@with_rules
@with_directory
def judge_command(
    journals: tuple[str, ...],
    of_ledger: bool,
    patient: str | None,
    profiles: list[str],
    summary: bool,
    as_json: bool,
    as_of: datetime | None,
    as_known_at: datetime | None,
    asked: RulesAsked,
    directory: Path,
) -> None:
    """Judge every act by the payment rules; one decision a line (NDJSON), in the order of the acts.

    An act is a session, or an assessment that is charged. A decision says whether the fund pays, every clause that
    denies it, and for every clause what was counted and the words of the rule. The journals are checked whole first.
    One rulebook judges acts of every date; --rulebook in-force asks for what was adopted, each from its day on.
    """
    import gc

    import msgspec

    from api.choosing import passed_over
    from api.cli.terminal import emit, emit_lines, say
    from api.questions import Cut, decisions, rules, tallied

    if of_ledger == bool(journals):
        raise click.UsageError("name journals to judge, or --ledger to judge what the ledger holds: one of the two")
    if profiles and asked.profile not in ("default", *profiles):
        raise click.UsageError(
            f"--profile {asked.profile} is none of --profiles {','.join(profiles)}: the verdict would not be that of "
            "the decision beside it"
        )
    # Facts and decisions make no cycles, and there are many of them: looking for cycles among them is time lost.
    gc.disable()
    by = rules(*asked)
    facts = facts_asked(journals, directory)
    if patient is not None and not any(getattr(fact, "patient", None) == patient for fact in facts):
        raise click.ClickException(f"no patient {patient} in {'the ledger' if of_ledger else ', '.join(journals)}")
    cut = Cut(as_of, as_known_at)
    passed = passed_over(asked, facts, cut)
    if passed:
        say(passed.en)
    if summary:
        from api.cli.summaries import show_tally

        found = tallied(facts, by, cut, patient=patient, profiles=profiles)
        emit(found) if as_json else show_tally(found, profiles)
        return
    encoder = msgspec.json.Encoder()
    made = decisions(facts, by, cut, patient=patient, profiles=profiles)
    emit_lines(encoder.encode(decision) for decision in made)


def facts_asked(journals: tuple[str, ...], directory: Path) -> "list[Fact]":
    """The facts of the journals, checked whole; of the ledger in `directory`, if none is named."""
    return _of_journals(journals) if journals else _of_ledger(directory)


def _of_journals(journals: tuple[str, ...]) -> "list[Fact]":
    from api.cli.terminal import say
    from ledger.journal import JournalRefused, load

    try:
        return load(journals)
    except JournalRefused as refused:
        for problem in refused.problems:
            say(str(problem))
        raise click.ClickException("the journal is not in order, so nothing was judged") from None


def _of_ledger(directory: Path) -> "list[Fact]":
    from api.cli.opened_ledger import opened_ledger
    from api.questions import facts

    with opened_ledger(directory) as ledger:
        return facts(ledger.facts())
