"""The facts that rows are made of, as columns: which fields are taken, and as what.

A second vocabulary beside `ledger.treatment.facts`, on purpose: it declares only what rows need, strings stay as they
are spelled, and nothing is checked that was checked at the door. That the two fit, tests hold.
"""

import msgspec
import pyarrow as pa

from ledger.treatment.facts import EntryCorrected


class _Fact(msgspec.Struct, tag_field="type", gc=False):
    """A fact's fields that are asked for; the others are passed over."""


class SessionStarted(_Fact, tag="SessionStarted"):
    at: str
    session: str
    patient: str
    prescription: str
    order: str
    therapist: str
    institution: str
    setting: str
    recorded_at: str | None = None
    mode: str = "individual"
    stay: str | None = None


class SessionStopped(_Fact, tag="SessionStopped"):
    at: str
    session: str


class SessionSigned(_Fact, tag="SessionSigned"):
    at: str
    session: str
    practitioner: str


class SessionVoided(_Fact, tag="SessionVoided"):
    session: str


class Result(msgspec.Struct, gc=False):
    scale: str


class AssessmentRecorded(_Fact, tag="AssessmentRecorded", gc=True):
    at: str
    assessment: str
    patient: str
    episode: str
    institution: str
    assessors: list[str]
    results: list[Result]
    recorded_at: str | None = None
    item: str | None = None
    stay: str | None = None
    outcome: str | None = None
    serves: str | None = None
    findings: msgspec.Raw = msgspec.Raw(b"null")


class AssessmentSigned(_Fact, tag="AssessmentSigned"):
    at: str
    assessment: str
    practitioner: str


class AssessmentVoided(_Fact, tag="AssessmentVoided"):
    assessment: str


class FeeConfirmed(_Fact, tag="FeeConfirmed"):
    at: str
    act: str
    amount_fen: int
    fund_fen: int | None = None


class PatientFileOpened(_Fact, tag="PatientFileOpened"):
    patient: str
    sex: str
    born: str
    employment_category: str | None = None


class PatientAdmitted(_Fact, tag="PatientAdmitted"):
    at: str
    patient: str
    stay: str
    institution: str


class PatientDischarged(_Fact, tag="PatientDischarged"):
    at: str
    patient: str
    stay: str


class EpisodeOpened(_Fact, tag="EpisodeOpened", gc=True):
    at: str
    episode: str
    patient: str
    onset: str | None = None
    findings: msgspec.Raw = msgspec.Raw(b"null")


class FindingsRecorded(_Fact, tag="FindingsRecorded", gc=True):
    at: str
    patient: str
    episode: str
    findings: msgspec.Raw


class Order(msgspec.Struct, gc=False):
    order: str
    item: str
    site: str
    times: int | None = None


class PrescriptionIssued(_Fact, tag="PrescriptionIssued", gc=True):
    at: str
    prescription: str
    patient: str
    episode: str
    physician: str
    orders: list[Order]
    valid_until: str | None = None


class PrescriptionStopped(_Fact, tag="PrescriptionStopped"):
    at: str
    prescription: str
    order: str | None = None


