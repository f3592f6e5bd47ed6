"""When was it recorded? The log's own clock, held between the times at which witnesses saw the log (proof.md, claim 5).

A witness that signed a checkpoint saw it no later than its own clock said: what stands under it was recorded by then.
What stands behind an older checkpoint was recorded after that was made. FORMAT.md, "Verifying, in order", step 13.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from ledger.verify.checkpoints import Head
from ledger.verify.entries import Entry
from ledger.verify.verdict import Finding

TOLERANCE_SECONDS = 300
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def check_times(entries: Mapping[int, Entry], head: Head, older: Head | None) -> list[Finding]:
    """Nothing, when every append time lies in the interval that each witness proves."""
    findings = []
    for witness, seconds in head.seen.items():
        before = older.seen.get(witness) if older else None
        for index, entry in entries.items():
            appended = (entry.appended_at - _EPOCH) // _MICROSECOND
            if older is not None and before is not None:
                if index >= older.checkpoint.size and appended < _at(before - TOLERANCE_SECONDS):
                    what = f"appended, it says, before {_shown(before)}, when {witness.name} saw the log without it"
                    findings.append(Finding("time-outside", f"index {index}", what))
                    continue
                latest = before if index < older.checkpoint.size else seconds
            else:
                latest = seconds
            if appended > _at(latest + TOLERANCE_SECONDS):
                what = f"appended, it says, after {_shown(latest)}, when {witness.name} saw the log with it"
                findings.append(Finding("time-outside", f"index {index}", what))
    return findings


def interval(head: Head, older: Head | None) -> tuple[str, str | None]:
    """Until when the witnesses prove that all was recorded; and since when what the older checkpoint does not cover."""
    latest = min(head.seen.values())
    before = [older.seen[witness] for witness in head.seen if witness in older.seen] if older else []
    return _shown(latest), _shown(max(before)) if before else None


def _at(seconds: int) -> int:
    return seconds * 1_000_000


def _shown(seconds: int) -> str:
    try:
        return (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S UTC")
    except OverflowError:  # a witness may say any u64
        return f"second {seconds} since 1970"
