"""Recipes of damage to the form of a bundle, its checkpoints, seal, index and entries."""

import json
from base64 import b64decode, b64encode
from typing import Any

from ledger.proof import (
    format_base64,
    format_checkpoint,
    format_indexes,
    leaf_hash,
    parse_indexes,
    prove_inclusion,
    root,
    sign_note,
    tag_key,
)
from tests.verify.recipes import Given, behind, bits, changed, opened, parts, recipe, with_entry
from tests.verify.world import (
    H1,
    ORIGIN,
    T1,
    WITNESS,
    Log,
    cosigned,
    private,
    spell,
)

# --- what is no bundle of this form


@recipe("malformed", "a key that the form does not have")
def unknown_key(log: Log) -> Given:
    return changed(log, decisions=[])


@recipe("malformed", "base64 in a second spelling")
def second_spelling(log: Log) -> Given:
    return changed(log, nodes=parts(log)["nodes"].replace("=", "") + "==")


@recipe("malformed", "an index longer than it need be")
def long_index(log: Log) -> Given:
    raw = b64decode(parts(log)["indexes"])
    return changed(log, indexes=b64encode(bytes([raw[0] | 0x80, 0]) + raw[1:]).decode())


@recipe("malformed", "a mark that does not fit what is proven")
def false_mark(log: Log) -> Given:
    marks = parts(log)["marks"]
    return changed(log, marks=marks[:3] + ("A" if marks[3] != "A" else "B") + marks[4:])


@recipe("malformed", "half a mark")
def half_a_mark(log: Log) -> Given:
    return changed(log, marks=parts(log)["marks"][:-1])


@recipe("malformed", "a mark more than there are entries")
def one_mark_more(log: Log) -> Given:
    return changed(log, marks=parts(log)["marks"] + "AA")


@recipe("malformed", "a stream both present and absent")
def present_and_absent(log: Log) -> Given:
    return changed(log, absent={"registry:rulebook": ""})


@recipe("malformed", "an entry of the log in another spelling")
def spaced_entry(log: Log) -> Given:
    return with_entry(16, log.entries[16].replace(b'"amount_fen":', b'"amount_fen": '), log)


@recipe("malformed", "an entry of the log without a tag that it calls for")
def untagged_entry(log: Log) -> Given:
    return behind(log, spell("PatientFileOpened", ["patient:P1"], patient="P1", institution="H1"))


