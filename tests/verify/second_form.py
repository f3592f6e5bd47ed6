"""What the second verifier is made of, from FORMAT.md alone: hashes, notes, proofs. Nothing of ours is imported."""

import json
import re
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Bad(Exception):
    """What the page calls a finding."""


def demand(holds: object) -> None:
    if not holds:
        raise Bad


def base64(text: str) -> bytes:
    demand(b64encode(b64decode(text)).decode() == text)
    return b64decode(text)


def nodes_of(text: str) -> list[bytes]:
    raw = base64(text)
    demand(len(raw) % 32 == 0)
    return [raw[n : n + 32] for n in range(0, len(raw), 32)]


def h(*parts: bytes) -> bytes:
    return sha256(b"".join(parts)).digest()


def u64(number: int) -> bytes:
    return number.to_bytes(8, "big")


def leaf(entry: bytes) -> bytes:
    return h(b"\0", entry)


def half(count: int) -> int:
    k = 1
    while 2 * k < count:
        k *= 2
    return k


def tree(leaves: list[bytes]) -> bytes:
    if len(leaves) < 2:
        return leaves[0] if leaves else h()
    k = half(len(leaves))
    return h(b"\1", tree(leaves[:k]), tree(leaves[k:]))


def strict(text: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        demand(len(dict(pairs)) == len(pairs))
        return dict(pairs)

    def whole(digits: str) -> Any:
        return int(digits) if digits != "-0" and len(digits) < 20 else ("number", digits)

    def nothing(_: str) -> None:
        raise Bad

    try:
        value = json.loads(
            text, object_pairs_hook=once, parse_int=whole, parse_float=lambda t: ("number", t), parse_constant=nothing
        )
    except RecursionError:
        raise Bad from None
    json.dumps(value, ensure_ascii=False).encode()  # no text, also as a key, with half a surrogate pair
    nested, depth = [value], 0
    while nested := [one for one in nested if isinstance(one, (dict, list))]:
        depth += 1
        demand(depth <= 100)
        nested = [inner for one in nested for inner in (one.values() if isinstance(one, dict) else one)]
    return value


def ed25519(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def usable(point: bytes) -> bool:
    """One spelling, and not of low order: y is none of those of the eight points."""
    p = 2**255 - 19
    y = int.from_bytes(point, "little") & (2**255 - 1)
    eight = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
    return len(point) == 32 and y < p and y not in (0, 1, p - 1, eight, p - eight)


def open_note(note: str, key: str, witness: str | None = None) -> tuple[int, bytes, int | None]:
    name, _, public = key.split("+", 2)
    text, lines = note.rsplit("\n\n", 1)
    demand(lines.endswith("\n") and all(line.startswith("— ") for line in lines[:-1].split("\n")))
    signed = [(line.split(" ")[1], base64(line.split(" ", 2)[2])) for line in lines[:-1].split("\n")]
    origin, size, top = text.split("\n")
    demand(origin == name and str(int(size)) == size and len(base64(top)) == 32)
    (ours,) = [raw[4:] for who, raw in signed if (who, raw[:4].hex()) == tuple(key.split("+")[:2])] or [b""]
    demand(ed25519(b64decode(public)[1:], ours, f"{text}\n".encode()))
    seconds = None
    if witness is not None:
        theirs = [raw[4:] for who, raw in signed if (who, raw[:4].hex()) == tuple(witness.split("+")[:2])]
        demand(len(theirs) == 1)
        seconds = int.from_bytes(theirs[0][:8], "big")
        message = f"cosignature/v1\ntime {seconds}\n{text}\n".encode()
        demand(ed25519(b64decode(witness.split("+", 2)[2])[1:], theirs[0][8:], message))
    return int(size), base64(top), seconds


def consistent(old: int, new: int, proof: list[bytes], old_root: bytes, new_root: bytes) -> bool:
    """RFC 6962 §2.1.2 read as a recursion: rebuilds both roots from the proof."""
    if old in (0, new):
        return not proof and (old_root == (h() if old == 0 else new_root))
    rest = list(proof)

    def walk(m: int, n: int, all_of_it: bool) -> tuple[bytes, bytes]:
        if m == n:
            value = old_root if all_of_it else rest.pop(0)
            return value, value
        k = half(n)
        if m <= k:
            older, newer = walk(m, k, all_of_it)
            return older, h(b"\1", newer, rest.pop(0))
        older, newer = walk(m - k, n - k, False)
        left = rest.pop(0)
        return h(b"\1", left, older), h(b"\1", left, newer)

    return walk(old, new, True) == (old_root, new_root) and not rest


def fold(leaves: dict[int, bytes], size: int, rest: list[bytes]) -> bytes:
    def down(start: int, end: int) -> bytes:
        if not any(start <= index < end for index in leaves):
            return rest.pop(0)
        if end - start == 1:
            return leaves[start]
        k = half(end - start)
        return h(b"\1", down(start, start + k), down(start + k, end))

    top = down(0, size)
    demand(not rest)
    return top


def numbers(raw: bytes) -> list[int]:
    found, value, shift, before = [], 0, 0, -1
    for byte in raw:
        value += (byte & 127) << shift
        shift += 7
        if byte < 128:
            demand(byte or shift == 7)
            before += value + 1
            found.append(before)
            value = shift = 0
    demand(shift == 0 and before < 2**63)
    return found


def index_root(bundle: dict[str, Any], hashes: dict[str, list[bytes]]) -> bytes:
    rest = nodes_of(bundle["nodes"])
    ends: dict[bytes, tuple[int, bytes]] = {}
    demand(len(bundle["depths"]) == len(bundle["streams"]))
    for tag, depth in zip(bundle["streams"], bundle["depths"], strict=True):
        demand(type(depth) is int and 0 <= depth <= 256)
        key, here = h(tag.encode()), bytes(32)
        if tag not in bundle["absent"]:
            here = h(b"\2", key, u64(len(hashes[tag])), tree(hashes[tag]))
        elif other := base64(bundle["absent"][tag]):
            demand(len(other) == 72 and other[:32] != key and 0 < int.from_bytes(other[32:40], "big") < 2**63)
            demand(bits(other[:32])[:depth] == bits(key)[:depth])
            here = h(b"\2", other)
        ends[key] = depth, here

    def visit(depth: int, keys: list[bytes]) -> bytes:
        if not keys:
            return rest.pop(0)
        if depth in {ends[key][0] for key in keys}:
            demand(len({ends[key] for key in keys}) == 1)
            return ends[keys[0]][1]
        sides = [[key for key in keys if bits(key)[depth] == side] for side in "01"]
        return h(b"\3", visit(depth + 1, sides[0]), visit(depth + 1, sides[1]))

    top = visit(0, list(ends))
    demand(not rest)
    return top


def bits(key: bytes) -> str:
    return f"{int.from_bytes(key, 'big'):0256b}"


ESCAPED = r'\\["\\bfnrt]|\\u00(0[0-7bef]|1[0-9a-f])'


def respelled(text: str) -> bool:
    """No space outside texts, and no escape but the necessary ones."""
    bare = re.sub(rf'"([^"\\\x00-\x1f]|{ESCAPED})*"', "", text)
    return not re.search(r'[\s"]', bare)
