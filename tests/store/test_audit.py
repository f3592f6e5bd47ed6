"""One kind of damage a finding; each names the entry, and an audit goes on to the end."""

import sqlite3
from datetime import timedelta
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eventsourcing.dcb.api import DCBEvent

from ledger.proof import COSIGNATURE_V1, cosign_note, format_checkpoint, parse_note, root, vkey
from ledger.store.audit import audit
from ledger.store.cosignatures import create_cosignatures
from ledger.store.entry import format_entry, format_time
from ledger.store.findings import Finding
from ledger.store.index_tables import IndexTables
from ledger.store.key import create_key, read_key
from ledger.store.parallel import processes
from ledger.store.refusals import StoreError
from tests.store.stored import NOW, StoredLedger


@pytest.fixture
def signed(stored: StoredLedger) -> StoredLedger:
    """Twelve entries and a seal after every four; signed at 5, 10 and 15."""
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
    seen: list[tuple[int, int]] = []
    assert list(audit(signed.recorder, signed.checkpoints, lambda type, fact: None, lambda *at: seen.append(at))) == []
    assert seen[-1] == (15, 15)


SIX = "WHERE position = 6"
LAST_OF_ALL = "last-signed (size 15)"


@pytest.mark.parametrize(
    ("statement", "findings"),
    [
        (f"UPDATE entries SET data = CAST(replace(data, '5}}', '6}}') AS BLOB) {SIX}", ["entry-altered: index 5:"]),
        (f"UPDATE entries SET data = x'00' {SIX}", ["entry-altered: index 5:"]),
        (f"UPDATE entries SET leaf = zeroblob(32) {SIX}", ["entry-altered: index 5:"]),
        (f"UPDATE entries SET leaf = zeroblob(31) {SIX}", ["entry-altered: index 5:"]),
        ("UPDATE entries SET data = x'00' WHERE position = 10", ["entry-altered: index 9:"]),  # a seal
        ("UPDATE entries SET data = x'00' WHERE position = 15", ["entry-altered: index 14:"]),  # the last seal
        (f"DELETE FROM entries {SIX}", ["entry-missing: index 5:"]),
        (f"UPDATE entries SET type = 'session-signed.v1' {SIX}", ["malformed: index 5: the entry's type is"]),
        (f"UPDATE entries SET tags = '[]' {SIX}", ["malformed: index 5: the entry's tags are"]),
        (f"UPDATE entries SET tags = 'no json' {SIX}", ["malformed: index 5: the entry's tags are"]),
        (f"UPDATE entries SET tags = CAST(x'5bff5d' AS TEXT) {SIX}", ["malformed: index 5: the entry's tags are"]),
        (f"UPDATE entries SET tags = '{'[' * 100_000}' {SIX}", ["malformed: index 5: the entry's tags are"]),
        (
            f"DELETE FROM tags {SIX}",
            [
                f"index-mismatch: index 5: it bears '{tag}', which the tag index lacks"
                for tag in ("patient:P2", "session:S5")
            ],
        ),
        (
            f"DELETE FROM tags {SIX} AND tag = 'patient:P2'",
            ["index-mismatch: index 5: it bears 'patient:P2', which the"],
        ),
        (
            f"UPDATE tags SET type = 'x' {SIX} AND tag = 'session:S5'",
            ["index-mismatch: index 5: it bears 'session:S5'"],
        ),
        (
            f"UPDATE tags SET tag = 'session:S6' {SIX} AND tag = 'session:S5'",
            [
                "index-mismatch: index 5: it bears 'session:S5'",
                "index-mismatch: index 5: the tag index has 'session:S6'",
            ],
        ),
        ("INSERT INTO tags VALUES ('patient:P7', 6, 'x')", ["index-mismatch: index 5: the tag index has 'patient:P7'"]),
        (
            "INSERT INTO tags VALUES ('patient:P7', 16, 'x')",
            ["index-mismatch: index 15: the tag index has 'patient:P7'"],
        ),
        (
            "INSERT INTO tags VALUES ('patient:P7', 0, 'x')",
            ["index-mismatch: index -1: the tag index has 'patient:P7'"],
        ),
        (
            "INSERT INTO entries SELECT -3, type, tags, leaf, data FROM entries WHERE position = 1",
            ["entry-foreign: position -3: an entry stands before"],
        ),
        (
            "UPDATE checkpoints SET note = replace(note, '10', '11') WHERE size = 10",
            ["checkpoint-signature: checkpoint 2:"],
        ),
        ("UPDATE checkpoints SET note = '' WHERE size = 10", ["checkpoint-signature: checkpoint 2:"]),
        ("UPDATE checkpoints SET note = '' WHERE size = 15", ["checkpoint-signature: checkpoint 3:"]),
        (
            "UPDATE checkpoints SET size = 9 WHERE size = 10",
            ["malformed: checkpoint 2 (size 10): the note is of size 10, the column says 9"],
        ),
        (
            "UPDATE checkpoints SET root = zeroblob(32) WHERE size = 10",
            ["malformed: checkpoint 2 (size 10): the note has"],
        ),
        (
            "DELETE FROM entries WHERE position = 15",
            [f"checkpoint-rollback: {where}: 15 entries were" for where in ("checkpoint 3 (size 15)", LAST_OF_ALL)],
        ),
        (
            "DELETE FROM checkpoints WHERE size = 5",
            ["checkpoint-rollback: index 4: the checkpoint of 5 entries, which"],
        ),
        (
            "DELETE FROM checkpoints WHERE size = 10",
            ["checkpoint-rollback: index 9: the checkpoint of 10 entries, which"],
        ),
        (
            "DELETE FROM checkpoints WHERE size = 15",
            [f"checkpoint-rollback: {LAST_OF_ALL}: the key signed it, and it is not kept"],
        ),
        (
            "DELETE FROM checkpoints",
            [
                f"checkpoint-rollback: {LAST_OF_ALL}: the key signed it, and it is not kept",
                "checkpoint-rollback: index 4: the checkpoint of 5 entries, which",
                "checkpoint-rollback: index 9: the checkpoint of 10 entries, which",
            ],
        ),
        ("INSERT INTO ledger VALUES ('example.org/h2', 'x')", ["malformed: table ledger: it has 2 rows"]),
        ("PRAGMA user_version = 1", ["malformed: user_version: the file says that its format is 1"]),
    ],
)
def test_exactly_the_damage_is_found(signed: StoredLedger, statement: str, findings: list[str]) -> None:
    signed.damage(statement)
    found = [str(finding) for finding in signed.audit()]
    assert len(found) == len(findings), found
    assert all(said.startswith(expected) for said, expected in zip(found, findings, strict=True)), found


