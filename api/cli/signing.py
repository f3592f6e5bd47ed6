"""`signer …`: what people sign, and with what. The private key stays with its holder; the ledger never sees it."""

import sys
from datetime import datetime
from pathlib import Path

import click

from api.cli.parameters import IdType, InstantType, examples, with_directory

KEY = click.Path(path_type=Path, dir_okay=False)


@click.group(
    "signer",
    short_help="Make a person's signing key, and sign statements with it.",
    epilog=examples(
        "signer new --practitioner T1 --key-id K1 --key T1.key | treatment-ledger import -",
        "signer statement session S1 --key-id K1 > statement",
        "signer sign --key T1.key < statement > signature",
        "signer line < signature | treatment-ledger import -",
        "signer enrol --practitioner T1 --key-id K1 --site rehab.example < made.json",
    ),
)
def signer_command() -> None:
    """Make a person's signing key, and sign statements with it.

    A statement is exact bytes that say what is signed: patient, order, item, site, method, start, stop, effect. Each
    names the statement before it, so that one thrown away shows as a gap. `sign` and `new` need no ledger: the key
    belongs on the machine of the person who signs. Better still it stays on a device of theirs, such as a security key
    (WebAuthn): `enrol`, `challenge` and `assertion` take what a browser says of it.
    """


@signer_command.command(
    "revoke", epilog=examples("signer revoke --key-id K1 --reason lost | treatment-ledger import -")
)
@click.option("--key-id", type=IdType(), required=True, metavar="ID", help="The key that signs no more.")
@click.option("--reason", required=True, metavar="TEXT", help="Why: lost, stolen, left; recorded for good.")
def revoke_command(key_id: str, reason: str) -> None:
    """Print the SigningKeyRevoked line that ends a key: what it signed stays signed, and it signs nothing more."""
    from api.clock import now
    from ledger.journal import spell
    from ledger.treatment.facts import SigningKeyRevoked

    if not reason.strip():
        raise click.BadParameter("say why: lost, stolen, left", param_hint="--reason")
    click.echo(spell(SigningKeyRevoked(at=now(), key_id=key_id, reason=reason)))


@signer_command.command("new", epilog=examples("signer new --practitioner T1 --key-id K1 --key T1.key"))
@click.option("--practitioner", type=IdType(), required=True, metavar="ID", help="Whose key it is, as registered.")
@click.option("--key-id", type=IdType(), required=True, metavar="ID", help="A new id for the key.")
@click.option("--key", "path", type=KEY, required=True, metavar="FILE", help="Where the key goes; never overwritten.")
def new_command(practitioner: str, key_id: str, path: Path) -> None:
    """Make a person's key; print the SigningKeyEnrolled line that enrols it.

    FILE holds the private key (mode 0600), FILE.last what it signed last. Whoever has FILE signs as this person.
    """
    from api.cli.terminal import say
    from api.clock import now
    from api.signer import create_signer
    from ledger.journal import spell
    from ledger.treatment.facts import SigningKeyEnrolled

    signer = create_signer(path, practitioner, key_id)
    enrolled = SigningKeyEnrolled(
        at=now(), practitioner=practitioner, key_id=key_id, algorithm="ed25519", public_key=signer.public_key
    )
    click.echo(spell(enrolled))
    say(f"{path}: made, with {path}.last; keep both, and let nobody else have them. The line above enrols the key")


@signer_command.command(
    "enrol",
    epilog=examples(
        "signer enrol --practitioner T1 --key-id K1 --site rehab.example < made.json | treatment-ledger import -"
    ),
)
@click.option("--practitioner", type=IdType(), required=True, metavar="ID", help="Whose key it is, as registered.")
@click.option("--key-id", type=IdType(), required=True, metavar="ID", help="A new id for the key.")
@click.option("--site", required=True, metavar="DOMAIN", help="The site (RP ID) that the key was made for.")
def enrol_command(practitioner: str, key_id: str, site: str) -> None:
    """Print the SigningKeyEnrolled line of a key on a person's device (WebAuthn).

    Reads what the browser gave: credential.toJSON() of navigator.credentials.create(), asked for with alg -7 and
    userVerification 'required'. The private key never leaves the device. Keep the credential's `id`: whoever asks the
    device to sign names it in `allowCredentials`, and the ledger has only the public key. A key that may be copied to
    other devices (a synced passkey) is refused: it would not be its owner's alone.
    """
    from api.clock import now
    from api.devices import enrolment
    from ledger.journal import spell

    registration = _given("credential.toJSON() of credentials.create()", "signer enrol …")
    click.echo(spell(enrolment(registration, site, practitioner, key_id, now())))


