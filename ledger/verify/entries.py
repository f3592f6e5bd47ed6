"""Is an entry spelled as the format says, and does it agree with itself? (ledger/FORMAT.md, "Entry")

The index proves that these are the log's bytes; this proves that they can be understood in one way only. Of what a
fact means only the ledger's own three are known here: proofs hang on them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from ledger.proof import HASH_BYTES, MAX_SIZE, ProofError, parse_base64
from ledger.verify.strict_json import is_spelled, read_json

ENTRY_FORMAT = "treatment-ledger/1"
MAX_ENTRY_BYTES = 65_535
_KEYS = ["format", "type", "appended_at", "tags", "fact"]
_TYPE = re.compile(r"[a-z]+(-[a-z]+)*\.v[1-9][0-9]{0,3}", re.ASCII)
TAG = re.compile(r"registry:rulebook|(registry:)?(?!registry:)[a-z]+:[A-Za-z0-9._:@/-]{1,64}", re.ASCII)
SEALED = "seal:index"
_APPENDED = re.compile(r"\d{4}-\d\d-\d\dT([01]\d|2[0-3]):\d\d:\d\d\.\d{6}\+08:00", re.ASCII)
_HAPPENED = re.compile(r"\d{4}-\d\d-\d\dT([01]\d|2[0-3]):\d\d:\d\d(\.(?!000000)\d{6})?\+08:00", re.ASCII)

# Fields of a fact that name something, and the tag that the entry must then bear.
_NAMING = {
    "id": "id",
    "patient": "patient",
    "session": "session",
    "assessment": "assessment",
    "prescription": "prescription",
    "episode": "episode",
    "stay": "stay",
    "inspection": "inspection",
    "institution": "institution",
    "practitioner": "practitioner",
    "therapist": "practitioner",
    "physician": "practitioner",
    "assessors": "practitioner",
    "key_id": "key",
}

_REGISTRY = {
    **dict.fromkeys(
        ("InstitutionRegistered", "InstitutionQualified", "InstitutionSuspended", "InstitutionReinstated"),
        "institution",
    ),
    **dict.fromkeys(
        ("PractitionerRegistered", "PractitionerQualified", "PractitionerDeparted", "SigningKeyEnrolled"),
        "practitioner",
    ),
}
"""Facts of a registry, and the field whose name their `registry:` tag bears."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the verifier needs of an entry: its tags, its fact as plain JSON, and when it was appended."""

    tags: frozenset[str]
    fact: dict[str, object]
    appended_at: datetime


def read_entry(raw: bytes) -> Entry | str:
    """The entry of these bytes, or what is wrong with it."""
    if len(raw) > MAX_ENTRY_BYTES:
        return f"{len(raw)} bytes, an entry has at most {MAX_ENTRY_BYTES}"
    try:
        text = raw.decode()
        value, doubts = read_json(text)
    except ValueError as error:
        return f"not UTF-8 JSON: {error}"
    if not is_spelled(text):
        return (
            "not in the one spelling: a space between tokens, or an escape that need not be, or another than it must be"
        )
    if doubts:
        return f"{doubts[0].where}: {doubts[0].what}"
    if not isinstance(value, dict) or list(value) != _KEYS:
        return f"an object with the keys {', '.join(_KEYS)} in this order is expected"
    tags, fact = value["tags"], value["fact"]
    if value["format"] != ENTRY_FORMAT:
        return f"format: {ENTRY_FORMAT} is expected, this verifier reads no other"
    appended_at = _instant(value["appended_at"], _APPENDED)
    if appended_at is None:
        return "appended_at: an instant such as 2021-03-01T15:31:02.123456+08:00 is expected"
    if not isinstance(tags, list) or not tags or not all(isinstance(tag, str) and TAG.fullmatch(tag) for tag in tags):
        return "tags: a list of tags such as patient:P1 is expected"
    if tags != sorted(set(tags)):
        return "tags: they are sorted, and each stands once"
    if not isinstance(fact, dict):
        return "fact: an object is expected"
    if not isinstance(value["type"], str) or not _TYPE.fullmatch(value["type"]):
        return "type: a name with its version such as session-stopped.v1 is expected"
    if value["type"].rpartition(".")[0] != _kebab(fact.get("type")):
        return f"type: {value['type']} is not that of the fact, {fact.get('type')!r}"
    for field in ("at", "recorded_at"):
        if (field == "at" or field in fact) and _instant(fact.get(field), _HAPPENED) is None:
            return f"fact: {field}: an instant such as 2021-03-01T15:30:00+08:00 is expected"
    for missing in _tags_missing(fact, frozenset(tags)):
        return f"tags: the fact names {missing}, and the entry does not bear that tag"
    for strange in _registry_tags_wrong(fact, tags):
        return f"tags: {strange} stands on facts of that registry alone"
    if wrong := _own_fact_wrong(fact, tags):
        return wrong
    return Entry(frozenset(tags), fact, appended_at)