DEEP = f"""replace(data, '{{"n":5}}', '{{"n":{"[" * 5_000}{"]" * 5_000}}}')"""
FIRST_DAY = "replace(data, '2021-03-01T15:31:02.123456+08:00', '0001-01-01T00:00:00.000000+23:00')"


@pytest.mark.parametrize(
    ("data", "what"), [(DEEP, "not an entry: it is nested too deeply"), (FIRST_DAY, "its append time is 0001-")]
)
def test_an_entry_that_is_none_and_was_hashed_like_that(stored: StoredLedger, data: str, what: str) -> None:
    stored.grow(6)
    stored.damage(f"UPDATE entries SET data = CAST({data} AS BLOB) {SIX}")
    connection = sqlite3.connect(stored.path)
    ((written,),) = connection.execute(f"SELECT data FROM entries {SIX}")
    connection.close()
    leaf = sha256(bytes(1) + written).hexdigest()
    stored.damage(f"UPDATE entries SET leaf = x'{leaf}' {SIX}")
    (found,) = stored.audit()
    assert str(found).startswith(f"malformed: index 5: {what}")


def test_an_entry_rewritten_with_its_leaf_shows_in_every_checkpoint_after_it(signed: StoredLedger) -> None:
    """Nothing beside the entry tells; the signed roots do, and the ones before it still hold."""
    signed.damage(
        f"UPDATE entries SET (type, tags, leaf, data) = (SELECT type, tags, leaf, data FROM entries AS e "
        f"WHERE e.position = 3) {SIX}",
        f"DELETE FROM tags {SIX}",
        "INSERT INTO tags SELECT tag, 6, type FROM tags WHERE position = 3",
    )
    assert list(dict.fromkeys((found.name, found.where) for found in signed.audit())) == [
        ("history-fork", "checkpoint 2 (size 10)"),
        ("history-fork", "checkpoint 3 (size 15)"),
        ("history-fork", "last-signed (size 15)"),
        ("index-mismatch", "index 9"),
        ("index-mismatch", "index 14"),
        ("index-mismatch", "kept index"),
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


def test_an_older_mark_is_found(stored: StoredLedger) -> None:
    stored.grow(4)
    older = stored.sign()
    stored.grow(4)
    stored.sign()
    stored.mark_file.write_text(older)
    assert [str(found) for found in stored.audit()] == [
        "checkpoint-rollback: last-signed (size 5): the key signed a checkpoint of 10 entries after it: an older file "
        "was put in its place"
    ]


def test_the_only_checkpoint_gone_is_found(stored: StoredLedger) -> None:
    stored.grow(4)
    note = stored.sign()
    stored.damage("DELETE FROM checkpoints")
    (found,) = stored.audit()
    assert str(found).startswith("checkpoint-rollback: last-signed (size 5): the key signed it, and it is not kept")
    assert stored.sign() == note, "what the finding advises"
    assert stored.audit() == []


def test_what_crashes_leave_between_seal_and_checkpoint_is_no_damage(stored: StoredLedger) -> None:
    """The next checkpoint makes up for it, also behind new entries: no seal is left without its checkpoint."""
    stored.grow(3)
    stored.sign()
    stored.grow(2)
    stored.checkpoints.sealing.seal(NOW)
    assert stored.audit() == []
    stored.grow(2)
    assert stored.audit() == []
    stored.sign()
    assert stored.audit() == []
    assert [note.split("\n")[1] for note in stored.checkpoints.notes()] == ["4", "7", "10"]


def test_a_checkpoint_that_a_crash_kept_from_being_kept_is_made_up_for(stored: StoredLedger) -> None:
    stored.grow(3)
    stored.sign()
    stored.grow(2)
    stored.checkpoints.sealing.seal(NOW)
    before = stored.backup()
    unseen = stored.sign()
    stored.restore(before)
    stored.grow(2)
    stored.sign()
    assert stored.audit() == []
    assert list(stored.checkpoints.notes())[1] == unseen


def test_a_key_that_is_missing_is_found(signed: StoredLedger) -> None:
    signed.key_file.unlink()
    (found,) = signed.audit()
    assert str(found).startswith("malformed: signing.key: the signing key cannot be read (No such file or directory)")


def test_a_key_that_is_none_is_found(signed: StoredLedger) -> None:
    signed.key_file.write_text("PRIVATE+KEY+example.org/h1+00000000+AAAA\n")
    (found,) = signed.audit()
    assert str(found).startswith("malformed: signing.key: not a signing key (")


def test_another_ledgers_key_is_found(signed: StoredLedger) -> None:
    signed.key_file.unlink()
    create_key(signed.key_file, "example.org/h1")
    (found,) = signed.audit()
    assert str(found).startswith("checkpoint-signature: signing.key: it is another ledger's key (example.org/h1+")


def test_every_kind_of_damage_at_once_is_found_to_the_end(signed: StoredLedger) -> None:
    """No damage hides what comes after it."""
    signed.mark_file.write_bytes(b"\xff")
    signed.damage(
        f"UPDATE entries SET data = CAST({DEEP} AS BLOB) WHERE position = 6",
        f"UPDATE entries SET data = CAST({FIRST_DAY} AS BLOB) WHERE position = 7",
        f"UPDATE entries SET tags = '{'[' * 100_000}' WHERE position = 8",
        "UPDATE entries SET leaf = zeroblob(32) WHERE position = 11",
        "INSERT INTO tags VALUES ('patient:P7', 99, 'x')",
        "UPDATE checkpoints SET size = 99 WHERE size = 15",
    )
    found = [(finding.name, finding.where) for finding in signed.audit()]
    assert {where for _, where in found} >= {"last-signed", *(f"index {n}" for n in (5, 6, 7, 10, 98))}
    assert ("malformed", "checkpoint 3 (size 15)") in found


def test_what_is_appended_and_signed_meanwhile_is_no_damage(signed: StoredLedger) -> None:
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
    assert [(found.name, found.where) for found in signed.audit()] == [("checkpoint-rollback", "last-signed (size 18)")]


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
    def problem(type: str, fact: bytes) -> str | None:
        return "the third" if fact == b'{"n":3}' else None

    findings = list(audit(signed.recorder, signed.checkpoints, problem))
    assert [str(found) for found in findings] == ["malformed: index 3: the third"]


# --- the seals, and what is kept beside the log --------------------------------------------------------------------

LAST = "WHERE position = 15"


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE tree SET hash = zeroblob(32)", "index-mismatch: tree 1/0: "),
        ("INSERT INTO tree VALUES (0, 1, zeroblob(32))", "index-mismatch: tree 0/1: "),
        ("INSERT INTO tree VALUES (1, -1, zeroblob(32))", "index-mismatch: tree 1/-1: "),
        ("UPDATE index_tags SET count = count + 1 WHERE count = 100", "index-mismatch: kept index: the tag of key"),
        ("UPDATE index_tags SET frontier = zeroblob(96) WHERE count = 100", "index-mismatch: kept index: the tag of"),
        ("DELETE FROM index_tags WHERE count = 100", "index-mismatch: kept index: the tag of key"),
        ("INSERT INTO index_tags VALUES (zeroblob(32), 1, zeroblob(32))", "index-mismatch: kept index: the tag of key"),
        (
            "UPDATE index_nodes SET hash = zeroblob(32) WHERE prefix = x'00'",
            "index-mismatch: kept index: the subtree all",
        ),
        ("DELETE FROM index_nodes WHERE prefix = x'00'", "index-mismatch: kept index: the subtree all"),
        ("INSERT INTO index_nodes VALUES (x'00FF', zeroblob(32))", "index-mismatch: kept index: it has"),
        ("UPDATE index_state SET tags = tags + 1", "index-mismatch: kept index: what it is said to be of was altered"),
        ("UPDATE index_state SET root = zeroblob(32)", "index-mismatch: kept index: what it is said to be of was"),
        ("UPDATE index_state SET covers = 7", "index-mismatch: kept index: what it is said to be of was altered"),
        ("DELETE FROM index_state", "index-mismatch: kept index: what it is of is not said any more"),
        ("DROP TABLE index_state", "index-mismatch: kept index: what it is of is not said any more"),
        ("DROP TABLE index_tags", "index-mismatch: kept index: its table index_tags is missing"),
        ("DROP TABLE index_nodes", "index-mismatch: kept index: its table index_nodes is missing"),
    ],
)
def test_damage_of_what_is_kept_beside_the_log_is_found(stored: StoredLedger, statement: str, finding: str) -> None:
    stored.grow(300)
    stored.sign()
    assert stored.audit() == []
    stored.damage(statement)
    findings = [str(found) for found in stored.audit()]
    assert findings[0].startswith(finding)
    assert all(found.startswith(finding.partition(": ")[0]) for found in findings), findings


