"""A witness in a directory: `witness.key` and `witness.sqlite3`, and what it answers to a log that asks it.

Several threads and processes may answer for one witness: what must not overlap is a transaction (`state`).
"""

import sqlite3
from pathlib import Path
from typing import NamedTuple

from ledger.files import sync_directory
from ledger.proof import COSIGNATURE_V1, Checkpoint, ProofError, format_fork, parse_vkey, prove_fork
from ledger.witness.key import WitnessKey, read_key
from ledger.witness.refusals import WitnessError
from ledger.witness.requests import Request, parse_request
from ledger.witness.rule import PLAIN, NotCosigned, body_of, read_head, require_continuation, require_signature
from ledger.witness.state import (
    Fork,
    State,
    Watched,
    contradictions,
    keep_contradiction,
    keys_of,
    last_cosigned,
    remember,
    watched,
)

_KEY, _STATE = "witness.key", "witness.sqlite3"


class Answer(NamedTuple):
    """What a witness answers: an HTTP status, and a text and its type; where it is 200, a cosignature line.

    `forked`: what was asked with proves that the log signed two histories. The protocol has no word for that; whoever
    carried the request here is told.
    """

    status: int
    type: str
    text: str
    forked: bool = False


class Witness:
    """An open witness."""

    @staticmethod
    def init(directory: Path, name: str) -> str:
        """Make a witness of this name in `directory`; returns its verifier key (type 0x04).

        What it makes is its owner's alone. WitnessError if there is one already, or no key can have this name.
        """
        key = WitnessKey.generate(name)
        state = directory / _STATE
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            if (directory / _KEY).exists():
                raise WitnessError(f"{directory}: a witness is here already; name another directory")
            # The state first: a key without its state would be the dangerous half. It has its name once it is whole.
            # What an interrupted `init` left watches no log, and is removed; a state that does is never overwritten.
            if state.exists() and not State(state).is_new:
                raise WitnessError(
                    f"{state}: a witness's state is here already, and is never overwritten; restore its key, or name "
                    "another directory"
                )
            unfinished = state.with_name(f"{_STATE}.new")
            for left in (f"{path}{suffix}" for path in (state, unfinished) for suffix in ("", "-wal", "-shm")):
                Path(left).unlink(missing_ok=True)
            State.create(unfinished, key.vkey)
            unfinished.rename(state)
            sync_directory(directory)
            key.write(directory / _KEY)
        except OSError as error:
            raise WitnessError(f"{directory}: no witness can be made here ({error.strerror})") from error
        return key.vkey

    def __init__(self, directory: Path) -> None:
        """Open the witness in `directory`. WitnessError if there is none, or key and state are of two witnesses."""
        self._key = read_key(directory / _KEY)
        self._state = State(directory / _STATE)
        if (other := self._state.vkey) != self._key.vkey:
            raise WitnessError(f"{directory}: the state is of another witness, {other}; restore the right one")

    @property
    def vkey(self) -> str:
        """The public key that opens its cosignatures."""
        return self._key.vkey

    def trust(self, vkey: str, origin: str | None = None) -> str:
        """Watch the log of this key from now on; returns its origin. A log may have several keys.

        `origin`: the first line of its checkpoints, where that is not the key's name. ProofError for a key that is
        none, or not of the type of logs (0x01).
        """
        key = parse_vkey(vkey)
        if key.algorithm == COSIGNATURE_V1:
            raise ProofError(f"key: {key.name} is a witness; the log's own key is expected")
        name = key.name if origin is None else origin
        if not name or "\n" in name:
            raise ProofError("origin: one line of text is expected")
        with self._state.change() as connection:
            connection.execute("INSERT OR IGNORE INTO logs (origin, vkey) VALUES (?, ?)", (name, vkey))
        return name

    def logs(self) -> list[Watched]:
        """The logs it watches, and what it cosigned last of each."""
        with self._state.read() as connection:
            return watched(connection)

    def contradictions(self) -> list[Fork]:
        """Proofs that a log signed two histories, as they came in with requests that were refused."""
        with self._state.read() as connection:
            return contradictions(connection)

    def add_checkpoint(self, body: bytes, seconds: int) -> Answer:
        """The answer to a request with this body, at this time (since 1970), which a cosignature then bears.

        A cosignature is returned only when what it says is durably remembered. WitnessError, and nothing is
        cosigned, when the state fails.
        """
        try:
            request = parse_request(body)
            new = read_head(request.note)
        except ProofError as error:
            return Answer(400, PLAIN, f"{error}\n")
        except NotCosigned as refusal:
            return Answer(refusal.status, refusal.type, refusal.text)
        with self._state.change() as connection:
            refused, forked = _refused(connection, request, new, seconds)
        # The transaction is durable: from here on this size, or a larger one, is the last that was cosigned.
        if refused is not None:
            return Answer(refused.status, refused.type, refused.text, forked)
        return Answer(200, PLAIN, self._key.cosign(body_of(request.note), seconds))


def _refused(
    connection: sqlite3.Connection, request: Request, new: Checkpoint, seconds: int
) -> tuple[NotCosigned | None, bool]:
    """Under the write lock: None, and it is remembered, when it may be cosigned; and whether a fork was proven."""
    forked = False
    keys = keys_of(connection, new.origin)
    try:
        if not keys:
            raise NotCosigned(404, f"unknown log: {new.origin[:200]}")
        require_signature(request.note, map(parse_vkey, keys))
        last = last_cosigned(connection, new.origin)
        if last is not None:
            forked = _keep_fork(connection, request, new, last[1], keys, seconds)
        require_continuation(request, new, last and last[0])
    except NotCosigned as refusal:
        return refusal, forked
    remember(connection, new, request.note, seconds)
    return None, False


def _keep_fork(
    connection: sqlite3.Connection, request: Request, new: Checkpoint, last: str, keys: list[str], seconds: int
) -> bool:
    """Keep what the log, by what it signed and sent just now, proves against itself; whether it does.

    Notes by two keys of a rotated log prove nothing against either; so both must be under one.
    """
    for vkey in keys:
        try:
            fork = prove_fork(last, request.note, vkey, request.proof)
        except ProofError:
            continue
        if fork is not None:
            keep_contradiction(connection, new, format_fork(fork), seconds)
            return True
    return False