@signer_command.command(
    "assertion",
    epilog=examples("signer assertion --statement FILE < assertion.json | treatment-ledger signer line"),
)
@click.option(
    "--statement", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True, metavar="FILE",
    help="What `signer statement` printed; its challenge is what the device signed.",
)  # fmt: skip
def assertion_command(statement: Path) -> None:
    """Print the text for the line's `signature` that a person's device made (WebAuthn).

    Reads what the browser gave: credential.toJSON() of navigator.credentials.get(), asked for with the statement's
    challenge (`signer challenge`) and userVerification 'required'.
    """
    from api.devices import read_assertion, signature_text

    asserted = _given("credential.toJSON() of credentials.get()", f"signer assertion --statement {statement}")
    click.echo(signature_text(_statement_in(statement), read_assertion(asserted)))


@signer_command.command("challenge", epilog=examples("signer challenge < statement"))
def challenge_command() -> None:
    """Print what a device is asked to sign for the statement on standard input: base64url of its SHA-256."""
    from api.devices import challenge_of

    data = _given("the statement that `signer statement` prints", "signer challenge").removesuffix(b"\n")
    _require_untouched(data)
    click.echo(challenge_of(data))


@signer_command.group(
    "statement",
    short_help="Print the exact bytes that are to be signed.",
    epilog=examples(
        "signer statement session S1 --key-id K1 > statement",
        "signer statement assessment A1 --key-id K1 > statement",
        "signer statement prescription --key-id K2 < prescription.json > statement",
    ),
)
def statement_group() -> None:
    """Print the exact bytes that are to be signed, for `signer sign` or a signing device.

    In a file or a pipe these bytes are all; on a terminal a newline follows, which is not among them (`signer sign`
    leaves one newline at the end out).
    """


def _with_key_id(command: click.decorators.FC) -> click.decorators.FC:
    option = click.option("--key-id", type=IdType(), required=True, metavar="ID", help="The key that is to sign.")
    return option(command)


@statement_group.command("session", epilog=examples("signer statement session S1 --key-id K1"))
@click.argument("session", type=IdType())
@_with_key_id
@with_directory
def session_command(session: str, key_id: str, directory: Path) -> None:
    """What the therapist signs of a stopped session."""
    _print_statement(directory, "session", session, key_id)


@statement_group.command("assessment", epilog=examples("signer statement assessment A1 --key-id K1"))
@click.argument("assessment", type=IdType())
@_with_key_id
@with_directory
def assessment_command(assessment: str, key_id: str, directory: Path) -> None:
    """What each of its assessors signs of an assessment."""
    _print_statement(directory, "assessment", assessment, key_id)


@statement_group.command(
    "prescription", epilog=examples("signer statement prescription --key-id K2 < prescription.json")
)
@_with_key_id
@with_directory
def prescription_command(key_id: str, directory: Path) -> None:
    """What the physician signs of a prescription: its PrescriptionIssued line, unsigned, on standard input."""
    from api.cli.files import BYTE_ORDER_MARK
    from ledger.application import TreatmentLedger
    from ledger.journal import LineProblem, parse_fact
    from ledger.treatment.facts import PrescriptionIssued

    try:
        line = _given("a PrescriptionIssued line", "signer statement prescription …")
        draft = parse_fact(line.removeprefix(BYTE_ORDER_MARK).strip())
    except LineProblem as problem:
        raise click.ClickException(f"standard input: {problem}") from None
    if not isinstance(draft, PrescriptionIssued):
        raise click.ClickException(f"standard input: a {type(draft).__name__}, expected a PrescriptionIssued line")
    with TreatmentLedger.open(directory) as ledger:
        _write(ledger.sheet_statement(draft, key_id))


