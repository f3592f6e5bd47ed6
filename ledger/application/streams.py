"""Which streams a subject's case is made of: what has to stand beside the subject's own entries to judge from them.

The rule is FORMAT.md's ("Streams"), and the verifier has it a second time, of its own: what the one puts into a
bundle the other calls for. Reads entries as they are spelled; knows no database.
"""

import json
from collections.abc import Collection, Iterable

_NAMED = ("institution:", "practitioner:")


def registry_streams(entries: Iterable[bytes]) -> list[str]:
    """The `registry:` tags of every institution and practitioner that these entries name, sorted."""
    named = {tag for entry in entries for tag in json.loads(entry)["tags"] if tag.startswith(_NAMED)}
    return sorted(f"registry:{tag}" for tag in named)


def moved_streams(patient: str, entries: Iterable[bytes]) -> list[str]:
    """The streams of what was corrected onto this patient from another, sorted: their other lines lie elsewhere.

    `entries` are those that bear the patient's tag. A session recorded under the wrong patient keeps its stop and
    signature in that patient's stream; the correction bears the session's tag, and the session's stream completes it.
    FORMAT.md, "Streams", has the rule.
    """
    moved: set[str] = set()
    for entry in map(json.loads, entries):
        fact = entry["fact"]
        if fact["type"] == "EntryCorrected" and fact["field"] == "patient" and fact["new"] == patient:
            targets = (f"id:{fact['target']}", f"prescription:{fact['target']}")
            moved |= {tag for tag in entry["tags"] if tag.startswith(("assessment:", "session:")) or tag in targets}
    return sorted(moved)


def sheets_named(entries: Iterable[bytes]) -> list[str]:
    """The `prescription:` tags on these entries, sorted: the sheets that the sessions among them may stand on."""
    return sorted({tag for entry in entries for tag in json.loads(entry)["tags"] if tag.startswith("prescription:")})


def shared_sheet_streams(mine: Collection[str], sheets: Iterable[tuple[str, Iterable[bytes]]]) -> list[str]:
    """Of these sheets (tag, its stream) those that are not one patient's alone, with what the other entries on them
    are about; sorted. `mine`: the tags of the patient's stream and of what was moved onto the patient.

    A session may have been recorded on another patient's sheet. It is that order's session all the same: it takes its
    item and episode from there, and counts among the sessions ordered. FORMAT.md, "Streams", has the rule.
    """
    called: set[str] = set()
    for sheet, entries in sheets:
        for entry in map(json.loads, entries):
            if not any(tag in mine for tag in entry["tags"]):
                about = ("session:", "episode:") if entry["fact"]["type"] == "PrescriptionIssued" else ("session:",)
                called |= {sheet} | {tag for tag in entry["tags"] if tag.startswith(about)}
    return sorted(called)