def _registry_tags_wrong(fact: dict[str, object], tags: list[str]) -> Iterator[str]:
    """The `registry:` tags that this fact may not bear: with one, an entry would call for no registries."""
    kind = fact["type"]
    field = _REGISTRY.get(str(kind))  # None of all other facts: a field may have any name, also none
    name = None if field is None else fact.get(field)
    is_of_patient = any(tag.startswith("patient:") for tag in tags)
    for tag in tags:
        if not tag.startswith("registry:"):
            continue
        if kind == "EntryCorrected":
            is_right = _is_registry(tag) and not is_of_patient
        elif kind == "SigningKeyRevoked":  # names the key, and not whose it is
            is_right = tag.startswith("registry:practitioner:")
        elif kind == "RulebookAdopted":
            is_right = tag == "registry:rulebook"
        else:
            is_right = isinstance(name, str) and tag == f"registry:{field}:{name}"
        if not is_right:
            yield tag


def _is_registry(tag: str) -> bool:
    return tag == "registry:rulebook" or tag.startswith(("registry:institution:", "registry:practitioner:"))


def _instant(value: object, spelling: re.Pattern[str]) -> datetime | None:
    """The instant that is spelled so, in UTC; the first hours of year 1 at +08:00 are none that UTC can tell."""
    if not isinstance(value, str) or not spelling.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _own_fact_wrong(fact: dict[str, object], tags: list[str]) -> str | None:
    """What is wrong with a fact that only a ledger makes; None of all others (FORMAT.md, "Own entries")."""
    if (fact["type"] == "IndexSealed") != (SEALED in tags) or (SEALED in tags and len(tags) > 1):
        return f"tags: a seal of the index bears {SEALED} alone, and nothing else does"
    match fact["type"]:
        case "IndexSealed":
            if not (_is_count(fact.get("size")) and _is_count(fact.get("tags"))):
                return "fact: size and tags are whole numbers"
            if not _is_hash(fact.get("root")):
                return f"fact: root: base64 of {HASH_BYTES} bytes is expected"
        case "PersonCommitted":
            if not isinstance(fact.get("patient"), str) or not _is_hash(fact.get("commitment")):
                return f"fact: patient, and commitment, base64 of {HASH_BYTES} bytes, are expected"
            if tags != [f"patient:{fact['patient']}"]:
                return "tags: a commitment bears its patient's, and no other"
        case "PersonErased":
            if not isinstance(fact.get("patient"), str):
                return "fact: patient: a text is expected"
            if any(tag != f"patient:{fact['patient']}" and not tag.startswith("practitioner:") for tag in tags):
                return "tags: an erasure bears its patient's and those of practitioners, and no other"
            approvals = fact.get("approvals")
            if not isinstance(approvals, list) or len(approvals) < 2 or not all(isinstance(a, str) for a in approvals):
                return "fact: approvals: a list of two or more texts is expected"
    return None


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_SIZE


def _is_hash(value: object) -> bool:
    try:
        return len(parse_base64(value, "")) == HASH_BYTES
    except ProofError:
        return False


def _kebab(name: object) -> str:
    """`SessionStopped` → `session-stopped`; of anything that is no such name, nothing."""
    if not isinstance(name, str) or not re.fullmatch(r"([A-Z][a-z]+)+", name, re.ASCII):
        return ""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def _tags_missing(fact: dict[str, object], tags: frozenset[str]) -> Iterator[str]:
    corrected = fact.get("field") if fact["type"] == "EntryCorrected" else None
    for field, named in (*fact.items(), (corrected, fact.get("new"))):
        kind = _NAMING.get(field) if isinstance(field, str) else None
        if kind is None:
            continue
        for name in named if isinstance(named, list) else [named]:
            if isinstance(name, str) and f"{kind}:{name}" not in tags:
                yield f"{kind}:{name}"
