"""When a witness may cosign: values in, a refusal or nothing out. No file, no clock, no key of its own.

Source: c2sp.org/tlog-witness, `add-checkpoint`: which statuses, and in which order. Narrower than it: a checkpoint with
extension lines is refused (400), as `ledger.proof` does not read any.
"""

from collections.abc import Iterable

from ledger.proof import (
    EMPTY_ROOT,
    Checkpoint,
    ProofError,
    VerifierKey,
    check_consistency,
    check_note,
    parse_checkpoint,
    parse_note,
)
from ledger.witness.requests import Request

PLAIN = "text/plain; charset=utf-8"
SIZE_TYPE = "text/x.tlog.size"
"""The type of an answer that is the size which the witness cosigned last."""


class NotCosigned(Exception):
    """Nothing is cosigned; `status`, `type` and `text` are the answer."""

    def __init__(self, status: int, text: str, type: str = PLAIN) -> None:
        super().__init__(text)
        self.status, self.text, self.type = status, f"{text}\n", type


def body_of(note: str) -> str:
    """What is signed of a note, as `parse_note` would have it."""
    return note.rpartition("\n\n")[0] + "\n"


def read_head(note: str) -> Checkpoint:
    """The tree head that a note claims, nothing verified. NotCosigned 400 when there is none."""
    try:
        return parse_checkpoint(body_of(note))
    except ProofError as error:
        raise NotCosigned(400, str(error)) from None


def require_signature(note: str, keys: Iterable[VerifierKey]) -> None:
    """Returns when one of these keys signed the note. NotCosigned 403 otherwise, also for lines that sign nothing."""
    try:
        parsed = parse_note(note)
    except ProofError as error:
        raise NotCosigned(403, f"invalid signature: {error}") from None
    for key in keys:
        try:
            check_note(parsed, key)
        except ProofError:
            continue
        return
    raise NotCosigned(403, "invalid signature: no key that is trusted for this log signed the checkpoint")


def require_continuation(request: Request, new: Checkpoint, last: Checkpoint | None) -> None:
    """Returns when `new`, signed by its log, continues `last`, which was cosigned last; None: nothing was.

    NotCosigned 400, 409 or 422 otherwise, asked in the specification's order.
    """
    known = last or Checkpoint(new.origin, 0, EMPTY_ROOT)
    if request.old > new.size:
        raise NotCosigned(400, f"old size {request.old} is more than the checkpoint's, {new.size}")
    if request.old != known.size:
        raise NotCosigned(409, str(known.size), SIZE_TYPE)
    if new.size == known.size and new.root != known.root:
        raise NotCosigned(409, f"another root was cosigned at size {known.size}: two histories of one log")
    try:
        check_consistency(known.size, new.size, request.proof, known.root, new.root)
    except ProofError as error:
        raise NotCosigned(422, f"consistency proof: {error}") from None