@recipe("malformed", "a rulebook that nothing adopts")
def stray_rulebook(log: Log) -> Given:
    stray = {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855": ""}
    return changed(log, rulebooks=parts(log)["rulebooks"] | stray)


@recipe("malformed", "no proof from the checkpoint that the reader holds")
def unproven_held(log: Log) -> Given:
    return Given(log.bundle(), log.vkey, since=log.checkpoint(6))


# --- who signed the log, and what it was before


@recipe("checkpoint-signature", "another root under the old signature")
def another_root(log: Log) -> Given:
    note = parts(log)["checkpoint"]
    root = note.split("\n")[2]
    return changed(log, checkpoint=note.replace(root, bits(root)))


@recipe("checkpoint-signature", "signed by another key")
def another_key(log: Log) -> Given:
    return Given(Log(key=private("a stranger")).bundle(), log.vkey)


@recipe("checkpoint-signature", "the older one signed by another key")
def older_by_another(log: Log) -> Given:
    other = Log(key=private("a stranger"))
    return changed(log, since=parts(log)["since"] | {"checkpoint": other.checkpoint(6)})


@recipe("checkpoint-signature", "a witness that did not sign")
def no_witness(log: Log) -> Given:
    return Given(log.bundle(), log.vkey, witnesses=(WITNESS,))


@recipe("checkpoint-signature", "a witness's signature with another time")
def false_time(log: Log) -> Given:
    head, line = cosigned(log.checkpoint()).rsplit(" ", 1)
    return Given(log.bundle(note=f"{head} {bits(line.strip(), 11)}\n"), log.vkey, witnesses=(WITNESS,))


@recipe("checkpoint-rollback", "the reader holds a longer log")
def held_longer(log: Log) -> Given:
    shorter = Log(log.entries[:20])
    return Given(shorter.bundle(), log.vkey, since=log.checkpoint())


@recipe("checkpoint-rollback", "the older checkpoint is the longer one")
def carried_longer(log: Log) -> Given:
    longer = Log([*log.entries, log.entries[3]])
    since = {"checkpoint": longer.checkpoint(), "consistency": []}
    return changed(log, since=since)


@recipe("history-fork", "two histories of one size")
def two_histories(log: Log) -> Given:
    rewritten = Log([log.entries[1], log.entries[0], *log.entries[2:]])
    return Given(rewritten.bundle(), log.vkey, since=log.checkpoint())


@recipe("history-fork", "an older checkpoint of another history")
def other_past(log: Log) -> Given:
    rewritten = Log([log.entries[1], log.entries[0], *log.entries[2:]])
    return changed(log, since=parts(log)["since"] | {"checkpoint": rewritten.checkpoint(6)})


# --- the seal


@recipe("seal-not-in-log", "a seal of another root")
def another_seal(log: Log) -> Given:
    seal = json.loads(parts(log)["seal"])
    seal["fact"]["root"] = bits(seal["fact"]["root"])
    return changed(log, seal=json.dumps(seal, separators=(",", ":")))


@recipe("seal-not-in-log", "a damaged path to the root")
def damaged_path(log: Log) -> Given:
    return changed(log, seal_proof=bits(parts(log)["seal_proof"]))


@recipe("seal-not-in-log", "the last entry is none")
def no_seal(log: Log) -> Given:
    last = spell("PatientFileOpened", ["patient:P9", H1], patient="P9", institution="H1")
    return Given(json.dumps(parts_of(log) | last_entry(log, last)).encode(), log.vkey)


@recipe("seal-not-in-log", "a seal of fewer entries than stand before it")
def short_seal(log: Log) -> Given:
    seal = json.loads(log.seal)
    seal["fact"]["size"] -= 1
    return Given(
        json.dumps(parts_of(log) | last_entry(log, json.dumps(seal, separators=(",", ":")).encode())).encode(), log.vkey
    )


def parts_of(log: Log) -> dict[str, Any]:
    return opened(log.bundle())


def last_entry(log: Log, last: bytes) -> dict[str, Any]:
    """What a checkpoint that ends in this entry, instead of the seal, brings into a bundle."""
    leaves = [*log.leaves[:-1], leaf_hash(last)]
    note = sign_note(format_checkpoint(ORIGIN, len(leaves), root(leaves)), ORIGIN, log.key)
    path = format_base64(b"".join(prove_inclusion(len(leaves) - 1, leaves)))
    return {"checkpoint": note, "seal": last.decode(), "seal_proof": path}


# --- the entries and the index


@recipe("entry-altered", "a fee raised")
def raised_fee(log: Log) -> Given:
    return Given(log.full().replace(b"4000", b"9000"), log.vkey)


@recipe("entry-altered", "a patient's tag taken away")
def lost_tag(log: Log) -> Given:
    made = parts(log)
    made["entries"][-1] = made["entries"][-1].replace('"patient:P1",', "")
    return Given(json.dumps(made).encode(), log.vkey)


@recipe("entry-altered", "an entry that is no JSON any more")
def broken_entry(log: Log) -> Given:
    made = parts(log)
    made["entries"][2] = made["entries"][2][:-1]
    return Given(json.dumps(made).encode(), log.vkey)


@recipe("entry-missing", "an entry left out, its index left standing")
def left_out(log: Log) -> Given:
    made = parts(log)
    del made["entries"][12]
    return Given(json.dumps(made).encode(), log.vkey)


@recipe("entry-missing", "a stream left out wholly, with its proof")
def no_registry(log: Log) -> Given:
    return Given(log.bundle(*(tag for tag in log.tags("patient:P1") if tag != "registry:practitioner:DR1")), log.vkey)


@recipe("entry-missing", "the adoptions of rulebooks left out")
def no_rulebooks(log: Log) -> Given:
    return Given(log.bundle(*(tag for tag in log.tags("patient:P1") if tag != "registry:rulebook")), log.vkey)


@recipe("entry-missing", "a session that was corrected onto the patient left out")
def no_moved(log: Log) -> Given:
    return Given(log.bundle(*(tag for tag in log.tags("patient:P1") if tag != "session:S9")), log.vkey)


@recipe("entry-missing", "a patient called absent, by the patient's own leaf")
def own_leaf(log: Log) -> Given:
    made = opened(log.bundle("patient:P3", "registry:rulebook"))
    key = tag_key("patient:P3")
    stream = log.trie[key]
    leaf = key + stream.count.to_bytes(8, "big") + stream.root
    only = opened(log.bundle("registry:rulebook"))
    made |= {key: only[key] for key in ("entries", "indexes", "marks")}
    made["absent"] = {"patient:P3": b64encode(leaf).decode()}
    return Given(json.dumps(made).encode(), log.vkey)


@recipe("entry-foreign", "one entry more than indexes")
def one_more(log: Log) -> Given:
    made = parts(log)
    made["entries"].append(log.entries[22].decode())
    return Given(json.dumps(made).encode(), log.vkey)


@recipe("entry-foreign", "another patient's stream slipped in, with its proof")
def slipped_in(log: Log) -> Given:
    return Given(log.bundle(*log.tags("patient:P1"), "registry:institution:H2"), log.vkey)


@recipe("entry-order", "two entries exchanged")
def exchanged(log: Log) -> Given:
    made = parts(log)
    made["entries"][3], made["entries"][7] = made["entries"][7], made["entries"][3]
    return Given(json.dumps(made).encode(), log.vkey)


@recipe("index-mismatch", "an entry left out with its index and mark")
def wholly_left_out(log: Log) -> Given:
    made = parts(log)
    del made["inclusion"]
    indexes = parse_indexes(b64decode(made["indexes"]), "indexes")
    place = indexes.index(16)
    made["indexes"] = format_base64(format_indexes([*indexes[:place], *indexes[place + 1 :]]))
    made["marks"] = made["marks"][: 2 * place] + made["marks"][2 * place + 2 :]
    del made["entries"][place]
    return Given(json.dumps(made).encode(), log.vkey)


@recipe("index-mismatch", "an entry altered together with its mark")
def altered_with_mark(log: Log) -> Given:
    # The liar recomputes everything but the seal and its signature.
    lie = spell("FeeConfirmed", ["patient:P1", "session:S9", T1, H1], act="S9", amount_fen=9)
    forged = parts_of(Log([*log.entries[:16], lie, *log.entries[17:]]))
    true = parts_of(log)
    return Given(
        json.dumps(forged | {key: true[key] for key in ("checkpoint", "seal", "seal_proof")}).encode(), log.vkey
    )


@recipe("index-mismatch", "a node damaged")
def damaged_node(log: Log) -> Given:
    return changed(log, nodes=bits(parts(log)["nodes"]))


@recipe("index-mismatch", "a depth changed")
def changed_depth(log: Log) -> Given:
    depths = parts(log)["depths"]
    return changed(log, depths=[depths[0] + 1, *depths[1:]])


@recipe("index-mismatch", "another leaf where the patient is absent")
def damaged_absence(log: Log) -> Given:
    made = opened(log.bundle("patient:P99", "registry:rulebook"))
    leaf = made["absent"]["patient:P99"]
    made["absent"]["patient:P99"] = bits(leaf, 71) if leaf else b64encode(b"\0" * 39 + b"\1" + b"\0" * 32).decode()
    return Given(json.dumps(made).encode(), log.vkey)


@recipe("index-mismatch", "an index sealed over other entries than the log's")
def lying_seal(log: Log) -> Given:
    # The operator seals, and shows, a fee that the log does not hold. Only the proof of each entry tells.
    lie = spell("FeeConfirmed", ["patient:P1", "session:S9", T1, H1], act="S9", amount_fen=9)
    shown = [*log.entries[:16], lie, *log.entries[17:]]
    liar = Log(log.entries, sealed_as=shown)
    made = opened(Log(log.entries).bundle(each=True))
    true = opened(Log(shown).bundle())
    made |= {key: true[key] for key in ("entries", "marks", "nodes")}
    seal = liar.seal
    return Given(json.dumps(made | last_entry(log, seal)).encode(), log.vkey)
