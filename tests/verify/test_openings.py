from hashlib import sha256

import pytest

from ledger.proof import format_base64
from ledger.proof.labels import label
from ledger.verify import verify
from ledger.verify.entries import read_entry
from ledger.verify.openings import check_openings
from ledger.verify.reading import Opening
from tests.verify.committed import CASES, ID, KEY, LABEL, bundle_of
from tests.verify.world import SALT, spell


def found(person: str, patient: str = "P1", key: bytes | None = None, index: int = 0) -> list[str]:
    commitment = format_base64(sha256(SALT + person.encode()).digest())
    entry = read_entry(spell("PersonCommitted", [f"patient:{patient}"], patient=patient, commitment=commitment))
    return [finding.name for finding in check_openings({index: Opening(SALT, person)}, {0: entry}, key)]


def test_what_fits():
    assert found('{"name":"甲"}') == []
    assert found(f'{{"national_id":"{ID}"}}', label(KEY, ID), KEY) == []


def test_what_does_not():
    assert label(KEY, ID) == LABEL
    assert set(found("{}", index=1)) == {"opening-differs"}
    assert found(f'{{"national_id":"{ID}"}}', "P1", KEY) == ["opening-differs"]
    assert found(f'{{"national_id":"{ID}"}}', label(bytes(32), ID), KEY) == ["opening-differs"]


@pytest.mark.parametrize("person", ['{"name":"甲"}', '{"national_id":5}', '{"national_id":" "}', '{"national_id":""}'])
def test_without_an_id_there_is_no_label(person):
    assert found(person, key=KEY) == ["opening-differs"]


@pytest.mark.parametrize("person", ["", "甲", "[]", "null", '{"a":1,"a":1}', '{"a":NaN}', '{"a":1'])
def test_a_person_is_an_object(person):
    assert found(person) == ["malformed"]


@pytest.mark.parametrize("name", CASES)
def test_the_last_commitment_says_who_it_is(name):
    case = CASES[name]
    raw, key = bundle_of(case)
    assert {one.name for one in verify(raw, key).findings} == (set() if case.fits else {"opening-differs"})
    found = verify(raw, key, label_key=KEY).findings
    assert {(one.name, one.where) for one in found} == (set() if case.labelled else {("opening-differs", "openings")})


def test_one_that_does_not_fit_is_not_asked_for_its_label():
    person = '{"name":"甲"}'
    entry = read_entry(spell("PersonCommitted", ["patient:P1"], patient="P1", commitment="A" * 43 + "="))
    (finding,) = check_openings({0: Opening(SALT, person)}, {0: entry}, KEY)
    assert "salt and person are not what the entry commits to" in finding.what


def test_how_many_commitments_there_are_is_said():
    def said(name: str, label_key: bytes | None = None) -> str:
        verdict = verify(*bundle_of(CASES[name]), label_key=label_key)
        (what,) = [claim.what for claim in verdict.claims if claim.name == "forgettable"]
        return what

    assert said("the one version") == "The person shown is the one committed to at index 1."
    assert said("the one version", KEY).endswith(" The patient's tag is the label of this person.")
    mended = "a mistyped id that was mended, the last version opened"
    assert said(mended) == "The person shown is the one committed to at index 2, the last of 2 commitments."
    both = said("a mistyped id that was mended, both opened", KEY)
    assert both.startswith("The persons shown are those committed to at indexes 1, 2, the last of 2 commitments among")
    assert both.endswith(" The patient's tag is the label of the last of them.")
