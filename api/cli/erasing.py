"""`people retention`, `statement` and `erase`: how long personal data are kept, and how two people end it."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.parameters import READABLE, IdType, examples, with_directory, with_json, with_people_key

if TYPE_CHECKING:
    from ledger.people import Retention


@click.command("retention", epilog=examples("people retention P1", "people retention P1 --json"))
@click.argument("patient", type=IdType())
@with_json
@with_directory
def retention_command(patient: str, as_json: bool, directory: Path) -> None:
    """Show until when PATIENT's data must be kept, and why.

    The longest period decides: 3 years by the notice, 15 after the last visit, 30 after the last discharge (home beds
    too). An institution that keeps otherwise says so in retention.toml in the ledger's directory: notice_years,
    outpatient_years, inpatient_years. None is below 3; what is below the law's is told with every command.
    """
    from api.cli.opened_people import opened_people
    from api.cli.tables import emit_table
    from api.cli.terminal import emit

    with opened_people(directory) as people:
        found = people.retention(patient)
    if as_json:
        periods = [{"period": n, "from": day, "years": y, "until": last} for n, day, y, last in found.ends]
        emit({"patient": patient, "until": found.until, "open_stays": found.open_stays, "periods": periods})
        return
    emit_table(["period", "counted from", "years", "last day"], found.ends)
    click.echo(f"keep until {found.until} inclusive" if found.until else _still_in(found))


@click.command(
    "statement",
    epilog=examples(
        "people statement P1 --key-id K1 > statement", 'people statement P1 --key-id K1 --ground "court order 17"'
    ),
)
@click.argument("patient", type=IdType())
@click.option("--key-id", required=True, type=IdType(), metavar="ID", help="The enrolled key that is going to sign.")
@click.option(
    "--ground",
    metavar="TEXT",
    help="The legal ground for erasing before retention is over. It stands in the log for ever: no personal data.",
)
@with_people_key
@with_directory
def statement_command(patient: str, key_id: str, ground: str | None, people_key: Path | None, directory: Path) -> None:
    """Print the exact bytes that one person signs to approve erasing PATIENT.

    Two different people sign, each a statement of their own, and `people erase` takes both signatures. What is signed
    and then not used (the other does not sign, the patient is seen again) stands in the way of whatever its key signs
    next: have a key of its own enrolled for approvals.
    """
    import sys

    from api.cli.opened_people import opened_people
    from api.clock import now

    with opened_people(directory, people_key) as people:
        statement = people.erasure_statement(patient, key_id, ground, now=now())
    sys.stdout.buffer.write(statement)


@click.command("erase", epilog=examples("people erase P1 --approval first.sig --approval second.sig"))
@click.argument("patient", type=IdType())
@click.option(
    "--approval",
    "approvals",
    type=READABLE,
    multiple=True,
    required=True,
    metavar="FILE",
    help="A signed statement, as `signer sign` writes it; once for each of the two people.",
)
@with_people_key
@with_directory
def erase_command(patient: str, approvals: tuple[Path, ...], people_key: Path | None, directory: Path) -> None:
    """Erase who PATIENT is, for good: the key to the data is destroyed, and the log says so.

    Refused while the data must be kept, unless both people signed a legal ground. What was done to the patient stays,
    under the pseudonym, and every proof still verifies. Copies are not reached: erase backups of the store as well,
    and bundles that were exported with --open. Run again after a crash, it ends what was begun.
    """
    from api.access_log import note_access
    from api.cli.files import read_text
    from api.cli.opened_people import opened_people
    from api.cli.terminal import emit, say
    from api.clock import now

    moment: datetime = now()
    with opened_people(directory, people_key) as people:
        signed = [read_text(path).strip() for path in approvals]
        receipt = people.erase(patient, signed, now=moment)
    note_access(directory, "erase", patient, now=moment)
    emit({"patient": patient, "index": receipt.index, "leaf": receipt.leaf, "known": receipt.known})
    say("erased; backups of people.sqlite3 and bundles exported with --open still tell: see to them too")


def _still_in(found: "Retention") -> str:
    return f"keep: still in the stay {', '.join(found.open_stays)}; when it ends, its period begins"