def test_without_what_is_kept_the_log_is_sound(signed: StoredLedger) -> None:
    signed.damage(*(f"DROP TABLE {table}" for table in ("tree", "index_tags", "index_nodes", "index_state")))
    assert signed.audit() == []


def reseal(stored: StoredLedger, data: bytes) -> list[str]:
    """Put another entry in the place of the last seal, its leaf and columns fitting; what the audit says besides."""
    leaf = sha256(b"\x00" + data).hexdigest()
    stored.damage(f"UPDATE entries SET data = x'{data.hex()}', leaf = x'{leaf}' {LAST}")
    found = [str(found) for found in stored.audit()]
    assert any(finding.startswith("history-fork: checkpoint 3 (size 15)") for finding in found)
    return [finding for finding in found if not finding.startswith("history-fork")]


def last_seal(stored: StoredLedger) -> bytes:
    connection = sqlite3.connect(stored.path)
    (data,) = connection.execute(f"SELECT data FROM entries {LAST}").fetchone()
    connection.close()
    return bytes(data)


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        (b'"size":14', b'"size":13', "index-mismatch: index 14: a seal of 13 entries stands there"),
        (b'14,"tags":', b'14,"tags":1', "index-mismatch: index 14: the entries before the seal have"),
        (b'"root":"', b'"root":"AAAA', "malformed: index 14: a seal cannot be read"),
        (b'"size":14,', b"", "malformed: index 14: a seal cannot be read"),
    ],
)
def test_a_seal_that_says_something_else(signed: StoredLedger, old: bytes, new: bytes, finding: str) -> None:
    found = reseal(signed, last_seal(signed).replace(old, new))
    assert found[0].startswith(finding)


