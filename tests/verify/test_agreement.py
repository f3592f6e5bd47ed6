"""What was signed agrees with what was recorded before: as written, or as corrected; and with nothing else."""

import pytest

from ledger.verify.agreement import agreement
from ledger.verify.entries import read_entry
from ledger.verify.record import Line, Record
from ledger.verify.statements import Statement
from ledger.verify.strict_json import read_json
from tests.verify.world import ASSESSED, AT, H1, ORDERS, S9, SHEET, T1, dumps, spell

STARTED = {"session": "S9", "patient": "P1", "prescription": "R1", "order": "1", "therapist": "T1", "institution": "H1"}
TAGS = [
    "patient:P1",
    "session:S9",
    "prescription:R1",
    "episode:E1",
    "practitioner:DR1",
    "id:L1",
    "id:L2",
    "id:L3",
    T1,
    H1,
]
START = spell("SessionStarted", TAGS, id="L1", **STARTED)
STOP = spell("SessionStopped", TAGS, at=S9["stopped"], id="L2", session="S9", effect=S9["effect"])
ISSUED = spell("PrescriptionIssued", TAGS, id="L3", **SHEET)
SIGNED = spell("SessionSigned", TAGS, session="S9", practitioner="T1")


def said(says: dict[str, object]) -> dict[str, object]:
    """As a verifier reads it."""
    value, _ = read_json(dumps(says))
    assert isinstance(value, dict)
    return value


def corrected(target: str, field: str, new: object) -> bytes:
    tags = [*TAGS, "practitioner:T2"]
    return spell("EntryCorrected", tags, target=target, field=field, old=None, new=new, reason="x", practitioner="T1")


def of(kind: str, says: dict[str, object], *raws: bytes) -> tuple[str | None, bool]:
    """How the statement agrees; the last of the entries is the one that it is signed in."""
    entries = {index: read_entry(raw) for index, raw in enumerate(raws)}
    assert not [entry for entry in entries.values() if isinstance(entry, str)]
    last = max(entries)
    statement = Statement(kind, "T1", "K1", 1, "", said(says), b"")
    return tuple(agreement(statement, Line(last, entries[last].fact), Record(entries)))


def test_a_session_as_it_was_recorded():
    assert of("session", S9, ISSUED, START, STOP, SIGNED) == (None, True)


@pytest.mark.parametrize("field", [field for field in S9 if field != "session"])
def test_every_field_is_compared(field):
    assert of("session", S9 | {field: "another"}, ISSUED, START, STOP, SIGNED)[0] in {field, "order", "prescription"}
    assert of("session", S9 | {field: None}, ISSUED, START, STOP, SIGNED)[0] in {field, "order", "prescription"}


@pytest.mark.parametrize(
    ("change", "correction"),
    [
        ({"therapist": "T2"}, corrected("S9", "therapist", "T2")),
        ({"therapist": "T2"}, corrected("L1", "therapist", "T2")),
        ({"started": "2021-03-01T15:00:00+08:00"}, corrected("L1", "at", "2021-03-01T15:00:00+08:00")),
        ({"stopped": "2021-03-01T17:00:00+08:00"}, corrected("L2", "at", "2021-03-01T17:00:00+08:00")),
        ({"effect": "无效"}, corrected("S9", "effect", "无效")),
        ({"site": "右"}, corrected("R1", "orders", [ORDERS[0] | {"site": "右"}])),
        ({"site": "右"}, corrected("L3", "orders", [ORDERS[0] | {"order": "9"}, ORDERS[0] | {"site": "右"}])),
    ],
)
def test_what_a_correction_gave_agrees_from_then_on(change, correction):
    says = S9 | change
    assert of("session", says, ISSUED, START, STOP, correction, SIGNED) == (None, True)
    assert of("session", S9, ISSUED, START, STOP, correction, SIGNED) == (None, True)  # as it was written, still
    later = {n: raw for n, raw in enumerate((ISSUED, START, STOP, SIGNED, correction))}
    entries = {index: read_entry(raw) for index, raw in later.items()}
    statement = Statement("session", "T1", "K1", 1, "", said(says), b"")
    assert agreement(statement, Line(3, entries[3].fact), Record(entries)).differs is not None


