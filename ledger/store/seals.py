"""Seals as they stand in the log: entries that say what the index from tags to entries is, over all before them.

Anybody who can write the database can put one in. What a seal says is believed where a signed checkpoint ends in it,
and nowhere else: whoever signs, or builds on tables, holds every other one against the entries (`sealing`).

Knows how a seal is stored and read; how one comes about is `ledger.store.sealing`.
"""

# ruff: noqa: S608  (statements are put together from our own words; every value is a parameter)

import json
import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from ledger.proof import HASH_BYTES, Checkpoint, ProofError, check_inclusion, format_base64, leaf_hash, parse_base64
from ledger.proof.tree import inclusion_ranges
from ledger.store.entry import fact_of, parse_entry
from ledger.store.findings import Finding
from ledger.store.index_tables import NOTHING, State
from ledger.store.refusals import Unsound
from ledger.store.schema import BY_POSITION, BY_TAG
from ledger.store.soundness import HANDED_OUT, SIGNED, beside, require, require_sound
from ledger.store.sqlite import Stored
from ledger.store.tree import Tree

SEAL_TYPE = "index-sealed.v1"
SEAL_TAG = "seal:index"

_FACT = "IndexSealed"

SpellSeal = Callable[[datetime, int, int, bytes], bytes]
"""(now, size, tags, root) → the fact's bytes, spelled as the journal would: the store knows no facts."""


class Sealed(NamedTuple):
    """What a seal says: the index of the first `size` entries is of so many tags and has this root."""

    size: int
    tags: int
    root: bytes


def read_seal(data: bytes) -> Sealed:
    """What the seal with these bytes says. Unsound when they are no seal's, or another spelling of one: a key twice is
    one thing to one reader, and another to the next.
    """
    try:
        entry, fact = parse_entry(data), json.loads(fact_of(data))
        sealed = Sealed(fact["size"], fact["tags"], parse_base64(fact["root"], "root"))
        datetime.fromisoformat(fact["at"])
        said = {
            "type": _FACT,
            "at": fact["at"],
            "size": sealed.size,
            "tags": sealed.tags,
            "root": format_base64(sealed.root),
        }
        are_numbers = type(sealed.size) is int and type(sealed.tags) is int and len(sealed.root) == HASH_BYTES
        is_seal = entry.type == SEAL_TYPE and entry.tags == [SEAL_TAG]
        if is_seal and are_numbers and json.dumps(said, separators=(",", ":")).encode() == fact_of(data):
            return sealed
    except (ValueError, KeyError, TypeError, RecursionError, ProofError):
        pass
    raise Unsound(f"malformed: seal: a seal cannot be read: {data[:200]!r}; run `audit`")


def seal_at(connection: sqlite3.Connection, position: int) -> bytes | None:
    """The bytes of the entry at a position, if it is a seal. Unsound when they are not those that were hashed, or are
    of another type than the column beside them says.
    """
    sql = "SELECT position, type, tags, leaf, data FROM entries NOT INDEXED WHERE position = ? AND type = ?"
    row = connection.execute(sql, (position, SEAL_TYPE)).fetchone()
    if row is None:
        return None
    stored = Stored(*row)
    require_sound(stored)
    require(beside(stored) or odd_seal(stored), HANDED_OUT)
    return stored.data


def odd_seal(row: Stored) -> Finding | None:
    """An entry of a seal's type that is not found as seals are, under their tag alone; or another one under theirs."""
    if row.type != SEAL_TYPE:
        # The column says what the bytes say, which is asked elsewhere (`soundness.beside`), and in one spelling.
        if f'"{SEAL_TAG}"' not in row.tags_json:
            return None
        return Finding.of_entry("malformed", row.position - 1, f"it bears the tag {SEAL_TAG}, and is no seal")
    if row.tags_json == json.dumps([SEAL_TAG]):
        return None
    return Finding.of_entry("malformed", row.position - 1, f"a seal bears the tag {SEAL_TAG} alone, this one others")


# A row of the tag index is believed only where the entry it speaks of is there, and of that type.
_SEALS = (
    f"SELECT t.position FROM tags AS t {BY_TAG} CROSS JOIN entries AS e {BY_POSITION} "
    "ON e.position = t.position AND e.type = t.type WHERE t.tag = ? AND t.type = ?"
)


def first_seal(connection: sqlite3.Connection, after: int, before: int) -> int | None:
    """The position of the first seal with after < position < before. None where there is none."""
    sql = f"{_SEALS} AND t.position > ? AND t.position < ? ORDER BY t.position LIMIT 1"
    row = connection.execute(sql, (SEAL_TAG, SEAL_TYPE, after, before)).fetchone()
    return None if row is None else int(row[0])


def left_unsigned(
    connection: sqlite3.Connection, kept: Checkpoint | None, mark: Checkpoint | None, before: int
) -> int | None:
    """The position of the first seal, smaller than `before`, that is behind what was signed. None where there is none.

    `kept`: the last checkpoint kept, and `mark` what the key's mark has, as their signed notes say, not the columns
    beside them. Such a seal was made, a crash came before it was signed, and the log has grown since; or somebody put
    it there. One that the mark alone is of counts: its note is kept then, and nothing smaller is signed any more.
    """
    signed = [0 if kept is None else kept.size, 0 if mark is None else mark.size - 1]
    return first_seal(connection, max(signed), before)


def require_seal(connection: sqlite3.Connection, size: int) -> bytes:
    """The bytes of the seal that a checkpoint of this size ends in. Unsound when it would not end in one of all
    entries before it.
    """
    data = seal_at(connection, size)
    if data is None or read_seal(data).size != size - 1:
        what = f"its last entry, index {size - 1}, is no seal of the entries before it"
        raise Unsound(f"{Finding('seal-not-in-log', f'checkpoint (size {size})', what)}. {SIGNED}")
    return data


class Vouched(NamedTuple):
    """What the key stands for: how many entries it signed last, and what its seal says that their index is.

    `index` is `NOTHING` where nothing was signed, or nothing that ends in a seal: then nothing is vouched for. `heads`
    are all tree heads that whatever is read of the log has to lead to: those signed, and that of the log as it was
    found just before.
    """

    size: int
    index: State  # type: ignore[assignment]  # a tuple's own `index` is not missed
    heads: tuple[Checkpoint, ...] = ()


UNVOUCHED = Vouched(0, NOTHING)


def vouched(connection: sqlite3.Connection, signed: Sequence[Checkpoint]) -> Vouched:
    """What the largest of these checkpoints, whose signatures were checked, vouches for.

    The seal is the last leaf under the signed root, which is proven here: the old entries of a long log are not hashed
    again when it is signed, and one of them may have been replaced. Where it does not come out, nothing is vouched for.
    """
    last = max(signed, key=lambda checkpoint: checkpoint.size, default=None)
    if last is None:
        return UNVOUCHED
    data, index, nothing = seal_at(connection, last.size), last.size - 1, Vouched(last.size, NOTHING, tuple(signed))
    if data is None:
        return nothing
    try:
        proof = Tree(connection).nodes(inclusion_ranges(index, last.size))
        check_inclusion(index, last.size, leaf_hash(data), proof, last.root)
        sealed = read_seal(data)
    except (ProofError, Unsound):
        return nothing
    return nothing._replace(index=State(*sealed)) if sealed.size == index else nothing
