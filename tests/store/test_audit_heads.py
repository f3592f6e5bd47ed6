"""What stands beside a checkpoint: one line under its note, the log's own, and the time of its seal."""

from datetime import timedelta

import pytest

from ledger.store.refusals import Unsound
from tests.store.stored import NOW, StoredLedger

MORE = "2 signature lines stand under it, where only the log's own one is kept"
FORGED = "— witness.example/regulator AAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"


@pytest.fixture
def signed(stored: StoredLedger) -> StoredLedger:
    """Signed at 5 and 10."""
    for _ in range(2):
        stored.grow(4)
        stored.sign()
    return stored


def test_a_forged_line_under_a_note(signed: StoredLedger) -> None:
    signed.damage(f"UPDATE checkpoints SET note = note || '{FORGED}' WHERE size = 5")
    assert [str(found) for found in signed.audit()] == [f"checkpoint-signature: checkpoint 1: {MORE}"]


def test_a_forged_line_under_the_last_note_stops_what_rests_on_it(signed: StoredLedger) -> None:
    signed.damage(f"UPDATE checkpoints SET note = note || '{FORGED}' WHERE size = 10")
    assert [str(found) for found in signed.audit()] == [f"checkpoint-signature: checkpoint 2: {MORE}"]
    for ask in (signed.checkpoints.latest, signed.sign):
        with pytest.raises(Unsound, match=f"checkpoint-signature: last checkpoint: {MORE}"):
            ask()


def test_a_forged_line_under_the_mark(signed: StoredLedger) -> None:
    signed.mark_file.write_text(signed.mark_file.read_text() + FORGED)
    assert [str(found) for found in signed.audit()] == [f"checkpoint-signature: last-signed: {MORE}"]
    with pytest.raises(Unsound, match=f"checkpoint-signature: last-signed: {MORE}"):
        signed.sign()


@pytest.mark.parametrize("time", ["1999-01-01", "", "2021-03-01T15:31:02.123457+08:00"])
def test_another_time_than_the_seals(signed: StoredLedger, time: str) -> None:
    signed.damage(f"UPDATE checkpoints SET signed_at = '{time}' WHERE size = 5")
    assert [str(found) for found in signed.audit()] == [
        "malformed: checkpoint 1 (size 5): its seal is of 2021-03-01T15:31:02.123456+08:00, the column beside the note "
        f"says {time!r}"
    ]


def test_a_time_that_is_no_text(signed: StoredLedger) -> None:
    signed.damage("UPDATE checkpoints SET signed_at = CAST(x'ff' AS TEXT) WHERE size = 5")
    assert [(found.name, found.where) for found in signed.audit()] == [("malformed", "checkpoint 1 (size 5)")]


def test_a_seal_that_a_crash_left_is_signed_with_its_own_time(signed: StoredLedger) -> None:
    signed.grow(1)
    signed.checkpoints.sealing.seal(NOW)
    signed.grow(1)
    signed.checkpoints.sign(now=NOW + timedelta(hours=1))
    assert signed.audit() == []


def test_rows_outside_the_log_are_counted(signed: StoredLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.store.audit_heads._MOST", 2)
    signed.damage(*(f"INSERT INTO tags VALUES ('x:y', {2**62 + n}, 'x')" for n in range(5)))
    signed.damage(
        *(f"INSERT INTO entries SELECT {-n}, type, tags, leaf, data FROM entries WHERE position = 1" for n in range(5))
    )
    found = signed.audit()
    names = [(one.name, one.where) for one in found]
    assert names.count(("entry-foreign", "log")) == 1
    assert names.count(("index-mismatch", "tag index")) == 1
    assert "entry-foreign: log: and 3 more entries stand before its first" in map(str, found)