def test_a_seal_of_another_index(signed: StoredLedger) -> None:
    seal = last_seal(signed)
    start = seal.index(b'"root":"') + 8
    (found,) = reseal(signed, seal[:start] + b"A" * 43 + b"=" + seal[start + 44 :])
    assert found.startswith("index-mismatch: index 14: the entries before the seal have 16 tags and the")


def test_a_checkpoint_that_ends_in_no_seal(signed: StoredLedger) -> None:
    """Signed with the key by another program, of this very log."""
    signed.grow(1)
    leaves = list(signed.recorder.leaves(0, 16))
    note = read_key(signed.key_file).sign(format_checkpoint("example.org/h1", 16, root(leaves)))
    signed.damage(f"INSERT INTO checkpoints VALUES (16, x'{root(leaves).hex()}', '{note}', '{format_time(NOW)}')")
    signed.mark_file.write_text(note)
    assert [str(found) for found in signed.audit()] == [
        "seal-not-in-log: checkpoint 4 (size 16): its last entry, index 15, is no seal of the entries before it",
        "seal-not-in-log: last-signed (size 16): its last entry, index 15, is no seal of the entries before it",
    ]


def test_checkpoints_older_than_the_first_seal_need_none(stored: StoredLedger) -> None:
    stored.grow(3)
    leaves = list(stored.recorder.leaves(0, 3))
    note = read_key(stored.key_file).sign(format_checkpoint("example.org/h1", 3, root(leaves)))
    stored.damage(f"INSERT INTO checkpoints VALUES (3, x'{root(leaves).hex()}', '{note}', '{format_time(NOW)}')")
    stored.mark_file.write_text(note)
    assert stored.audit() == []
    stored.grow(3)
    stored.sign()
    assert stored.audit() == []


