"""The person store: what it keeps, what it destroys, and which bytes are left in its files."""

import os
import sqlite3
import stat
import threading
from pathlib import Path

import pytest

from ledger.people import Live, MasterKey, PeopleError, PersonStore, commitment

ZHANG = '{"name":"张三丰","phone":"13800138000"}'
LI = '{"name":"李四光"}'


@pytest.fixture
def master() -> MasterKey:
    return MasterKey.generate()


@pytest.fixture
def store(tmp_path: Path) -> PersonStore:
    return PersonStore(tmp_path / "people.sqlite3")


def wrapped(store: PersonStore, patient: str) -> bytes:
    """The wrapped key of a patient, as it lies in the file."""
    connection = sqlite3.connect(store.path)
    ((key,),) = connection.execute("SELECT wrapped FROM keys WHERE patient = ? AND NOT destroyed", (patient,))
    connection.close()
    return bytes(key)


def content(directory: Path) -> bytes:
    """All bytes of all files."""
    return b"\n".join(path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file())


def test_kept_and_read(store: PersonStore, master: MasterKey) -> None:
    assert not store.exists()
    assert (store.live("P1"), store.openings("P1", master)) == (None, {})
    assert not store.exists(), "asking makes nothing"
    put = store.put("P1", ZHANG, master, size=7)
    assert put.commitment == commitment(put.salt, ZHANG)
    assert store.openings("P1", master) == {put.commitment: put}
    assert store.live("P1") == Live("P1", 7)
    assert store.openings("P2", master) == {}


def test_versions_are_under_one_key_and_each_has_its_salt(store: PersonStore, master: MasterKey) -> None:
    first, second, third = (store.put("P1", text, master, size=n) for n, text in enumerate((ZHANG, LI, ZHANG)))
    assert len({first.commitment, second.commitment, third.commitment}) == 3
    assert store.live("P1") == Live("P1", 0)
    assert [one.person for one in store.openings("P1", master).values()].count(ZHANG) == 2


def test_nothing_of_it_can_be_read_in_the_files(store: PersonStore, master: MasterKey, tmp_path: Path) -> None:
    put = store.put("P1", ZHANG, master, size=0)
    there = content(tmp_path)
    for part in ("张三丰".encode(), "张三丰".encode("gb18030"), b"13800138000", put.salt, master.secret):
        assert part not in there
    assert put.commitment in there


def test_its_owners_alone(store: PersonStore, master: MasterKey) -> None:
    before = os.umask(0)
    try:
        store.put("P1", ZHANG, master, size=0)
    finally:
        os.umask(before)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


def test_an_opening_does_not_show_itself(store: PersonStore, master: MasterKey) -> None:
    assert "张" not in repr(store.put("P1", ZHANG, master, size=0))


class TestDestroying:
    def test_the_bytes_of_the_key_are_gone(self, store: PersonStore, master: MasterKey, tmp_path: Path) -> None:
        for n in range(30):
            store.put(f"P{n}", ZHANG, master, size=n)
        store.put("P7", LI, master, size=40)
        key, sealed = wrapped(store, "P7"), store.openings("P7", master)
        assert content(tmp_path).count(key) == 1
        assert store.destroy("P7", erased_at=50)
        assert key not in content(tmp_path)
        assert store.openings("P7", master) == {}
        assert store.live("P7") is None
        assert not any(one in content(tmp_path) for one in sealed)
        assert [path.name for path in tmp_path.iterdir()] == ["people.sqlite3"], "no journal is left"
        assert all(store.openings(f"P{n}", master) for n in range(30) if n != 7)

    def test_once(self, store: PersonStore, master: MasterKey) -> None:
        store.put("P1", ZHANG, master, size=0)
        assert store.destroy("P1", erased_at=3)
        assert not store.destroy("P1", erased_at=3)
        assert not store.destroy("P2", erased_at=3)

    def test_only_what_was_there_before_the_entry(self, store: PersonStore, master: MasterKey) -> None:
        """A patient who came back has a key made at a later size of the log; the old entry does not mean it."""
        store.put("P1", ZHANG, master, size=3)
        assert not store.destroy("P1", erased_at=2)
        assert store.destroy("P1", erased_at=3)
        put = store.put("P1", LI, master, size=4)
        assert not store.destroy("P1", erased_at=3)
        assert store.openings("P1", master) == {put.commitment: put}

    def test_in_a_large_store_whose_pages_were_split(self, tmp_path: Path, master: MasterKey) -> None:
        """Persons of very different lengths, put in by turns: their pages split and merge, the keys' do not move."""
        store = PersonStore(tmp_path / "people.sqlite3")
        for n in range(400):
            store.put(f"P{n * 7919 % 400}", f'{{"name":"{"x" * (n * 37 % 3_000)}"}}', master, size=0)
        gone = [f"P{n}" for n in range(0, 400, 9)]
        keys = [wrapped(store, patient) for patient in gone]
        for patient in gone:
            assert store.destroy(patient, erased_at=0)
        there = content(tmp_path)
        assert not any(key in there for key in keys)
        assert len(store.all_live()) == 400 - len(gone)

    def test_bytes_that_lie_elsewhere_in_the_file_are_found_and_go(
        self, store: PersonStore, master: MasterKey, tmp_path: Path
    ) -> None:
        """As if another program had moved the row and left its old place as it was."""
        store.put("P1", ZHANG, master, size=0)
        store.put("P2", LI, master, size=0)
        key = wrapped(store, "P1")
        connection = sqlite3.connect(store.path)
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("CREATE TABLE moved (wrapped BLOB)")
        connection.execute("INSERT INTO moved VALUES (?)", (key,))
        connection.execute("DROP TABLE moved")
        connection.commit()
        connection.close()
        assert content(tmp_path).count(key) == 2
        assert store.destroy("P1", erased_at=0)
        assert key not in content(tmp_path)
        assert store.openings("P2", master)

    def test_bytes_that_do_not_go_are_told(self, store: PersonStore, master: MasterKey) -> None:
        store.put("P1", ZHANG, master, size=0)
        connection = sqlite3.connect(store.path)
        connection.execute("CREATE TABLE kept AS SELECT wrapped FROM keys")
        connection.commit()
        connection.close()
        with pytest.raises(PeopleError, match="its bytes are still in"):
            store.destroy("P1", erased_at=0)

    def test_needs_no_master_key(self, store: PersonStore, master: MasterKey) -> None:
        store.put("P1", ZHANG, master, size=0)
        store.watch("P1")
        assert store.watched() == [Live("P1", 0)]
        assert store.destroy("P1", erased_at=0)
        assert store.watched() == []


