"""The second verifier on people's signatures, from FORMAT.md alone. Nothing of ours is imported."""

import json
import re
from base64 import b64encode
from typing import Any

from tests.verify.second_base import Bad, base64, demand, ed25519, h, respelled, strict, usable

BEGINS = b'{"format":"treatment-ledger-statement/1",'
SAYS = {
    "session": [
        "session",
        "patient",
        "prescription",
        "order",
        "item",
        "site",
        "method",
        "therapist",
        "institution",
        "started",
        "stopped",
        "effect",
    ],
    "erasure": ["patient", "retained_until", "ground"],
}
SIGNED = {
    "SessionSigned": ("session", "practitioner"),
    "PrescriptionIssued": ("prescription", "physician"),
    "AssessmentSigned": ("assessment", "practitioner"),
}


def halves(text: Any) -> tuple[bytes, bytes] | None:
    try:
        statement, signature = (base64(part) for part in text.split("."))
    except (Bad, ValueError, AttributeError):
        return None
    return (statement, signature) if len(signature) == 64 and statement.startswith(BEGINS) else None


def check_signatures(subject: str, entries: dict[int, dict[str, Any]]) -> None:
    chain: list[tuple[dict[str, Any], bytes]] = []
    for index, entry in entries.items():
        fact = entry["fact"]
        before = {n: other["fact"] for n, other in entries.items() if n < index}
        if fact["type"] == "PersonErased":
            pairs = [halves(text) for text in fact["approvals"]]
            demand(len(pairs) >= 2 and all(pairs))
            made = [check_statement(*pair, entry, before) for pair in pairs if pair]
            demand(len({statement["signer"] for statement, _ in made}) >= 2)
            chain += made
        elif fact["type"] in SIGNED and (pair := halves(fact.get("signature"))):
            chain.append(check_statement(*pair, entry, before))
    for statement, raw in chain:
        same = [(s, r) for s, r in chain if s["key_id"] == statement["key_id"]]
        demand(all(r == raw for s, r in same if s["counter"] == statement["counter"]))
        older = [r for s, r in same if s["counter"] == statement["counter"] - 1]
        demand(all(b64encode(h(r)).decode() == statement["previous"] for r in older))
        complete = subject == f"practitioner:{statement['signer']}"
        demand(older or statement["counter"] == 1 or not complete)


def check_statement(
    raw: bytes, signature: bytes, entry: dict[str, Any], before: dict[int, dict[str, Any]]
) -> tuple[dict[str, Any], bytes]:
    demand(respelled(raw.decode()))
    statement, fact = strict(raw.decode()), entry["fact"]
    demand(list(statement) == ["format", "kind", "signer", "key_id", "counter", "previous", "says"])
    demand(type(statement["counter"]) is int and 1 <= statement["counter"] < 2**53)
    demand(len(base64(statement["previous"])) == (0 if statement["counter"] == 1 else 32))
    if fact["type"] == "PersonErased":
        demand(statement["kind"] == "erasure" and f"practitioner:{statement['signer']}" in entry["tags"])
    else:
        kind, by = SIGNED[fact["type"]]
        demand(statement["kind"] == kind and statement["signer"] == fact[by])
    says = statement["says"]
    demand(list(says) == SAYS.get(statement["kind"], list(says)))
    keys = [f for f in before.values() if f["type"] == "SigningKeyEnrolled" and f["key_id"] == statement["key_id"]]
    keys = [f for f in keys if f["practitioner"] == statement["signer"]]
    demand(keys and keys[0]["algorithm"].lower() == "ed25519")
    text = keys[0]["public_key"]
    public = bytes.fromhex(text) if re.fullmatch(r"[0-9A-Fa-f]{64}", text) else base64(text)
    demand(usable(public) and usable(signature[:32]))
    demand(not any(f["type"] == "SigningKeyRevoked" and f["key_id"] == statement["key_id"] for f in before.values()))
    demand(ed25519(public, signature, raw))
    agree(statement["kind"], says, fact, before)
    return statement, raw


def agree(kind: str, says: dict[str, Any], fact: dict[str, Any], before: dict[int, dict[str, Any]]) -> None:
    def lines(type_: str, field: str, name: Any) -> list[dict[str, Any]]:
        return [line for line in before.values() if line["type"] == type_ and line[field] == name]

    def values(field: str, of: list[dict[str, Any]], name: Any) -> list[str]:
        targets = {name, *(line["id"] for line in of if "id" in line)}
        given = [
            line["new"]
            for line in before.values()
            if line["type"] == "EntryCorrected" and line["field"] == field and line["target"] in targets
        ]
        return [line.get(field) for line in of] + given

    if kind in ("prescription", "erasure"):
        left_out = {"signature", "recorded_at", "actor", "id"} if kind == "prescription" else fact.keys() - says.keys()
        demand(same(says, {key: fact.get(key) for key in says.keys() | fact.keys() - left_out}))
        demand(kind == "erasure" or not left_out & says.keys())
    elif kind == "assessment":
        demand(says["assessment"] == fact["assessment"] and not {"recorded_at", "actor", "id"} & says.keys())
        of = lines("AssessmentRecorded", "assessment", says["assessment"])
        for field in {*says, *(key for line in of for key in line)} - {"recorded_at", "actor", "id"}:
            demand(not of or among(says.get(field), values(field, of, says["assessment"])))
    else:
        name = says["session"]
        demand(name == fact["session"])
        started, stopped = lines("SessionStarted", "session", name), lines("SessionStopped", "session", name)
        sheets = lines("PrescriptionIssued", "prescription", says["prescription"])
        for field in ("patient", "prescription", "order", "therapist", "institution"):
            demand(not started or among(says[field], values(field, started, name)))
        demand(not started or among(says["started"], values("at", started, name)))
        if started or stopped:
            demand(among(says["stopped"], values("at", stopped, name) if stopped else [None]))
            demand(among(says["effect"], values("effect", stopped, name) if stopped else [None]))
        orders = [order for written in values("orders", sheets, says["prescription"]) for order in written]
        orders = [order for order in orders if order["order"] == says["order"]]
        for field in ("item", "site", "method"):
            demand(not sheets or among(says[field], [order.get(field) for order in orders]))


def same(one: Any, other: Any) -> bool:
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def among(value: Any, others: list[Any]) -> bool:
    return any(same(value, other) for other in others)
