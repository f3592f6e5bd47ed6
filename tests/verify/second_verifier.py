"""A verifier written from FORMAT.md alone, as anybody could: it imports nothing of ours, and says yes or no.

It is short, not fast, and names no findings. What it and the first one answer differently is a fault of the page.
"""

import hmac
import re
from base64 import b32encode, b64encode
from datetime import datetime
from typing import Any
from unicodedata import category, normalize

from tests.verify.second_case import case
from tests.verify.second_form import (
    Bad,
    base64,
    consistent,
    demand,
    fold,
    h,
    index_root,
    leaf,
    nodes_of,
    numbers,
    open_note,
    respelled,
    strict,
    u64,
)
from tests.verify.second_people import check_signatures

NAMED = {"therapist": "practitioner", "physician": "practitioner", "assessors": "practitioner", "key_id": "key"} | {
    name: name
    for name in (
        "id",
        "patient",
        "session",
        "assessment",
        "prescription",
        "episode",
        "stay",
        "inspection",
        "institution",
        "practitioner",
    )
}
SECOND = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"


def read(raw: bytes) -> dict[str, Any]:
    demand(len(raw) <= 65_535 and respelled(raw.decode()))
    entry: dict[str, Any] = strict(raw.decode())
    tags, fact = entry["tags"], entry["fact"]
    demand(list(entry) == ["format", "type", "appended_at", "tags", "fact"] and entry["format"] == "treatment-ledger/1")
    demand(tags and tags == sorted(set(tags)))
    demand(all(is_tag(tag) for tag in tags))
    demand(re.fullmatch(r"[a-z]+(-[a-z]+)*\.v[1-9]\d*", entry["type"]))
    demand(entry["type"].split(".")[0] == re.sub(r"(?<=.)(?=[A-Z])", "-", fact["type"]).lower())
    demand(re.fullmatch(rf"{SECOND}\.\d{{6}}\+08:00", entry["appended_at"]))
    for instant in (fact["at"], fact.get("recorded_at", fact["at"])):
        demand(re.fullmatch(rf"{SECOND}(\.(?!0{{6}})\d{{6}})?\+08:00", instant))
        datetime.fromisoformat(instant)
    fields = list(fact.items())
    if fact["type"] == "EntryCorrected" and isinstance(fact["field"], str):
        fields.append((fact["field"], fact["new"]))
    for field, value in fields:
        for name in value if isinstance(value, list) else [value]:
            demand(field not in NAMED or not isinstance(name, str) or f"{NAMED[field]}:{name}" in tags)
    is_patients = any(tag.startswith("patient:") for tag in tags)
    demand(all(registry_tag_fits(tag, fact, is_patients) for tag in tags if tag.startswith("registry:")))
    demand((fact["type"] == "IndexSealed") == ("seal:index" in tags) and ("seal:index" not in tags or len(tags) == 1))
    if fact["type"] == "IndexSealed":
        demand(type(fact["size"]) is type(fact["tags"]) is int and len(base64(fact["root"])) == 32)
    if fact["type"] == "PersonCommitted":
        demand(len(base64(fact["commitment"])) == 32 and tags == [f"patient:{fact['patient']}"])
        demand(isinstance(fact["patient"], str))
    if fact["type"] == "PersonErased":
        demand(isinstance(fact["patient"], str))
        demand(all(tag.startswith("practitioner:") for tag in tags if tag != f"patient:{fact['patient']}"))
    return entry


def is_tag(tag: str) -> bool:
    named = re.fullmatch(r"([a-z]+):[A-Za-z0-9._:@/-]{1,64}", tag.removeprefix("registry:"))
    return tag == "registry:rulebook" or bool(named and named[1] != "registry")


def registry_tag_fits(tag: str, fact: dict[str, Any], is_patients: bool) -> bool:
    _, kind, name = [*tag.split(":", 2), ""][:3]
    facts = {
        "institution": {f"Institution{done}" for done in ("Registered", "Qualified", "Suspended", "Reinstated")},
        "practitioner": {f"Practitioner{done}" for done in ("Registered", "Qualified", "Departed")}
        | {"SigningKeyEnrolled"},
        "rulebook": {"RulebookAdopted"},
    }
    if kind == "rulebook" and name:
        return False
    if fact["type"] == "EntryCorrected":
        return kind in facts and not is_patients
    if fact["type"] == "SigningKeyRevoked":
        return kind == "practitioner"
    return fact["type"] in facts[kind] and (kind == "rulebook" or fact[kind] == name)


def check_streams(bundle: dict[str, Any], entries: dict[int, dict[str, Any]]) -> None:
    first, *others = bundle["streams"]
    demand(first.startswith(("patient:", "practitioner:", "session:")))
    demand(others == sorted(set(others) - {first}))
    borne = {tag for entry in entries.values() for tag in entry["tags"]}
    demand(set(bundle["streams"]) - borne == bundle["absent"].keys())
    must, may = {first, "registry:rulebook"}, set[str]()
    for entry in entries.values():
        tags = set(entry["tags"])
        demand(tags & set(bundle["streams"]))
        own = {tag for tag in tags if tag.startswith("registry:")}
        named = {f"registry:{tag}" for tag in tags if tag.startswith(("institution:", "practitioner:"))}
        if not own:
            must |= named
        may |= named if first in tags or len(own) > 1 else named - own if own else set()
    if first.startswith("patient:"):
        called, lines = case(first, list(entries.values()))
        must, may = must | called, may | lines
    demand(must <= set(bundle["streams"]) <= must | may)


