"""Signed notes: text under one or more Ed25519 signatures, and the keys they are opened with.

Source: c2sp.org/signed-note, and c2sp.org/tlog-cosignature for the signatures of witnesses (type 0x04). It makes no
key and reads no file; keys come in as arguments.
"""

import re
from dataclasses import dataclass
from hashlib import sha256

from ledger.proof.ed25519 import KEY_BYTES, PrivateKey, is_right, public_key_of, sign
from ledger.proof.encoding import format_base64, parse_base64
from ledger.proof.hashes import ProofError

ED25519 = 0x01
COSIGNATURE_V1 = 0x04
MAX_SIGNATURES = 100  # the specification asks for at least 16; Go's note.Open stops at 100
_DASH = "— "
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """What a note is opened with: key name, 4-byte key ID, signature type (0x01 or 0x04), 32-byte public key."""

    name: str
    key_id: bytes
    algorithm: int
    public_key: bytes


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: who claims to have signed (name and 4-byte key ID), and the bytes of the signature."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A note taken apart, nothing of it verified: `body` ends in a newline and is what was signed."""

    body: str
    signatures: tuple[NoteSignature, ...]


def vkey(name: str, public_key: bytes, algorithm: int = ED25519) -> str:
    """The verifier key as text: `name+hex key ID+base64(type ‖ public key)`, safe to publish."""
    _require_name(name, "key name")
    if not isinstance(public_key, bytes) or len(public_key) != KEY_BYTES:
        raise ProofError(f"public key: {KEY_BYTES} bytes of Ed25519 are expected")
    if algorithm not in (ED25519, COSIGNATURE_V1):
        raise ProofError(f"signature type: 1 (Ed25519) or 4 (cosignature/v1) is expected, not {algorithm!r}")
    key = bytes([algorithm]) + public_key
    return f"{name}+{_key_id(name, key).hex()}+{format_base64(key)}"


def parse_vkey(text: str) -> VerifierKey:
    """The verifier key of its text. ProofError when it is misspelled, of another type, or its ID is not its own."""
    if not isinstance(text, str):
        raise ProofError(f"key: text is expected, not {type(text).__name__}")
    name, _, rest = text.partition("+")
    id_hex, _, encoded = rest.partition("+")
    _require_name(name, "key: name")
    key = parse_base64(encoded, "key")
    if len(key) != 33 or key[0] not in (ED25519, COSIGNATURE_V1):
        raise ProofError("key: 33 bytes are expected, type 1 (Ed25519) or 4 (cosignature/v1) and the public key")
    if id_hex != (expected := _key_id(name, key).hex()):
        raise ProofError(f"key: its ID is given as {id_hex[:20]!r}, but name and public key make {expected}")
    return VerifierKey(name, bytes.fromhex(id_hex), key[0], key[1:])


def sign_note(body: str, name: str, private_key: PrivateKey) -> str:
    """The body (which must end in a newline) as a note with one Ed25519 signature of type 0x01."""
    _require_name(name, "key name")
    _require_text(body)
    if not body.endswith("\n"):
        raise ProofError("note: the text must end in a newline")
    key = bytes([ED25519]) + public_key_of(private_key)
    signature = sign(private_key, body.encode())
    return f"{body}\n{_DASH}{name} {format_base64(_key_id(name, key) + signature)}\n"


def cosign_note(body: str, name: str, private_key: PrivateKey, seconds: int) -> str:
    """A witness's signature line over the body of a note (cosignature/v1, type 0x04), with its newline.

    `seconds`: since 1970, when the witness signs (c2sp.org/tlog-cosignature). The line goes under the note.
    """
    _require_name(name, "key name")
    _require_text(body)
    if not body.endswith("\n"):
        raise ProofError("note: the text must end in a newline")
    if not isinstance(seconds, int) or not 0 <= seconds < 2**63:
        raise ProofError("time: seconds since 1970 are expected, below 2^63")
    key = bytes([COSIGNATURE_V1]) + public_key_of(private_key)
    signature = sign(private_key, _cosigned(seconds, body))
    return f"{_DASH}{name} {format_base64(_key_id(name, key) + seconds.to_bytes(8, 'big') + signature)}\n"


def parse_note(note: str) -> Note:
    """The note taken apart, strictly; nothing is verified yet. ProofError when it is not a signed note."""
    _require_text(note)
    body, _, tail = note.rpartition("\n\n")
    body += "\n"
    if body == "\n" or not tail.endswith("\n"):
        raise ProofError("note: text, an empty line and signature lines that end in a newline are expected")
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise ProofError(f"note: {len(lines)} signatures, at most {MAX_SIGNATURES} are read")
    return Note(body, tuple(_parse_line(line, number) for number, line in enumerate(lines, 1)))


def check_note(note: Note, key: VerifierKey) -> tuple[NoteSignature, ...]:
    """Returns the signatures by other keys, which were not checked, when the one by this key is right.

    ProofError when this key did not sign, signed twice, or its signature is wrong (then the whole note is refused,
    whoever else signed it).
    """
    ours = [line for line in note.signatures if (line.name, line.key_id) == (key.name, key.key_id)]
    if not ours:
        signers = ", ".join(f"{line.name}+{line.key_id.hex()}" for line in note.signatures)
        raise ProofError(f"note: not signed by {key.name}+{key.key_id.hex()}, but by {signers}")
    if len(ours) > 1:
        raise ProofError(f"note: signed {len(ours)} times by {key.name}+{key.key_id.hex()}")
    signature, message = _signed_message(note.body, ours[0].signature, key)
    if not is_right(key.public_key, signature, message):
        raise ProofError(f"note: the signature by {key.name}+{key.key_id.hex()} does not fit the text")
    return tuple(line for line in note.signatures if line is not ours[0])


def _signed_message(body: str, signature: bytes, key: VerifierKey) -> tuple[bytes, bytes]:
    if key.algorithm == ED25519:
        return signature, body.encode()
    # c2sp.org/tlog-cosignature: a big-endian u64 of POSIX seconds, then the signature over a text that names them.
    if len(signature) != 72 or signature[0] > 0x7F:
        raise ProofError(f"note: the cosignature by {key.name} is not a timestamp and 64 bytes")
    seconds = int.from_bytes(signature[:8], "big")
    return signature[8:], _cosigned(seconds, body)


def _cosigned(seconds: int, body: str) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{body}".encode()


def _key_id(name: str, key: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + key).digest()[:4]


def _parse_line(line: str, number: int) -> NoteSignature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not encoded:
        raise ProofError(f"note: signature line {number} is not “{_DASH}NAME BASE64”")
    _require_name(name, f"note: name in signature line {number}")
    value = parse_base64(encoded, f"note: signature line {number}")
    if len(value) < 5:
        raise ProofError(f"note: signature line {number} is too short for a key ID and a signature")
    return NoteSignature(name, value[:4], value[4:])


def _require_name(name: object, where: str) -> None:
    if not isinstance(name, str) or not name:
        raise ProofError(f"{where}: a name is expected, for example example.org/log")
    _require_text(name)
    if "+" in name or any(character.isspace() for character in name):
        raise ProofError(f"{where}: no spaces and no plus in it: {name[:60]!r}")


def _require_text(text: object) -> None:
    if not isinstance(text, str):
        raise ProofError(f"note: text is expected, not {type(text).__name__}")
    if control := _CONTROL.search(text):
        raise ProofError(f"note: control character U+{ord(control[0]):04X}; only newlines are allowed")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ProofError(f"note: not valid UTF-8 at character {error.start}") from None
