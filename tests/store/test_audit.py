"""One kind of damage a finding; each names the entry, and an audit goes on to the end."""

import sqlite3

import pytest

from tests.store.stored import StoredLedger


@pytest.fixture
def signed(stored: StoredLedger) -> StoredLedger:
    """Twelve entries; signed at 4, 8 and 12."""
    for _ in range(3):
        stored.grow(4)
        stored.sign()
    return stored


def test_sound(signed: StoredLedger) -> None:
    assert signed.audit() == []


def test_sound_when_empty(stored: StoredLedger) -> None:
    assert stored.audit() == []
    stored.sign()
    assert stored.audit() == []


def test_progress_ends_with_all(signed: StoredLedger) -> None:
    from ledger.store.audit import audit

    seen: list[tuple[int, int]] = []
    assert list(audit(signed.recorder, signed.checkpoints, lambda type, fact: None, lambda *at: seen.append(at))) == []
    assert seen[-1] == (12, 12)


SIX = "WHERE position = 6"
DEEP = f"""replace(data, '{{"n":5}}', '{{"n":{"[" * 5_000}{"]" * 5_000}}}')"""
FIRST_DAY = "replace(data, '2021-03-01T15:31:02.123456+08:00', '0001-01-01T00:00:00.000000+23:00')"


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        (
            f"UPDATE entries SET data = CAST(replace(data, '5}}', '6}}') AS BLOB) {SIX}",
            "entry-altered: index 5:",
        ),
        (f"UPDATE entries SET data = x'00' {SIX}", "entry-altered: index 5:"),
        (f"UPDATE entries SET leaf = zeroblob(32) {SIX}", "entry-altered: index 5:"),
        (f"UPDATE entries SET leaf = zeroblob(31) {SIX}", "entry-altered: index 5:"),
        (f"DELETE FROM entries {SIX}", "entry-missing: index 5:"),
        (f"UPDATE entries SET type = 'session-signed.v1' {SIX}", "malformed: index 5: the entry's type is"),
        (f"UPDATE entries SET tags = '[]' {SIX}", "malformed: index 5: the entry's tags are"),
        (f"UPDATE entries SET tags = 'no json' {SIX}", "malformed: index 5: the entry's tags are"),
        (f"UPDATE entries SET tags = CAST(x'5bff5d' AS TEXT) {SIX}", "malformed: index 5: the entry's tags are"),
        (f"DELETE FROM tags {SIX}", "index-mismatch: index 5: it bears 'patient:P2', which the tag index lacks"),
        (f"UPDATE tags SET type = 'x' {SIX} AND tag = 'session:S5'", "index-mismatch: index 5: it bears 'session:S5'"),
        (f"UPDATE tags SET tag = 'session:S6' {SIX} AND tag = 'session:S5'", "index-mismatch: index 5: it bears"),
        ("INSERT INTO tags VALUES ('patient:P7', 6, 'x')", "index-mismatch: index 5: the tag index has 'patient:P7'"),
        ("UPDATE checkpoints SET note = replace(note, '8', '9') WHERE size = 8", "checkpoint-signature: checkpoint 2:"),
        ("UPDATE checkpoints SET note = '' WHERE size = 8", "checkpoint-signature: checkpoint 2:"),
        (f"UPDATE entries SET data = CAST({DEEP} AS BLOB) {SIX}", "malformed: index 5: not an entry: it is nested too"),
        (f"UPDATE entries SET data = CAST({FIRST_DAY} AS BLOB) {SIX}", "malformed: index 5: its append time is 0001-"),
        (f"UPDATE entries SET tags = '{'[' * 100_000}' {SIX}", "malformed: index 5: the entry's tags are"),
        ("INSERT INTO tags VALUES ('patient:P7', 13, 'x')", "index-mismatch: index 12: the tag index has 'patient:P7'"),
        ("INSERT INTO tags VALUES ('patient:P7', 0, 'x')", "index-mismatch: index -1: the tag index has 'patient:P7'"),
        (
            "INSERT INTO entries SELECT -3, type, tags, leaf, data FROM entries WHERE position = 1",
            "entry-foreign: position -3: an entry stands before",
        ),
        (
            "UPDATE checkpoints SET size = 9 WHERE size = 8",
            "malformed: checkpoint 2 (size 8): the note is of size 8, the column says 9",
        ),
        ("UPDATE checkpoints SET root = zeroblob(32) WHERE size = 8", "malformed: checkpoint 2 (size 8): the note has"),
        ("DELETE FROM entries WHERE position = 12", "checkpoint-rollback: checkpoint 3 (size 12): 12 entries were"),
    ],
)
def test_damage_is_found(signed: StoredLedger, statement: str, finding: str) -> None:
    signed.damage(statement)
    findings = [str(found) for found in signed.audit()]
    assert any(found.startswith(finding) for found in findings), findings
    where = finding.split(": ")[1]
    about_others = [found for found in findings if found.split(": ")[1].startswith("index") and where not in found]
    assert about_others == [] or not where.startswith("index 5")