KEYS = {
    "format",
    "checkpoint",
    "seal",
    "seal_proof",
    "streams",
    "depths",
    "absent",
    "nodes",
    "indexes",
    "entries",
    "marks",
}


def check(bundle: Any, key: str, since: str | None, witness: str | None, label_key: bytes | None) -> None:
    demand(KEYS <= bundle.keys() <= KEYS | {"since", "inclusion", "rulebooks", "openings"})
    demand(bundle["format"] == "treatment-ledger-bundle/2")
    size, top, seen = open_note(bundle["checkpoint"], key, witness)
    known, older, older_seen = {size: top, 0: h()}, size, None
    if "since" in bundle:
        demand(bundle["since"].keys() == {"checkpoint", "consistency"})
        note = bundle["since"]["checkpoint"]
        cosigned_too = witness and f"— {witness.split('+')[0]} " in note
        older, old_root, older_seen = open_note(note, key, witness if cosigned_too else None)
        proof = [base64(text) for text in bundle["since"]["consistency"]]
        demand(older <= size and consistent(older, size, proof, old_root, top))
        known[older] = old_root
    if since is not None:
        since = since.removeprefix("\ufeff").replace("\r\n", "\n").strip(" \t\n") + "\n"
        held, held_root, _ = open_note(since, key)
        demand(known.get(held) == held_root)
    seal = read(bundle["seal"].encode())
    path = nodes_of(bundle["seal_proof"])[::-1]  # RFC 6962 lists it from the leaf up: of the last one, right to left
    demand(fold({size - 1: leaf(bundle["seal"].encode())}, size, path) == top)
    demand(seal["type"] == "index-sealed.v1" and seal["fact"]["size"] == size - 1)
    indexes = numbers(base64(bundle["indexes"]))
    demand(len(indexes) == len(bundle["entries"]) == len(bundle["marks"]) / 2)
    demand(not indexes or indexes[-1] < size - 1)
    raws = {index: text.encode() for index, text in zip(indexes, bundle["entries"], strict=True)}
    entries = {index: read(raw) for index, raw in raws.items()}
    check_streams(bundle, entries)
    hashes = {
        tag: [h(b"\0", u64(n), leaf(raws[n])) for n in indexes if tag in entries[n]["tags"]]
        for tag in bundle["streams"]
    }
    demand(index_root(bundle, hashes) == base64(seal["fact"]["root"]))
    made = (b64encode(h(u64(index), leaf(raws[index]))).decode()[:2] for index in indexes)
    demand("".join(made) == bundle["marks"])
    if "inclusion" in bundle:
        demand(indexes)
        demand(fold({n: leaf(raw) for n, raw in raws.items()}, size, nodes_of(bundle["inclusion"])) == top)
    check_signatures(bundle["streams"][0], entries)
    check_openings(bundle, entries, label_key)
    adopted = {str(adopted_by(entry)).lower() for entry in entries.values()}
    for digest, text in bundle.get("rulebooks", {}).items():
        demand(h(text.encode()).hex() == digest and digest in adopted)
    demand(bundle.get("rulebooks", 1) and bundle.get("openings", 1))
    if seen is not None:
        check_times(entries | {size - 1: seal}, seen, older, older_seen)


def adopted_by(entry: dict[str, Any]) -> Any:
    fact = entry["fact"]
    if fact["type"] == "EntryCorrected" and "registry:rulebook" in entry["tags"] and fact["field"] == "digest":
        return fact["new"]
    return fact.get("digest") if fact["type"] == "RulebookAdopted" else None


def check_openings(bundle: dict[str, Any], entries: dict[int, dict[str, Any]], label_key: bytes | None) -> None:
    openings = bundle.get("openings", {})
    for index, opening in openings.items():
        fact = entries[int(index)]["fact"]
        demand(str(int(index)) == index and opening.keys() == {"salt", "person"})
        salt = base64(opening["salt"])
        demand(fact["type"] == "PersonCommitted" and 16 <= len(salt) <= 64)
        demand(h(salt, opening["person"].encode()) == base64(fact["commitment"]))
        demand(isinstance(strict(opening["person"]), dict))
    if openings:
        last = max(index for index, entry in entries.items() if entry["fact"]["type"] == "PersonCommitted")
        opening = openings[str(last)]
        if label_key is not None:
            message = f"treatment-ledger patient label/1\n{normal(strict(opening['person'])['national_id'])}".encode()
            label = b32encode(hmac.digest(label_key, message, "sha256")).decode().rstrip("=").lower()
            demand(label == entries[last]["fact"]["patient"])


def normal(insured_id: str) -> str:
    demand(len(insured_id.encode()) <= 256)
    spelled = normalize("NFKC", insured_id).strip("\t\n\x0b\x0c\r ")
    demand(spelled and all(category(character)[0] in "LNPS" for character in spelled))
    return re.sub("[a-z]", lambda letter: letter[0].upper(), spelled)


def check_times(entries: dict[int, dict[str, Any]], seen: int, older: int, older_seen: int | None) -> None:
    for index, entry in entries.items():
        at = datetime.fromisoformat(entry["appended_at"]).timestamp()
        demand(at <= seen + 300)
        if older_seen is not None:
            demand(index >= older or at <= older_seen + 300)


def second_verifier(
    raw: bytes, key: str, since: str | None = None, witness: str | None = None, label_key: bytes | None = None
) -> bool:
    try:
        check(strict(raw.decode()), key, since, witness, label_key)
    except (Bad, ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError):
        return False
    return True
