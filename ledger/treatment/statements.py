"""What a person signs: a statement, exact bytes that say what they saw, when, and after which statement of theirs.

A statement names its signer and key, carries a counter and the hash of the statement before, and says in full what is
signed: patient, order, item, site, method, start, stop, effect of a session; a whole sheet; a whole assessment. So a
statement that was thrown away before it reached the log leaves a gap, and what was signed can be held against what is
recorded. In a fact's `signature` it stands as base64 of its bytes, a full stop, base64 of the signature; if a device of
the person's made that (WebAuthn), what the device signed in place of the statement follows, in two parts.

FORMAT.md, "People's signatures", has the format. This module builds, spells and reads statements; whether a signature
is right is asked in `ledger.application`, whether what was signed is what is recorded in `agreement`.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Annotated, Any, Final, Literal, NamedTuple

import msgspec
from msgspec import Meta

from ledger.treatment.facts import (
    AssessmentRecorded,
    AssessmentSigned,
    Fact,
    PersonErased,
    PrescriptionIssued,
    SessionSigned,
)
from ledger.treatment.refusal import refuse
from ledger.treatment.values import Id

FORMAT: Final = "treatment-ledger-statement/1"
BEGINNING: Final = b64encode(b'{"format":"' + FORMAT.encode()).decode()
"""How every signature in the statement form begins (52 characters). Any other text is a foreign signature."""
SIGNATURE_BYTES: Final = 64

Kind = Literal["session", "prescription", "assessment", "erasure"]

SIGNED: Final[dict[type[Fact], tuple[Kind, str]]] = {
    SessionSigned: ("session", "practitioner"),
    PrescriptionIssued: ("prescription", "physician"),
    AssessmentSigned: ("assessment", "practitioner"),
}
"""The facts that carry one signature: what kind of statement it is of, and the field that names the signer."""

SIGNED_TYPES: Final = (*(fact.ENTRY_TYPE for fact in SIGNED), PersonErased.ENTRY_TYPE)
"""The entries that may carry statements; each bears the tag `practitioner:` of whoever signed."""

_OF_START: Final = ("session", "patient", "prescription", "order")
_OF_ORDER: Final = ("item", "site", "method")
_SESSION: Final = (*_OF_START, *_OF_ORDER, "therapist", "institution", "started", "stopped", "effect")
_ERASURE: Final = ("patient", "retained_until", "ground")
NOT_SAID: Final = ("recorded_at", "actor", "id")
"""What stands in a line and is in no statement: when it was written down, by whom, and its own id."""
_OF_ASSESSMENT: Final = AssessmentRecorded.__struct_encode_fields__
_encode = msgspec.json.Encoder(order="deterministic").encode
_spell = msgspec.json.Encoder().encode  # a statement's: what it says stands in the order of the page, not sorted


class Statement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A statement taken apart. `counter` from 1, one chain a key; `previous` is `digest` of the one before, or ""."""

    format: str
    kind: Kind
    signer: Id
    key_id: Id
    counter: Annotated[int, Meta(ge=1, le=2**53 - 1)]
    previous: Annotated[str, Meta(pattern=r"^([A-Za-z0-9+/]{43}=)?\Z")]
    says: dict[str, Any]


class DeviceData(NamedTuple):
    """What a person's device signed in place of a statement: data of its own, and the hash of the browser's."""

    authenticator_data: bytes
    client_data: bytes


class SignedStatement(NamedTuple):
    """A signature in the statement form: the statement, its exact bytes, and 64 bytes that are not checked yet, over
    them or over what a `device` signed in their place.
    """

    statement: Statement
    data: bytes
    signature: bytes
    device: DeviceData | None = None


class ChainEnd(NamedTuple):
    """The last statement of a key: its counter, and its digest. (0, ""): the key has signed nothing."""

    counter: int = 0
    digest: str = ""


_decode = msgspec.json.Decoder(Statement).decode


def following(head: ChainEnd, kind: Kind, says: Mapping[str, Any], *, signer: str, key_id: str) -> bytes:
    """The exact bytes of the statement that the key's holder signs next."""
    return _spell(
        Statement(
            format=FORMAT, kind=kind, signer=signer, key_id=key_id, counter=head.counter + 1, previous=head.digest,
            says=dict(says),
        )
    )  # fmt: skip


def digest(data: bytes) -> str:
    """What the next statement has in `previous`: base64 of SHA-256 over the statement's bytes."""
    return b64encode(sha256(data).digest()).decode()


