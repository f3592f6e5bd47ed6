"""`people …`: who the patients are, and forgetting it. Personal data come from standard input and go to standard
output; never into arguments, which other users of the machine can read, and never into a message."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.parameters import READABLE, IdType, examples, with_directory, with_json, with_people_key

if TYPE_CHECKING:
    from ledger.people import Retention


@click.group(
    "people",
    short_help="Keep, show and erase who the patients are.",
    epilog=examples(
        "people key",
        "people add P1 < person.json",
        "people show P1",
        "people retention P1",
        "people erasure P1 --key-id K1 > statement",
        "people erase P1 --approval first.sig --approval second.sig",
    ),
)
def people_command() -> None:
    """Keep, show and erase who the patients are.

    Names, ids and telephone numbers lie in a store of their own (people.sqlite3), encrypted under one key a patient;
    the log has pseudonyms and salted commitments only. Destroying a patient's key erases the person: every proof
    still verifies, and nothing in the ledger tells any more who it was.
    """


@people_command.command("key", epilog=examples("people key", "people key --people-key /media/token/people.key"))
@with_people_key
@with_directory
def key_command(people_key: Path | None, directory: Path) -> None:
    """Make the key that opens the store, once; prints its id.

    Keep a copy of it, apart from copies of the store: without it nobody can be read again, and who has both can read
    everybody.
    """
    from api.cli.terminal import say
    from ledger.application import TreatmentLedger

    with TreatmentLedger.open(directory) as ledger:
        people = ledger.people(people_key)
        click.echo(people.make_key())
    say(f"{people.key_file}: made; keep a copy, apart from copies of the store")


@people_command.command(
    "add", epilog=examples("people add P1 < person.json", "people add P1 --label-key r.key < p.json")
)
@click.argument("patient", type=IdType())
@click.option(
    "--label-key",
    type=READABLE,
    metavar="FILE",
    help="The regulator's key: warns when PATIENT is not the label of the national_id.",
)
@with_people_key
@with_directory
def add_command(patient: str, label_key: Path | None, people_key: Path | None, directory: Path) -> None:
    """Take in who PATIENT is, from standard input, and commit to it in the log.

    The person is one JSON object of texts: {"name":"…","national_id":"…","phone":"…"}; name is required, other fields
    are free. Other data than before is a new version; earlier ones stay until the person is erased. The same again
    changes nothing. Prints {"patient","index","commitment","known"}.
    """
    import sys

    from api.access_log import note_access
    from api.cli.terminal import emit, say
    from api.clock import now
    from ledger.application import TreatmentLedger

    if sys.stdin.isatty():
        say('one JSON object such as {"name":"…","national_id":"…","phone":"…"}, then Ctrl-D:')
    person = sys.stdin.buffer.read()
    with TreatmentLedger.open(directory) as ledger:
        if label_key is not None:
            _compare_label(patient, person, label_key)
        moment = now()
        added = ledger.people(people_key).add_person(patient, person, now=moment)
    note_access(directory, "add", patient, now=moment)
    emit({"patient": patient, "index": added.index, "commitment": added.commitment.hex(), "known": added.known})


@people_command.command("show", epilog=examples("people show P1", "people show P1 | jq -r .phone"))
@click.argument("patient", type=IdType())
@with_people_key
@with_directory
def show_command(patient: str, people_key: Path | None, directory: Path) -> None:
    """Print who PATIENT is, as last committed to. That somebody looked is noted in people-access.ndjson."""
    import msgspec

    from api.access_log import note_access
    from api.cli.terminal import emit
    from api.clock import now
    from ledger.application import TreatmentLedger

    with TreatmentLedger.open(directory) as ledger:
        people = ledger.people(people_key)
        if (erased := people.erased(patient)) is not None:
            raise click.ClickException(
                f"patient {patient}: erased at {erased.at.isoformat()}; nobody can read it again"
            )
        opening = people.person(patient)
    if opening is None:
        raise click.ClickException(f"patient {patient}: who this is was never put in; `people add` does that")
    note_access(directory, "show", patient, now=now())
    emit(msgspec.json.decode(opening.person))


@people_command.command("retention", epilog=examples("people retention P1", "people retention P1 --json"))
@click.argument("patient", type=IdType())
@with_json
@with_directory
def retention_command(patient: str, as_json: bool, directory: Path) -> None:
    """Show until when PATIENT's data must be kept, and why.

    The longest period decides: 3 years by the notice, 15 after the last visit, 30 after the last discharge (home beds
    too). An institution that keeps longer says so in retention.toml in the ledger's directory: notice_years,
    outpatient_years, inpatient_years.
    """
    from api.cli.tables import emit_table
    from api.cli.terminal import emit
    from ledger.application import TreatmentLedger

    with TreatmentLedger.open(directory) as ledger:
        found = ledger.people().retention(patient)
    if as_json:
        periods = [{"period": n, "from": day, "years": y, "until": last} for n, day, y, last in found.ends]
        emit({"patient": patient, "until": found.until, "open_stays": found.open_stays, "periods": periods})
        return
    emit_table(["period", "counted from", "years", "last day"], found.ends)
    click.echo(f"keep until {found.until} inclusive" if found.until else _still_in(found))


@people_command.command(
    "erasure",
    epilog=examples(
        "people erasure P1 --key-id K1 > statement", 'people erasure P1 --key-id K1 --ground "court order 17"'
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
def erasure_command(patient: str, key_id: str, ground: str | None, people_key: Path | None, directory: Path) -> None:
    """Print the exact bytes that one person signs to approve erasing PATIENT.

    Two different people sign, each a statement of their own, and `people erase` takes both signatures. What is signed
    and then not used (the other does not sign, the patient is seen again) stands in the way of whatever its key signs
    next: have a key of its own enrolled for approvals.
    """
    import sys

    from api.clock import now
    from ledger.application import TreatmentLedger

    with TreatmentLedger.open(directory) as ledger:
        statement = ledger.people(people_key).erasure(patient, key_id, ground, now=now())
    sys.stdout.buffer.write(statement)


@people_command.command("erase", epilog=examples("people erase P1 --approval first.sig --approval second.sig"))
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
    from api.cli.terminal import emit, say
    from api.clock import now
    from ledger.application import TreatmentLedger

    moment: datetime = now()
    with TreatmentLedger.open(directory) as ledger:
        signed = [read_text(path).strip() for path in approvals]
        receipt = ledger.people(people_key).erase(patient, signed, now=moment)
    note_access(directory, "erase", patient, now=moment)
    emit({"patient": patient, "index": receipt.index, "leaf": receipt.leaf, "known": receipt.known})
    say("erased; backups of people.sqlite3 and bundles exported with --open still tell: see to them too")


@people_command.command("check", epilog=examples("people check"))
@with_people_key
@with_directory
def check_command(people_key: Path | None, directory: Path) -> int:
    """Open everybody's data once, and destroy what the log says was erased.

    For a store that was restored from a backup: it has keys again that had been destroyed. Exit code 1 if there were.
    """
    from api.cli.terminal import emit
    from ledger.application import TreatmentLedger

    with TreatmentLedger.open(directory) as ledger:
        checked = ledger.people(people_key).check()
    emit(checked._asdict())
    return 1 if checked.destroyed else 0


def _still_in(found: "Retention") -> str:
    return f"keep: still in the stay {', '.join(found.open_stays)}; when it ends, its period begins"


def _compare_label(patient: str, person: bytes, key_file: Path) -> None:
    """Warns, and no more: a ledger may have pseudonyms from before the regulator had a key."""
    import msgspec

    from api.cli.files import read_label_key
    from api.cli.terminal import say
    from ledger.people import NATIONAL_ID, parse_person
    from ledger.proof.labels import label

    key = read_label_key(key_file)
    national_id = msgspec.json.decode(parse_person(person)).get(NATIONAL_ID)
    if national_id is None:
        say(f"warning: there is no {NATIONAL_ID}, so that nobody can tell whether {patient} is its label")
    elif label(key, national_id) != patient:
        say(f"warning: {patient} is not the label of the {NATIONAL_ID}; a regulator who asks for the label will not "
            "find this patient")  # fmt: skip
