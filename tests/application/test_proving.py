"""Proofs that a ledger hands out hold, whatever became of what it keeps to make them fast."""

import pytest

from ledger.application import LedgerError, TreatmentLedger, Unsound
from ledger.proof import check_consistency, check_inclusion
from tests.application.conftest import NOW
from tests.application.world import HOSPITAL, facts, patient
from tests.damage import damage
from tests.invariants import root

KEPT = ["UPDATE tree SET hash = zeroblob(32)", "UPDATE tree SET hash = x'00'", "DELETE FROM tree"]
SIZES = [1, 2, 255, 256, 300, 519, 520, 530]
"""Before, at and behind the checkpoint, which is of 520 entries."""


@pytest.fixture
def grown(directory):
    """A ledger that keeps two nodes of its tree, signed, and with some entries since."""
    lines = [line for n in range(175) for line in patient(f"P{n}", n)]
    with TreatmentLedger.open(directory) as ledger:
        ledger.record(facts([*HOSPITAL, *lines][:519]), now=NOW)
        ledger.checkpoint(now=NOW)
        ledger.record(facts([*HOSPITAL, *lines][519:529]), now=NOW)
        assert ledger.size == 530
        yield ledger


@pytest.mark.parametrize("statement", ["SELECT 1", *KEPT])
def test_proofs_hold_whatever_is_kept(grown: TreatmentLedger, statement: str) -> None:
    damage(grown.directory / "ledger.sqlite3", statement)
    leaves = [grown.leaf(index) for index in range(grown.size)]
    for size in SIZES:
        top = root(leaves[:size])
        for index in {0, size // 2, size - 1}:
            check_inclusion(index, size, leaves[index], grown.prove_inclusion(index, size), top)
        for old in {0, 1, size // 2, size - 1, size}:
            check_consistency(old, size, grown.prove_consistency(old, size), root(leaves[:old]), top)


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE entries SET leaf = zeroblob(32) WHERE position = 7", "entry-altered: index 6: "),
        ("UPDATE entries SET leaf = zeroblob(31) WHERE position = 7", "entry-altered: index 6: |malformed: leaves 0 "),
        ("DELETE FROM entries WHERE position = 7", "entry-missing: index 6: "),
        # An entry put in another's place, leaf and all: the log was rewritten, and every entry of it is sound.
        (
            "UPDATE entries SET (type, tags, leaf, data) = (SELECT type, tags, leaf, data FROM entries WHERE "
            "position = 9) WHERE position = 7",
            "history-fork: log: the first 520 entries are not those that were signed",
        ),
    ],
)
def test_no_proof_of_what_was_damaged(grown: TreatmentLedger, statement: str, finding: str) -> None:
    damage(grown.directory / "ledger.sqlite3", "DELETE FROM tree", statement)
    for ask in (
        lambda: grown.prove_inclusion(300, 520),
        lambda: grown.prove_consistency(300, 520),
        lambda: grown.prove_inclusion(100, 300),  # a size that was not signed: of the tree that was
        lambda: grown.prove_consistency(100, 200),
    ):
        with pytest.raises(Unsound, match=f"^({finding})"):
            ask()


def test_what_there_is_no_proof_of(grown: TreatmentLedger) -> None:
    for ask in (
        lambda: grown.prove_inclusion(530, 531),
        lambda: grown.prove_inclusion(7, 7),
        lambda: grown.prove_consistency(9, 8),
        lambda: grown.prove_consistency(0, 0),
        lambda: grown.leaf(530),
        lambda: grown.leaf(-1),
        lambda: grown.entry(530),
    ):
        with pytest.raises(LedgerError) as raised:
            ask()
        assert not isinstance(raised.value, Unsound)


def test_a_leaf_and_an_entry_that_are_gone(grown: TreatmentLedger) -> None:
    damage(grown.directory / "ledger.sqlite3", "DELETE FROM entries WHERE position = 7")
    for ask in (grown.leaf, grown.entry):
        with pytest.raises(
            Unsound, match=r"^entry-missing: index 6: there is no entry at position 7\. Nothing is handed"
        ):
            ask(6)
        assert ask(5) != ask(7)
