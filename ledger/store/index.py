"""The sealed index as it grows: a seal costs what the entries since the last one touch, not what there is.

What an update builds on is worked out from the rows that it touches and held against the root they stood for; rows
that do not lead there were damaged, and the index is built again from the log (`ledger.store.index_building`).
FORMAT.md, "Sealed index". Knows the tags that entries bear, not what they mean.

What is sealed are the tags in the bytes that were hashed, and nothing else. What an entry bears must be found: its
columns of type and tags, and its row in the tag index under each tag, must say what the bytes say, or nothing is
sealed. Rows under tags that no new entry bears are not looked for while it grows, for that would take all tags there
are; what stands in the tag index more than entries bear, building anew, audits and exports name.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from ledger.proof import Frontier, ProofError, split_keys, stream_leaf, tag_key, trie_node, trie_root
from ledger.store.entry import tags_of
from ledger.store.findings import Finding
from ledger.store.following import Following
from ledger.store.index_tables import KEPT_ABOVE, NOTHING, Held, IndexTables, Node, State, fold
from ledger.store.missing import entry_missing
from ledger.store.refusals import Unsound
from ledger.store.schema import BY_TAG, create_projections
from ledger.store.seals import odd_seal
from ledger.store.soundness import SEALED, altered, beside, require
from ledger.store.sqlite import Stored

_decode_tags = msgspec.json.Decoder(list[str]).decode


class IndexDamaged(Exception):
    """The tables are not what they were left as; they are to be built again."""


def index_state(connection: sqlite3.Connection) -> State | None:
    """What the index in the tables is of. None where there is none."""
    return IndexTables(connection).state()


def grow_index(connection: sqlite3.Connection, upto: int, following: Following | None = None) -> State:
    """Take the entries up to this many into the index. Inside a transaction that writes. `following` gets their leaves.

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
    growth = _Growth(tables, _new_leaves(connection, state.covers, upto, following))
    try:
        before, root = growth.visit(0, 0, sorted(growth.new))
    except (ProofError, ValueError) as error:  # a row that is no frontier or no hash
        raise IndexDamaged(f"kept index: {error}") from error
    if before != state.root:
        raise IndexDamaged(f"kept index: its tags lead to the root {before.hex()}, not to {state.root.hex()}")
    state = State(upto, state.tags + growth.tags_added, root)
    tables.put(growth.tags, growth.nodes, state)
    return state


def _new_leaves(
    connection: sqlite3.Connection, after: int, upto: int, following: Following | None
) -> dict[bytes, list[bytes]]:
    """By key of the tag, the stream leaves of the entries with after < position <= upto."""
    sql = (
        "SELECT position, type, tags, leaf, data FROM entries NOT INDEXED WHERE position > ? AND position <= ? "
        "ORDER BY position"
    )
    leaves: list[bytes] = []
    bearing: dict[str, list[tuple[int, bytes]]] = {}
    for row in map(Stored._make, connection.execute(sql, (after, upto))):
        if row.position != after + len(leaves) + 1:
            break
        bears = row.position, row.type.encode(errors="surrogateescape")
        for tag in borne(row):
            bearing.setdefault(tag, []).append(bears)
        leaves.append(stream_leaf(row.position - 1, row.leaf))
        if following is not None:
            following.take(row.position, row.leaf)
    if (expected := after + len(leaves)) != upto:
        raise entry_missing(expected + 1, SEALED)
    _require_found_by(connection, bearing, after, upto)
    return {tag_key(tag): [leaves[position - after - 1] for position, _ in by] for tag, by in bearing.items()}


def borne(row: Stored) -> Iterable[str]:
    """The tags that an entry bears, each once, from the bytes that were hashed; the columns beside it say the same.

    Unsound, naming the entry, where the bytes are not those that were hashed, have no tags, or a column differs.
    """
    require(altered(row) or beside(row) or odd_seal(row), SEALED)
    try:
        return dict.fromkeys(_decode_tags(tags_of(row.data)))
    except (ValueError, msgspec.DecodeError) as error:
        found = Finding.of_entry("malformed", row.position - 1, f"its tags are no list of texts ({error})")
        raise Unsound(f"{found}. {SEALED}") from None


def _require_found_by(
    connection: sqlite3.Connection, bearing: Mapping[str, Sequence[tuple[int, bytes]]], after: int, upto: int
) -> None:
    """Unsound where the tag index has, under a tag, others of these entries than bear it, or as of another type.

    `bearing`: by tag (position, type) of each entry that bears it, in log order. Types as bytes, which are read faster.
    """
    rows = f"SELECT position, CAST(type AS BLOB) FROM tags {BY_TAG} WHERE tag = ?"  # noqa: S608  (our own words)
    sql = f"{rows} AND position > ? AND position <= ? ORDER BY position"
    for tag, entries in bearing.items():
        found = connection.execute(sql, (tag, after, upto)).fetchall()
        if found != entries:
            there = f"the tag index has {len(found)}, {len(entries)} bear it"
            if len(found) == len(entries):
                (has, type), (bears, of) = next(pair for pair in zip(found, entries, strict=True) if pair[0] != pair[1])
                there = (
                    f"the tag index has index {has - 1} ({_text(type)}), where index {bears - 1} ({_text(of)}) bears it"
                )
            what = f"of the entries from index {after} to {upto - 1} {there}"
            require(Finding("index-mismatch", tag, what), SEALED)


def _text(type: bytes) -> str:
    return repr(type.decode(errors="surrogateescape"))


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
