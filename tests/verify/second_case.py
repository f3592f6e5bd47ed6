"""Of the second verifier the patient's case, from FORMAT.md ("Streams") alone: what a patient's entries call for.

Rules are asked again until nothing is new, as slowly as the page is read.
"""

from typing import Any

Entry = dict[str, Any]
OPENS = {
    "SessionStarted": "session",
    "AssessmentRecorded": "assessment",
    "PrescriptionIssued": "prescription",
    "EpisodeOpened": "episode",
    "PatientAdmitted": "stay",
}


def opened(fact: dict[str, Any]) -> str | None:
    kind = OPENS.get(fact["type"])
    return f"{kind}:{fact[kind]}" if kind and isinstance(fact.get(kind), str) else None


def of_kind(entry: Entry, *kinds: str) -> set[str]:
    return {tag for tag in entry["tags"] if tag.split(":")[0] in kinds}


def is_patient(subject: str, value: Any) -> bool:
    return isinstance(value, str) and subject == f"patient:{value}"


def case(subject: str, entries: list[Entry]) -> tuple[set[str], set[str]]:
    """What must be there, and what may."""
    stream = [entry for entry in entries if subject in entry["tags"]]
    corrections = [entry for entry in entries if entry["fact"]["type"] == "EntryCorrected"]
    others = [entry for entry in entries if entry["fact"]["type"] != "EntryCorrected"]
    own = {opened(entry["fact"]) for entry in stream if is_patient(subject, entry["fact"].get("patient"))} - {None}
    acts = {tag for tag in own if tag.startswith(("session:", "assessment:"))}
    called, lines = set[str](), set[str]()
    for entry in corrections:
        fact, tags = entry["fact"], set(entry["tags"])
        if not of_kind(entry, "registry") and isinstance(fact["target"], str):
            meant = {opened(other["fact"]) for other in others if other["fact"].get("id") == fact["target"]}
            line = tags & {f"id:{fact['target']}"}
            lines |= line
            called |= line if not meant else set()
            if fact["field"] == "patient" and entry in stream:
                meant |= {f"{kind}:{fact['target']}" for kind in ("session", "assessment", "prescription")}
                called |= tags & (meant - {None})
        if fact["field"] == "patient" and entry in stream and is_patient(subject, fact["new"]):
            acts |= of_kind(entry, "session", "assessment")
    for entry in stream:
        if acts & set(entry["tags"]):
            called |= of_kind(entry, "prescription", "episode", "stay") - own
    before: set[str] | None = None
    while before != called:
        before = set(called)
        for entry in entries:
            shared = of_kind(entry, "prescription", "episode") & (own | called)
            if entry not in stream:
                called |= shared & own
            kinds = {"prescription": ("session", "episode"), "episode": ("assessment",)}
            for thing in shared:
                called |= of_kind(entry, *kinds[thing.split(":")[0]]) - own
    return called, lines
