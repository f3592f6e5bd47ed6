"""The second verifier on people's signatures, from FORMAT.md alone. Nothing of ours is imported."""

import json
import re
from base64 import b64encode
from typing import Any

from tests.verify.second_devices import check_device, site_and_point
from tests.verify.second_form import Bad, base64, demand, ed25519, h, respelled, strict, usable

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
ASSESSED = (
    *("type", "at", "assessment", "patient", "episode", "item", "institution", "stay", "assessors", "results"),
    *("outcome", "findings", "serves"),
)
SIGNED = {
    "SessionSigned": ("session", "practitioner"),
    "PrescriptionIssued": ("prescription", "physician"),
    "AssessmentSigned": ("assessment", "practitioner"),
}

ONCE = {"assessment": "AssessmentRecorded", "prescription": "PrescriptionIssued"}


def parts_of(text: Any) -> list[bytes] | None:
    """Two parts or four; None of a foreign signature."""
    try:
        parts = [base64(part) for part in text.split(".")]
    except (Bad, ValueError, AttributeError):
        return None
    return parts if len(parts) in (2, 4) and len(parts[1]) == 64 and parts[0].startswith(BEGINS) else None


def check_signatures(subject: str, entries: dict[int, dict[str, Any]]) -> None:
    facts = {index: entry["fact"] for index, entry in entries.items()}
    chain: list[tuple[dict[str, Any], bytes]] = []
    for index, entry in entries.items():
        fact = entry["fact"]
        if fact["type"] == "PersonErased":
            all_parts = [parts_of(text) for text in fact["approvals"]]
            demand(len(all_parts) >= 2 and all(all_parts))
            made = [check_statement(parts, index, entry, facts, subject) for parts in all_parts if parts]
            demand(len({statement["signer"] for statement, _ in made}) >= 2)
            chain += made
        elif fact["type"] in SIGNED and (parts := parts_of(fact.get("signature"))):
            chain.append(check_statement(parts, index, entry, facts, subject))
    for statement, _ in chain:
        same_key = [(s, r) for s, r in chain if s["key_id"] == statement["key_id"]]
        demand([s["counter"] for s, _ in same_key].count(statement["counter"]) == 1)
        older = [r for s, r in same_key if s["counter"] == statement["counter"] - 1]
        demand(all(b64encode(h(r)).decode() == statement["previous"] for r in older))
        complete = subject == f"practitioner:{statement['signer']}"
        demand(older or statement["counter"] == 1 or not complete)
    hashed = {b64encode(h(r)).decode(): (s["key_id"], s["counter"]) for s, r in chain}
    for statement, _ in chain:
        if statement["counter"] > 1:
            before = statement["key_id"], statement["counter"] - 1
            demand(hashed.setdefault(statement["previous"], before) == before)


def public_key(fact: dict[str, Any]) -> tuple[str | None, bytes] | None:
    """The site of a device's key, None of another; and the bytes of the public key. None where it names no key."""
    try:
        text, algorithm = fact["public_key"], fact["algorithm"].lower()
        if algorithm == "webauthn-es256":
            return site_and_point(text)
        key = bytes.fromhex(text) if re.fullmatch(r"[0-9A-Fa-f]{64}", text) else base64(text)
        return (None, key) if usable(key) and algorithm == "ed25519" else None
    except (Bad, ValueError, KeyError, TypeError, AttributeError):
        return None


def check_statement(
    parts: list[bytes], index: int, entry: dict[str, Any], facts: dict[int, dict[str, Any]], subject: str
) -> tuple[dict[str, Any], bytes]:
    raw, signature, *by_device = parts
    demand(respelled(raw.decode()))
    statement, fact = strict(raw.decode()), entry["fact"]
    demand(list(statement) == ["format", "kind", "signer", "key_id", "counter", "previous", "says"])
    demand(type(statement["counter"]) is int and 1 <= statement["counter"] < 2**53)
    demand(len(base64(statement["previous"])) == (0 if statement["counter"] == 1 else 32))
    if fact["type"] == "PersonErased":
        demand(statement["kind"] == "erasure" and f"practitioner:{statement['signer']}" in entry["tags"])
    else:
        kind, by = SIGNED[fact["type"]]
        demand(statement["kind"] == kind and statement["signer"] == fact.get(by))
    demand(isinstance(statement["signer"], str) and isinstance(statement["key_id"], str))
    says = statement["says"]
    demand(isinstance(says, dict) and list(says) == SAYS.get(statement["kind"], list(says)))
    before = {n: f for n, f in facts.items() if n < index}
    enrolments = {n: f for n, f in before.items() if f["type"] == "SigningKeyEnrolled"}
    own = [
        n
        for n, f in enrolments.items()
        if same(f.get("key_id"), statement["key_id"]) and same(f.get("practitioner"), statement["signer"])
    ]
    demand(own)
    site, public = public_key(enrolments[own[0]]) or (None, b"")
    demand(public)
    named = [public_key(f) for n, f in enrolments.items() if n < own[0]]
    demand(not any(key and key[1] == public for key in named))
    revoked = [f for f in before.values() if f["type"] == "SigningKeyRevoked"]
    demand(not any(same(f.get("key_id"), statement["key_id"]) for f in revoked))
    if site is None:
        demand(not by_device and usable(signature[:32]) and ed25519(public, signature, raw))
    else:
        demand(len(by_device) == 2)
        check_device(site, public, raw, signature, *by_device)
    agree(statement["kind"], says, fact, index, facts, subject)
    return statement, raw


