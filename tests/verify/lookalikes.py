"""Bundles of a liar's log, where a name is no text but looks like one when it is put into a text: `12` for `"12"`.

Languages put other values into texts differently (`None`, `null`, `1.0`, `1`), so every verifier must ask for a text.
"""

import json
from collections.abc import Iterator
from typing import Any

from tests.verify.recipes import Given
from tests.verify.world import Log, spell

LOOKALIKES: tuple[tuple[str, Any], ...] = (
    ("12", 12), ("12", ["12"]), ("12", {"12": "12"}), ("1.0", 1.0), ("1", 1.0), ("1e5", 100000.0), ("0", 0),
    ("0", -0.0), ("null", None), ("None", None), ("undefined", None), ("true", True), ("True", True), ("1", True),
    ("-", []),
)  # fmt: skip
"""A name, and what may be taken for it."""
CALLED = (("prescription", "session"), ("assessment", "episode", "id", "prescription", "session", "stay"), ())
"""Kinds of streams beside the patient's: those that the entries call for if all names are texts; more; none."""


def given() -> Iterator[tuple[str, Given]]:
    """Each field of each fact once, under each of the names, beside various streams."""
    for name, value in LOOKALIKES:
        facts = _facts(name)
        for place, (tags, fact) in enumerate(facts):
            for field in [field for field in fact if field != "at"]:
                said = fact | {field: value}
                entries = [spell(one["type"], its, **_fields(one)) for its, one in facts]
                entries[place] = _spelled(fact["type"], tags, said)
                log = Log(entries)
                for kinds in CALLED:
                    streams = [f"patient:{name}", *(f"{kind}:{name}" for kind in kinds)]
                    registries = [f"registry:institution:{name}", f"registry:practitioner:{name}", "registry:rulebook"]
                    how = f"{name} as {json.dumps(value)} in {fact['type']}.{field}, {len(streams)} streams"
                    yield how, Given(log.bundle(*streams, *registries), log.vkey)


def _spelled(type_: str, tags: list[str], fact: dict[str, Any]) -> bytes:
    """The entry, also where its type is no text."""
    raw = json.loads(spell(type_, tags, **_fields(fact)))
    raw["fact"]["type"] = fact["type"]
    return json.dumps(raw, ensure_ascii=False, separators=(",", ":")).encode()


def _fields(fact: dict[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in fact.items() if field not in ("type", "at")}


def _facts(name: str) -> list[tuple[list[str], dict[str, Any]]]:
    def tags(*kinds: str) -> list[str]:
        return sorted(f"{kind}:{name}" for kind in kinds)

    one: dict[str, Any] = {"patient": name}
    return [
        (tags("institution", "registry:institution"), {"type": "InstitutionRegistered", "institution": name}),
        (tags("practitioner", "registry:practitioner", "key"),
         {"type": "SigningKeyEnrolled", "practitioner": name, "key_id": name}),
        (tags("registry:practitioner", "key"), {"type": "SigningKeyRevoked", "key_id": name}),
        (tags("patient", "episode"), {"type": "EpisodeOpened", "episode": name} | one),
        (tags("patient", "stay"), {"type": "PatientAdmitted", "stay": name} | one),
        (tags("patient", "prescription", "episode", "practitioner"),
         {"type": "PrescriptionIssued", "prescription": name, "episode": name, "physician": name} | one),
        (tags("patient", "session", "prescription", "stay", "id", "institution"),
         {"type": "SessionStarted", "session": name, "prescription": name, "stay": name, "institution": name,
          "id": name} | one),
        (tags("patient", "assessment", "episode", "practitioner"),
         {"type": "AssessmentRecorded", "assessment": name, "episode": name, "assessors": [name]} | one),
        (tags("patient", "session", "prescription", "stay", "id"),
         {"type": "EntryCorrected", "target": name, "field": "patient", "old": name, "new": name}),
    ]  # fmt: skip
