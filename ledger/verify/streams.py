"""Do the streams belong together, and does what judging needs stand beside them? (ledger/FORMAT.md, "Streams")

A stream is all entries of the bundle that bear its tag. That none of a stream's entries was left out is the index's to
prove; that no stream was left out, and no entry slipped in, is shown here. What a patient's entries call for besides
registries is in `case.py`.
"""

from collections.abc import Mapping, Sequence

from ledger.proof import tag_key
from ledger.verify.case import called_by_case
from ledger.verify.entries import Entry
from ledger.verify.findings import Findings
from ledger.verify.reading import Leaf
from ledger.verify.verdict import Finding

RULEBOOKS = "registry:rulebook"
_NAMED = ("institution:", "practitioner:")
_PATIENT = "patient:"


def check_streams(streams: Sequence[str], absent: Mapping[str, Leaf | None], entries: dict[int, Entry]) -> Findings:
    """Nothing, when the streams are those that the entries call for, and each entry is in one of them."""
    findings = Findings()
    here = frozenset(streams)
    borne = {tag for entry in entries.values() for tag in entry.tags}
    findings.append_ascending(
        Finding(
            "entry-missing",
            f"streams[{place}]",
            f"no entry here bears the tag {stream}, nor is it shown that the log has none",
        )
        for place, stream in enumerate(streams)
        if stream not in borne and (stream not in absent or _is_own(absent[stream], stream))
    )
    for stream in absent:
        if stream in borne:
            what = f"{stream} is said to have no entry in the log, and has some here"
            findings.append(Finding("malformed", "absent", what))
    findings.append_ascending(
        Finding("entry-foreign", f"index {index}", "it is in none of the streams of this bundle")
        for index, entry in entries.items()
        if entry.tags.isdisjoint(here)
    )
    required, allowed = _called_for(streams[0], entries)
    for stream, asks in required.items():
        if stream not in here:
            why = "always" if asks is None else f"by index {asks}"
            findings.append(
                Finding("entry-missing", "streams", f"the stream {stream} is called for {why}, and not here")
            )
    return findings.append_ascending(
        Finding(
            "entry-foreign",
            f"streams[{place}]",
            f"nothing in the subject's entries calls for the stream {stream}",
        )
        for place, stream in enumerate(streams)
        if place and stream not in allowed
    )


def _is_own(leaf: Leaf | None, stream: str) -> bool:
    return leaf is not None and leaf.key == tag_key(stream)


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
        # No registry is asked for by its own entries: then any could be slipped in. Two ask for each other.
        if subject in entry.tags or len(registries) > 1:
            allowed |= named
        elif registries:
            allowed |= named - registries
    if subject.startswith(_PATIENT):
        called, beside = called_by_case(subject, entries)
        for stream, index in called.items():
            required.setdefault(stream, index)
        allowed |= beside
    return required, allowed | required.keys()
