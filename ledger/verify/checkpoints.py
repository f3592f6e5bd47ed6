"""Who signed the log as the bundle has it, and does it continue what was signed before? (proof.md, claims 1, 2 and 6)

Two older checkpoints can come in: the one the bundle carries with a consistency proof, and one the reader holds. The
second is proven when it is the first, in size and root.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ledger.proof import (
    Checkpoint,
    Note,
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
class SignedHead:
    """A tree head that the log signed. `seen`: when each witness asked about signed it too, in seconds since 1970 by
    the witness's clock; `others`: signatures that nobody asked about, unchecked.
    """

    checkpoint: Checkpoint
    seen: Mapping[VerifierKey, int] = field(default_factory=dict)
    others: tuple[NoteSignature, ...] = ()


def read_head(
    note: str,
    key: VerifierKey,
    where: str,
    findings: list[Finding],
    witnesses: Sequence[VerifierKey] = (),
    *,
    each_witness: bool = False,
) -> SignedHead | None:
    """The tree head of a note that this key signed; None, and a finding, otherwise.

    What the witnesses signed of it must be right; with `each_witness` all of them must have signed.
    """
    try:
        parsed = parse_note(note)
        checkpoint = parse_checkpoint(parsed.body)
    except ProofError as error:
        findings.append(Finding("malformed", where, str(error)))
        return None
    before = len(findings)
    seen: dict[VerifierKey, int] = {}
    try:
        check_note(parsed, key)
        if checkpoint.origin != key.name:
            raise ProofError(f"it is of the log {checkpoint.origin!r}, the key is that of {key.name!r}")
    except ProofError as error:
        findings.append(Finding("checkpoint-signature", where, str(error)))
    for witness in witnesses:
        if not each_witness and not _lines_of(parsed, witness):
            continue
        try:
            check_note(parsed, witness)
        except ProofError as error:
            findings.append(Finding("checkpoint-signature", where, f"witness: {error}"))
        else:
            # check_note saw to it that there is one, and that it begins with the time (c2sp.org/tlog-cosignature).
            seen[witness] = int.from_bytes(_lines_of(parsed, witness)[0].signature[:8], "big")
    if len(findings) > before:
        return None
    asked = [line for signer in (key, *witnesses) for line in _lines_of(parsed, signer)]
    return SignedHead(checkpoint, seen, tuple(line for line in parsed.signatures if line not in asked))


def check_carried(
    since: Since, key: VerifierKey, new: Checkpoint, findings: list[Finding], witnesses: Sequence[VerifierKey] = ()
) -> SignedHead | None:
    """The older checkpoint that the bundle carries, when the new one is proven to continue it."""
    head = read_head(since.checkpoint, key, "since.checkpoint", findings, witnesses)
    if head is None or _is_ahead(head.checkpoint, new, "since.checkpoint", findings):
        return None
    old = head.checkpoint
    try:
        check_consistency(old.size, new.size, since.consistency, old.root, new.root)
    except ProofError as error:
        what = f"it does not show that the log of size {new.size} continues the log of size {old.size} ({error})"
        findings.append(Finding("history-fork", "since.consistency", what))
        return None
    return head


def read_held(text: str) -> str:
    """The note in a text that the reader keeps: line ends as Windows writes them, a byte order mark and blanks around
    it are no part of it. Raises ProofError when there is no checkpoint in it.
    """
    note = text.removeprefix("\ufeff").replace("\r\n", "\n").strip(" \t\n") + "\n"
    parse_checkpoint(parse_note(note).body)
    return note


def check_held(
    note: str, key: VerifierKey, new: Checkpoint, carried: Checkpoint | None, findings: list[Finding]
) -> Checkpoint | None:
    """The older checkpoint that the reader holds, when the new one is proven to continue it."""
    where = "--since"
    head = read_head(note, key, where, findings)
    if head is None or _is_ahead(head.checkpoint, new, where, findings):
        return None
    old = head.checkpoint
    for other in (new, carried):
        if other and other.size == old.size:
            if other.root == old.root:
                return old
            what = f"two checkpoints of size {old.size}, both signed by {key.name}, have different roots"
            findings.append(Finding("history-fork", where, f"{what}: the log was rewritten, or shown in two versions"))
            return None
    if old.size == 0:  # its root is that of no leaves, as parse_checkpoint saw to: every log continues the empty one
        return old
    what = f"the bundle carries no consistency proof from size {old.size}; have it exported again with that checkpoint"
    findings.append(Finding("malformed", "since", what))
    return None


def _lines_of(note: Note, key: VerifierKey) -> list[NoteSignature]:
    return [line for line in note.signatures if (line.name, line.key_id) == (key.name, key.key_id)]


def _is_ahead(old: Checkpoint, new: Checkpoint, where: str, findings: list[Finding]) -> bool:
    if old.size <= new.size:
        return False
    what = f"the older checkpoint has {old.size} entries, the bundle's has {new.size}: the log went back"
    findings.append(Finding("checkpoint-rollback", where, what))
    return True
