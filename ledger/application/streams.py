"""Which streams a subject's case is made of: what has to stand beside the subject's own entries to judge from them.

The rule is FORMAT.md's ("Streams"), which also says why it is enough; the verifier has it a second time, of its own:
what the one puts into a bundle the other calls for. Reads entries as they are spelled; knows no database.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from ledger.store.findings import Finding
from ledger.store.refusals import Unsound
from ledger.store.soundness import HANDED_OUT

_NAMED = ("institution:", "practitioner:")
_OPENS = {
    "SessionStarted": "session",
    "AssessmentRecorded": "assessment",
    "PrescriptionIssued": "prescription",
    "EpisodeOpened": "episode",
    "PatientAdmitted": "stay",
}
"""The fact that introduces a thing → its kind, which is the field that names it, too."""
_CORRECTION = "EntryCorrected"
_CORRECTS = ("target", "field")
_BY_NAME = ("session", "assessment", "prescription")
"""Kinds of things that a correction may name as its target."""
_ACTS = ("session:", "assessment:")
_USED = ("prescription:", "episode:", "stay:")
"""Where an act stands: its sheet and its stay, or its episode and its stay."""
_HOLDS = {"prescription:": ("session:", "episode:"), "episode:": ("assessment:",)}
"""What a sheet and an episode are made of, besides their own lines."""
_SHARED = tuple(_HOLDS)


class Parsed(NamedTuple):
    """An entry's tags and its fact as plain JSON."""

    tags: tuple[str, ...]
    fact: dict[str, Any]


def parsed(entry: bytes, where: str = "an entry") -> Parsed:
    """What is asked of an entry here. Unsound, naming `where`, at one that lacks it: no fact, or none of this kind."""
    try:
        read = json.loads(entry)
        tags, fact = tuple(read["tags"]), read["fact"]
        kind = fact["type"]
        names = _CORRECTS if kind == _CORRECTION else (_OPENS[kind],) if kind in _OPENS else ()
        texts = [kind, *tags, *(fact[name] for name in names), *([fact["id"]] if "id" in fact else [])]
        if all(type(text) is str for text in texts) and (kind != _CORRECTION or "new" in fact):
            return Parsed(tags, fact)
        why = "what it says is not what its kind says"
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        why = f"{type(error).__name__}: {error}"
    raise Unsound(f"{Finding('malformed', where, f'not an entry of a fact ({why})')}. {HANDED_OUT}")


def registry_streams(entries: Iterable[Parsed]) -> list[str]:
    """The `registry:` tags of every institution and practitioner that these entries name, sorted."""
    named = {tag for entry in entries for tag in entry.tags if tag.startswith(_NAMED)}
    return sorted(f"registry:{tag}" for tag in named)


def moved_streams(patient: str, entries: Sequence[Parsed]) -> list[str]:
    """The streams of what was corrected from or onto this patient, and of lines that corrections here mean; sorted.

    `entries` are those of the patient's stream, and of what was found so before: a line that is called for may open
    something whose stream is called for then.
    """
    case = _Case(patient, entries)
    return sorted({*case.moved(), *case.lines()})


def called_streams(patient: str, entries: Sequence[Parsed]) -> list[str]:
    """All streams that these entries call for to judge the patient, but registries; sorted. Again until nothing is new.

    `entries` are those of the patient's stream, and of the streams found so before.
    """
    case = _Case(patient, entries)
    called = {*case.moved(), *case.used()}
    called |= case.held(called)
    return sorted({*called, *case.lines()})


def own_sheets_and_episodes(patient: str, entries: Sequence[Parsed]) -> list[str]:
    """The tags of the patient's own, sorted. Where entries that bear one are not the patient's, its stream is called
    for: a ledger that did not write the owner's tag on them yet.
    """
    return sorted(tag for tag in _Case(patient, entries).own if tag.startswith(_SHARED))


class _Case:
    """Entries looked up by what they open, name and correct."""

    def __init__(self, patient: str, entries: Sequence[Parsed]) -> None:
        self._tag = f"patient:{patient}"
        self._entries = entries
        self.own: set[str] = set()
        self._acts: set[str] = set()  # what the patient's acts may be: opened as the patient's, or corrected onto them
        self._by_id: defaultdict[str, list[str]] = defaultdict(list)
        self._on: defaultdict[str, list[Parsed]] = defaultdict(list)
        for entry in entries:
            fact, is_theirs = entry.fact, self._tag in entry.tags
            if fact["type"] == _CORRECTION:
                if is_theirs and fact["field"] == "patient" and fact["new"] == patient:
                    self._acts.update(tag for tag in entry.tags if tag.startswith(_ACTS))
            else:
                kind = _OPENS.get(fact["type"])
                opened = [] if kind is None else [f"{kind}:{fact[kind]}"]
                if "id" in fact:
                    self._by_id[fact["id"]] += opened
                if is_theirs and fact.get("patient") == patient:
                    self.own.update(opened)
            for tag in entry.tags:
                if tag.startswith(_SHARED):
                    self._on[tag].append(entry)
        self._acts.update(tag for tag in self.own if tag.startswith(_ACTS))

    def moved(self) -> Iterator[str]:
        """What a correction of the patient, from or onto this one, is about: its lines may bear another's tag alone."""
        for entry in self._corrections():
            if entry.fact["field"] == "patient" and self._tag in entry.tags:
                target = entry.fact["target"]
                meant = {*(f"{kind}:{target}" for kind in _BY_NAME), *self._by_id.get(target, ())}
                yield from meant.intersection(entry.tags)

    def lines(self) -> Iterator[str]:
        """The lines that corrections mean by their `id` and that are not here: a fee or a finding of another's, say."""
        for entry in self._corrections():
            target = entry.fact["target"]
            if f"id:{target}" in entry.tags and target not in self._by_id:
                yield f"id:{target}"

    def used(self) -> Iterator[str]:
        """The sheets, episodes and stays of the patient's acts that are not the patient's own."""
        for entry in self._entries:
            if self._tag in entry.tags and not self._acts.isdisjoint(entry.tags):
                yield from (tag for tag in entry.tags if tag.startswith(_USED) and tag not in self.own)

    def held(self, called: set[str]) -> set[str]:
        """Of the patient's own sheets and episodes, and of those called for: what they are made of and is another's."""
        found: set[str] = set()
        pending = [tag for tag in {*self.own, *called} if tag.startswith(_SHARED)]
        while pending:
            thing = pending.pop()
            kinds = _HOLDS[thing[: thing.index(":") + 1]]
            for entry in self._on[thing]:
                if self._tag not in entry.tags and thing in self.own:
                    found.add(thing)
                new = {tag for tag in entry.tags if tag.startswith(kinds)} - self.own - called - found
                found |= new
                pending += (tag for tag in new if tag.startswith(_SHARED))
        return found

    def _corrections(self) -> Iterator[Parsed]:
        """Those of patients' facts: a registry's are whole by themselves."""
        for entry in self._entries:
            is_registry = any(tag.startswith("registry:") for tag in entry.tags)
            if entry.fact["type"] == _CORRECTION and not is_registry:
                yield entry