def test_the_entry_is_the_first_that_is_named(signed: StoredLedger) -> None:
    signed.damage(f"UPDATE entries SET data = x'00' {SIX}")
    assert signed.audit()[0].name == "entry-altered"


def test_an_entry_rewritten_with_its_leaf_shows_in_every_checkpoint_after_it(signed: StoredLedger) -> None:
    """Nothing beside the entry tells; the signed roots do, and the ones before it still hold."""
    signed.damage(
        f"UPDATE entries SET (type, tags, leaf, data) = (SELECT type, tags, leaf, data FROM entries AS e "
        f"WHERE e.position = 3) {SIX}",
        f"DELETE FROM tags {SIX}",
        "INSERT INTO tags SELECT tag, 6, type FROM tags WHERE position = 3",
    )
    assert [(found.name, found.where) for found in signed.audit()] == [
        ("history-fork", "checkpoint 2 (size 8)"),
        ("history-fork", "checkpoint 3 (size 12)"),
        ("history-fork", "last-signed (size 12)"),
    ]


def test_a_missing_mark_is_found(signed: StoredLedger) -> None:
    signed.mark_file.unlink()
    assert [str(found) for found in signed.audit()] == [
        "checkpoint-rollback: last-signed: the file beside the key is missing"
    ]


def test_a_mark_that_is_no_text_is_found(signed: StoredLedger) -> None:
    signed.mark_file.write_bytes(b"\xff\xfe")
    assert [str(found) for found in signed.audit()] == [
        "checkpoint-signature: last-signed: note: not valid UTF-8 at character 0"
    ]


def test_a_mark_that_cannot_be_read_is_found(signed: StoredLedger) -> None:
    signed.mark_file.unlink()
    signed.mark_file.mkdir()
    (found,) = signed.audit()
    assert str(found).startswith("malformed: last-signed: ")


def test_every_kind_of_damage_at_once_is_found_to_the_end(signed: StoredLedger) -> None:
    """No damage hides what comes after it."""
    signed.mark_file.write_bytes(b"\xff")
    signed.damage(
        f"UPDATE entries SET data = CAST({DEEP} AS BLOB) WHERE position = 6",
        f"UPDATE entries SET data = CAST({FIRST_DAY} AS BLOB) WHERE position = 7",
        f"UPDATE entries SET tags = '{'[' * 100_000}' WHERE position = 8",
        "UPDATE entries SET leaf = zeroblob(32) WHERE position = 11",
        "INSERT INTO tags VALUES ('patient:P7', 99, 'x')",
        "UPDATE checkpoints SET size = 99 WHERE size = 12",
    )
    found = [(finding.name, finding.where) for finding in signed.audit()]
    assert {where for _, where in found} >= {"last-signed", *(f"index {n}" for n in (5, 6, 7, 10, 98))}
    assert ("malformed", "checkpoint 3 (size 12)") in found


def test_what_is_appended_and_signed_meanwhile_is_no_damage(signed: StoredLedger) -> None:
    from ledger.store.audit import audit

    def grow(done: int, total: int) -> None:
        signed.grow(1)
        signed.sign()

    assert list(audit(signed.recorder, signed.checkpoints, lambda type, fact: None, grow)) == []
    assert signed.audit() == []


def test_a_restored_backup_is_found(signed: StoredLedger) -> None:
    old = signed.backup()
    signed.grow(2)
    signed.sign()
    signed.restore(old)
    assert [(found.name, found.where) for found in signed.audit()] == [("checkpoint-rollback", "last-signed (size 14)")]


def test_every_byte_of_an_entry_counts(signed: StoredLedger) -> None:
    """Flipping any bit of any byte of the stored entry names it."""
    connection = sqlite3.connect(signed.path)
    (data,) = connection.execute(f"SELECT data FROM entries {SIX}").fetchone()
    connection.close()
    signed.damage()
    for place in range(0, len(data), 7):
        flipped = bytearray(data)
        flipped[place] ^= 1 << place % 8
        signed.damage(f"UPDATE entries SET data = x'{flipped.hex()}' {SIX}")
        assert [found.where for found in signed.audit() if found.name == "entry-altered"] == ["index 5"]


def test_what_facts_say_is_asked(signed: StoredLedger) -> None:
    from ledger.store.audit import audit

    def problem(type: str, fact: bytes) -> str | None:
        return "the third" if fact == b'{"n":3}' else None

    findings = list(audit(signed.recorder, signed.checkpoints, problem))
    assert [str(found) for found in findings] == ["malformed: index 3: the third"]