def agree(
    kind: str, says: dict[str, Any], fact: dict[str, Any], index: int, facts: dict[int, dict[str, Any]], subject: str
) -> None:
    def line(type_: str, field: str, name: Any) -> tuple[int, dict[str, Any]] | None:
        found = [(n, f) for n, f in facts.items() if f["type"] == type_ and same(f.get(field), name)]
        return found[0] if found and isinstance(name, str) else None

    def values(field: str, of: dict[str, Any], name: Any) -> list[Any]:
        targets = [of.get("id")] if field == "at" else [name, of.get("id")]
        return [of.get(field)] + [
            f.get("new")
            for n, f in facts.items()
            if n < index and f["type"] == "EntryCorrected" and f.get("field") == field
            if isinstance(f.get("target"), str) and f["target"] in targets
        ]

    if kind in ("session", "assessment", "prescription"):
        about = {"SessionStarted": "session", "SessionStopped": "session", "PrescriptionIssued": "prescription"}
        for type_, by in (about if kind == "session" else {ONCE[kind]: kind}).items():
            named = [n for n, f in facts.items() if f["type"] == type_ and same(f.get(by), says.get(by))]
            demand(not isinstance(says.get(by), str) or len([n for n in named if n <= index]) < 2)
    if kind in ("prescription", "erasure"):
        left_out = {"signature", "recorded_at", "actor", "id"} if kind == "prescription" else fact.keys() - says.keys()
        demand(kind == "erasure" or not left_out & says.keys())
        demand(all(same(says.get(key), fact.get(key)) for key in says.keys() | fact.keys() - left_out))
    elif kind == "assessment":
        demand(same(says.get(kind), fact.get(kind)) and not {"recorded_at", "actor", "id"} & says.keys())
        of = line("AssessmentRecorded", kind, fact.get(kind))
        demand(of is None or of[0] < index)
        for field in {*says, *ASSESSED} if of else ():
            demand(among(says.get(field), values(field, of[1], says[kind])))
    else:
        name, sheet = says["session"], says["prescription"]
        demand(same(name, fact.get("session")))
        started, stopped = line("SessionStarted", "session", name), line("SessionStopped", "session", name)
        issued = line("PrescriptionIssued", "prescription", sheet)
        demand(all(of is None or of[0] < index for of in (started, issued)))
        for field in ("patient", "prescription", "order", "therapist", "institution") if started else ():
            demand(among(says[field], values(field, started[1], name)))
        demand(started is None or among(says["started"], values("at", started[1], name)))
        handed_on = started and subject.startswith("practitioner:") and values("therapist", started[1], name)[1:]
        if stopped and stopped[0] < index:
            demand(among(says["stopped"], values("at", stopped[1], name)))
            demand(among(says["effect"], values("effect", stopped[1], name)))
        elif stopped or (started and not handed_on):
            demand(says["stopped"] is None and says["effect"] is None)
        orders = []
        for written in values("orders", issued[1], sheet) if issued else ():
            of_list = [o for o in listed(written) if isinstance(o, dict) and same(o.get("order"), says["order"])]
            orders += of_list if len(of_list) == 1 else []
        for field in ("item", "site", "method") if issued else ():
            demand(among(says[field], [order.get(field) for order in orders]))


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def same(one: Any, other: Any) -> bool:
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def among(value: Any, others: list[Any]) -> bool:
    return any(same(value, other) for other in others)
