"""A person's signing key in a file of theirs, and the chain of what it has signed: for whoever signs at a terminal.

The ledger never sees this file. Beside it lies `FILE.last`, the counter and the hash of the last statement signed:
the key signs a statement only if it follows that one. So whoever holds the key notices a ledger that asks for the same
number twice, and a statement that was signed and never recorded shows as a gap, because the key does not take its
number again. The last statement itself may be signed again, for its signature may have been lost on the way.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.files import create_private, write_durably
from ledger.proof import ProofError, format_base64, parse_base64
from ledger.treatment.refusal import Refusal
from ledger.treatment.statements import ChainEnd, Statement, digest, pack, parse_statement

_PREFIX = "PRIVATE+SIGNER"
_SECRET_BYTES = 32


class SignerError(Exception):
    """The key cannot be made, read or used for this. The message says what, why and what to do."""


class Signer(NamedTuple):
    """Who signs with the key, under which id, and the file that it lies in."""

    practitioner: str
    key_id: str
    path: Path
    private_key: Ed25519PrivateKey

    @property
    def public_key(self) -> str:
        """For `SigningKeyEnrolled`: base64 of 32 bytes."""
        return format_base64(self.private_key.public_key().public_bytes_raw())


def create_signer(path: Path, practitioner: str, key_id: str) -> Signer:
    """Make a key and its two files, mode 0600, durable on return. SignerError if one of them is there."""
    private_key = Ed25519PrivateKey.generate()
    secret = format_base64(private_key.private_bytes_raw())
    last = _last_file(path)
    if last.exists():
        raise SignerError(f"{last}: another key's last statement is kept here; name another file")
    try:
        create_private(path, f"{_PREFIX}+{practitioner}+{key_id}+{secret}\n")
    except FileExistsError:
        raise SignerError(f"{path}: a file is here already, and a key is never overwritten; name another") from None
    # Written last: a key without it signs nothing, so a crash in between leaves no key that forgot what it signed.
    try:
        write_durably(last, _spell(ChainEnd()))
    except OSError:
        path.unlink()  # nobody has seen it, and it would stand in the way of the next attempt
        raise
    return Signer(practitioner, key_id, path, private_key)


def read_signer(path: Path) -> Signer:
    """The key in this file. SignerError when it is missing, readable by others, or not a person's key."""
    try:
        mode, text = path.stat().st_mode, path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise SignerError(f"{path}: the key cannot be read ({reason}); `signer new` makes one") from None
    if mode & 0o077:
        raise SignerError(f"{path}: others may read the key (mode {mode & 0o777:04o}); run: chmod 600 {path}")
    parts = text.removesuffix("\n").split("+", 4)  # base64 may hold a plus, ids do not
    try:
        if "+".join(parts[:2]) != _PREFIX or len(parts) != 5:
            raise ProofError(f"it does not begin with {_PREFIX}+")
        secret = parse_base64(parts[4], "key")
        if len(secret) != _SECRET_BYTES:
            raise ProofError(f"{_SECRET_BYTES} bytes of a secret are expected")
    except ProofError as error:
        raise SignerError(f"{path}: not a person's signing key ({error})") from None
    return Signer(parts[2], parts[3], path, Ed25519PrivateKey.from_private_bytes(secret))


def read_last(signer: Signer) -> ChainEnd:
    """The last statement that the key signed. SignerError when it is not known any more."""
    path = _last_file(signer.path)
    advice = f"restore it. {_way_out(signer, 'If that cannot be done, nobody knows any more what the key has signed')}"
    try:
        counter, _, last = path.read_text().removesuffix("\n").partition(" ")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise SignerError(f"{path}: the last statement cannot be read ({reason}); {advice}") from None
    if not counter.isascii() or not counter.isdecimal() or (counter == "0") != (last == ""):
        raise SignerError(f"{path}: it does not say what was signed last; {advice}")
    return ChainEnd(int(counter), last)


def read_statement(signer: Signer, data: bytes) -> Statement:
    """The statement of these bytes, if it is this key's to sign now. SignerError otherwise."""
    try:
        statement = parse_statement(data)
    except Refusal as refusal:
        raise SignerError(f"not a statement: {refusal.what}") from None
    if (statement.signer, statement.key_id) != (signer.practitioner, signer.key_id):
        raise SignerError(
            f"the statement is for {statement.signer}'s key {statement.key_id}; "
            f"{signer.path} is {signer.practitioner}'s key {signer.key_id}"
        )
    last = read_last(signer)
    if _is_last(last, statement, data):
        return statement
    if statement.counter != last.counter + 1:
        raise SignerError(
            f"the statement has number {statement.counter}, and this key's next is {last.counter + 1}: "
            + (
                f"what was signed as {last.counter} is not in the ledger yet; record it, it was signed. "
                + _way_out(signer, "If it is lost for good, its number stays empty")
                if statement.counter <= last.counter
                else "the ledger has statements that this key file does not know of; was a copy of it used? "
                + _way_out(signer, "If it was, there are two who sign with this key")
            )
        )
    if statement.previous != last.digest:
        raise SignerError(
            f"the statement follows another statement {last.counter} than this key signed: the ledger holds "
            "something else under its number; do not sign, and ask how that came in. "
            + _way_out(signer, "This key signs nothing more that the ledger takes")
        )
    return statement


def sign_statement(signer: Signer, data: bytes) -> str:
    """The text for the fact's `signature`. That this was signed is on the disk before anybody gets the signature.

    SignerError, and nothing is signed, when the statement does not follow the last one that this key signed.
    """
    with _alone(signer.path):
        statement = read_statement(signer, data)
        if not _is_last(read_last(signer), statement, data):
            # The commit point. A crash before it: nothing was signed. After it: the number is used, and the very same
            # statement may be signed again, which gives the very same signature (RFC 8032: it is deterministic).
            write_durably(_last_file(signer.path), _spell(ChainEnd(statement.counter, digest(data))))
        return pack(data, signer.private_key.sign(data))


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process at a time signs with a key: two would give one number to two statements."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # gone with the process, however it ends
        yield
    finally:
        os.close(descriptor)


def _way_out(signer: Signer, why: str) -> str:
    """What to do when the key's chain cannot go on: it ends, and another begins. All that it signed stays signed."""
    return (
        f"{why}; the way out is a new key:\n"
        f"  treatment-ledger signer revoke --key-id {signer.key_id} --reason lost | treatment-ledger import -\n"
        f"  treatment-ledger signer new --practitioner {signer.practitioner} --key-id NEW-ID --key NEW-FILE"
        " | treatment-ledger import -\n"
        "What was signed with the old one stays signed"
    )


def _is_last(last: ChainEnd, statement: Statement, data: bytes) -> bool:
    return last == ChainEnd(statement.counter, digest(data))


def _last_file(path: Path) -> Path:
    return path.with_name(path.name + ".last")


def _spell(head: ChainEnd) -> str:
    return f"{head.counter} {head.digest}\n"
