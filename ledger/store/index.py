"""The sealed index as it grows: a seal costs what the entries since the last one touch, not what there is.

What an update builds on is worked out from the rows that it touches and held against the root they stood for; rows
that do not lead there were damaged, and the index is built again from the log (`ledger.store.index_building`).
FORMAT.md, "Sealed index". Knows the tags that entries bear, not what they mean.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from ledger.proof import Frontier, ProofError, split_keys, stream_leaf, tag_key, trie_node, trie_root
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
    said to have; Unsound when an entry is missing or its tags are no tags.
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
        "SELECT position, tags, leaf FROM entries WHERE position > ? AND position <= ? ORDER BY position", (after, upto)
    )
    by_tag: dict[str, list[bytes]] = {}
    expected = after
    for position, tags_json, leaf in rows:
        if position != expected + 1:
            break
        expected = position
        hash_ = stream_leaf(position - 1, leaf)
        for tag in tags_of(position, tags_json):
            by_tag.setdefault(tag, []).append(hash_)
    if expected != upto:
        raise Unsound(f"entry-missing: index {expected}: there is no entry. Nothing is sealed; run `audit`")
    return {tag_key(tag): leaves for tag, leaves in by_tag.items()}


def tags_of(position: int, tags_json: str) -> Iterable[str]:
    """The tags of an entry, each once, from the column beside it."""
    try:
        return dict.fromkeys(_decode_tags(tags_json))
    except (msgspec.DecodeError, UnicodeError):
        raise Unsound(
            f"malformed: index {position - 1}: no tags stand beside it. Nothing is sealed; run `audit`"
        ) from None


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
