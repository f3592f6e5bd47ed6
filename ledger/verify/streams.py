"""Do the streams belong together, and does what judging needs stand beside them? (ledger/FORMAT.md, "Streams")

A stream is all entries of the bundle that bear its tag. That none of a stream's entries was left out is the index's to
prove; that no stream was left out, and no entry slipped in, is shown here.
"""

from collections.abc import Iterable, Mapping, Sequence

from ledger.proof import tag_key
from ledger.verify.entries import Entry
from ledger.verify.reading import Leaf
from ledger.verify.verdict import Finding

RULEBOOKS = "registry:rulebook"
_NAMED = ("institution:", "practitioner:")


def check_streams(
    streams: Sequence[str], absent: Mapping[str, Leaf | None], entries: dict[int, Entry]
) -> list[Finding]:
    """Nothing, when the streams are those that the entries call for, and each entry is in one of them."""
    findings = []
    here = frozenset(streams)
    borne = {tag for entry in entries.values() for tag in entry.tags}
    for place, stream in enumerate(streams):
        if stream in borne:
            if stream in absent:
                what = f"{stream} is said to have no entry in the log, and has some here"
                findings.append(Finding("malformed", "absent", what))
        elif stream not in absent or ((leaf := absent[stream]) is not None and leaf.key == tag_key(stream)):
            what = f"no entry here bears the tag {stream}, nor is it shown that the log has none"
            findings.append(Finding("entry-missing", f"streams[{place}]", what))
    for index, entry in entries.items():
        if entry.tags.isdisjoint(here):
            findings.append(Finding("entry-foreign", f"index {index}", "it is in none of the streams of this bundle"))
    required, allowed = _called_for(streams[0], entries)
    for stream, asks in required.items():
        if stream not in here:
            why = "always" if asks is None else f"by index {asks}"
            findings.append(
                Finding("entry-missing", "streams", f"the stream {stream} is called for {why}, and not here")
            )
    for place, stream in enumerate(streams[1:], 1):
        if stream not in allowed:
            what = f"nothing in the subject's entries calls for the stream {stream}"
            findings.append(Finding("entry-foreign", f"streams[{place}]", what))
    return findings


def _called_for(subject: str, entries: dict[int, Entry]) -> tuple[dict[str, int | None], set[str]]:
    """The streams that must be there (with the index that first asks for each), and those that may."""
    required: dict[str, int | None] = {RULEBOOKS: None}
    allowed: set[str] = set()
    for index, entry in entries.items():
        named = {f"registry:{tag}" for tag in entry.tags if tag.startswith(_NAMED)}
        registries = {tag for tag in entry.tags if tag.startswith("registry:")}
        if not registries:
            for stream in sorted(named):
                required.setdefault(stream, index)
        # No registry is asked for by its own entries: then any could be slipped in.
        allowed |= {stream for stream in named if subject in entry.tags or registries - {stream}}
    if subject.startswith("patient:"):
        for stream, index in _beside_patient(subject, entries):
            required.setdefault(stream, index)
    return required, allowed | required.keys()


def _beside_patient(patient: str, entries: dict[int, Entry]) -> Iterable[tuple[str, int]]:
    """What a patient's entries call for besides registries, with the index that asks."""
    moved: set[str] = set()
    for index, entry in entries.items():
        if patient in entry.tags:
            for stream in _moved(patient, entry):
                moved.add(stream)
                yield stream, index
    yield from _shared_sheets({patient, *moved}, entries)


def _moved(patient: str, entry: Entry) -> list[str]:
    """The streams of what this entry corrects onto the patient: its other lines bear the patient it was under."""
    fact = entry.fact
    if (fact["type"], fact.get("field"), f"patient:{fact.get('new')}") != ("EntryCorrected", "patient", patient):
        return []
    targets = (f"id:{fact.get('target')}", f"prescription:{fact.get('target')}")
    return sorted(tag for tag in entry.tags if tag.startswith(("assessment:", "session:")) or tag in targets)


def _shared_sheets(mine: set[str], entries: dict[int, Entry]) -> Iterable[tuple[str, int]]:
    """The streams of prescriptions that several patients' sessions stand on, and of what the others' entries on them
    are about. `mine`: the patient's stream, and what was moved onto the patient.
    """
    own = {index for index, entry in entries.items() if not entry.tags.isdisjoint(mine)}
    told: set[int] = set()  # what an entry is about is the same on each of its sheets
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
            yield sheet, index
        for index in others:
            if index in told:
                continue
            told.add(index)
            about = ("session:", "episode:") if types[index] == "PrescriptionIssued" else ("session:",)
            for tag in sorted(entries[index].tags):
                if tag.startswith(about):
                    yield tag, index
