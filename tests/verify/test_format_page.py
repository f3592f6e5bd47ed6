"""FORMAT.md is held to its word: its example verifies, its figures are right, and it is enough to write a verifier.

The second verifier (second_verifier.py) follows the page and imports nothing of ours, and of others Ed25519 and
ECDSA alone.
"""

import json
import re
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.proof import (
    SealedStream,
    format_base64,
    leaf_hash,
    parse_indexes,
    prove_consistency,
    prove_inclusion,
    prove_tags,
    root,
    stream_leaf,
    tag_key,
    tag_leaf,
    trie_root,
    vkey,
)
from ledger.proof.labels import label
from ledger.store.bundle import format_bundle
from ledger.store.entry import parse_entry
from ledger.verify import verify
from tests.proof.whole_trie import look_among
from tests.verify.committed import CASES, NORMAL_IDS, Case, bundle_of
from tests.verify.committed import KEY as LABEL_KEY
from tests.verify.damage import RECIPES
from tests.verify.mutations import mutations, spelled
from tests.verify.second_verifier import second_verifier
from tests.verify.world import SEEN, WITNESS, Log, cosigned, digest_corrected

PAGE = (Path(__file__).parents[2] / "ledger/FORMAT.md").read_text("utf-8")
EXAMPLE = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)[1].encode()
KEY = re.search(r"^    (example\S+\+[0-9a-f]{8}\+\S+)$", PAGE, re.MULTILINE)[1]
ROWS = re.findall(r"^\| (\d+) \| (\S+) \| (\S[^|]*) \| `([0-9a-f]{64})` \|$", PAGE, re.MULTILINE)
LEAVES = [bytes.fromhex(leaf) for _, _, _, leaf in ROWS]
TAGS = [tags.split(" ") for _, _, tags, _ in ROWS]
BUNDLE = json.loads(EXAMPLE)
INDEXES = parse_indexes(b64decode(BUNDLE["indexes"]), "indexes")


def test_the_page_begins_with_its_example():
    assert PAGE.index("```json") < 300
    verdict = verify(EXAMPLE, KEY)
    assert verdict.findings == ()
    assert [index for index, _ in verdict.facts] == [0, 2, 3, 5, 6, 7, 8, 9, 10] == INDEXES
    assert {"authentic", "complete", "append-only", "attributable", "forgettable"} <= {c.name for c in verdict.claims}


def test_its_figures_are_right():
    assert [int(index) for index, _, _, _ in ROWS] == list(range(12))
    assert [leaf_hash(entry.encode()) for entry in BUNDLE["entries"]] == [LEAVES[n] for n in INDEXES]
    assert leaf_hash(BUNDLE["seal"].encode()) == LEAVES[-1]
    for n, text in zip(INDEXES, BUNDLE["entries"], strict=True):
        assert (json.loads(text)["type"], json.loads(text)["tags"]) == (ROWS[n][1], TAGS[n])
    assert f"`{root(LEAVES).hex()}`" in PAGE
    assert BUNDLE["checkpoint"].rstrip().replace("\n", "\n    ") in PAGE
    assert "    " + BUNDLE["entries"][6] in PAGE
    statement = json.loads(BUNDLE["entries"][8])["fact"]["signature"].split(".")[0]
    assert "    " + b64decode(statement).decode() in PAGE
    for claim in (*verify(EXAMPLE, KEY).not_claimed, *verify(b"{}", KEY).not_claimed):
        assert f"- **{claim.name}**" in PAGE


def index_of_the_example() -> dict[bytes, SealedStream]:
    """The index that the seal is of, from the page's table alone."""
    leaves: dict[str, list[bytes]] = {}
    for n, tags in enumerate(TAGS[:-1]):
        for tag in tags:
            leaves.setdefault(tag, []).append(stream_leaf(n, LEAVES[n]))
    return {tag_key(tag): SealedStream(len(hashes), root(hashes)) for tag, hashes in leaves.items()}


def test_its_index_is_that_of_its_table():
    trie = index_of_the_example()
    sealed = json.loads(BUNDLE["seal"])["fact"]
    assert (sealed["size"], sealed["tags"]) == (11, len(trie))
    assert sealed["root"] == format_base64(trie_root([(key, tag_leaf(key, trie[key])) for key in sorted(trie)]))
    patient = trie[tag_key("patient:P1")]
    assert f"has {len(trie)} tags" in PAGE
    assert f"ends at depth {BUNDLE['depths'][0]} at its own leaf, of {patient.count}" in " ".join(PAGE.split())
    assert f"`{patient.root.hex()}`" in PAGE
    assert f"`{tag_key('patient:P1').hex()[:8]}" in PAGE
    assert f"`registry:rulebook` ends at depth {BUNDLE['depths'][-1]} at the leaf of another tag" in PAGE


