"""A damaged ledger yields exactly its damage, whatever rests on what was damaged: each entry of a world in turn."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.application import LedgerError, TreatmentLedger
from ledger.store.findings import Finding
from ledger.treatment.statements import ChainEnd, digest, unpack
from tests.application.own_program import takes_anything
from tests.application.signed import DR1, NOW, PT1, PT2, WORLD, assessed, sign_assessment, sign_session, take, treated
from tests.application.test_audit_tags import H2, MOVED, erased, slip
from tests.application.world import facts, line, patient


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Path, int]:
    """A ledger in which much rests on much, signed and sealed twice; and how many entries it has."""
    home = tmp_path_factory.mktemp("made") / "data"
    TreatmentLedger.init(home, "example.org/h1")
    with TreatmentLedger.open(home) as ledger:
        take(ledger, *WORLD, *patient("P2", 5), *treated("S1", 60), assessed("A1", 200))
        take(ledger, line("InspectionOpened", 300, inspection="I1", institution="H1", reason="r", id="L-I1"))
        take(ledger, sign_session(ledger, "S1", PT1, 95))
        signed = sign_assessment(ledger, "A1", DR1, 210)
        take(ledger, signed)
        ledger.checkpoint(now=NOW)
        take(ledger, *treated("S8", 220))
        take(ledger, sign_session(ledger, "S8", PT1, 255))
        take(ledger, sign_assessment(ledger, "A1", PT1, 270))
        ledger.record(facts([H2, *MOVED]), now=NOW)
        slip(
            ledger,
            erased((PT2, ChainEnd()), (DR1, ChainEnd(1, digest(unpack(signed.signature).data)))),
            ["patient:P1", "practitioner:DR1", "practitioner:PT2"],
        )
        ledger.checkpoint(now=NOW)
        take(ledger, line("SigningKeyRevoked", 800, key_id="K-PT2", reason="left"))
        assert ledger.audit() == []
        size = ledger.size
    return home, size


@pytest.fixture
def damaged(made: tuple[Path, int], tmp_path: Path) -> Callable[..., list[Finding]]:
    """What the audit finds after these statements."""
    home, _ = made

    def damage(*statements: str) -> list[Finding]:
        shutil.copytree(home, copy := tmp_path / "copy")
        connection = sqlite3.connect(copy / "ledger.sqlite3", isolation_level=None)
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for statement in (*(f"DROP TRIGGER {name}" for name, _ in triggers), *statements, *(t for _, t in triggers)):
            connection.execute(statement)
        connection.close()
        with TreatmentLedger.open(copy) as ledger:
            findings = ledger.audit()
        shutil.rmtree(copy)
        return findings

    return damage


ALTERED = {
    "garbage": "x'00ff'",
    "another year": "CAST(replace(data, '2021-0', '2020-0') AS BLOB)",
    "no signature": 'CAST(replace(data, \'"signature":"\', \'"signature":"A\') AS BLOB)',
    "other tags": "CAST(replace(data, 'institution:H1', 'institution:H9') AS BLOB)",
    "another thing": "CAST(replace(replace(data, '\"S1\"', '\"S8\"'), '\"K-PT1\"', '\"K-PT2\"') AS BLOB)",
}


@pytest.mark.parametrize("data", ALTERED.values(), ids=ALTERED)
def test_an_altered_entry(made, damaged, data: str) -> None:
    home, size = made
    before = sqlite3.connect(home / "ledger.sqlite3")
    counted = 0
    for position in range(1, size + 1):
        ((differs,),) = before.execute(f"SELECT data <> {data} FROM entries WHERE position = {position}")
        if differs:
            counted += 1
            found = damaged(f"UPDATE entries SET data = {data} WHERE position = {position}")
            assert [(one.name, one.where) for one in found] == [("entry-altered", f"index {position - 1}")], found
    before.close()
    assert counted >= 3


def test_an_altered_leaf(made, damaged) -> None:
    """Which of the two was altered, what was signed tells."""
    for position in range(1, made[1] + 1):
        found = damaged(f"UPDATE entries SET leaf = zeroblob(32) WHERE position = {position}")
        assert [(one.name, one.where) for one in found] == [("entry-altered", f"index {position - 1}")], found


@pytest.mark.parametrize("tags", [True, False])
def test_a_missing_entry(made, damaged, tags: bool) -> None:
    """With its rows in the tag index, or without."""
    for position in range(1, made[1]):  # of one at the end nothing tells but what was signed
        also = [f"DELETE FROM tags WHERE position = {position}"] if tags else []
        found = damaged(f"DELETE FROM entries WHERE position = {position}", *also)
        assert [(one.name, one.where) for one in found] == [("entry-missing", f"index {position - 1}")], found


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("UPDATE entries SET tags = '[]'", "malformed"),
        ("UPDATE entries SET type = 'session-voided.v1'", "malformed"),
        ("DELETE FROM tags", "index-mismatch"),
    ],
)
def test_what_stands_beside_an_entry(made, damaged, change: str, name: str) -> None:
    for position in range(1, made[1] + 1):
        found = damaged(f"{change} WHERE position = {position}")
        assert {(one.name, one.where) for one in found} == {(name, f"index {position - 1}")}, found


def test_two_altered_entries(made, damaged) -> None:
    found = damaged("UPDATE entries SET data = x'00' WHERE position IN (7, 20)")
    assert [(one.name, one.where) for one in found] == [("entry-altered", "index 6"), ("entry-altered", "index 19")]


def test_damage_does_not_hide_a_forgery_elsewhere(made, tmp_path: Path) -> None:
    shutil.copytree(made[0], copy := tmp_path / "copy")
    with TreatmentLedger.open(copy) as ledger:
        (stopped,) = facts([line("SessionVoided", 900, session="S8", reason="m")])
        forged = slip(ledger, stopped, ["session:S8", "patient:P2"])
        takes_anything(ledger).checkpoint(now=NOW)
    connection = sqlite3.connect(copy / "ledger.sqlite3")
    ((made_by,),) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'entries_no_update'")
    connection.executescript(
        f"DROP TRIGGER entries_no_update; UPDATE entries SET data = x'00' WHERE position = 3; {made_by}"
    )
    connection.close()
    with TreatmentLedger.open(copy) as ledger:
        found = [(one.name, one.where) for one in ledger.audit()]
    assert found == [("entry-altered", "index 2"), ("index-mismatch", forged)]


@pytest.mark.parametrize("table", ["entries", "tags", "checkpoints"])
def test_a_table_that_is_missing(made, tmp_path: Path, table: str) -> None:
    shutil.copytree(made[0], copy := tmp_path / "copy")
    connection = sqlite3.connect(copy / "ledger.sqlite3")
    connection.execute(f"DROP TABLE {table}")
    connection.close()
    with TreatmentLedger.open(copy) as ledger:
        found = {(one.name, one.where) for one in ledger.audit()}
    assert found == {("malformed", f"{kind}") for kind in (
        f"table {table}", f"trigger {table}_no_delete", f"trigger {table}_no_update")}  # fmt: skip


def test_pages_overwritten(made, tmp_path: Path) -> None:
    """A file that cannot be opened is told of; one that can is audited to the end."""

    def told() -> list[str]:
        try:
            with TreatmentLedger.open(copy) as ledger:
                return [str(finding) for finding in ledger.audit()]
        except LedgerError as error:
            return [str(error)]

    shutil.copytree(made[0], copy := tmp_path / "copy")
    path = copy / "ledger.sqlite3"
    whole = path.read_bytes()
    for page in range(1, len(whole) // 4096):
        path.write_bytes(whole[: page * 4096] + b"\xff" * 4096 + whole[(page + 1) * 4096 :])
        assert told(), page
    path.write_bytes(whole)
    assert told() == []


def test_the_published_directory_of_a_damaged_ledger(made, tmp_path: Path) -> None:
    shutil.copytree(made[0], copy := tmp_path / "copy")
    with TreatmentLedger.open(copy) as ledger:
        ledger.publish(tmp_path / "www", now=NOW)
        assert ledger.audit(published=tmp_path / "www") == []
    for damage in ("UPDATE entries SET data = x'00'", "UPDATE entries SET leaf = zeroblob(32)", "DELETE FROM entries"):
        shutil.copytree(copy, other := tmp_path / "other")
        connection = sqlite3.connect(other / "ledger.sqlite3", isolation_level=None)
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for statement in (*(f"DROP TRIGGER {n}" for n, _ in triggers), f"{damage} WHERE position = 9"):
            connection.execute(statement)
        for _, sql in triggers:
            connection.execute(sql)
        connection.close()
        with TreatmentLedger.open(other) as ledger:
            found = [one for one in ledger.audit(published=tmp_path / "www")]
        shutil.rmtree(other)
        assert [one.where for one in found] == ["index 8"], found


def test_progress_goes_up_to_all(made, tmp_path: Path) -> None:
    shutil.copytree(made[0], copy := tmp_path / "copy")
    with TreatmentLedger.open(copy) as ledger:
        seen: list[tuple[int, int]] = []
        ledger.audit(lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert seen[-1] == (made[1], made[1])
