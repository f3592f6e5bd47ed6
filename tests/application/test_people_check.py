"""Whether the store is the one that belongs to the log: lost, older, altered, or left by a crash."""

import json
import sqlite3
from pathlib import Path

import pytest

from ledger.application import PersonLost, TreatmentLedger
from ledger.application.people import People
from ledger.people import PeopleError, PersonStore, create_master_key
from ledger.proof import format_base64
from tests.application.conftest import NOW
from tests.application.persons import LONG_AFTER, MOVED, ZHANG, Approve


class TestRestored:
    def test_a_store_restored_from_an_old_backup_forgets_again(
        self, people: People, keyed: TreatmentLedger, directory: Path, approve: Approve
    ) -> None:
        backup = (directory / "people.sqlite3").read_bytes()
        people.erase("P1", approve(), now=LONG_AFTER)
        (directory / "people.sqlite3").write_bytes(backup)
        assert people.check() == (0, ["P1"], [], [])
        assert people.check() == (0, [], [], [])
        (directory / "people.sqlite3").write_bytes(backup)
        assert (people.person("P1"), people.openings("P1")) == (None, {}), "whoever asks makes it forget as well"
        assert people.check() == (0, [], [], [])

    def test_what_came_back_later_is_kept(self, people: People, directory: Path, approve: Approve) -> None:
        people.erase("P1", approve(), now=LONG_AFTER)
        people.add_person("P1", MOVED, now=LONG_AFTER)
        assert people.check() == (1, [], [], [])
        assert people.person("P1") is not None

    def test_a_store_that_lacks_what_was_committed_to(self, people: People, directory: Path) -> None:
        (directory / "people.sqlite3").unlink()
        for ask in (people.person, people.openings):
            with pytest.raises(PersonLost, match=r"at index 25, .* nothing that opens it; restore .* or put"):
                ask("P1")
        again = people.add_person("P1", ZHANG, now=NOW)
        assert not again.known, "its salt is lost: a new commitment, which opens"
        assert list(people.openings("P1")) == [again.index]

    def test_a_damaged_store_does_not_keep_the_ledger_shut(self, people: People, directory: Path) -> None:
        (directory / "people.sqlite3").write_bytes(b"not a database" * 1000)
        with TreatmentLedger.open(directory) as ledger:
            assert ledger.history("P1")
            with pytest.raises(PeopleError, match="the person store cannot be used"):
                ledger.people().person("P1")


class TestStoreAndLog:
    def test_all_is_well(self, people: People) -> None:
        people.add_person("P1", MOVED, now=NOW)
        assert people.check() == (1, [], [], [])
        assert people.check().is_sound

    def test_a_store_older_than_the_log(self, people: People, keyed: TreatmentLedger, directory: Path) -> None:
        """Each commitment that it lacks is named; who it was before is not shown in the place of who it is."""
        backup = (directory / "people.sqlite3").read_bytes()
        moved = people.add_person("P1", MOVED, now=NOW)
        other = people.add_person("P2", ZHANG, now=NOW)
        (directory / "people.sqlite3").write_bytes(backup)
        checked = people.check()
        assert (checked.readable, checked.is_sound) == (0, False)
        named = [(one.patient, one.index, one.commitment) for one in checked.lost]
        expected = [("P1", moved), ("P2", other)]
        assert named == [(who, added.index, format_base64(added.commitment)) for who, added in expected]
        for index, commitment in ((moved.index, named[0][2]), (other.index, named[1][2])):
            assert json.loads(keyed.entry(index))["fact"]["commitment"] == commitment, "spelled as in the entry"
        for patient in ("P1", "P2"):
            for ask in (people.person, people.openings):
                with pytest.raises(PersonLost, match=f"patient '{patient}': the log commits"):
                    ask(patient)
        people.add_person("P1", MOVED, now=NOW)
        people.add_person("P2", ZHANG, now=NOW)
        assert people.check().readable == 2
        assert [one.index for one in people.check().lost] == [moved.index, other.index], "lost for good, and told"

    def test_a_lost_store(self, people: People, directory: Path) -> None:
        (directory / "people.sqlite3").unlink()
        (lost,) = people.check().lost
        assert (lost.patient, lost.why) == ("P1", "nothing in the store opens it")

    def test_a_version_without_an_entry(self, people: People, directory: Path) -> None:
        """As a crash leaves it: the same person put in again gives it its entry."""
        store = PersonStore(directory / "people.sqlite3")
        left = store.put("P1", MOVED.decode(), people._kept.master(), size=0)
        checked = people.check()
        assert (checked.readable, checked.lost) == (1, [])
        assert checked.unrecorded == [("P1", format_base64(left.commitment))]
        assert people.add_person("P1", MOVED, now=NOW).commitment == left.commitment
        assert people.check().is_sound

    def test_data_that_were_altered(self, people: People, directory: Path) -> None:
        people.add_person("P2", MOVED, now=NOW)
        with sqlite3.connect(directory / "people.sqlite3") as connection:
            connection.execute("UPDATE keys SET wrapped = zeroblob(60) WHERE patient = 'P1'")
        connection.close()
        checked = people.check()
        assert checked.readable == 1
        assert [(one.patient, "the store was altered" in one.why) for one in checked.lost] == [("P1", True)]

    def test_with_another_key(self, people: People, keyed: TreatmentLedger, tmp_path: Path) -> None:
        other = keyed.people(tmp_path / "other" / "people.key")
        create_master_key(other.key_file)
        with pytest.raises(PeopleError, match="another key opens this store"):
            other.check()

    def test_after_an_erasure_nothing_is_missing(self, people: People, approve: Approve) -> None:
        people.erase("P1", approve(), now=LONG_AFTER)
        assert people.check() == (0, [], [], [])
