"""Until when witnesses prove that all was recorded, to the microsecond: five minutes of grace, and no earliest time."""

from datetime import UTC, datetime, timedelta

import pytest

from ledger.proof import COSIGNATURE_V1, Checkpoint, VerifierKey
from ledger.verify.checkpoints import SignedHead
from ledger.verify.entries import Entry
from ledger.verify.timing import check_times, recorded_by

ONE = VerifierKey("one.example", b"1234", COSIGNATURE_V1, bytes(32))
TWO = VerifierKey("two.example", b"5678", COSIGNATURE_V1, bytes(32))
NOON = datetime(2021, 3, 1, 12, tzinfo=UTC)
SECONDS = int(NOON.timestamp())
HAIR = timedelta(microseconds=1)
FIVE = timedelta(minutes=5)
HOUR = timedelta(hours=1)


def head(size: int, **seen: int) -> SignedHead:
    return SignedHead(
        Checkpoint("log.example", size, bytes(32)), {{"one": ONE, "two": TWO}[name]: at for name, at in seen.items()}
    )


def found(appended: datetime, new: SignedHead, old: SignedHead | None = None, index: int = 7) -> bool:
    findings = check_times({index: Entry(frozenset(), {}, appended)}, new, old)
    assert {(f.name, f.where) for f in findings} <= {("time-outside", f"index {index}")}
    return bool(findings)


@pytest.mark.parametrize(("late", "outside"), [(-FIVE, False), (FIVE, False), (FIVE + HAIR, True)])
def test_nothing_is_appended_after_it_was_seen(late, outside):
    assert found(NOON + late, head(9, one=SECONDS)) is outside
    assert found(NOON + late, head(9, one=SECONDS + 9999, two=SECONDS)) is outside


@pytest.mark.parametrize(("index", "late", "outside"), [
    (4, FIVE, False), (4, FIVE + HAIR, True), (4, timedelta(days=-999), False),
    (5, FIVE + HAIR, False), (5, HOUR + FIVE, False), (5, HOUR + FIVE + HAIR, True), (5, timedelta(days=-999), False),
])  # fmt: skip
def test_an_older_checkpoint_divides_the_log(index, late, outside):
    new, old = head(9, one=SECONDS + 3600), head(5, one=SECONDS)
    assert found(NOON + late, new, old, index) is outside


@pytest.mark.parametrize(
    ("index", "late", "outside"), [(4, FIVE, False), (4, FIVE + HAIR, True), (5, FIVE + HAIR, True)]
)
def test_an_older_checkpoint_that_was_signed_again_later_excuses_nothing(index, late, outside):
    new, old = head(9, one=SECONDS), head(5, one=SECONDS + 3600)
    assert found(NOON + late, new, old, index) is outside
    assert recorded_by(new, old) == ("2021-03-01 12:00:00 UTC", None)


def test_a_witness_of_one_checkpoint_only_says_nothing_of_the_other():
    new, old = head(9, one=SECONDS + 3600), head(5, two=SECONDS)
    assert not found(NOON - FIVE - HAIR, new, old)
    assert not found(NOON + FIVE + HAIR, new, old, 4)
    assert found(NOON + FIVE + HAIR + HOUR, new, old)
    assert recorded_by(new, old) == ("2021-03-01 13:00:00 UTC", None)


def test_any_time_can_be_said():
    assert not found(NOON, head(9, one=2**63 - 1))
    assert found(NOON, head(9, one=0))
    assert recorded_by(head(9, one=2**63 - 1), None) == (f"second {2**63 - 1} since 1970", None)


def test_the_first_who_saw_it_says_most():
    new = head(9, one=SECONDS + 60, two=SECONDS)
    assert recorded_by(new, head(5, one=SECONDS - 60, two=SECONDS - 90)) == (
        "2021-03-01 12:00:00 UTC",
        "2021-03-01 11:58:30 UTC",
    )
    assert recorded_by(new, head(0, one=SECONDS - 60)) == ("2021-03-01 12:00:00 UTC", None)  # covers nothing
