"""When was it recorded? The log's own clock, held against the times at which witnesses saw the log (proof.md, claim 5).

A witness that signed a checkpoint saw it no later than its own clock said: what stands under it was recorded by then.
It says nothing of what stands behind: a log has more entries than the checkpoint that it shows, and a witness may
answer late. So no append time is ever too early. FORMAT.md, "Verifying, in order", step 13.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from ledger.verify.checkpoints import SignedHead
from ledger.verify.entries import Entry
from ledger.verify.verdict import Finding

TOLERANCE_SECONDS = 300
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def check_times(entries: Mapping[int, Entry], head: SignedHead, older: SignedHead | None) -> list[Finding]:
    """Nothing, when each witness saw every entry no earlier than that was appended, as its own clock has it."""
    findings = []
    for witness, seconds in head.seen.items():
        before = seconds if older is None else min(seconds, older.seen.get(witness, seconds))
        for index, entry in entries.items():
            latest = before if older is not None and index < older.checkpoint.size else seconds
            if (entry.appended_at - _EPOCH) // _MICROSECOND > (latest + TOLERANCE_SECONDS) * 1_000_000:
                what = f"appended, it says, after {_shown(latest)}, when {witness.name} saw the log with it"
                findings.append(Finding("time-outside", f"index {index}", what))
    return findings


def recorded_by(head: SignedHead, older: SignedHead | None) -> tuple[str, str | None]:
    """Until when the witnesses of `head`, one or more, prove that all was recorded; and what the older checkpoint
    covers, where that says more.
    """
    latest = min(head.seen.values())
    if older is None or not older.checkpoint.size:
        return _shown(latest), None
    before = min((older.seen[witness] for witness in head.seen if witness in older.seen), default=latest)
    return _shown(latest), _shown(before) if before < latest else None


def _shown(seconds: int) -> str:
    try:
        return (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S UTC")
    except OverflowError:  # a witness may say any u64
        return f"second {seconds} since 1970"