# --- over processes ------------------------------------------------------------------------------------------------


def seal_or_small(type: str, fact: bytes) -> str | None:
    """A problem of facts that other processes can be given."""
    return "the third" if fact == b'{"n":3}' else None


def test_over_processes_the_same_is_found_in_the_same_order(stored: StoredLedger, monkeypatch) -> None:
    monkeypatch.setattr("ledger.store.audit._FEW", 100)  # so that the index, too, is derived in parts
    stored.grow(1_500)
    stored.sign()
    stored.grow(700)
    stored.sign()
    of = (stored.recorder, stored.checkpoints, seal_or_small)
    alone = list(audit(*of))
    assert [str(found) for found in alone] == ["malformed: index 3: the third"]
    with processes(2) as pool:
        assert list(audit(*of, pool=pool, stretch=256)) == alone
    stored.damage(
        "UPDATE entries SET data = x'00' WHERE position IN (3, 300, 2000)",
        "DELETE FROM entries WHERE position IN (256, 257, 1024, 1025)",
        "UPDATE entries SET leaf = zeroblob(32) WHERE position = 700",
        "UPDATE index_tags SET count = 7 WHERE count = 1 AND key < x'80'",
        "UPDATE index_nodes SET hash = zeroblob(32) WHERE length(prefix) = 2",
        "UPDATE tree SET hash = zeroblob(32) WHERE n IN (3, 5)",
    )
    alone = list(audit(*of))
    names = {(found.name, found.where) for found in alone}
    assert {("entry-altered", "index 1999"), ("entry-missing", "index 1023"), ("index-mismatch", "tree 1/5")} <= names
    assert ("index-mismatch", "tree 1/3") not in names, "of what lies over a missing entry nothing can be said"
    with processes(2) as pool:
        assert list(audit(*of, pool=pool, stretch=256)) == alone
    stored.damage("DELETE FROM tags WHERE position = 9", "INSERT INTO tags VALUES ('patient:P9', 9, 'x')")
    alone = list(audit(*of))
    assert ("index-mismatch", "index 8") in {(found.name, found.where) for found in alone}
    with processes(2) as pool:
        assert list(audit(*of, pool=pool, stretch=256)) == alone