def test_another_master_key(store: PersonStore, master: MasterKey) -> None:
    store.put("P1", ZHANG, master, size=0)
    other = MasterKey.generate()
    with pytest.raises(PeopleError, match=f"its id is {master.id}, that of the one given {other.id}"):
        store.openings("P1", other)
    with pytest.raises(PeopleError, match="another key opens this store"):
        store.put("P2", LI, other, size=0)
    assert store.all_live() == [Live("P1", 0)]


def test_a_row_moved_to_another_patient_does_not_open(store: PersonStore, master: MasterKey) -> None:
    store.put("P1", ZHANG, master, size=0)
    connection = sqlite3.connect(store.path)
    connection.execute("UPDATE keys SET patient = 'P2'")
    connection.commit()
    connection.close()
    with pytest.raises(PeopleError, match="patient 'P2': key: does not open"):
        store.openings("P2", master)


def test_a_version_under_anothers_commitment_is_found(store: PersonStore, master: MasterKey) -> None:
    """Both are this patient's, under this patient's key: only the commitment tells them apart."""
    store.put("P1", ZHANG, master, size=0)
    store.put("P1", LI, master, size=0)
    connection = sqlite3.connect(store.path)
    (one, p1, s1), (two, p2, s2) = connection.execute("SELECT commitment, person, salt FROM persons").fetchall()
    connection.execute("UPDATE persons SET person = ?, salt = ? WHERE commitment = ?", (p2, s2, one))
    connection.execute("UPDATE persons SET person = ?, salt = ? WHERE commitment = ?", (p1, s1, two))
    connection.commit()
    connection.close()
    with pytest.raises(PeopleError, match="holds another person than was committed to"):
        store.openings("P1", master)


def test_what_is_no_person_store(tmp_path: Path, master: MasterKey) -> None:
    connection = sqlite3.connect(tmp_path / "people.sqlite3")
    connection.execute("CREATE TABLE other (x)")
    connection.close()
    with pytest.raises(PeopleError, match="another program's SQLite database"):
        PersonStore(tmp_path / "people.sqlite3").put("P1", ZHANG, master, size=0)
    (tmp_path / "people.sqlite3").write_bytes(b"no database at all, and long enough to be looked at" * 100)
    with pytest.raises(PeopleError, match="the person store cannot be used"):
        PersonStore(tmp_path / "people.sqlite3").all_live()


def test_a_newer_store_is_left_alone(store: PersonStore, master: MasterKey) -> None:
    store.put("P1", ZHANG, master, size=0)
    connection = sqlite3.connect(store.path)
    connection.execute("PRAGMA user_version = 2")
    connection.close()
    before = store.path.read_bytes()
    with pytest.raises(PeopleError, match="made by a newer version"):
        store.put("P2", LI, master, size=0)
    assert store.path.read_bytes() == before


def test_an_empty_file_that_a_crash_left_becomes_a_store(store: PersonStore, master: MasterKey) -> None:
    store.path.touch()
    store.put("P1", ZHANG, master, size=0)
    assert store.openings("P1", master)


def test_many_at_once_get_one_key(store: PersonStore, master: MasterKey) -> None:
    threads = [
        threading.Thread(target=store.put, args=("P1", f'{{"name":"{n}"}}', master), kwargs={"size": 0})
        for n in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.person for one in store.openings("P1", master).values()} == {f'{{"name":"{n}"}}' for n in range(12)}
    assert store.all_live() == [Live("P1", 0)]
