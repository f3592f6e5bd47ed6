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


BY = "All of it was recorded by 2021-03-01 07:34:20 UTC"
CLOCKS = ", by the witnesses' clocks, give or take five minutes."


def test_until_when_and_never_since_when(log: Log) -> None:
    new = cosigned(log.checkpoint(), SEEN + 60)
    proven, alone = said(log, log.bundle(note=new), witnesses=[WITNESS])
    assert proven["timely"] == f"{BY}{CLOCKS}"
    assert alone["timely"].startswith("An earliest time: no witness shows")
    assert "No time token (RFC 3161) is in a bundle" in alone["timely"]
    proven, left = said(log, log.bundle(note=new, since=cosigned(log.checkpoint(20))), witnesses=[WITNESS])
    assert proven["timely"] == f"{BY}, and what stands below index 20 by 2021-03-01 07:33:20 UTC{CLOCKS}"
    assert left["timely"] == alone["timely"]
    proven, left = said(log, log.bundle(note=new))
    assert not {"timely", "one story"} & proven.keys()
    assert (
        left["timely"]
        == f"When it was recorded: append times are the log's own word, without a witness's time. {alone['timely']}"
    )
    assert "one story" in left


def test_what_a_late_witness_saw_says_nothing_of_what_stood_behind_it(log: Log) -> None:
    """The log is honest, and the older checkpoint was carried to the witness after the rest had been recorded."""
    since, note = cosigned(log.checkpoint(20), SEEN + 3600), cosigned(log.checkpoint(), SEEN + 3660)
    proven, _ = said(log, log.bundle(note=note, since=since), witnesses=[WITNESS])
    assert "not before" not in proven["timely"]


def test_who_signed_and_who_did_not() -> None:
    unsigned = spell("SessionStarted", ["patient:P1", "session:S11"], session="S11", patient="P1")
    log = Log([*entries(), unsigned])
    proven, left = said(log, log.bundle())
    assert "1 of 3 sessions, 1 of 1 prescription, 1 of 1 assessment" in proven["attributable"]
    assert "1 session has a signature of another form" in left["attributable"]
    assert "1 session has no signature" in left["attributable"]


def test_what_came_after_the_signature() -> None:
    tags = ["patient:P1", "patient:P2", "session:S9", "institution:H1"]
    again = spell("SessionStopped", tags, session="S9", effect="worse")
    void = spell("SessionVoided", tags, session="S9", reason="never was")
    log = Log([*entries(), again, void])
    _, left = said(log, log.bundle())
    assert "1 session is signed before a second line that contradicts it" in left["attributable"]
    assert "1 session is signed but voided" in left["attributable"]


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
    assert "the signed word of the log's operator" in left["complete"]


def test_complete_as_it_was_sealed(log: Log) -> None:
    """A liar with the log's key leaves an entry out of the seal: no proof says that it is not in the log."""
    hidden = 16
    assert b'"patient:P1"' in log.entries[hidden]

    class Liar(Log):
        def stream(self, tag: str) -> tuple[str, list[tuple[int, bytes]]]:
            name, rows = super().stream(tag)
            return name, [row for row in rows if row[0] != hidden]

    liar = Liar(
        log.entries,
        sealed_as=[*log.entries[:hidden], spell("FeeConfirmed", ["seal:x"], act="S9"), *log.entries[hidden + 1 :]],
    )
    verdict = verify(liar.full(), liar.vkey)
    assert verdict.sound
    assert hidden not in dict(verdict.facts)
    proven, left = said(liar, liar.full())
    assert proven["complete"] == "Nothing was left out: every entry below 24 that was sealed under patient:P1 is here."
    assert "entry by entry" in proven
    assert "That each tag was sealed with all its entries" in left["complete"]


def test_an_unsound_bundle_proves_nothing(log: Log) -> None:
    verdict = verify(log.bundle().replace(b"4000", b"9000"), log.vkey)
    assert verdict.claims == ()
    assert {claim.name for claim in verdict.not_claimed} == {
        "complete", "entry by entry", "append-only", "one story", "timely", "attributable", "forgettable", "possible",
        "re-derived",
    }  # fmt: skip
