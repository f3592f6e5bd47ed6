"""What was signed agrees with what was recorded before: as written, or as corrected; and with nothing else."""

import pytest

from ledger.verify.agreement import (
    agreement,
    has_second_lines,
    is_by_own,
    is_current,
    is_stopped_after,
    is_voided,
)
from ledger.verify.entries import read_entry
from ledger.verify.record import Line, Record
from ledger.verify.statements import Statement
from ledger.verify.strict_json import read_json
from tests.verify.world import ASSESSED, AT, H1, ORDERS, S9, SHEET, T1, T2, dumps, spell

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
    "id:L9",
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


def among(kind: str, says: dict[str, object], *raws: bytes, at: int = -1) -> tuple[Statement, Line, Record]:
    """The statement, the entry that it is signed in, which is the last unless another is named, and the record."""
    entries = {index: read_entry(raw) for index, raw in enumerate(raws)}
    assert not [entry for entry in entries.values() if isinstance(entry, str)]
    place = at % len(raws)
    statement = Statement(kind, "T1", "K1", 1, "", said(says), b"")
    return statement, Line(place, entries[place].fact), Record(entries)


def of(kind: str, says: dict[str, object], *raws: bytes, at: int = -1, subject: str = "") -> tuple[str | None, bool]:
    return tuple(agreement(*among(kind, says, *raws, at=at), subject))


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
    assert of("session", says, ISSUED, START, STOP, SIGNED, correction, at=3)[0] in change
    # What it says is current where it says what stands, and nothing is corrected afterwards.
    assert is_current(*among("session", says, ISSUED, START, STOP, correction, SIGNED))
    assert not is_current(*among("session", S9, ISSUED, START, STOP, correction, SIGNED))
    assert not is_current(*among("session", S9, ISSUED, START, STOP, SIGNED, correction, at=3))


@pytest.mark.parametrize(
    "correction",
    [corrected("S8", "therapist", "T2"), corrected("R1", "therapist", "T2"), corrected("S9", "physician", "T2")],
)
def test_a_correction_of_something_else_gives_nothing(correction):
    assert of("session", S9 | {"therapist": "T2"}, ISSUED, START, STOP, correction, SIGNED) == ("therapist", True)
    assert is_current(*among("session", S9, ISSUED, START, STOP, correction, SIGNED))


@pytest.mark.parametrize(
    ("field", "target"), [("stopped", "S9"), ("stopped", "L1"), ("started", "S9"), ("started", "L2"), ("effect", "L1")]
)
def test_a_correction_of_another_line_gives_nothing(field, target):
    """`at` is corrected by the line's own id; the start's is not the stop's."""
    name, new = ("effect", "无效") if field == "effect" else ("at", "2021-03-01T17:00:00+08:00")
    raws = (ISSUED, START, STOP, corrected(target, name, new), SIGNED)
    assert of("session", S9 | {field: new}, *raws) == (field, True)
    assert of("session", S9, *raws) == (None, True)


@pytest.mark.parametrize(
    "correction",
    [corrected("S9", "remark", "x"), corrected("L1", "at", AT), corrected("L2", "effect", "x"),
     corrected("R1", "orders", ORDERS), corrected("L3", "orders", ORDERS)],
)  # fmt: skip
def test_what_was_corrected_afterwards_is_not_current(correction):
    assert not is_current(*among("session", S9, ISSUED, START, STOP, SIGNED, correction, at=3))


@pytest.mark.parametrize("correction", [corrected("R1", "remark", "x"), corrected("S8", "effect", "x")])
def test_what_is_not_the_sessions_may_be_corrected_afterwards(correction):
    assert is_current(*among("session", S9, ISSUED, START, STOP, SIGNED, correction, at=3))


@pytest.mark.parametrize(("place", "late"), [(0, "PrescriptionIssued"), (1, "SessionStarted")])
def test_nobody_signs_what_stands_in_the_log_only_later(place, late):
    raws = [ISSUED, START, STOP]
    moved = raws.pop(place)
    differs, _ = of("session", S9, *raws, SIGNED, moved, at=2)
    assert differs is not None
    assert late in differs
    assert of("session", S9, *raws, SIGNED, at=2) == (None, False)  # where it is nowhere, it is not compared


