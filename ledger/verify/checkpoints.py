"""Who signed the log as the bundle has it, and does it continue what was signed before? (proof.md, claims 1 and 2)

Two older checkpoints can come in: the one the bundle carries with a consistency proof, and one the reader holds. The
second is proven when it is the first, in size and root.
"""

from dataclasses import dataclass

from ledger.proof import (
    EMPTY_ROOT,
    Checkpoint,
    NoteSignature,
    ProofError,
    VerifierKey,
    check_consistency,
    check_note,
    parse_checkpoint,
    parse_note,
)
from ledger.verify.reading import Since
from ledger.verify.verdict import Finding


@dataclass(frozen=True, slots=True)
class Head:
    """A tree head read from a note. `signed` is False when its signature did not hold; `others` went unchecked."""

    checkpoint: Checkpoint
    signed: bool
    others: tuple[NoteSignature, ...] = ()


def read_head(note: str, key: VerifierKey, where: str, findings: list[Finding]) -> Head | None:
    """The tree head of a note that this key signed. Findings otherwise; None when there is no tree head in it."""
    try:
        parsed = parse_note(note)
        checkpoint = parse_checkpoint(parsed.body)
    except ProofError as error:
        findings.append(Finding("malformed", where, str(error)))
        return None
    try:
        others = check_note(parsed, key)
        if checkpoint.origin != key.name:
            raise ProofError(f"it is of the log {checkpoint.origin!r}, the key is that of {key.name!r}")
    except ProofError as error:
        findings.append(Finding("checkpoint-signature", where, str(error)))
        return Head(checkpoint, signed=False)
    return Head(checkpoint, signed=True, others=others)


def check_carried(since: Since, key: VerifierKey, new: Checkpoint, findings: list[Finding]) -> Checkpoint | None:
    """The older checkpoint that the bundle carries, when the new one is proven to continue it."""
    old = read_head(since.checkpoint, key, "since.checkpoint", findings)
    if old is None or not old.signed or _is_ahead(old.checkpoint, new, "since.checkpoint", findings):
        return None
    try:
        check_consistency(old.checkpoint.size, new.size, since.consistency, old.checkpoint.root, new.root)
    except ProofError as error:
        findings.append(Finding("history-fork", "since.consistency", _fork(old.checkpoint, new, str(error))))
        return None
    return old.checkpoint


def check_held(
    note: str, key: VerifierKey, new: Checkpoint, carried: Checkpoint | None, findings: list[Finding]
) -> Checkpoint | None:
    """The older checkpoint that the reader holds, when the new one is proven to continue it."""
    where = "--since"
    held = read_head(note, key, where, findings)
    if held is None or not held.signed or _is_ahead(held.checkpoint, new, where, findings):
        return None
    old = held.checkpoint
    for other in (new, carried):
        if other and other.size == old.size:
            if other.root == old.root:
                return old
            what = f"two checkpoints of size {old.size}, both signed by {key.name}, have different roots"
            findings.append(Finding("history-fork", where, f"{what}: the log was rewritten, or shown in two versions"))
            return None
    if old.root == EMPTY_ROOT:  # of size 0, as parse_checkpoint saw to: every log continues the empty one
        return old
    what = f"the bundle carries no consistency proof from size {old.size}; have it exported again with that checkpoint"
    findings.append(Finding("malformed", "since", what))
    return None


def _is_ahead(old: Checkpoint, new: Checkpoint, where: str, findings: list[Finding]) -> bool:
    if old.size <= new.size:
        return False
    what = f"the older checkpoint has {old.size} entries, the bundle's has {new.size}: the log went back"
    findings.append(Finding("checkpoint-rollback", where, what))
    return True


def _fork(old: Checkpoint, new: Checkpoint, why: str) -> str:
    return f"it does not show that the log of size {new.size} continues the log of size {old.size} ({why})"