INSTANT, DAY, TEXT, WORD, NUMBER, ACT = "instant", "day", "text", "word", "number", "act"
KINDS: dict[type[_Fact], dict[str, str]] = {
    SessionStarted: {
        "at": INSTANT, "recorded_at": INSTANT, "session": ACT, "patient": WORD, "prescription": WORD,
        "order": WORD, "therapist": WORD, "institution": WORD, "setting": WORD, "mode": WORD, "stay": WORD,
    },
    SessionStopped: {"at": INSTANT, "session": ACT},
    SessionSigned: {"at": INSTANT, "session": ACT, "practitioner": WORD},
    SessionVoided: {"session": ACT},
    AssessmentRecorded: {
        "at": INSTANT, "recorded_at": INSTANT, "assessment": ACT, "patient": WORD, "episode": TEXT,
        "institution": WORD, "item": WORD, "stay": WORD, "outcome": WORD, "serves": WORD,
    },
    AssessmentSigned: {"at": INSTANT, "assessment": ACT, "practitioner": WORD},
    AssessmentVoided: {"assessment": ACT},
    FeeConfirmed: {"at": INSTANT, "act": ACT, "amount_fen": NUMBER, "fund_fen": NUMBER},
    PatientFileOpened: {"patient": TEXT, "sex": WORD, "born": DAY, "employment_category": WORD},
    PatientAdmitted: {"at": INSTANT, "patient": WORD, "stay": TEXT, "institution": WORD},
    PatientDischarged: {"at": INSTANT, "patient": WORD, "stay": TEXT},
    EpisodeOpened: {"at": INSTANT, "episode": TEXT, "patient": TEXT, "onset": DAY},
    FindingsRecorded: {"at": INSTANT, "patient": WORD, "episode": TEXT},
    PrescriptionIssued: {
        "at": INSTANT, "prescription": TEXT, "patient": WORD, "episode": TEXT, "physician": WORD,
        "valid_until": DAY,
    },
    PrescriptionStopped: {"at": INSTANT, "prescription": TEXT, "order": WORD},
}  # fmt: skip
"""Of each fact the columns that are taken as they are, and what they are: a `word` is one of few, or comes often; an
`act` is the name of one, which several facts bear, as the number that it has in `Acts`.
"""

_TYPES = {
    INSTANT: pa.int64(),
    DAY: pa.int32(),
    TEXT: pa.string(),
    WORD: pa.dictionary(pa.int32(), pa.string()),
    NUMBER: pa.int64(),
    ACT: pa.int32(),
}
_POSITION = ("position", pa.int64())
_FOUND = (("mask", pa.int64()), ("bits", pa.int64()))
_MORE: dict[str, tuple[tuple[str, pa.DataType], ...]] = {
    "AssessmentRecorded": (*_FOUND, ("scales", pa.int32()), ("results", pa.int32()), ("assessors", pa.int32())),
    "EpisodeOpened": _FOUND,
    "FindingsRecorded": _FOUND,
    "PrescriptionIssued": (("orders", pa.int32()),),
}
SCHEMAS: dict[str, pa.Schema] = {
    kind.__name__: pa.schema(
        [_POSITION, *((name, _TYPES[is_a]) for name, is_a in fields.items()), *_MORE.get(kind.__name__, ())]
    )
    for kind, fields in KINDS.items()
}
SCHEMAS["Orders"] = pa.schema(
    [("order", _TYPES[WORD]), ("item", _TYPES[WORD]), ("site", _TYPES[WORD]), ("times", pa.int64())]
)
SCHEMAS["Assessors"] = pa.schema([("practitioner", _TYPES[WORD])])
SCHEMAS["Acts"] = pa.schema([("name", pa.string())])
"""The tables: one for each fact, and what sheets and assessments have several of, in the order of their rows; and the
names of acts, each once, by their numbers.
"""
ACTS = {
    kind.__name__: next(name for name, is_a in fields.items() if is_a == ACT)
    for kind, fields in KINDS.items()
    if ACT in fields.values()
}
"""The tables with names of acts, and the column that has them; in the order in which names are numbered."""


def _spelled(name: str, schema: pa.Schema) -> pa.Schema:
    if name not in ACTS:
        return schema
    return schema.set(schema.get_field_index(ACTS[name]), pa.field(ACTS[name], pa.string()))


SPELLED = {name: _spelled(name, schema) for name, schema in SCHEMAS.items()}
"""The tables while acts are not numbered yet."""

REGISTER = frozenset({
    "InstitutionRegistered", "InstitutionQualified", "InstitutionSuspended", "InstitutionReinstated",
    "PractitionerRegistered", "PractitionerQualified",
})  # fmt: skip
WHOLE = REGISTER | {EntryCorrected.__name__}
"""Kinds of which there are few: handed on as they are spelled."""