@pytest.mark.parametrize(
    ("kind", "again"),
    [
        ("SessionStarted", spell("SessionStarted", [*TAGS, T2], id="L9", **STARTED | {"therapist": "T2"})),
        ("SessionStopped", spell("SessionStopped", TAGS, at=AT, session="S9", effect="")),
        ("SessionStopped", STOP),
        ("PrescriptionIssued", spell("PrescriptionIssued", TAGS, id="L9", **SHEET | {"orders": []})),
    ],
)
def test_nobody_signs_what_is_recorded_twice(kind, again):
    """The door takes a line once; of two nobody can tell which was signed. One that came later was not seen."""
    for raws in ((ISSUED, START, STOP, again, SIGNED), (again, ISSUED, START, STOP, SIGNED)):
        differs, _ = of("session", S9, *raws)
        assert differs is not None
    assert kind in of("session", S9, ISSUED, START, STOP, again, SIGNED)[0]
    later = among("session", S9, ISSUED, START, STOP, SIGNED, again, at=3)
    assert agreement(*later) == (None, True)
    assert has_second_lines(later[0], later[2])
    assert of("session", S9 | {"therapist": "T2"}, ISSUED, START, STOP, SIGNED, again, at=3) == ("therapist", True)
    elsewhere = among("session", S9 | {"prescription": None}, ISSUED, ISSUED, SIGNED)
    assert not has_second_lines(elsewhere[0], elsewhere[2])


def test_the_first_stop_is_above_the_signature_and_so_is_the_second():
    running = S9 | {"stopped": None, "effect": None}
    statement, line, made = among("session", running, ISSUED, START, SIGNED, STOP, STOP, at=2)
    assert agreement(statement, line, made) == (None, True)
    assert is_stopped_after(statement, line, made)
    assert has_second_lines(statement, made)


@pytest.mark.parametrize("at", [2, 3])
def test_a_voided_session_is_told_wherever_the_line_stands(at):
    raws = [ISSUED, START, spell("SessionVoided", TAGS, session="S9", reason="never was")]
    raws.insert(at, SIGNED)
    statement, _, made = among("session", S9, *raws, at=at)
    assert is_voided(statement, made)
    other = spell("AssessmentVoided", [*TAGS, "assessment:S9"], assessment="S9", reason="")
    assert not is_voided(statement, among("session", S9, START, STOP, SIGNED, other)[2])


def test_a_stop_that_came_later_is_not_signed():
    running = S9 | {"stopped": None, "effect": None}
    raws = (ISSUED, START, SIGNED, STOP)
    assert of("session", running, *raws, at=2) == (None, True)
    assert of("session", S9, *raws, at=2) == ("stopped", True)
    assert of("session", running | {"effect": "x"}, *raws, at=2) == ("effect", True)
    assert is_stopped_after(*among("session", running, *raws, at=2))
    assert not is_stopped_after(*among("session", S9, ISSUED, START, STOP, SIGNED))
    assert not is_stopped_after(*among("session", running, ISSUED, START, SIGNED))
    assert of("session", S9, SIGNED, STOP, at=0) == ("stopped", False)  # also where the start is not in the bundle


def test_the_stop_of_a_session_that_was_taken_from_a_practitioner_is_not_in_their_bundle():
    taken = corrected("S9", "therapist", "T2")
    assert of("session", S9, ISSUED, START, taken, SIGNED, subject="practitioner:T1") == (None, False)
    assert of("session", S9, ISSUED, START, SIGNED, subject="practitioner:T1") == ("stopped", True)
    assert of("session", S9, ISSUED, START, taken, SIGNED, subject="session:S9") == ("stopped", True)
    assert of("session", S9, ISSUED, START, SIGNED, taken, at=2, subject="practitioner:T1") == ("stopped", True)
    assert of("session", S9 | {"effect": "x"}, START, STOP, taken, SIGNED, subject="practitioner:T1")[0] == "effect"