@pytest.mark.parametrize(
    "correction",
    [corrected("S8", "therapist", "T2"), corrected("R1", "therapist", "T2"), corrected("S9", "physician", "T2")],
)
def test_a_correction_of_something_else_gives_nothing(correction):
    assert of("session", S9 | {"therapist": "T2"}, ISSUED, START, STOP, correction, SIGNED) == ("therapist", True)


def test_a_session_that_did_not_stop_says_so():
    running = S9 | {"stopped": None, "effect": None}
    assert of("session", running, ISSUED, START, SIGNED) == (None, True)
    assert of("session", S9, ISSUED, START, SIGNED) == ("stopped", True)
    assert of("session", running, ISSUED, START, STOP, SIGNED) == ("stopped", True)


def test_what_the_bundle_does_not_hold_is_not_compared_and_told():
    assert of("session", S9 | {"site": "anything"}, START, STOP, SIGNED) == (None, False)
    assert of("session", S9 | {"patient": "anyone"}, ISSUED, STOP, SIGNED) == (None, False)
    assert of("session", S9, SIGNED) == (None, False)
    assert of("session", S9 | {"session": "S8"}, SIGNED) == ("session", True)


def test_an_order_that_is_not_on_the_sheet():
    other = spell("PrescriptionIssued", TAGS, **SHEET | {"orders": [ORDERS[0] | {"order": "2"}]})
    assert of("session", S9, other, START, STOP, SIGNED) == ("order", True)
    for orders in (None, 5, [5], [{}], []):
        assert of(
            "session", S9, spell("PrescriptionIssued", TAGS, **SHEET | {"orders": orders}), START, STOP, SIGNED
        ) == (
            "order",
            True,
        )


class TestAssessment:
    TAGS = ("patient:P1", "assessment:A1", "episode:E1", "practitioner:T9", H1, T1)
    RECORDED = spell("AssessmentRecorded", TAGS, **ASSESSED, recorded_at=AT, actor="X")
    SIGNED = spell("AssessmentSigned", TAGS, assessment="A1", practitioner="T1")
    SAYS = {"type": "AssessmentRecorded", "at": AT, **ASSESSED}  # noqa: RUF012

    def test_as_recorded(self):
        assert of("assessment", self.SAYS, self.RECORDED, self.SIGNED) == (None, True)
        assert of("assessment", self.SAYS | {"outcome": None}, self.RECORDED, self.SIGNED) == (None, True)

    @pytest.mark.parametrize("field", [field for field in SAYS if field != "assessment"])
    def test_every_field(self, field):
        less = {key: value for key, value in self.SAYS.items() if key != field}
        for says in (less, self.SAYS | {field: ["another"]}):
            assert of("assessment", says, self.RECORDED, self.SIGNED) == (field, True)

    def test_more_than_was_recorded(self):
        assert of("assessment", self.SAYS | {"outcome": "improved"}, self.RECORDED, self.SIGNED) == ("outcome", True)

    def test_corrected(self):
        new = [{"scale": "Barthel", "score": 65}]
        correction = spell(
            "EntryCorrected", self.TAGS, target="A1", field="results", old=None, new=new, reason="x", practitioner="T1"
        )
        assert of("assessment", self.SAYS | {"results": new}, self.RECORDED, correction, self.SIGNED) == (None, True)

    def test_elsewhere(self):
        assert of("assessment", {"assessment": "A1", "outcome": "improved"}, self.SIGNED) == (None, False)
        assert of("assessment", {"assessment": "A2"}, self.RECORDED, self.SIGNED) == ("assessment", True)
        assert of("assessment", {}, self.RECORDED, self.SIGNED) == ("assessment", True)


def test_a_sheet_is_its_own_record():
    says = {"type": "PrescriptionIssued", "at": AT, **SHEET}
    own = spell("PrescriptionIssued", TAGS, id="L3", recorded_at=AT, **SHEET, signature="x")
    assert of("prescription", says, own) == (None, True)
    assert of("prescription", says | {"remark": "x"}, own) == ("remark", True)
    assert of("prescription", {key: says[key] for key in says if key != "orders"}, own) == ("orders", True)
