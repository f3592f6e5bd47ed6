"""What findings spoil: their entries, whole holes, and every tag by which one may be read."""

import pytest

from ledger.store.audit_spoilt import NOTHING, Spoilt, Told
from ledger.store.findings import Finding
from tests.store.stored import StoredLedger


def spoilt(stored: StoredLedger) -> Spoilt:
    told = Told()
    found = stored.audit()
    assert list(told.through(found)) == found
    return told.spoilt(stored.recorder)


def test_nothing(stored: StoredLedger) -> None:
    stored.grow(9)
    assert spoilt(stored) == NOTHING


@pytest.mark.parametrize("rows", [True, False])
def test_a_hole(stored: StoredLedger, rows: bool) -> None:
    """Where the tag index still has its tags, what they do not reach is not spoilt."""
    stored.grow(9)
    stored.damage("DELETE FROM entries WHERE position IN (4, 5)")
    if not rows:
        stored.damage("DELETE FROM tags WHERE position = 5")
    found = spoilt(stored)
    assert list(found.indexes) == [(3, 4)]
    assert found.reaches(["session:S4"])
    assert found.reaches(["patient:P2"]) is not rows


def test_a_very_long_hole(stored: StoredLedger) -> None:
    stored.grow(9)
    stored.damage("UPDATE entries SET position = 1000000000000 WHERE position = 9")
    found = spoilt(stored)
    assert list(found.indexes) == [(8, 999_999_999_998)]
    assert found.all


def test_too_many(stored: StoredLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.store.audit_spoilt._MANY", 3)
    told = Told()
    list(told.through(Finding("entry-altered", f"index {n}", "") for n in range(50)))
    found = told.spoilt(stored.recorder)
    assert found.all
    assert 10**12 in found.indexes
