"""What a person signed: a statement in one spelling, and the signature over its bytes.

FORMAT.md, "People's signatures". Whether it is the right person, key and record is asked elsewhere; here it is only
taken apart.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from ledger.proof import HASH_BYTES, ProofError, parse_base64
from ledger.verify.strict_json import is_spelled, read_json

MAX_COUNTER = 2**53 - 1
_BEGINS = b'{"format":"treatment-ledger-statement/1",'
_KEYS = ["format", "kind", "signer", "key_id", "counter", "previous", "says"]
_SESSION = ("session", "patient", "prescription", "order", "item", "site", "method", "therapist", "institution",
            "started", "stopped", "effect")  # fmt: skip
_SAYS = {"session": list(_SESSION), "erasure": ["patient", "retained_until", "ground"]}
LEFT_OUT = {
    "prescription": frozenset({"signature", "recorded_at", "actor", "id"}),
    "assessment": frozenset({"recorded_at", "actor", "id"}),
}
"""The fields of a fact that its statement does not say."""


class DeviceData(NamedTuple):
    """What a device signed in place of a statement: data of its own, and the hash of the browser's."""

    authenticator_data: bytes
    client_data: bytes


@dataclass(frozen=True, slots=True)
class Signature:
    """The exact bytes of the statement, and 64 bytes over them, or over what a device signed in their place."""

    statement: bytes
    signature: bytes
    device: DeviceData | None


@dataclass(frozen=True, slots=True)
class Statement:
    """What the bytes say. `counter` and `previous` make a chain of all that a key signed."""

    kind: str
    signer: str
    key_id: str
    counter: int
    previous: str
    says: dict[str, object]
    digest: bytes


def split_signature(text: object) -> Signature | None:
    """The parts of a signature of this form; None of any other, which is foreign here."""
    if not isinstance(text, str):
        return None
    parts = text.split(".", 4)
    if len(parts) not in (2, 4):
        return None
    try:
        statement, signature, *device = (parse_base64(part, "") for part in parts)
    except ProofError:
        return None
    if len(signature) != 64 or not statement.startswith(_BEGINS):
        return None
    return Signature(statement, signature, DeviceData(*device) if device else None)


def read_statement(raw: bytes) -> Statement | str:
    """The statement of these bytes, or what is wrong with it."""
    try:
        text = raw.decode()
        value, doubts = read_json(text)
    except ValueError as error:
        return f"not UTF-8 JSON: {error}"
    if doubts:
        return f"{doubts[0].where}: {doubts[0].what}"
    if not is_spelled(text) or not isinstance(value, dict) or list(value) != _KEYS:
        return f"an object in the one spelling with the keys {', '.join(_KEYS)} in this order is expected"
    _, kind, signer, key_id, counter, previous, says = value.values()
    if not (isinstance(kind, str) and isinstance(signer, str) and isinstance(key_id, str) and isinstance(says, dict)):
        return "kind, signer and key_id are texts, says is an object"
    if not isinstance(counter, int) or isinstance(counter, bool) or not 1 <= counter <= MAX_COUNTER:
        return "counter: a whole number from 1 is expected"
    if not isinstance(previous, str) or (previous == "") != (counter == 1) or not _is_previous(previous):
        return f"previous: base64 of {HASH_BYTES} bytes is expected, or nothing where the counter is 1"
    if kind in _SAYS:
        if list(says) != _SAYS[kind]:
            return f"says: the keys {', '.join(_SAYS[kind])} in this order are expected"
    elif kind not in LEFT_OUT:
        return f"kind: {kind!r} is none"[:80]
    elif not LEFT_OUT[kind].isdisjoint(says):
        return f"says: {', '.join(sorted(LEFT_OUT[kind]))} are not said"
    return Statement(kind, signer, key_id, counter, previous, says, sha256(raw).digest())


def _is_previous(text: str) -> bool:
    try:
        return not text or len(parse_base64(text, "")) == HASH_BYTES
    except ProofError:
        return False