def is_statement(text: str | None) -> bool:
    """Whether a signature's text is in the statement form; any other is foreign, recorded and not checked."""
    return text is not None and text.startswith(BEGINNING)


def pack(data: bytes, signature: bytes, device: DeviceData | None = None) -> str:
    """The text for a fact's `signature`."""
    return ".".join(b64encode(part).decode() for part in (data, signature, *(device or ())))


def unpack(text: str) -> SignedStatement:
    """A signature in the statement form, taken apart. Raises `Refusal` about `signature` when it is not spelled so."""
    texts = text.split(".", 4)
    parts = [part for part in map(_bytes, texts) if part is not None]
    if len(parts) < len(texts) or len(parts) not in (2, 4) or len(parts[1]) != SIGNATURE_BYTES:
        refuse(
            "signature",
            "begins as a signed statement and is none, expected BASE64(statement).BASE64(64 bytes), and of a device "
            "BASE64(authenticator data) and BASE64(client data) behind them",
        )
    data, signature, *device = parts
    return SignedStatement(parse_statement(data), data, signature, DeviceData(*device) if device else None)


def parse_statement(data: bytes) -> Statement:
    """The statement of these bytes, which must be in the one spelling. Raises `Refusal` about `signature`."""
    try:
        statement = _decode(data)
        spelled = _spell(statement)
    except (msgspec.DecodeError, ValueError, OverflowError, RecursionError) as error:
        refuse("signature", f"no statement: {error}")
    if statement.format != FORMAT:
        refuse("signature", f"a statement of the format {statement.format!r}, expected {FORMAT!r}")
    if spelled != data:
        refuse("signature", "the statement is not in its one spelling (keys in order, no spaces, no needless escapes)")
    if (statement.counter == 1) != (statement.previous == ""):
        refuse("signature", "a counter from 1 is expected, and the hash of the statement before from 2 on")
    if not _says_all(statement):
        refuse("signature", f"does not say what a statement of kind {statement.kind!r} says, all of it and in order")
    return statement


def says_session(started: Mapping[str, Any], stopped: Mapping[str, Any], order: Mapping[str, Any]) -> dict[str, Any]:
    """What is signed of a session: its lines as they stand (fields as entries spell them), and its order."""
    values = (
        *(started[field] for field in _OF_START), *(order[field] for field in _OF_ORDER), started["therapist"],
        started["institution"], started["at"], stopped["at"], stopped["effect"],
    )  # fmt: skip
    return dict(zip(_SESSION, values, strict=True))


def says_sheet(issued: PrescriptionIssued) -> dict[str, Any]:
    """What is signed of a prescription: the whole sheet, but for the signature itself and who wrote the line down."""
    return spoken(issued, "signature", *NOT_SAID)


def says_assessment(recorded: Mapping[str, Any]) -> dict[str, Any]:
    """What is signed of an assessment: all of it as it stands, but for who wrote the line down."""
    fields = ("type", *_OF_ASSESSMENT)
    return {field: recorded[field] for field in fields if field not in NOT_SAID and recorded.get(field) is not None}


def says_erasure(patient: str, retained_until: date, ground: str | None) -> dict[str, Any]:
    """What is signed by those who approve that a patient's personal data is erased."""
    return dict(zip(_ERASURE, (patient, retained_until.isoformat(), ground), strict=True))


def spoken(fact: Fact, *without: str) -> dict[str, Any]:
    """The fields of a fact as its entry spells them, but for some; a field that is left out is not there."""
    said: dict[str, Any] = msgspec.json.decode(_encode(fact))
    return {field: value for field, value in said.items() if field not in without}


def _says_all(statement: Statement) -> bool:
    says = statement.says
    if statement.kind in ("session", "erasure"):
        expected = _SESSION if statement.kind == "session" else _ERASURE
        return tuple(says) == expected and all(isinstance(value, str | None) for value in says.values())
    try:
        if statement.kind == "prescription":
            sheet = msgspec.convert(says, PrescriptionIssued)
            return sheet.signature is None and _spell(says_sheet(sheet)) == _spell(says)
        msgspec.convert(says, AssessmentRecorded)
        return list(says_assessment(says).items()) == list(says.items())
    except (ValueError, OverflowError):
        return False


def _bytes(text: str) -> bytes | None:
    try:
        data = b64decode(text, validate=True)
    except ValueError:
        return None
    return data if b64encode(data).decode() == text else None
