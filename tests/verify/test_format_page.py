"""FORMAT.md is held to its word: its example verifies, its figures are right, and it is enough to write a verifier.

The second verifier below follows the page and imports nothing of ours but `cryptography`'s Ed25519.
"""

import json
import re
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.proof import leaf_hash, root, vkey
from ledger.store.bundle import format_bundle
from ledger.store.entry import parse_entry
from ledger.verify import verify

PAGE = (Path(__file__).parents[2] / "ledger/FORMAT.md").read_text("utf-8")
EXAMPLE = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)[1].encode()
KEY = re.search(r"^    (example\S+\+[0-9a-f]{8}\+\S+)$", PAGE, re.MULTILINE)[1]
LEAVES = [bytes.fromhex(leaf) for leaf in re.findall(r"^\| \d+ \| \S+ \| `([0-9a-f]{64})` \|$", PAGE, re.MULTILINE)]


def test_the_page_begins_with_its_example():
    assert PAGE.index("```json") < 300
    verdict = verify(EXAMPLE, KEY)
    assert verdict.findings == ()
    assert [index for index, _ in verdict.facts] == [0, 2, 3, 4, 5]
    assert {"authentic", "append-only"} <= {claim.name for claim in verdict.claims}


def test_its_figures_are_right():
    bundle = json.loads(EXAMPLE)
    assert len(LEAVES) == 7
    assert [leaf_hash(entry.encode()) for entry in bundle["entries"]] == [LEAVES[n] for n in bundle["indexes"]]
    assert f"`{root(LEAVES).hex()}`" in PAGE
    assert bundle["checkpoint"].rstrip().replace("\n", "\n    ") in PAGE
    assert "    " + bundle["entries"][4] in PAGE
    for claim in verify(EXAMPLE, KEY).not_claimed:
        assert f"- **{claim.name}**" in PAGE


def test_its_entries_are_what_a_ledger_writes():
    bundle = json.loads(EXAMPLE)
    for entry in bundle["entries"]:
        parse_entry(entry.encode())
    stored = [(n, entry.encode()) for n, entry in zip(bundle["indexes"], bundle["entries"], strict=True)]
    streams = [(tag, [(n, e) for n, e in stored if tag in json.loads(e)["tags"]]) for tag in bundle["streams"]]
    again = format_bundle(
        streams=streams,
        checkpoint_note=bundle["checkpoint"],
        leaf_hashes=LEAVES,
        since=bundle["since"]["checkpoint"],
    )
    assert again == EXAMPLE


def test_its_key_is_derived_as_it_says():
    name, key_id, key = KEY.split("+", 2)
    assert b64decode(key)[0] == 1
    assert sha256(name.encode() + b"\n" + b64decode(key)).hexdigest()[:8] == key_id
    private = Ed25519PrivateKey.from_private_bytes(sha256(b"treatment-ledger: the example of FORMAT.md").digest())
    assert vkey(name, private.public_key().public_bytes_raw()) == KEY


# --- the second verifier --------------------------------------------------------------------------------------


class Bad(Exception):
    """What the page calls a finding."""


def demand(holds: object) -> None:
    if not holds:
        raise Bad


def base64(text: str) -> bytes:
    demand(b64encode(b64decode(text)).decode() == text)
    return b64decode(text)


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def half(count: int) -> int:
    k = 1
    while 2 * k < count:
        k *= 2
    return k


def open_note(note: str, key: str) -> tuple[int, bytes]:
    name, key_id, public = key.split("+", 2)
    text, lines = note.rsplit("\n\n", 1)
    ours = [line.split(" ")[2] for line in lines.splitlines() if line.split(" ")[1] == name]
    ours = [base64(line)[4:] for line in ours if base64(line)[:4].hex() == key_id]
    demand(len(ours) == 1)
    try:
        Ed25519PublicKey.from_public_bytes(b64decode(public)[1:]).verify(ours[0], f"{text}\n".encode())
    except InvalidSignature:
        raise Bad from None
    origin, size, top = text.split("\n")
    demand(origin == name)
    demand(str(int(size)) == size)
    return int(size), base64(top)


def fold_bundle(bundle: dict[str, Any], size: int) -> bytes:
    leaves = dict(zip(bundle["indexes"], [sha256(b"\0" + e.encode()).digest() for e in bundle["entries"]], strict=True))
    nodes = [base64(text) for text in bundle["nodes"]]

    def fold(start: int, end: int) -> bytes:
        if not any(start <= index < end for index in leaves):
            demand(nodes)
            return nodes.pop(0)
        if end - start == 1:
            return leaves[start]
        k = half(end - start)
        return node(fold(start, start + k), fold(start + k, end))

    top = fold(0, size)
    demand(not nodes)
    marks = bundle["marks"]
    places = [*leaves.items()], [*enumerate(base64(text) for text in bundle["nodes"])]
    for text, values in zip((marks["entries"], marks["nodes"]), places, strict=True):
        demand(base64(text) == b"".join(sha256(n.to_bytes(8, "big") + h).digest()[:3] for n, h in values))
    return top


def consistent(old: int, new: int, proof: list[bytes], old_root: bytes, new_root: bytes) -> bool:
    """RFC 6962 §2.1.2 read as a recursion: rebuilds both roots from the proof."""
    if old in (0, new):
        return not proof and (old == 0 or old_root == new_root)
    rest = list(proof)

    def walk(m: int, n: int, whole: bool) -> tuple[bytes, bytes]:
        if m == n:
            value = old_root if whole else rest.pop(0)
            return value, value
        k = half(n)
        if m <= k:
            older, newer = walk(m, k, whole)
            return older, node(newer, rest.pop(0))
        older, newer = walk(m - k, n - k, False)
        left = rest.pop(0)
        return node(left, older), node(left, newer)

    return walk(old, new, True) == (old_root, new_root) and not rest


