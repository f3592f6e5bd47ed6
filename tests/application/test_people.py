"""Personal data: committed to, shown, opened for a bundle; refused where anything is missing."""

import json
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from ledger.application import TreatmentLedger
from ledger.application.people import People
from ledger.people import PeopleError
from ledger.proof import parse_base64
from ledger.treatment.facts import PersonCommitted, PersonErased
from tests.application.conftest import NOW
from tests.application.persons import LONG_AFTER, MOVED, ZHANG, Approve, everything
from tests.application.world import HOSPITAL, JOURNAL, facts, patient


class TestKey:
    def test_made_once(self, ledger: TreatmentLedger, directory: Path) -> None:
        key_id = ledger.people().make_key()
        assert len(key_id) == 16
        assert (directory / "keys" / "people.key").exists()
        with pytest.raises(PeopleError, match="a key is never overwritten"):
            ledger.people().make_key()

    def test_elsewhere(self, keyed: TreatmentLedger, tmp_path: Path) -> None:
        elsewhere = keyed.people(tmp_path / "token" / "people.key")
        elsewhere.make_key()
        elsewhere.add_person("P1", ZHANG, now=NOW)
        assert elsewhere.person("P1") is not None
        with pytest.raises(PeopleError, match="another key opens this store"):
            keyed.people().person("P1")

    def test_not_made_anew_beside_a_store(self, people: People, directory: Path) -> None:
        (directory / "keys" / "people.key").unlink()
        with pytest.raises(PeopleError, match="a new key does not open it; restore"):
            people.make_key()
        with pytest.raises(PeopleError, match="cannot be read"):
            people.person("P1")


class TestAdding:
    def test_a_commitment_goes_into_the_log_and_nothing_else(self, keyed: TreatmentLedger, directory: Path) -> None:
        size = keyed.size
        added = keyed.people().add_person("P1", ZHANG, now=NOW)
        assert (added.index, added.known, keyed.size) == (size, False, size + 1)
        entry = json.loads(keyed.entry(added.index))
        assert (entry["type"], entry["tags"]) == ("person-committed.v1", ["patient:P1"])
        assert set(entry["fact"]) == {"type", "at", "patient", "commitment"}
        ((salt, person),) = keyed.people().openings("P1").values()
        assert parse_base64(entry["fact"]["commitment"], "") == sha256(salt + person.encode()).digest()
        assert person.encode() == ZHANG
        for part in ("张三丰".encode(), b"31010519560402123X", b"13800138000", salt):
            assert part not in everything(directory)

    def test_the_same_again_changes_nothing(self, keyed: TreatmentLedger) -> None:
        added = keyed.people().add_person("P1", ZHANG, now=NOW)
        spelled = json.dumps(dict(reversed(json.loads(ZHANG).items())), indent=1).encode()
        again = keyed.people().add_person("P1", spelled, now=NOW + timedelta(days=1))
        assert again == added._replace(known=True)
        assert keyed.size == added.index + 1

    def test_other_data_are_a_new_version_and_both_open(self, people: People) -> None:
        first = people.add_person("P1", ZHANG, now=NOW)
        second = people.add_person("P1", MOVED, now=NOW + timedelta(days=9))
        third = people.add_person("P1", ZHANG, now=NOW + timedelta(days=18))
        every = people.openings("P1", every=True)
        assert [person.encode() for _, person in every.values()] == [ZHANG, MOVED, ZHANG]
        assert list(every) == people.commitments("P1") == [first.index, second.index, third.index]
        assert list(people.openings("P1")) == [third.index], "who it is, and not who it was"
        assert len({first.commitment, second.commitment, third.commitment}) == 3
        now = people.person("P1")
        assert now is not None
        assert now.commitment == third.commitment

    def test_of_nobody_known(self, people: People, directory: Path) -> None:
        with pytest.raises(PeopleError, match="patient 'P9': no file is open under this pseudonym"):
            people.add_person("P9", ZHANG, now=NOW)
        assert people.person("P9") is None
        assert people.openings("P9") == {}

    def test_no_person(self, people: People, keyed: TreatmentLedger) -> None:
        size = keyed.size
        with pytest.raises(PeopleError, match="name: required"):
            people.add_person("P2", b'{"phone":"13800138000"}', now=NOW)
        assert (keyed.size, people.person("P2")) == (size, None)

    def test_without_a_key(self, ledger: TreatmentLedger, directory: Path) -> None:
        ledger.record(facts(JOURNAL), now=NOW)
        size = ledger.size
        with pytest.raises(PeopleError, match="make one with `people key`"):
            ledger.people().add_person("P1", ZHANG, now=NOW)
        assert ledger.size == size
        assert not (directory / "people.sqlite3").exists()

    def test_bundles_and_history_go_on(self, people: People, keyed: TreatmentLedger) -> None:
        assert [type(one.fact).__name__ for one in keyed.history("P1")].count("PersonCommitted") == 1


def test_what_the_log_holds_is_read_back_as_facts(people: People, keyed: TreatmentLedger, approve: Approve) -> None:
    people.erase("P1", approve(), now=LONG_AFTER)
    kinds = [type(one.fact) for one in keyed.facts()]
    assert (kinds.count(PersonCommitted), kinds.count(PersonErased)) == (1, 1)


def test_a_patient_whose_file_comes_with_the_same_journal(ledger: TreatmentLedger) -> None:
    ledger.record(facts([*HOSPITAL, *patient("P7")]), now=NOW)
    ledger.people().make_key()
    assert not ledger.people().add_person("P7", ZHANG, now=NOW).known
