"""What a sound bundle proves, and what nobody should read into it, in plain English.

The names are those of the claims in FORMAT.md. A statement stands under "proven" only when a check stands behind it.
"""

from ledger.proof import Checkpoint, NoteSignature
from ledger.verify.reading import Bundle
from ledger.verify.verdict import Claim


def claims(parts: Bundle, head: Checkpoint, older: Checkpoint | None, *, held: bool) -> tuple[Claim, ...]:
    """What was proven of a bundle without findings."""
    count, first, last = len(parts.entries), parts.indexes[0], parts.indexes[-1]
    log = f"the log {head.origin}, as its key signed it when it had {head.size} entries"
    beside = ", ".join(parts.streams[1:])
    proven = [
        Claim("authentic", f"Every entry here ({count}) is, byte for byte, an entry of {log}."),
        Claim("in order", f"They stand in the order in which the log took them in, at indexes {first} to {last}."),
        Claim("belonging", f"Each concerns {parts.streams[0]}" + (f", or one of: {beside}." if beside else ".")),
        Claim("with registry", "For every institution and practitioner named, registry entries stand beside them."),
    ]
    if older:
        whose, advice = ("the checkpoint you hold", "") if held else ("the older one inside", " Compare it with yours.")
        grown = f"the log of {head.size} entries continues that of {older.size}"
        proven.append(Claim("append-only", f"Nothing was rewritten since {whose}: {grown}.{advice}"))
    return tuple(proven)


def not_claimed(
    patient: str | None, unchecked: tuple[NoteSignature, ...] = (), append_only: bool = False
) -> tuple[Claim, ...]:
    """What this form of the bundle does not prove, whatever the verdict."""
    whom = patient or "the patient"
    left = [Claim("complete", f"That nothing about {whom} is missing: what was left out on export would not show.")]
    if not append_only:
        what = "That nothing was rewritten since an earlier checkpoint: have one you hold exported with it (--since)."
        left.append(Claim("append-only", what))
    witnesses = "no signature of a witness was checked."
    if unchecked:
        names = ", ".join(sorted({f"{line.name}+{line.key_id.hex()}" for line in unchecked}))
        witnesses = f"further signatures stand on the checkpoint and were not checked: {names}."
    return (
        *left,
        Claim("one story", f"That everybody is shown the same log: {witnesses}"),
        Claim("attributable", "Who did it: signatures of persons inside the entries were not checked."),
        Claim("timely", "When it was recorded: append times are the log's own word, without a time token."),
        Claim("possible", "That what the entries say can have happened: only their form was looked at here."),
        Claim("re-derived", "What the fund pays: a bundle holds no decisions, and none were made here."),
    )