@signer_command.command(
    "sign",
    epilog=examples("signer sign --key T1.key < statement > signature", "signer sign --key T1.key --yes < statement"),
)
@click.option("--key", "path", type=KEY, required=True, metavar="FILE", help="The person's key.")
@click.option("--yes", is_flag=True, help="Do not ask; for systems that have shown the person what is signed.")
def sign_command(path: Path, yes: bool) -> None:
    """Sign the statement on standard input; print the text for the line's `signature`.

    Shows what is signed and asks, on the terminal. Refuses a statement that does not follow the last one that this key
    signed (FILE.last); the last one itself may be signed again.
    """
    from rich.console import Console

    from api.cli.shown_statement import statement_lines
    from api.cli.terminal import say
    from api.signer import read_signer, read_statement, sign_statement

    signer = read_signer(path)
    data = _given("the statement that `signer statement` prints", f"signer sign --key {path}").removesuffix(b"\n")
    _require_untouched(data)
    statement = read_statement(signer, data)
    width = Console(stderr=True).width if sys.stderr.isatty() else 80
    for line in statement_lines(statement, width):
        say(line)
    if not yes and not _agreed():
        raise click.ClickException("nothing was signed")
    click.echo(sign_statement(signer, data))


@signer_command.command(
    "line", epilog=examples("signer line < signature", "signer line < signature | treatment-ledger import -")
)
@click.option("--at", type=InstantType(), metavar="T", help="When it was signed  [default: now]")
def line_command(at: datetime | None) -> None:
    """Turn a signature into the journal line that records it.

    Reads what `signer sign` printed, and prints a SessionSigned, AssessmentSigned or PrescriptionIssued line. (An
    erasure is recorded by `people erase`.)
    """
    from api.cli.files import BYTE_ORDER_MARK
    from api.clock import now
    from api.signed_lines import signed_line
    from ledger.journal import spell
    from ledger.treatment.refusal import Refusal

    try:
        text = _given("what `signer sign` prints", "signer line").removeprefix(BYTE_ORDER_MARK).decode().strip()
        line = signed_line(text, at or now())
    except (Refusal, UnicodeDecodeError) as error:
        raise click.ClickException(f"standard input: {error}") from None
    click.echo(spell(line))


def _print_statement(directory: Path, kind: str, id: str, key_id: str) -> None:
    from ledger.application import TreatmentLedger

    with TreatmentLedger.open(directory) as ledger:
        _write(ledger.statement(kind, id, key_id))


def _write(data: bytes) -> None:
    """The exact bytes: no newline is added to what is signed, but where a person looks, and nothing is signed from."""
    sys.stdout.buffer.write(data)
    if sys.stdout.isatty():
        sys.stdout.buffer.write(b"\n")


def _given(what: str, command: str) -> bytes:
    """What stands on standard input. ClickException, instead of waiting at a keyboard, when nothing is put there."""
    data = b"" if sys.stdin.isatty() else sys.stdin.buffer.read()
    if not data.strip():
        raise click.ClickException(f"standard input: nothing is there, expected {what}: {command} < FILE")
    return data


def _statement_in(path: Path) -> bytes:
    data = path.read_bytes().removesuffix(b"\n")
    _require_untouched(data, str(path))
    return data


def _require_untouched(data: bytes, where: str = "standard input") -> None:
    """Names what systems do to a text on its way: whoever reads "not JSON" looks for it in the statement."""
    from api.cli.files import BYTE_ORDER_MARK

    if data.startswith(BYTE_ORDER_MARK):
        why = "begins with a byte order mark"
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        why = "is UTF-16, and a statement is UTF-8"
    elif data.endswith(b"\r"):
        why = "ends in a line end of Windows (CR LF)"
    else:
        return
    raise click.ClickException(
        f"not a statement: {where} {why}. What is signed are exactly the bytes that `signer statement` printed: "
        "get them again, and keep them with a program that changes nothing"
    )


def _agreed() -> bool:
    """Asks the person, whose keyboard is not our standard input: that is the statement."""
    try:
        with open("/dev/tty", "w", encoding="utf-8") as screen:
            screen.write("签名吗？ Sign this? [y/N] ")
        with open("/dev/tty", encoding="utf-8", errors="replace") as keyboard:
            return keyboard.readline().strip().lower() in ("y", "yes", "是")
    except OSError:
        raise click.ClickException(
            "no terminal to ask the person at; with --yes the calling system answers for having shown it"
        ) from None
