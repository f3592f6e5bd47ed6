"""`explain`: the decision on one act, told so that a person can follow and contest it."""

from pathlib import Path

import click

from api.cli.parameters import IdType, RulesAsked, examples, with_directory, with_json, with_rules


@click.command(
    "explain",
    short_help="Explain the decision on one act.",
    epilog=examples("explain S3", "explain S3 --json", "explain S3 --reading together=overlapping"),
)
@click.argument("act", type=IdType())
@with_json
@with_rules
@with_directory
def explain_command(act: str, as_json: bool, asked: RulesAsked, directory: Path) -> None:
    """Explain the decision on one act: every clause, its words, what was counted, what would have to change.

    ACT is the id of a session, or of an assessment that is charged.
    """
    from api.cli.terminal import emit, shown
    from api.questions import decision, rules
    from ledger.application import TreatmentLedger
    from projections.explanation import account, explain

    by = rules(*asked)
    with TreatmentLedger.open(directory) as ledger:
        made = decision(ledger, act, by)
    if as_json:
        emit({"decision": made, "account": account(made, by.rulebook)})
    else:
        click.echo(shown(explain(made, by.rulebook), keep="\n"), nl=False)
