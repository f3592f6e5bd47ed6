"""What must hold of every ledger, at the end of every test: a checker that shares no code with the store.

Reads the file with `sqlite3` and `json`, hashes with `hashlib`, and computes roots as RFC 6962 section 2.1 says it.
"""

import base64
import json
import sqlite3
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path


def root(leaves: list[bytes]) -> bytes:
    """MTH(D[n]) of RFC 6962 section 2.1, from leaf hashes."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + root(leaves[:split]) + root(leaves[split:])).digest()


def index_root(log: Sequence[tuple[Sequence[str], bytes]]) -> tuple[int, bytes]:
    """Of entries as (tags, leaf): how many tags they bear, and the root of the index. FORMAT.md, read word for word."""
    streams: dict[str, list[bytes]] = {}
    for index, (tags, leaf) in enumerate(log):
        for tag in dict.fromkeys(tags):
            streams.setdefault(tag, []).append(sha256(b"\x00" + index.to_bytes(8, "big") + leaf).digest())
    leaves = {}
    for tag, hashes in streams.items():
        key = sha256(tag.encode()).digest()
        leaf = sha256(b"\x02" + key + len(hashes).to_bytes(8, "big") + root(hashes)).digest()
        leaves[f"{int.from_bytes(key, 'big'):0256b}"] = leaf

    def trie(under: dict[str, bytes], depth: int) -> bytes:
        if len(under) < 2:
            return next(iter(under.values()), bytes(32))
        sides = [trie({bits: leaf for bits, leaf in under.items() if bits[depth] == side}, depth + 1) for side in "01"]
        return sha256(b"\x03" + sides[0] + sides[1]).digest()

    return len(streams), trie(leaves, 0)


def check_log(path: Path, *, entries: bool = True) -> int:
    """Dense positions, leaf = hash, tag index = tags; of a ledger also: entry = its columns, checkpoints = roots, each
    seal is of all entries before it.

    Returns the size. `entries`: the rows are entries, not just any bytes.
    """
    connection = sqlite3.connect(path)
    try:
        rows = connection.execute("SELECT position, type, tags, leaf, data FROM entries ORDER BY position").fetchall()
        index = connection.execute("SELECT position, tag, type FROM tags ORDER BY position, tag").fetchall()
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        signed = (
            connection.execute("SELECT size, root, note FROM checkpoints ORDER BY size").fetchall()
            if ("checkpoints" in tables)
            else []
        )
        (integrity,) = connection.execute("PRAGMA integrity_check").fetchone()
    finally:
        connection.close()
    assert integrity == "ok"
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1)), "positions are dense from 1"
    assert all(leaf == sha256(b"\x00" + data).digest() for _, _, _, leaf, data in rows), "a leaf is its entry's hash"
    borne = [(position, tag, type_) for position, type_, tags, _, _ in rows for tag in sorted(set(json.loads(tags)))]
    assert index == borne, "the tag index has the tags of each entry, and no others"
    for _, type_, tags, _, data in rows if entries else ():
        entry = json.loads(data)
        assert list(entry) == ["format", "type", "appended_at", "tags", "fact"]
        assert (entry["type"], entry["tags"]) == (type_, json.loads(tags))
        assert entry["tags"] == sorted(set(entry["tags"]))
    borne_before = [(json.loads(tags), leaf) for _, _, tags, leaf, _ in rows]
    for position, type_, tags, _, data in rows:
        if type_ == "index-sealed.v1":
            fact = json.loads(data)["fact"]
            sealed = (fact["size"], fact["tags"], base64.b64decode(fact["root"]))
            assert sealed == (position - 1, *index_root(borne_before[: position - 1])), "a seal is of all before it"
            assert json.loads(tags) == ["seal:index"]
    leaves = [row[3] for row in rows]
    for size, signed_root, note in signed:
        _, size_line, root_line, *_ = note.split("\n")
        assert (size, signed_root) == (int(size_line), base64.b64decode(root_line))
        assert root(leaves[:size]) == signed_root, "every checkpoint is of this log"
    return len(rows)