def test_signed_by_whoever_did_it():
    def by_own(kind: str, says: dict[str, object], signer: str = "T1") -> bool:
        return is_by_own(Statement(kind, signer, "K1", 1, "", said(says), b""))

    assert by_own("session", S9)
    assert not by_own("session", S9, "T2")
    assert by_own("assessment", ASSESSED | {"assessors": ["T2", "T1"]})
    for assessors in (["T2"], [], None, "T1", {"T1": 1}):
        assert not by_own("assessment", ASSESSED | {"assessors": assessors})
    assert by_own("prescription", SHEET, "DR1")


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


def test_an_order_that_is_on_the_sheet_twice_is_not_on_it():
    twice = [*ORDERS, ORDERS[0] | {"item": "vr-training"}]
    doubled = spell("PrescriptionIssued", TAGS, **SHEET | {"orders": twice})
    assert of("session", S9, doubled, START, STOP, SIGNED) == ("order", True)
    correction = corrected("R1", "orders", twice)
    says = S9 | {"item": "vr-training"}
    assert of("session", says, ISSUED, START, STOP, correction, SIGNED) == ("item", True)
    assert of("session", S9, ISSUED, START, STOP, correction, SIGNED) == (None, True)
    assert not is_current(*among("session", S9, ISSUED, START, STOP, correction, SIGNED))


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

    def test_what_it_does_not_cover(self):
        outcome = spell(
            "EntryCorrected", self.TAGS, target="A1", field="outcome", old=None, new="improved", practitioner="T1"
        )
        recorded = (self.RECORDED, self.SIGNED)
        assert is_current(*among("assessment", self.SAYS, *recorded))
        assert not is_current(*among("assessment", self.SAYS, *recorded, outcome, at=1))
        # It was corrected before, in a field that is not said at all.
        assert of("assessment", self.SAYS, self.RECORDED, outcome, self.SIGNED) == (None, True)
        assert not is_current(*among("assessment", self.SAYS, self.RECORDED, outcome, self.SIGNED))
        assert is_current(
            *among("assessment", self.SAYS | {"outcome": "improved"}, self.RECORDED, outcome, self.SIGNED)
        )

    def test_recorded_twice(self):
        again = spell("AssessmentRecorded", self.TAGS, **ASSESSED | {"results": []})
        differs, _ = of("assessment", self.SAYS, self.RECORDED, again, self.SIGNED)
        assert differs is not None
        assert "AssessmentRecorded" in differs
        statement, line, made = among("assessment", self.SAYS, self.RECORDED, self.SIGNED, again, at=1)
        assert agreement(statement, line, made) == (None, True)
        assert has_second_lines(statement, made)
        assert not has_second_lines(*among("assessment", self.SAYS, self.RECORDED, self.SIGNED)[::2])

    def test_voided(self):
        void = spell("AssessmentVoided", self.TAGS, assessment="A1", reason="")
        assert is_voided(*among("assessment", self.SAYS, self.RECORDED, self.SIGNED, void)[::2])
        assert not is_voided(*among("assessment", self.SAYS, self.RECORDED, self.SIGNED)[::2])

    def test_recorded_only_later(self):
        differs, _ = of("assessment", self.SAYS, self.SIGNED, self.RECORDED, at=0)
        assert differs is not None
        assert "AssessmentRecorded" in differs

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
    assert is_current(*among("prescription", says, own))
    for correction in (corrected("R1", "orders", ORDERS), corrected("L3", "at", AT)):
        assert not is_current(*among("prescription", says, own, correction, at=0))
        assert not is_current(*among("prescription", says, correction, own))  # of one file, it may come first
    assert is_current(*among("prescription", says, own, corrected("R2", "orders", ORDERS), at=0))


def test_a_second_sheet_of_one_name():
    says = {"type": "PrescriptionIssued", "at": AT, **SHEET}
    own, other = (spell("PrescriptionIssued", TAGS, id=id_, **SHEET, signature="x") for id_ in ("L3", "L9"))
    assert of("prescription", says, other, own) == ("there are two PrescriptionIssued", True)
    statement, line, made = among("prescription", says, own, other, at=0)
    assert agreement(statement, line, made) == (None, True)
    assert has_second_lines(statement, made)
    assert not is_voided(statement, made)
