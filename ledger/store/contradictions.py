"""What witnesses said against this log, kept beside the key until they agree again or are asked no more.

A witness that has cosigned what is not here knows of a history that was lost, or of a second one. That does not pass
because it is not reached the next time; so what it said lies beside the key's mark, one file a witness, and while one
lies there nothing is signed. Not in the database: restoring that must not make anybody forget.

Knows nothing of how witnesses are asked. A file that cannot be read stands like one that can.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from ledger.files import sync_directory, write_durably
from ledger.proof import ProofError, parse_vkey
from ledger.store.findings import Finding
from ledger.store.refusals import StoreError, Unsound

_PREFIX = "contradicted-"


class Contradiction(NamedTuple):
    """What the witness of this key said, and when: a finding's name, and a sentence.

    `vkey` is empty, and the finding `malformed`, where the file cannot be read. `after`, seconds since 1970: only an
    answer that the witness dated later lifts it.
    """

    vkey: str
    at: str
    finding: str
    what: str
    file: str
    after: float = 0.0

    @property
    def name(self) -> str:
        """The witness's, as its key has it; the file's, where that cannot be read."""
        return self.vkey.partition("+")[0] or self.file

    @property
    def lifted_by(self) -> str:
        """How it ends, for whoever is refused because of it."""
        if not self.at:  # no answer can be shown to be a later one
            return f"It stands until `witnesses remove {self.name}`"
        return (
            "It stands until the witness agrees (`checkpoint` asks it again) or is asked no more: "
            f"`witnesses remove {self.name}`"
        )


class Contradictions:
    """Those that lie beside the key in this directory. One object serves all threads, and so do several processes."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def standing(self) -> list[Contradiction]:
        """Every one that was not lifted, by file name."""
        return [_read(path) for path in sorted(self._directory.glob(f"{_PREFIX}*.json"))]

    def findings(self) -> list[Finding]:
        """The same for an audit."""
        return [_finding(one) for one in self.standing()]

    def refuse(self) -> None:
        """Unsound, naming each, while one stands."""
        if standing := self.standing():
            told = [f"{_finding(one)}. Nothing is signed. {one.lifted_by}" for one in standing]
            raise Unsound("\n".join(told))

    def keep(self, vkey: str, finding: str, what: str, now: datetime, latest: int = 0) -> None:
        """Durable on return. What was said first stays: it is what has to be explained.

        `latest`: the latest date of this witness that is known here, by a clock that may be fast.
        """
        path = self._path(vkey)
        after = max(now.timestamp(), latest)
        said = {"witness": vkey, "at": now.isoformat(), "after": after, "finding": finding, "what": what}
        try:
            if not path.exists():
                write_durably(path, json.dumps(said, ensure_ascii=False) + "\n")
        except OSError as error:
            raise StoreError(f"{path}: what the witness said cannot be kept ({error.strerror})") from error

    def of(self, vkey: str) -> Contradiction | None:
        """What stands of this witness."""
        path = self._path(vkey)
        return _read(path) if path.exists() else None

    def lift(self, one: Contradiction) -> None:
        """It stands no more; durable on return."""
        path = self._directory / one.file
        try:
            path.unlink(missing_ok=True)
            sync_directory(self._directory)
        except OSError as error:
            raise StoreError(f"{path}: cannot be removed ({error.strerror})") from error

    def _path(self, vkey: str) -> Path:
        key = parse_vkey(vkey)
        return self._directory / f"{_PREFIX}{key.key_id.hex()}.json"


def _finding(one: Contradiction) -> Finding:
    where = f"witness {one.name}" if one.vkey else one.file
    return Finding(one.finding, where, f"{one.what} (said at {one.at})" if one.at else one.what)


def _read(path: Path) -> Contradiction:
    try:
        said = json.loads(path.read_text("utf-8"))
        vkey, at, finding, what = (said[key] for key in ("witness", "at", "finding", "what"))
        if all(isinstance(value, str) for value in (at, finding, what)):
            parse_vkey(vkey)
            # One that was kept by an older program has no `after`.
            after = max(datetime.fromisoformat(at).timestamp(), float(said.get("after", 0)))
            return Contradiction(vkey, at, finding, what, path.name, after)
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError, ProofError):
        pass
    return Contradiction("", "", "malformed", "what a witness said against this log cannot be read any more", path.name)
