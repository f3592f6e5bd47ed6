"""The sealed index as it grows: a seal costs what the entries since the last one touch, not what there is.

What an update builds on is worked out from the rows that it touches and held against the root they stood for; rows
that do not lead there were damaged, and the index is built again from the log (`ledger.store.index_building`).
FORMAT.md, "Sealed index". Knows the tags that entries bear, not what they mean.

What is sealed are the tags in the bytes that were hashed, and nothing else: the columns and rows beside an entry, by
which it is found, must say the same, or nothing is sealed.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

import msgspec

from ledger.proof import Frontier, ProofError, split_keys, stream_leaf, tag_key, trie_node, trie_root
from ledger.store.entry import tags_of
from ledger.store.index_tables import KEPT_ABOVE, NOTHING, Held, IndexTables, Node, State, fold
from ledger.store.refusals import Unsound
from ledger.store.schema import create_projections

_decode_tags = msgspec.json.Decoder(list[str]).decode


class IndexDamaged(Exception):
    """The tables are not what they were left as; they are to be built again."""


def index_state(connection: sqlite3.Connection) -> State | None:
    """What the index in the tables is of. None where there is none."""
    return IndexTables(connection).state()


def grow_index(connection: sqlite3.Connection, upto: int) -> State:
    """Take the entries up to this many into the index. Inside a transaction that writes.

    Raises IndexDamaged, and leaves the transaction to be rolled back, when the tables do not lead to the root they are
    said to have; Unsound when an entry is missing, or what stands beside it, by which it is found, is not what it says.
    """
    create_projections(connection)
    tables = IndexTables(connection)
    held = tables.state()
    if held is not None and held.covers == upto:
        return held
    state = held or NOTHING
    if state.covers > upto:
        raise IndexDamaged(f"kept index: it is of {state.covers} entries, the log has {upto}")
    growth = _Growth(tables, _new_leaves(connection, state.covers, upto))
    try:
        before, root = growth.visit(0, 0, sorted(growth.new))
    except (ProofError, ValueError) as error:  # a row that is no frontier or no hash
        raise IndexDamaged(f"kept index: {error}") from error
    if before != state.root:
        raise IndexDamaged(f"kept index: its tags lead to the root {before.hex()}, not to {state.root.hex()}")
    state = State(upto, state.tags + growth.tags_added, root)
    tables.put(growth.tags, growth.nodes, state)
    return state


def _new_leaves(connection: sqlite3.Connection, after: int, upto: int) -> dict[bytes, list[bytes]]:
    """By key of the tag, the stream leaves of the entries with after < position <= upto."""
    rows = connection.execute(
        "SELECT position, CAST(tags AS BLOB), leaf, data FROM entries WHERE position > ? AND position <= ? "
        "ORDER BY position",
        (after, upto),
    )
    by_tag: dict[str, list[bytes]] = {}
    expected = after
    for position, column, leaf, data in rows:
        if position != expected + 1:
            break
        expected = position
        hash_ = stream_leaf(position - 1, leaf)
        for tag in borne(position, column, leaf, data):
            by_tag.setdefault(tag, []).append(hash_)
    if expected != upto:
        raise Unsound(f"entry-missing: index {expected}: there is no entry. Nothing is sealed; run `audit`")
    _require_found_by(connection, by_tag, after, upto)
    return {tag_key(tag): leaves for tag, leaves in by_tag.items()}


def borne(position: int, column: bytes, leaf: bytes, data: bytes) -> Iterable[str]:
    """The tags that an entry bears, each once, from the bytes that were hashed; the column beside it says the same.

    Unsound, naming the entry, where the bytes are not those that were hashed, have no tags, or the column differs.
    """
    if sha256(b"\x00" + data).digest() != leaf:
        raise _unsound("entry-altered", position, f"its stored bytes do not hash to its leaf in the log, {leaf.hex()}")
    try:
        spelled = tags_of(data)
        if spelled == column:
            return dict.fromkeys(_decode_tags(spelled))
    except (ValueError, msgspec.DecodeError):
        pass
    # As bytes, for what is no text any more would stop the reading.
    said = column[:200].decode(errors="replace")
    raise _unsound(
        "malformed", position, f"the column beside the entry says that its tags are {said!r}, its bytes do not"
    )


def _require_found_by(
    connection: sqlite3.Connection, by_tag: Mapping[str, Sequence[bytes]], after: int, upto: int
) -> None:
    """Unsound where the tag index has more or fewer of these entries under a tag than bear it."""
    for tag, leaves in by_tag.items():
        sql = "SELECT count(*) FROM tags WHERE tag = ? AND position > ? AND position <= ?"
        (found,) = connection.execute(sql, (tag, after, upto)).fetchone()
        if found != len(leaves):
            what = f"of the entries from index {after} to {upto - 1} the tag index has {found}, {len(leaves)} bear it"
            raise Unsound(f"index-mismatch: {tag}: {what}. Nothing is sealed; run `audit`")


def _unsound(name: str, position: int, what: str) -> Unsound:
    return Unsound(f"{name}: index {position - 1}: {what}. Nothing is sealed; run `audit`")


class _Growth:
    """What becomes of the tables when these streams grow: the rows to set, and the root before and after."""

    def __init__(self, tables: IndexTables, new: Mapping[bytes, Sequence[bytes]]) -> None:
        self._tables = tables
        self.new = new
        self.tags: list[Held] = []
        self.nodes: list[Node] = []
        self.tags_added = 0

    def visit(self, prefix: int, depth: int, keys: Sequence[bytes]) -> tuple[bytes, bytes]:
        """The hash of a subtree under which these tags grow, before and after."""
        kept = self._tables.node(prefix, depth)
        if kept is None:
            held = self._tables.tags(prefix, depth, KEPT_ABOVE + 1)
            if len(held) > KEPT_ABOVE:
                raise IndexDamaged(f"kept index: a subtree at depth {depth} has no row")
            leaves = dict(tag.leaf() for tag in held)
            before = trie_root(list(leaves.items()), depth)
            leaves.update(tag.leaf() for tag in self._grown(held, keys))
            return before, fold(sorted(leaves.items()), depth, self.nodes.append)
        cut = split_keys(keys, depth)
        left = self._side(prefix << 1, depth + 1, keys[:cut])
        right = self._side(prefix << 1 | 1, depth + 1, keys[cut:])
        if trie_node(left[0], right[0]) != kept:
            raise IndexDamaged(f"kept index: what lies under a node at depth {depth} does not lead to it")
        grown = trie_node(left[1], right[1])
        self.nodes.append(Node(prefix, depth, grown))
        return kept, grown

    def _side(self, prefix: int, depth: int, keys: Sequence[bytes]) -> tuple[bytes, bytes]:
        if keys:
            return self.visit(prefix, depth, keys)
        unchanged = self._tables.hash(prefix, depth)
        return unchanged, unchanged

    def _grown(self, held: Sequence[Held], keys: Sequence[bytes]) -> list[Held]:
        """These tags with what is new of them; some are new altogether."""
        before = {tag.key: tag for tag in held}
        grown = []
        for key in keys:
            frontier = before[key].frontier_of() if key in before else Frontier()
            self.tags_added += key not in before
            frontier.extend(self.new[key])
            grown.append(Held(key, frontier.size, b"".join(frontier.nodes)))
        self.tags += grown
        return grown