def test_a_damaged_tag_index_does_not_hide_the_seal(signed: StoredLedger) -> None:
    """The sealed index is then derived from the tags in the entries, and fits."""
    signed.damage("UPDATE tags SET tag = 'patient:P7' WHERE tag = 'patient:P1' AND position = 8")
    assert [(found.name, found.where) for found in signed.audit()] == [("index-mismatch", "index 7")] * 2
    signed.damage("UPDATE entries SET tags = 'no json' WHERE position = 3")
    assert {found.where for found in signed.audit()} == {"index 2", "index 7"}


def test_a_file_with_pages_overwritten_is_told_of_from_another_process_too(stored: StoredLedger) -> None:
    stored.grow(3_000)
    stored.close()
    stored.damage()
    with open(stored.path, "r+b") as file:
        for page in range(20, stored.path.stat().st_size // 4096):
            file.seek(page * 4096)
            file.write(b"\xff" * 64)
    stored.open()
    for jobs in (1, 2):
        with processes(jobs) as pool, pytest.raises(StoreError, match="cannot be read"):
            list(audit(stored.recorder, stored.checkpoints, seal_or_small, pool=pool, stretch=256))


@pytest.mark.parametrize(
    ("state", "what"),
    [
        (lambda state: state._replace(covers=999), "it is said to be of 999 entries, the log has 302"),
        (lambda state: state._replace(covers=200), "the tag of key"),
        (lambda state: state._replace(tags=5), "it is said to be of 5 tags"),
        (lambda state: state._replace(root=bytes(32)), "it is said to be of"),
    ],
)
def test_tables_that_are_said_to_be_of_something_else(stored: StoredLedger, state, what: str) -> None:
    """As whoever altered them would say it, with all that belongs to it."""
    stored.grow(301)
    stored.sign()
    stored.damage()
    connection = sqlite3.connect(stored.path)
    tables = IndexTables(connection)
    tables.put((), (), state(tables.state()))
    connection.commit()
    connection.close()
    findings = [str(found) for found in stored.audit()]
    assert findings[0].startswith(f"index-mismatch: kept index: {what}")
    assert all(found.startswith("index-mismatch: kept index: ") for found in findings)


def test_a_cosignature_that_does_not_fit(signed: StoredLedger) -> None:
    connection = signed.recorder.connections.write()
    create_cosignatures(connection)
    assert signed.audit() == []
    connection.execute("INSERT INTO cosignatures VALUES (10, 'witness.example/w+00000000+AAAA', '— x y')")
    connection.execute("INSERT INTO cosignatures VALUES (11, 'witness.example/w+00000000+AAAA', '— x y')")
    connection.close()
    assert [(found.name, found.where) for found in signed.audit()] == [
        ("checkpoint-signature", "checkpoint of size 10"),
        ("checkpoint-signature", "checkpoint of size 11"),
    ]
    signed.damaged = True


# --- far out -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("position", [10**6, 10**11, 2**63 - 1])
def test_an_entry_far_out_costs_what_it_is(signed: StoredLedger, position: int) -> None:
    """A hole is one finding, however long, and what lies before it is looked at as ever."""
    signed.damage(
        f"INSERT INTO entries SELECT {position}, type, tags, leaf, data FROM entries WHERE position = 1",
        f"INSERT INTO tags SELECT tag, {position}, type FROM tags WHERE position = 1",
        f"UPDATE entries SET data = x'00' {SIX}",
    )
    assert [str(found).split(" hash to")[0] for found in signed.audit()] == [
        "entry-altered: index 5: its stored bytes",
        f"entry-missing: index 15: there are no entries at the positions 16 to {position - 1}, which is up to index "
        f"{position - 2}",
    ]


def test_holes_without_number(stored: StoredLedger) -> None:
    stored.grow(3_000)
    stored.sign()
    stored.damage("DELETE FROM entries WHERE position % 300 > 3")
    holes = [found for found in stored.audit() if found.name == "entry-missing"]
    assert [hole.where for hole in holes] == [f"index {n}" for n in range(3, 3_000, 300)]
    assert holes[0].what == "there are no entries at the positions 4 to 299, which is up to index 298"


@pytest.mark.parametrize("key", ["x''", "zeroblob(3)", "zeroblob(33)", "zeroblob(40)", f"x'{'ff' * 32}01'"])
def test_a_tag_of_the_kept_index_whose_key_is_none(signed: StoredLedger, key: str) -> None:
    signed.damage(f"INSERT INTO index_tags VALUES ({key}, 1, x'')")
    assert {(found.name, found.where) for found in signed.audit()} == {("index-mismatch", "kept index")}


@pytest.mark.parametrize("node", ["0, -1", "0, 1", "-1, 0", "1, 0", "1, 7", f"{2**63 - 1}, {2**63 - 1}"])
def test_a_kept_node_of_no_leaves(signed: StoredLedger, node: str) -> None:
    signed.damage(f"INSERT INTO tree VALUES ({node}, zeroblob(32))")
    level, number = node.split(", ")
    assert [(found.name, found.where) for found in signed.audit()] == [("index-mismatch", f"tree {level}/{number}")]


@pytest.mark.parametrize("stretch", [256, 32 * 256])
def test_what_is_dated_later_than_a_witness_saw_it_is_found(stored: StoredLedger, stretch: int) -> None:
    """As a verifier finds it that knows the witness: by the earliest time at which it was seen, and a little more."""
    stored.grow(300)
    first = stored.sign()
    stored.grow(2)
    late = stored.recorder.size()
    at = format_time(NOW + timedelta(seconds=900))
    data = format_entry("session-voided.v1", at, ["patient:P1"], b'{"n":1}')
    stored.recorder.append([DCBEvent("session-voided.v1", data, ["patient:P1"])])
    later = NOW + timedelta(seconds=901)
    second = stored.checkpoints.sign(now=later)
    assert stored.audit() == []
    now = int(NOW.timestamp())
    cosign(stored, first, "w1.example", now - 301)
    cosign(stored, second, "w2.example", now + 602)
    cosign(stored, second, "w3.example", now + 5_000)
    when, seen = "2021-03-01 07:26:01 UTC", "w1.example saw the log with it"
    told = [(one.name, one.where, one.what) for one in run(stored, stretch)]
    assert told == [
        ("time-outside", f"index {index}", f"appended, it says, after {when}, when {seen}") for index in range(301)
    ]
    cosign(stored, second, "w4.example", now + 600)
    found = [one.where for one in run(stored, stretch)][301:]
    assert found == [f"index {late}", f"index {late + 1}"], "the seal says a time, too"


def test_a_cosignature_that_does_not_fit_says_no_time(signed: StoredLedger) -> None:
    cosign(signed, signed.sign(), "w1.example", 0)
    assert {one.name for one in signed.audit()} == {"time-outside"}
    signed.damage("UPDATE cosignatures SET line = replace(line, 'w1', 'w2')")
    assert {one.name for one in signed.audit()} == {"checkpoint-signature"}


def run(stored: StoredLedger, stretch: int) -> list[Finding]:
    return list(audit(stored.recorder, stored.checkpoints, lambda type, fact: None, stretch=stretch))


def cosign(stored: StoredLedger, note: str, name: str, seconds: int) -> None:
    """As an invented witness that has its own clock."""
    key = Ed25519PrivateKey.generate()
    line = cosign_note(parse_note(note).body, name, key, seconds)
    stored.checkpoints.cosign(note, vkey(name, key.public_key().public_bytes_raw(), COSIGNATURE_V1), line)
