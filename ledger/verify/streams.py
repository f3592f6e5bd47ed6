"""Do the entries belong together, and does what judging needs stand beside them? (ledger/FORMAT.md, "Streams")

A stream is all entries of the bundle that bear its tag. That no entry of a stream was left out is not proven in this
form of the bundle; that no stream was left out, and no entry slipped in, is.
"""

from ledger.verify.entries import Entry
from ledger.verify.verdict import Finding

_NAMED = ("institution:", "practitioner:")


def check_streams(streams: list[str], entries: dict[int, Entry]) -> list[Finding]:
    """Nothing, when the streams are those that the entries call for, and each entry is in one of them."""
    if not streams or not streams[0].startswith("patient:"):
        return [Finding("malformed", "streams[0]", "the patient's stream is expected first, such as patient:P1")]
    if streams[1:] != sorted(set(streams[1:])) or streams[0] in streams[1:]:
        return [Finding("malformed", "streams", "after the patient's they are sorted, and each stands once")]
    findings = []
    borne = {tag for entry in entries.values() for tag in entry.tags}
    for place, stream in enumerate(streams):
        if stream not in borne:
            findings.append(Finding("entry-missing", f"streams[{place}] {stream!r}"[:120], "no entry bears this tag"))
    for index, entry in entries.items():
        if entry.tags.isdisjoint(streams):
            findings.append(Finding("entry-foreign", f"index {index}", "it is in none of the streams of this bundle"))
    required, allowed = _called_for(streams[0], entries)
    for stream, index in required.items():
        if stream not in streams:
            what = f"it is named at index {index}, and its stream {stream} is not in the bundle"
            findings.append(Finding("entry-missing", f"streams {stream!r}", what))
    for place, stream in enumerate(streams[1:], 1):
        if stream not in allowed and stream in borne:
            what = "nothing in the patient's entries calls for this stream"
            findings.append(Finding("entry-foreign", f"streams[{place}] {stream!r}"[:120], what))
    return findings


def _called_for(patient: str, entries: dict[int, Entry]) -> tuple[dict[str, int], set[str]]:
    """The streams that must be there (with the index that first asks for each), and those that may."""
    required: dict[str, int] = {}
    allowed = {"registry:rulebook"}
    moved: set[str] = set()
    for index, entry in entries.items():
        registry = {f"registry:{tag}" for tag in entry.tags if tag.startswith(_NAMED)}
        allowed |= registry
        if not any(tag.startswith("registry:") for tag in entry.tags):
            for stream in sorted(registry):
                required.setdefault(stream, index)
        if patient in entry.tags:
            for stream in _moved(patient, entry):
                moved.add(stream)
                required.setdefault(stream, index)
    for stream, index in _shared_sheets({patient, *moved}, entries).items():
        required.setdefault(stream, index)
    return required, allowed | required.keys()


def _shared_sheets(mine: set[str], entries: dict[int, Entry]) -> dict[str, int]:
    """The streams of prescriptions that several patients' sessions stand on, and of what the others' entries on them
    are about (with the index that asks). `mine`: the patient's stream, and what was moved onto the patient.
    """
    called: dict[str, int] = {}
    own = {index for index, entry in entries.items() if not entry.tags.isdisjoint(mine)}
    on_sheets: dict[str, list[int]] = {}
    for index, entry in entries.items():
        for tag in entry.tags:
            if tag.startswith("prescription:"):
                on_sheets.setdefault(tag, []).append(index)
    for sheet, on_it in sorted(on_sheets.items()):
        others = [index for index in on_it if index not in own]
        if len(others) == len(on_it):
            continue  # none of the patient's: it came along with something else
        types = {index: entries[index].fact["type"] for index in on_it}
        started = [] if "PrescriptionIssued" in types.values() else [i for i in on_it if types[i] == "SessionStarted"]
        for index in others or started:
            called.setdefault(sheet, index)
        for index in others:
            about = ("session:", "episode:") if types[index] == "PrescriptionIssued" else ("session:",)
            for tag in sorted(entries[index].tags):
                if tag.startswith(about):
                    called.setdefault(tag, index)
    return called


def _moved(patient: str, entry: Entry) -> list[str]:
    """The streams of what this entry corrects onto the patient: its other lines bear the patient it was under."""
    fact = entry.fact
    if (fact["type"], fact.get("field"), f"patient:{fact.get('new')}") != ("EntryCorrected", "patient", patient):
        return []
    targets = (f"id:{fact.get('target')}", f"prescription:{fact.get('target')}")
    return sorted(tag for tag in entry.tags if tag.startswith(("assessment:", "session:")) or tag in targets)
