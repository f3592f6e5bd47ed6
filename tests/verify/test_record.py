"""Lines are found by what they are about, and a field's values by what corrections are aimed at."""

import json

import pytest

from ledger.verify.entries import Entry, read_entry
from ledger.verify.record import Line, Record, order_key
from ledger.verify.strict_json import canonical
from tests.verify.world import AT, ORDERS, SHEET, Hand, entries, spell

TAGS = (
    *("patient:P1", "patient:P2", "patient:P3", "session:S1", "practitioner:T1", "practitioner:new"),
    *("prescription:R1", "stay:A", "stay:B", "id:L1", "id:S1", "key:K1"),
)


def record(*raws: bytes) -> Record:
    read = {n: read_entry(raw) for n, raw in enumerate(raws)}
    assert all(isinstance(entry, Entry) for entry in read.values())
    return Record(read)


def start(patient: str = "P1", **more: object) -> bytes:
    return spell("SessionStarted", TAGS, session="S1", patient=patient, **more)


def corrected(target: object, field: object, new: object) -> bytes:
    return spell("EntryCorrected", TAGS, target=target, field=field, old=None, new=new)


def test_the_first_line_about_a_thing_is_found():
    made = record(*entries())
    assert made.line("SessionStarted", "S9").index == 11
    assert made.line("SessionStopped", "S10") is None
    assert made.line("PatientFileOpened", "P1") is None
    assert record(start("P1"), start("P2")).line("SessionStarted", "S1").fact["patient"] == "P1"
    for about in (None, 5, ["S9"], {}):
        assert made.line("SessionStarted", about) is None


def test_a_second_line_about_a_thing_is_known():
    made = record(start("P1"), spell("SessionStopped", TAGS, session="S1"), start("P2"), start("P1"))
    assert made.second("SessionStarted", "S1") == 2
    assert made.second("SessionStopped", "S1") is None
    assert made.second("SessionStarted", "S2") is made.second("SessionStarted", ["S1"]) is None


def test_what_a_field_had_and_what_stands():
    made = record(start("P1"), corrected("S1", "patient", "P2"), corrected("S1", "patient", "P3"))
    line = made.line("SessionStarted", "S1")

    def had(patient: str, below: int) -> tuple[bool, bool]:
        return tuple(ask(line, "S1", "patient", canonical(patient), below) for ask in (made.had, made.stands))

    assert [had("P1", below) for below in (1, 2, 3)] == [(True, True), (True, False), (True, False)]
    assert [had("P2", below) for below in (1, 2, 3)] == [(False, False), (True, True), (True, False)]
    assert [had("P3", below) for below in (1, 2, 3)] == [(False, False), (False, False), (True, True)]
    assert [made.corrected(line, "S1", "patient", below) for below in (1, 2)] == [False, True]


@pytest.mark.parametrize(
    ("target", "field", "is_aimed"),
    [("S1", "at", False), ("L1", "at", True), ("S1", "therapist", True), ("L1", "therapist", True),
     ("L2", "therapist", False), ("L2", "at", False)],
)  # fmt: skip
def test_at_is_corrected_by_the_id_of_the_line_alone(target, field, is_aimed):
    made = record(start(id="L1"), corrected(target, field, "new"))
    line = made.line("SessionStarted", "S1")
    assert made.had(line, "S1", field, canonical("new"), 2) == is_aimed
    assert made.stands(line, "S1", field, canonical("new"), 2) == is_aimed


def test_a_line_whose_id_is_the_name_of_its_session():
    made = record(start(id="S1"), corrected("S1", "at", "new"))
    assert made.had(made.line("SessionStarted", "S1"), "S1", "at", canonical("new"), 2)


def test_of_two_ways_to_aim_the_last_correction_stands():
    made = record(start(id="L1"), corrected("L1", "stay", "A"), corrected("S1", "stay", "B"))
    line = made.line("SessionStarted", "S1")
    assert [made.stands(line, "S1", "stay", canonical(stay), 3) for stay in ("A", "B", None)] == [False, True, False]


def test_orders_are_asked_for_one_by_one():
    mended = [ORDERS[0] | {"site": "右"}, 5, {"order": "2", "item": None}]
    sheet = spell("PrescriptionIssued", [*TAGS, "episode:E1", "institution:H1", "practitioner:DR1"], **SHEET)
    made = record(sheet, corrected("R1", "orders", mended), corrected("R1", "orders", 5))
    line = made.line("PrescriptionIssued", "R1")

    def had(*key: object) -> list[bool]:
        return [made.had(line, "R1", "orders", order_key(*key), below) for below in (1, 2)]

    assert had("1") == had("1", "site", "左下肢") == [True, True]
    assert had("1", "site", "右") == had("2") == had("2", "item", None) == had("2", "site", None) == [False, True]
    assert had("3") == had("1", "site", None) == [False, False]
    assert made.stands(line, "R1", "orders", order_key("1", "site", "右"), 2)
    assert not made.stands(line, "R1", "orders", order_key("1"), 3)


def test_an_order_that_stands_twice_is_asked_for_in_vain():
    twice = [ORDERS[0], {"order": "2"}, ORDERS[0] | {"site": "右"}]
    sheet = spell("PrescriptionIssued", [*TAGS, "episode:E1", "institution:H1", "practitioner:DR1"],
                  **SHEET | {"orders": twice})  # fmt: skip
    made = record(sheet)
    line = made.line("PrescriptionIssued", "R1")
    asked = [order_key("1"), order_key("1", "site", "右"), order_key("2"), order_key("2", "site", None)]
    assert [made.had(line, "R1", "orders", key, 1) for key in asked] == [False, False, True, True]


def test_what_was_corrected_after():
    made = record(start(), corrected("S1", "orders", []), corrected("S1", 5, None))
    assert [made.corrected_after("S1", index) for index in (0, 1, 2)] == [True, True, False]
    assert [made.corrected_after("S1", index, "orders") for index in (0, 1)] == [True, False]
    assert not made.corrected_after("S2", 0)
    assert not made.corrected_after(None, 0)


def test_enrolments():
    one, other = Hand("T1", "K1"), Hand("T2", "K2")
    made = record(one.enrolled(), other.enrolled(public_key=one.public.upper()), one.enrolled(), one.revoked())
    first, second = made.enrolled("K1", "T1", 9), made.enrolled("K2", "T2", 9)
    assert (first.index, second.index) == (0, 1)
    assert made.enrolled("K2", "T2", 1) is made.enrolled("K1", "T2", 9) is None
    key = bytes.fromhex(one.public)
    assert (made.holds_first(key, first), made.holds_first(key, second)) == (True, False)
    assert [made.revoked("K1", below) for below in (3, 4)] == [False, True]
    assert not made.revoked("K2", 9)


def test_fields_of_any_kind_are_borne():
    strange = [
        spell("SessionStarted", ["session:S1"], session=["S1"]),
        spell("SessionStarted", ["patient:P1"]),
        spell("EntryCorrected", ["patient:P1"], target={"a": 1}, field=["patient"], new=None),
        spell("SigningKeyEnrolled", ["patient:P1"], key_id={}, practitioner=[], algorithm=5, public_key=[]),
        spell("SigningKeyRevoked", ["key:K1"], key_id=["K1"]),
    ]
    assert json.loads(strange[0])["fact"]["at"] == AT
    made = record(*strange)
    assert made.line("SessionStarted", "S1") is None
    line = Line(0, {"id": ["x"], "orders": {"order": "1"}})
    assert made.had(line, ["x"], "stay", "null", 9)
    assert not made.had(line, ["x"], "orders", order_key("1"), 9)
