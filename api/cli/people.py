"""`people …`: who the patients are, and forgetting it. Personal data come from standard input and go to standard
output; never into arguments, which other users of the machine can read, and never into a message."""

from pathlib import Path

import click

from api.cli.erasing import erase_command, retention_command, statement_command
from api.cli.parameters import READABLE, IdType, examples, with_directory, with_people_key


@click.group(
    "people",
    short_help="Keep, show and erase who the patients are.",
    epilog=examples(
        "people key",
        "people add P1 < person.json",
        "people show P1",
        "people retention P1",
        "people statement P1 --key-id K1 > statement",
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
    from api.cli.opened_people import opened_people
    from api.cli.terminal import say

    with opened_people(directory, people_key) as people:
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
    are free. Other data than before is a new version, which from now on says who it is; earlier ones stay until the
    person is erased. The same again changes nothing. Prints {"patient","index","commitment","known"}. A national_id
    with a wrong check digit is told, and taken in.
    """
    import sys

    from api.access_log import note_access
    from api.cli.files import BYTE_ORDER_MARK
    from api.cli.opened_people import opened_people
    from api.cli.terminal import emit, say
    from api.clock import now
    from ledger.proof import format_base64

    if sys.stdin.isatty():
        say('one JSON object such as {"name":"…","national_id":"…","phone":"…"}, then Ctrl-D:')
    person = sys.stdin.buffer.read().removeprefix(BYTE_ORDER_MARK)
    with opened_people(directory, people_key) as people:
        _warn_of_id(person)
        if label_key is not None:
            _compare_label(patient, person, label_key)
        moment = now()
        added = people.add_person(patient, person, now=moment)
    note_access(directory, "add", patient, now=moment)
    commitment = format_base64(added.commitment)
    emit({"patient": patient, "index": added.index, "commitment": commitment, "known": added.known})


@people_command.command("show", epilog=examples("people show P1", "people show P1 | jq -r .phone"))
@click.argument("patient", type=IdType())
@with_people_key
@with_directory
def show_command(patient: str, people_key: Path | None, directory: Path) -> int | None:
    """Print who PATIENT is, as last committed to. That somebody looked is noted in people-access.ndjson.

    Exit code 1 if the log says that this was put in, and the store, an older or a lost one, cannot open it.
    """
    import msgspec

    from api.access_log import note_access
    from api.cli.opened_people import opened_people
    from api.cli.terminal import emit, say
    from api.clock import now
    from ledger.application import PersonLost

    with opened_people(directory, people_key) as people:
        if (erased := people.erased(patient)) is not None:
            raise click.ClickException(
                f"patient {patient}: erased at {erased.at.isoformat()}; nobody can read it again"
            )
        try:
            opening = people.person(patient)
        except PersonLost as lost:
            say(str(lost))
            return 1
    if opening is None:
        raise click.ClickException(f"patient {patient}: who this is was never put in; `people add` does that")
    note_access(directory, "show", patient, now=now())
    emit(msgspec.json.decode(opening.person))
    return None  # no 0: what was handed out must have come out


@people_command.command("check", epilog=examples("people check"))
@with_people_key
@with_directory
def check_command(people_key: Path | None, directory: Path) -> int:
    """Open everybody's data once, hold the store against the log, and destroy what the log says was erased.

    For a store that was restored from a backup, or that nobody is sure of. Prints {"readable","destroyed","lost",
    "unrecorded"}: of how many the data open; who was erased and opened all the same; each commitment in the log that
    the store cannot open; each version in the store that no entry commits to (a crash came in between: `people add`
    of the same person puts it right). Exit code 1 if there is any of the last three.
    """
    from api.cli.opened_people import opened_people
    from api.cli.terminal import emit

    with opened_people(directory, people_key) as people:
        checked = people.check()
    lost = [one._asdict() for one in checked.lost]
    unrecorded = [one._asdict() for one in checked.unrecorded]
    emit(checked._asdict() | {"lost": lost, "unrecorded": unrecorded})
    return 0 if checked.is_sound else 1


people_command.add_command(retention_command)
people_command.add_command(statement_command)
people_command.add_command(erase_command)


def _warn_of_id(person: bytes) -> None:
    """Says, without repeating it, that an id looks mistyped: a hint, for there are ids of every kind."""
    from api.cli.terminal import say
    from ledger.people import NATIONAL_ID, is_mistyped, national_id_of, parse_person
    from ledger.proof import ProofError
    from ledger.proof.labels import normal_id

    national_id = national_id_of(parse_person(person))
    if national_id is None:
        return
    try:
        if is_mistyped(normal_id(national_id)):
            say(f"warning: {NATIONAL_ID}: the check digit is wrong for a Chinese national id; was it mistyped?")
    except ProofError as error:
        say(f"warning: {NATIONAL_ID}: no label can be computed of it ({error})")


def _compare_label(patient: str, person: bytes, key_file: Path) -> None:
    """Warns, and no more: a ledger may have pseudonyms from before the regulator had a key."""
    import contextlib

    from api.cli.files import read_label_key
    from api.cli.terminal import say
    from ledger.people import NATIONAL_ID, national_id_of, parse_person
    from ledger.proof import ProofError
    from ledger.proof.labels import label

    key = read_label_key(key_file)
    national_id = national_id_of(parse_person(person))
    if national_id is None:
        say(f"warning: there is no {NATIONAL_ID}, so that nobody can tell whether {patient} is its label")
        return
    with contextlib.suppress(ProofError):  # has been told already
        if label(key, national_id) != patient:
            say(f"warning: {patient} is not the label of the {NATIONAL_ID}; a regulator who asks for the label will "
                "not find this patient")  # fmt: skip