def test_it_is_what_the_exporter_writes():
    stored = [(n, entry.encode()) for n, entry in zip(INDEXES, BUNDLE["entries"], strict=True)]
    for _, entry in stored:
        parse_entry(entry)
    opening = BUNDLE["openings"]["6"]
    again = format_bundle(
        streams=[(tag, [(n, e) for n, e in stored if tag in TAGS[n]]) for tag in BUNDLE["streams"]],
        checkpoint_note=BUNDLE["checkpoint"],
        seal=BUNDLE["seal"].encode(),
        seal_proof=prove_inclusion(11, LEAVES),
        tags=prove_tags([tag_key(tag) for tag in BUNDLE["streams"]], look_among(index_of_the_example())),
        since=(BUNDLE["since"]["checkpoint"], prove_consistency(5, 12, LEAVES)),
        openings={6: (b64decode(opening["salt"]), opening["person"])},
    )
    assert again == EXAMPLE


def test_its_key_is_derived_as_it_says():
    name, key_id, key = KEY.split("+", 2)
    assert b64decode(key)[0] == 1
    assert sha256(name.encode() + b"\n" + b64decode(key)).hexdigest()[:8] == key_id
    private = Ed25519PrivateKey.from_private_bytes(sha256(b"treatment-ledger: the example of FORMAT.md").digest())
    assert vkey(name, private.public_key().public_bytes_raw()) == KEY


# --- the second verifier


def test_it_verifies_the_example_and_the_invented_log(log):
    assert second_verifier(EXAMPLE, KEY)
    assert second_verifier(log.full(), log.vkey, log.checkpoint(6), WITNESS)
    for subject in ("patient:P1", "patient:P3", "patient:P99", "practitioner:T1", "practitioner:T9", "session:S9"):
        raw = log.bundle(*log.tags(subject), note=cosigned(log.checkpoint()))
        assert second_verifier(raw, log.vkey, witness=WITNESS), subject
    for size in range(26):
        assert second_verifier(log.bundle(since=log.checkpoint(size)), log.vkey), size
    late = log.bundle(since=cosigned(log.checkpoint(20), SEEN + 3600), note=cosigned(log.checkpoint(), SEEN + 3660))
    assert second_verifier(late, log.vkey, witness=WITNESS), "nothing is too early"


def test_it_knows_a_digest_that_was_corrected(log):
    mended = Log([*log.entries[:19], digest_corrected("registry:rulebook"), *log.entries[20:]])
    assert verify(mended.bundle(texts=True), mended.vkey).sound
    assert second_verifier(mended.bundle(texts=True), mended.vkey)


@pytest.mark.parametrize("name", CASES)
def test_it_knows_that_the_last_commitment_says_who_it_is(name):
    raw, key = bundle_of(CASES[name])
    assert second_verifier(raw, key) == CASES[name].fits
    assert second_verifier(raw, key, label_key=LABEL_KEY) == CASES[name].labelled


@pytest.mark.parametrize("typed", NORMAL_IDS)
def test_it_puts_ids_into_the_same_normal_form(typed):
    raw, key = bundle_of(Case((typed,), (0,), True, True), patient=label(LABEL_KEY, NORMAL_IDS[typed] or "none"))
    assert second_verifier(raw, key)
    assert second_verifier(raw, key, label_key=LABEL_KEY) == (NORMAL_IDS[typed] is not None)


@pytest.mark.parametrize("patient", ["patient:P1", "patient:P3"])
def test_it_knows_the_streams_of_a_shared_prescription(guest_log, patient):
    tags = guest_log.tags(patient)
    whole = guest_log.bundle(*tags)
    assert second_verifier(whole, guest_log.vkey)
    for left_out in tags[1:]:
        part = guest_log.bundle(*(tag for tag in tags if tag != left_out))
        assert not second_verifier(part, guest_log.vkey), left_out
        assert not verify(part, guest_log.vkey).sound, left_out


@pytest.mark.parametrize("name", RECIPES)
def test_both_refuse_every_recipe(name):
    given = RECIPES[name][1](Log())
    witness = given.witnesses[0] if given.witnesses else None
    assert not second_verifier(given.bundle, given.vkey, given.since, witness, given.label_key)


def test_both_refuse_the_same_mutations(log):
    bundle = json.loads(log.full())
    for path, how, damaged in mutations(bundle, fine=4):
        assert not second_verifier(spelled(damaged).encode(), log.vkey, witness=WITNESS), (path, how)
