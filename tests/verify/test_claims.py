"""What is said of a sound bundle, and what is said not to be proven: no statement without its check."""

import pytest

from ledger.verify import verify
from tests.verify.world import SEEN, WITNESS, Log, cosigned, entries, signed, spell


def said(log: Log, bundle: bytes, **options) -> tuple[dict[str, str], dict[str, str]]:
    verdict = verify(bundle, log.vkey, **options)
    assert verdict.findings == ()
    return (
        {claim.name: claim.what for claim in verdict.claims},
        {claim.name: claim.what for claim in verdict.not_claimed},
    )


def test_until_when_and_since_when(log: Log) -> None:
    new = cosigned(log.checkpoint(), SEEN + 60)
    proven, left = said(log, log.bundle(note=new), witnesses=[WITNESS])
    assert "recorded by 2021-03-01 07:34:20 UTC" in proven["timely"]
    assert "earliest" in left["timely"]
    proven, left = said(log, log.bundle(note=new, since=cosigned(log.checkpoint(20))), witnesses=[WITNESS])
    assert "at index 20 and after it not before 2021-03-01 07:33:20 UTC" in proven["timely"]
    assert "timely" not in left
    proven, left = said(log, log.bundle(note=new))
    assert not {"timely", "one story"} & proven.keys()
    assert {"timely", "one story"} <= left.keys()


def test_who_signed_and_who_did_not() -> None:
    unsigned = spell("SessionStarted", ["patient:P1", "session:S11"], session="S11", patient="P1")
    log = Log([*entries(), unsigned])
    proven, left = said(log, log.bundle())
    assert "1 of 3 sessions, 1 of 1 prescription, 1 of 1 assessment" in proven["attributable"]
    assert "1 session has a signature of another form" in left["attributable"]
    assert "1 session has no signature" in left["attributable"]


def test_nobody_signed() -> None:
    log = Log([*entries()[:10], signed(None)])
    proven, left = said(log, log.bundle())
    assert "attributable" not in proven
    assert "1 session has no signature" in left["attributable"]


def test_of_one_entry() -> None:
    log = Log([])
    proven, _ = said(log, log.bundle("patient:P1", "registry:rulebook", since=0))
    assert proven["authentic"].endswith("when it had 1 entry.")
    assert "the log of 1 entry continues that of 0" in proven["append-only"]


def test_erased(log: Log) -> None:
    proven, left = said(log, log.bundle(*log.tags("patient:P3")))
    assert "1 erasure, " in proven["attributable"]
    assert "destroyed" in left["forgettable"]


@pytest.mark.parametrize("each", [True, False])
def test_each_entry_or_the_seal(log: Log, each: bool) -> None:
    proven, left = said(log, log.bundle(each=each))
    assert ("entry by entry" in proven, "entry by entry" in left) == (each, not each)


def test_an_unsound_bundle_proves_nothing(log: Log) -> None:
    verdict = verify(log.bundle().replace(b"4000", b"9000"), log.vkey)
    assert verdict.claims == ()
    assert {claim.name for claim in verdict.not_claimed} == {
        "entry by entry", "append-only", "one story", "timely", "attributable", "forgettable", "possible", "re-derived",
    }  # fmt: skip
