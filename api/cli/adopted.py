"""`rulebook adopted`: what the log says was adopted, and what of its decisions is kept."""

from pathlib import Path

import click

from api.cli.parameters import examples, with_directory, with_json


@click.command("adopted", epilog=examples("rulebook adopted", "rulebook adopted --json"))
@with_json
@with_directory
def adopted_command(as_json: bool, directory: Path) -> None:
    """Show every adoption in the log: the rulebook, from when, whether it is in force, and its decisions kept.

    From its day on an adoption decides until the day of the next one; `replaced` is one that decides no day any more,
    since another was adopted from the same day.

    The decisions are those of all rulebooks in force after that adoption, each for its days; `kept` says over how many
    entries of the log they were made, or why there are none. `rulebook decision` makes them again all the same.
    """
    from api.adoption_standings import standings
    from api.cli.opened_ledger import opened_ledger
    from api.cli.tables import emit_table
    from api.cli.terminal import emit, say

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
            "in_force": one.in_force,
            "until": one.until,
            "text_at_hand": one.ruling is not None,
            "kept": one.size,
            "why_not": one.why or None,
        }
        for one in found
    ]
    if as_json:
        emit({"size": size, "adoptions": rows})
        return
    emit_table(
        ["entry", "adopted", "rulebook", "from", "in force", "kept over", "digest"],
        [
            (
                row["position"],
                f"{row['adopted_at']:%Y-%m-%d %H:%M}",
                row["rulebook"],
                str(row["from"]),
                "replaced" if not row["in_force"] else f"until {row['until']}" if row["until"] else "from then on",
                row["kept"] if row["kept"] is not None else "none" if row["text_at_hand"] else "no text at hand",
                row["digest"],
            )
            for row in rows
        ],
        title="" if rows else "no rulebook was adopted in this ledger",
    )
    for one in found:
        if one.why:
            say(f"entry {one.adopted.position:,}: no decisions are kept: {one.why}")
