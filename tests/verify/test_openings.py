from hashlib import sha256

import pytest

from ledger.proof import format_base64
from ledger.proof.labels import label
from ledger.verify.entries import read_entry
from ledger.verify.openings import check_openings
from ledger.verify.reading import Opening
from tests.verify.world import SALT, spell

KEY = bytes(range(32))
ID = "31010519560402123X"


def found(person: str, patient: str = "P1", key: bytes | None = None, index: int = 0) -> list[str]:
    commitment = format_base64(sha256(SALT + person.encode()).digest())
    entry = read_entry(spell("PersonCommitted", [f"patient:{patient}"], patient=patient, commitment=commitment))
    return [finding.name for finding in check_openings({index: Opening(SALT, person)}, {0: entry}, key)]


def test_what_fits():
    assert found('{"name":"甲"}') == []
    assert found(f'{{"national_id":"{ID}"}}', label(KEY, ID), KEY) == []


def test_what_does_not():
    assert found("{}", index=1) == ["opening-differs"]
    assert found(f'{{"national_id":"{ID}"}}', "P1", KEY) == ["opening-differs"]
    assert found(f'{{"national_id":"{ID}"}}', label(bytes(32), ID), KEY) == ["opening-differs"]


@pytest.mark.parametrize("person", ['{"name":"甲"}', '{"national_id":5}', '{"national_id":" "}', '{"national_id":""}'])
def test_without_an_id_there_is_no_label(person):
    assert found(person, key=KEY) == ["opening-differs"]


@pytest.mark.parametrize("person", ["", "甲", "[]", "null", '{"a":1,"a":1}', '{"a":NaN}', '{"a":1'])
def test_a_person_is_an_object(person):
    assert found(person) == ["malformed"]