def shared_sheets(mine: set[str], entries: list[dict[str, Any]]) -> set[str]:
    called = set[str]()
    own = [entry for entry in entries if mine & set(entry["tags"])]
    for sheet in {tag for entry in own for tag in entry["tags"] if tag.startswith("prescription:")}:
        on_it = [entry for entry in entries if sheet in entry["tags"]]
        others = [entry for entry in on_it if entry not in own]
        types = {entry["fact"]["type"] for entry in on_it}
        if others or ("SessionStarted" in types and "PrescriptionIssued" not in types):
            called.add(sheet)
        for entry in others:
            kinds = ("session:", "episode:") if entry["fact"]["type"] == "PrescriptionIssued" else "session:"
            called |= {tag for tag in entry["tags"] if tag.startswith(kinds)}
    return called


SECOND = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
instant = re.compile(rf"{SECOND}(\.\d{{6}})?\+08:00")


def check_entries(bundle: dict[str, Any]) -> None:
    patient, borne, called, optional = bundle["streams"][0], set[str](), set[str](), {"registry:rulebook"}
    moved = {patient}
    demand(patient.startswith("patient:"))
    demand(bundle["streams"][1:] == sorted(set(bundle["streams"][1:]) - {patient}))
    for text in bundle["entries"]:
        entry = json.loads(text)
        tags, fact = entry["tags"], entry["fact"]
        demand(list(entry) == ["format", "type", "appended_at", "tags", "fact"])
        demand(entry["format"] == "treatment-ledger/1")
        demand(tags == sorted(set(tags)))
        demand(entry["type"].split(".")[0] == re.sub(r"(?<=.)(?=[A-Z])", "-", fact["type"]).lower())
        demand(re.fullmatch(rf"{SECOND}\.\d{{6}}\+08:00", entry["appended_at"]))
        demand(all(instant.fullmatch(fact[field]) for field in ("at", "recorded_at") if field == "at" or field in fact))
        demand(set(tags) & set(bundle["streams"]))
        borne |= set(tags)
        named = {f"registry:{tag}" for tag in tags if tag.startswith(("institution:", "practitioner:"))}
        (optional if any(tag.startswith("registry:") for tag in tags) else called).update(named)
        corrected = fact["type"] == "EntryCorrected" and fact["field"] == "patient"
        if corrected and patient in tags and patient == f"patient:{fact['new']}":
            targets = (f"id:{fact['target']}", f"prescription:{fact['target']}")
            moved |= {tag for tag in tags if tag.startswith(("session:", "assessment:")) or tag in targets}
    called |= moved | shared_sheets(moved, [json.loads(text) for text in bundle["entries"]])
    demand(set(bundle["streams"]) <= borne)
    demand(called <= set(bundle["streams"]) <= called | optional | {patient})


def second_verifier(raw: bytes, key: str) -> bool:
    try:
        bundle = json.loads(raw)
        demand(bundle.keys() - {"since"} == {
            "format", "checkpoint", "streams", "indexes", "entries", "nodes", "marks",
        })  # fmt: skip
        demand(bundle["format"] == "treatment-ledger-bundle/1")
        size, top = open_note(bundle["checkpoint"], key)
        indexes = bundle["indexes"]
        demand(indexes == sorted(set(indexes)))
        demand(0 <= indexes[0] <= indexes[-1] < size)
        demand(fold_bundle(bundle, size) == top)
        if "since" in bundle:
            old_size, old_root = open_note(bundle["since"]["checkpoint"], key)
            proof = [base64(text) for text in bundle["since"]["consistency"]]
            demand(old_size <= size)
            demand(consistent(old_size, size, proof, old_root, top))
        check_entries(bundle)
    except (Bad, ValueError, KeyError, IndexError, TypeError, AttributeError):
        return False
    return True


def test_it_verifies_the_example_and_the_invented_log(log):
    assert second_verifier(EXAMPLE, KEY)
    for size in range(16):
        assert second_verifier(log.bundle(since=log.checkpoint(size)), log.vkey)


@pytest.mark.parametrize("patient", ["P1", "P3"])
def test_it_knows_the_streams_of_a_shared_prescription(guest_log, patient):
    tags = guest_log.tags(patient)
    whole = guest_log.bundle(*tags)
    assert second_verifier(whole, guest_log.vkey)
    for left_out in tags[1:]:
        part = guest_log.bundle(*(tag for tag in tags if tag != left_out))
        assert not second_verifier(part, guest_log.vkey), left_out
        assert not verify(part, guest_log.vkey).sound, left_out


def test_both_refuse_the_same_damage(log):
    raw = log.bundle(since=log.checkpoint(6))
    places = [n for n in range(len(raw)) if raw[n : n + 1].isalnum()]
    for place in places[::7]:
        damaged = raw[:place] + (b"5" if raw[place : place + 1] != b"5" else b"6") + raw[place + 1 :]
        try:
            json.loads(damaged)
        except ValueError:
            continue  # an escape broken: no JSON any more
        assert not second_verifier(damaged, log.vkey), place
        assert not verify(damaged, log.vkey).sound, place
