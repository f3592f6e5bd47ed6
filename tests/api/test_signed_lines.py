"""A signature → the line that records it: of each kind that a journal has."""

import msgspec
import pytest

from api.clock import parse_instant
from api.signed_lines import signed_line
from ledger.journal import parse_fact, spell
from ledger.treatment.refusal import Refusal
from ledger.treatment.statements import ChainEnd, following, says_erasure, says_sheet
from tests.application.signed import DR1, sheet
from tests.signing import Person

AT = parse_instant("2021-03-01T15:31:00+08:00")
PT1 = Person("PT1", "K1")
SESSION = {
    "session": "S1", "patient": "P1", "prescription": "R1", "order": "1", "item": "cupping", "site": "back",
    "method": "dry", "therapist": "PT1", "institution": "H1", "started": "2021-03-01T15:00:00+08:00",
    "stopped": "2021-03-01T15:30:00+08:00", "effect": "better",
}  # fmt: skip


def signature(kind, says, by=PT1):
    return by.sign(following(ChainEnd(), kind, says, signer=by.practitioner, key_id=by.key_id))


def test_a_session_is_signed_when_it_is_said_to_be():
    text = signature("session", SESSION)
    assert msgspec.to_builtins(signed_line(text, AT)) == {
        "type": "SessionSigned", "at": "2021-03-01T15:31:00+08:00", "session": "S1", "practitioner": "PT1",
        "signature": text,
    }  # fmt: skip


def test_an_assessment_is_signed_by_who_signed():
    said = {"type": "AssessmentRecorded", "at": "2021-03-01T15:00:00+08:00", "assessment": "A1", "patient": "P1",
            "episode": "E1", "institution": "H1", "assessors": ["PT1"], "results": []}  # fmt: skip
    line = signed_line(signature("assessment", said), AT)
    assert (type(line).__name__, line.assessment, line.practitioner) == ("AssessmentSigned", "A1", "PT1")


def test_a_sheet_is_the_line_that_was_signed():
    issued = sheet("R7", 300)
    text = signature("prescription", says_sheet(issued), DR1)
    line = signed_line(text, AT)
    assert line == msgspec.structs.replace(issued, signature=text)
    assert parse_fact(spell(line)) == line


def test_an_erasure_is_recorded_by_another_command():
    with pytest.raises(Refusal, match="people erase"):
        signed_line(signature("erasure", says_erasure("P1", AT.date(), None)), AT)


@pytest.mark.parametrize("text", ["", "scanned", "eyJmb3JtYXQiOiJ0cmVhdG1lbnQtbGVkZ2VyLXN0YXRlbWVudC8x.AAAA"])
def test_what_is_no_signed_statement_is_no_line(text):
    with pytest.raises(Refusal, match="signature"):
        signed_line(text, AT)
