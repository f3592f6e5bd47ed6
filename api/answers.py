"""What the service answers: its own shapes, and how any shape stands in the OpenAPI document with an example.

The shapes are msgspec structs, as the facts are, so the bytes a client gets come from the very types that the
document shows. Knows nothing of how an answer is found.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Union

import msgspec
from fastapi import Response

from api.problems import MEDIA_TYPE as PROBLEM_MEDIA_TYPE
from api.problems import Offence, Problem
from ledger.treatment.facts import FACTS, OWN_FACTS, Fact
from projections.eligibility import Standing
from projections.explanation import Account
from projections.history import Change
from projections.rules.decision import Decision

Responses = dict[int | str, dict[str, Any]]
if TYPE_CHECKING:
    AnyFact = Fact
    HeldFact = Fact
else:
    AnyFact = Union[FACTS]  # noqa: UP007 - the union is made of a tuple
    HeldFact = Union[FACTS + OWN_FACTS]  # noqa: UP007 - what a log holds besides, nobody can post


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The ledger's word that a fact is durable: its place in the log, its leaf's hash (hex), when it was appended."""

    index: int
    leaf: str
    appended_at: datetime


class Receipts(msgspec.Struct, frozen=True, kw_only=True):
    """One receipt a line of the body, in the order of the lines. The same line has the same receipt for ever."""

    receipts: list[Receipt]


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A fact as it stands after `changes`, and the place of its entry in the log."""

    index: int
    appended_at: datetime
    fact: HeldFact
    changes: list[Change] = []


class History(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What happened to a patient, in the order in which it happened; both times of the question repeated."""

    patient: str
    as_of: datetime | None = None
    as_known_at: datetime | None = None
    entries: list[Entry]


class Inclusion(msgspec.Struct, frozen=True, kw_only=True):
    """RFC 6962 audit path: entry `index` is in the tree of `size` entries. `leaf` and `proof` in hexadecimal."""

    index: int
    size: int
    leaf: str
    proof: list[str]


class Consistency(msgspec.Struct, frozen=True, kw_only=True):
    """RFC 6962 consistency proof: the tree of `size` entries begins with that of `old_size`. `proof` in hexadecimal."""

    old_size: int
    size: int
    proof: list[str]


class Decisions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whether the fund pays, act by act, in the order of the acts; both times of the question repeated."""

    patient: str
    as_of: datetime | None = None
    as_known_at: datetime | None = None
    decisions: list[Decision]


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """The decision on an act, and the same told for a person: what each clause comes to, what would make it payable."""

    decision: Decision
    account: Account


class Eligibility(msgspec.Struct, frozen=True, kw_only=True):
    """Where a patient stands at a moment, item by item."""

    patient: str
    at: datetime
    items: list[Standing]


class ToSign(msgspec.Struct, frozen=True, kw_only=True):
    """A statement (FORMAT.md, "People's signatures"): its text, and in base64 the same bytes, which are signed.

    `challenge`: what a device is asked to sign in its place (WebAuthn), base64url of the SHA-256 of these bytes.
    """

    statement: str
    base64: str
    challenge: str


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """The text for the `signature` of the fact that is posted next."""

    signature: str


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """A subject's bundle, as FORMAT.md describes it. Shown only: the ledger writes its bytes itself."""

    format: str
    checkpoint: str
    seal: str
    seal_proof: str
    streams: list[str]
    depths: list[int]
    absent: dict[str, str]
    nodes: str
    indexes: str
    entries: list[str]
    marks: str
    since: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    inclusion: str | msgspec.UnsetType = msgspec.UNSET
    rulebooks: dict[str, str] | msgspec.UnsetType = msgspec.UNSET


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The service answers and the ledger can be read."""

    status: str


def reply(value: Any, status: int = 200) -> Response:
    """The body of an answer: bytes as they are (they are JSON already), anything else encoded once, here."""
    body = value if isinstance(value, bytes) else msgspec.json.encode(value)
    return Response(body, status, media_type="application/json")


def shows(shape: type, example: Any, meaning: str = "Done.", status: int = 200) -> Responses:
    """A good answer of a route, for the OpenAPI document: what it means, its type, an example of it."""
    schema = {"$ref": f"#/components/schemas/{shape.__name__}"}
    return {status: {"description": meaning, "content": {"application/json": {"schema": schema, "example": example}}}}


def refusals(*examples: Problem) -> Responses:
    """The problems a route may answer with, for the OpenAPI document, each by an example; and those of every route."""
    return {
        example.details.status: {
            "description": example.details.title,
            "content": {
                PROBLEM_MEDIA_TYPE: {
                    "schema": {"$ref": "#/components/schemas/ProblemDetails"},
                    "example": msgspec.to_builtins(example.details),
                }
            },
        }
        for example in (*examples, *_EVERYWHERE)
    }


_EVERYWHERE = (
    Problem(401, "not-authenticated", "no token was given; send `Authorization: Bearer TOKEN`"),
    Problem(403, "not-allowed", "the role recorder may not do this; these may: auditor, system"),
    Problem(
        422,
        "invalid-request",
        "as_of: 'yesterday' is no instant",
        [Offence(field="as_of", what="'yesterday' is no instant")],
    ),
)
