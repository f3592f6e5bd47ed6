"""What this ledger asks witnesses with, and what it does with their answers (c2sp.org/tlog-witness, a log's side).

Nothing here reaches a witness: over which wire the request goes, and who carries the answer, is the caller's business.
"""

from collections.abc import Iterable
from datetime import datetime

from ledger.application.proving import continuation
from ledger.proof import parse_note, parse_vkey
from ledger.store.checkpoints import Checkpoints
from ledger.store.contradictions import Contradiction
from ledger.store.refusals import StoreError
from ledger.store.sqlite import SQLiteDCBRecorder
from ledger.witness import format_request


class Cosigning:
    """The checkpoints of a ledger, and the witnesses that are to cosign them."""

    def __init__(self, recorder: SQLiteDCBRecorder, checkpoints: Checkpoints) -> None:
        self._recorder = recorder
        self._checkpoints = checkpoints

    def size_of(self, note: str) -> int:
        """How many entries a checkpoint of ours covers. LedgerError if it is none."""
        return self._checkpoints.open(note, "the checkpoint").size

    def last_signed(self) -> int:
        """How many entries the last checkpoint covers, 0 before the first."""
        note = self._checkpoints.latest()
        return 0 if note is None else self.size_of(note)

    def last_cosigned(self, vkey: str) -> int:
        """How many entries the witness saw, by the last cosignature of it that is kept here; 0 for none."""
        return self._checkpoints.last_cosigned(vkey)

    def lacking(self, note: str, vkeys: Iterable[str]) -> list[str]:
        """Those of these witnesses that have not cosigned the checkpoint, as it is shown."""
        signed = {(line.name, line.key_id) for line in parse_note(note).signatures}
        keys = {vkey: parse_vkey(vkey) for vkey in vkeys}
        return [vkey for vkey, key in keys.items() if (key.name, key.key_id) not in signed]

    def request(self, note: str, old: int) -> bytes:
        """What asks for a cosignature of this checkpoint of a witness that cosigned `old` entries last.

        LedgerError when that is more than the checkpoint covers; Unsound when this log is not the checkpoint's: a proof
        that does not hold would have the witness say that there are two logs, and is not sent.
        """
        new = self._checkpoints.open(note, "the checkpoint")
        if old > new.size:
            raise StoreError(f"the witness cannot be asked from there: {old} entries are more than its {new.size}")
        return format_request(old, continuation(self._recorder, old, new.size, new.root), note)

    def take(self, note: str, vkey: str, lines: str) -> bool:
        """Keep what the witness answered; durable on return. LedgerError if it is no cosignature of the checkpoint.

        A cosignature lifts what the witness said against the log, and True is returned, if it is dated later than that
        and than every answer of this witness that ever came here: whoever carries answers, by wire or by file, may
        carry an old one, and a witness whose clock is fast has dated old ones after what it said later. What was said
        and cannot be read any more has no date, and is lifted by none.
        """
        stood, latest = self.contradiction_of(vkey), self._checkpoints.latest_date(vkey)
        seconds = self._checkpoints.cosign(note, vkey, lines)
        if stood is None or not stood.at or seconds <= max(stood.after, latest):
            return False
        self.lift(stood)
        return True

    # --- what witnesses say against the log

    def contradicted(self, vkey: str, finding: str, what: str, now: datetime) -> None:
        """Keep, durably, that this witness contradicts the log: nothing is signed until it is lifted."""
        try:
            latest = self._checkpoints.latest_date(vkey)
        except StoreError:
            latest = 0  # while that cannot be read no answer is taken, so none lifts it
        self._checkpoints.contradictions.keep(vkey, finding, what, now, latest)

    def contradictions(self) -> list[Contradiction]:
        """Those that stand."""
        return self._checkpoints.contradictions.standing()

    def refuse_contradicted(self) -> None:
        """Unsound, naming each, while one stands."""
        self._checkpoints.contradictions.refuse()

    def contradiction_of(self, vkey: str) -> Contradiction | None:
        """That of this witness, if it stands."""
        return self._checkpoints.contradictions.of(vkey)

    def lift(self, contradiction: Contradiction) -> None:
        """The witness has agreed since, or its word counts no more: it stands no longer."""
        self._checkpoints.contradictions.lift(contradiction)
