"""A published directory, held against the log it is of: one kind of damage a finding."""

import shutil
from pathlib import Path

import pytest

from ledger.store.audit_published import audit_published
from ledger.store.findings import Finding
from ledger.store.parallel import ALONE, processes
from ledger.store.publishing import publish
from tests.store.stored import StoredLedger
from tests.store.test_published_log import long_event, row


@pytest.fixture
def www(stored: StoredLedger, tmp_path: Path) -> Path:
    """Published at 41, 301 (full 0, partial) and 901 entries."""
    for count in (40, 259, 599):
        stored.grow(count)
        publish(stored.recorder, stored.checkpoints, stored.sign(), tmp_path / "www", entries=True)
    return tmp_path / "www"


def found(stored: StoredLedger, www: Path) -> list[Finding]:
    return list(audit_published(ALONE, stored.recorder, stored.checkpoints, www))


def test_sound(stored: StoredLedger, www: Path, tmp_path: Path) -> None:
    assert found(stored, www) == []
    stored.grow(5)  # what is not published yet is no damage
    assert found(stored, www) == []
    publish(stored.recorder, stored.checkpoints, stored.sign(), tmp_path / "hashes", entries=False)
    assert found(stored, tmp_path / "hashes") == []


def test_sound_at_the_edges_of_tiles(stored: StoredLedger, tmp_path: Path) -> None:
    for count in (0, 254, 1, 255):
        if count:
            stored.grow(count)
        publish(stored.recorder, stored.checkpoints, stored.sign(), tmp_path / "www", entries=True)
        assert found(stored, tmp_path / "www") == []


@pytest.mark.parametrize(
    ("name", "damage", "finding"),
    [
        ("checkpoint", None, "malformed: "),
        ("checkpoint", lambda data: data.replace(b"\n901\n", b"\n900\n"), "checkpoint-signature: "),
        ("tile/0/000", None, "malformed: tile/0/000: it cannot be read"),
        ("tile/0/000", lambda data: data[:-1] + bytes([data[-1] ^ 1]), "malformed: tile/0/000: its hashes are not"),
        ("tile/0/003.p/133", lambda data: data[:-1], "malformed: tile/0/003.p/133: its hashes are not"),
        ("tile/1/000.p/3", lambda data: bytes(96), "malformed: tile/1/000.p/3: its hashes are not"),
        ("tile/1/000.p/1", lambda data: bytes(32), "malformed: tile/1/000.p/1: its hashes are not"),
        ("tile/entries/002", None, "entry-missing: tile/entries/002: it cannot be read"),
        ("tile/entries/002", lambda data: data[:-1], "malformed: tile/entries/002: entry bundle: it ends inside"),
        ("tile/entries/002", lambda data: data[:-1] + b" ", "entry-altered: tile/entries/002: index 767: it is not"),
    ],
)
def test_damage_is_found(stored: StoredLedger, www: Path, name: str, damage, finding: str) -> None:
    path = www / name
    if damage is None:
        path.unlink()
    else:
        altered = damage(path.read_bytes())
        assert altered != path.read_bytes()
        path.write_bytes(altered)
    (one,) = found(stored, www)
    assert str(one).startswith(finding)


def test_strange_files_in_the_places_of_tiles(stored: StoredLedger, www: Path) -> None:
    (www / "tile/0/003.p/134").write_bytes(bytes(32 * 134))
    (www / "tile/0/003.p/0x").write_bytes(b"")
    (www / "tile/0/003.p/.133.new").write_bytes(b"")
    (www / "index.html").write_text("what else a web server has there")
    assert [str(one) for one in found(stored, www)] == [
        "malformed: tile/0/003.p/0x: it is in the place of a tile, and is none",
        "malformed: tile/0/003.p/134: it is wider than the tile under the checkpoint, 133",
    ]


def test_a_restored_backup(stored: StoredLedger, www: Path) -> None:
    copy = stored.backup()
    stored.grow(9)
    publish(stored.recorder, stored.checkpoints, stored.sign(), www, entries=True)
    stored.damaged = True
    stored.restore(copy)
    (one,) = found(stored, www)
    assert one.name == "checkpoint-rollback"


def test_another_log_under_the_same_key(stored: StoredLedger, www: Path) -> None:
    """An entry of the log is rewritten with its leaf: the published files know better."""
    stored.damage(
        "UPDATE entries SET (leaf, data) = (SELECT leaf, data FROM entries AS e WHERE e.position = 3) "
        "WHERE position = 300"
    )
    names = [(one.name, one.where.rpartition("/")[2]) for one in found(stored, www)]
    assert names == [("malformed", "001"), ("entry-altered", "001"), ("history-fork", "checkpoint"), ("malformed", "3")]


def test_an_entry_and_its_bundle_that_are_others_alike(stored: StoredLedger, www: Path) -> None:
    """Nothing vouches for the bytes in the log but their leaf, while they are compared."""
    _, right = row(stored, 300)
    forged = right.replace(b'{"n":', b'{"N":')
    stored.damage(f"UPDATE entries SET data = x'{forged.hex()}' WHERE position = 300")
    bundle = www / "tile/entries/001"
    bundle.write_bytes(bundle.read_bytes().replace(right, forged))
    (one,) = found(stored, www)
    assert str(one).startswith("entry-altered: index 299: its stored bytes hash to")


def test_an_entry_too_long_for_a_bundle(stored: StoredLedger, tmp_path: Path) -> None:
    stored.damaged = True
    stored.recorder.append([long_event(65_536)])
    stored.sign_whatever()
    note = stored.checkpoints.latest()
    assert note is not None
    publish(stored.recorder, stored.checkpoints, note, tmp_path / "www", entries=False)
    assert found(stored, tmp_path / "www") == []
    (tmp_path / "www/tile/entries").mkdir()
    (one,) = found(stored, tmp_path / "www")
    assert str(one).startswith("malformed: index 0: it has 65,536 bytes")


def test_over_processes_the_same(stored: StoredLedger, www: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.store.audit_published._STRETCH", 256)
    shutil.rmtree(www / "tile/0")
    alone = found(stored, www)
    assert [one.where for one in alone] == ["tile/0/000", "tile/0/001", "tile/0/002", "tile/0/003.p/133"]
    parts: list[float] = []
    with processes(2) as pool:
        assert list(audit_published(pool, stored.recorder, stored.checkpoints, www, parts.append)) == alone
    assert parts == [0.25, 0.5, 0.75, 1.0]
