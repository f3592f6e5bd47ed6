"""What judging a patient takes besides the patient's own stream: the streams that its entries call for.

Source: ledger/FORMAT.md, "Streams". Why nothing can be taken from a genuine bundle so that what is left is judged
otherwise (a ledger writes the tags as the page says under "Tags"):

1. The patient's stream is complete, for the index proves it, and always there. Each stream that a stream called for is
   complete for the same reason. So by induction nobody can make a stream uncalled for but by leaving out one that
   calls for it, and in the end the patient's own.
2. An act is the patient's when it was opened as theirs, or when a correction of `patient` made it theirs. Either entry
   bears their tag. Of what was opened as theirs and never moved all lines bear it; what was moved is called for whole.
3. The sheet, episode and stay that the act has in the end stand on its opening, on a correction of it, or, where it was
   moved, on that correction: one that bears the patient's tag. Of those three what is not the patient's own is called
   for whole. What is their own and was never moved is whole in their stream, with everything that ever named the sheet
   or the episode, for that bears the tag of its patient.
4. What else decides are the other acts on these sheets and in these episodes, and the episodes of these sheets: each
   is named, with the sheet or the episode, on an entry that is here by 3, and called for whole where it is another's.
5. A fee or a finding that was moved onto an act or into an episode by a correction is a line of its own: the
   correction is here by 2 to 4, and calls for the line by its `id`.

Knows names of facts and fields, and nothing of what they mean for a fee.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from ledger.verify.entries import Entry

_OPENS = {
    "SessionStarted": "session",
    "AssessmentRecorded": "assessment",
    "PrescriptionIssued": "prescription",
    "EpisodeOpened": "episode",
    "PatientAdmitted": "stay",
}
"""The fact that opens a thing → its kind, which is also the field that names it."""
_BY_NAME = ("session", "assessment", "prescription")
"""Kinds of what a correction may name as its target."""
_ACT = ("session:", "assessment:")
_STANDS_ON = ("prescription:", "episode:", "stay:")
_MADE_OF = {"prescription": ("session:", "episode:"), "episode": ("assessment:",)}
"""Of a sheet the sessions on it and its episode matter, of an episode the assessments in it."""
_SHARED = ("prescription:", "episode:")


def called_by_case(patient: str, entries: Mapping[int, Entry]) -> tuple[dict[str, int], set[str]]:
    """The streams that the entries of a patient's bundle (`patient:P`) call for, with the first index that asks; and
    those of lines that are corrected here, which may come along: where only they hold the line, they are called for.
    """
    case = _Case(patient, entries)
    called: dict[str, int] = {}
    for stream, index in (*case.moved(), *case.stood_on()):
        called.setdefault(stream, index)
    pending = [tag for tag in (*case.own, *called) if tag.startswith(_SHARED)]
    while pending:
        for stream, index in case.on(pending.pop()):
            if stream not in called:
                called[stream] = index
                pending += [stream] if stream.startswith(_SHARED) else []
    lines = dict(case.lines())
    for stream, index in lines.items():
        if not case.has_line(stream):
            called.setdefault(stream, index)
    return called, set(lines)


class _Case:
    """The entries of a patient's bundle, looked up by what they open, name and correct. `own`: things of the patient's,
    as they were opened.
    """

    def __init__(self, patient: str, entries: Mapping[int, Entry]) -> None:
        self._patient = patient
        self._entries = entries
        self.own: dict[str, None] = {}
        self._acts: set[str] = set()  # opened as the patient's, or corrected onto them
        self._opened_by_id: defaultdict[str, set[str]] = defaultdict(set)
        self._bearing: defaultdict[str, list[int]] = defaultdict(list)  # sheets and episodes
        self._corrections: list[int] = []  # but those of registries
        # What an entry says of one sheet or episode it says of all that it names, and there may be very many.
        self._told: dict[str, set[int]] = {kind: set() for kind in _MADE_OF}
        for index, entry in entries.items():
            self._take(index, entry)

    def _take(self, index: int, entry: Entry) -> None:
        fact, line_id = entry.fact, entry.fact.get("id")
        for tag in entry.tags:
            if tag.startswith(_SHARED):
                self._bearing[tag].append(index)
        if fact["type"] == "EntryCorrected":
            if not any(tag.startswith("registry:") for tag in entry.tags):
                self._corrections.append(index)
            if self._moves(entry) and self._names_patient(fact.get("new")):
                self._acts.update(tag for tag in entry.tags if tag.startswith(_ACT))
            return
        opened = _opened(fact)
        if isinstance(line_id, str):
            self._opened_by_id[line_id] |= opened
        if self._patient in entry.tags and self._names_patient(fact.get("patient")):
            self.own.update(dict.fromkeys(opened))
            self._acts.update(tag for tag in opened if tag.startswith(_ACT))

    def _names_patient(self, name: object) -> bool:
        return isinstance(name, str) and f"patient:{name}" == self._patient

    def _moves(self, entry: Entry) -> bool:
        """Whether it corrects whose something is, from this patient or onto them."""
        return self._patient in entry.tags and entry.fact.get("field") == "patient"

    def moved(self) -> Iterator[tuple[str, int]]:
        """What was moved: it has lines that bear the other patient's tag alone."""
        for index in self._corrections:
            entry = self._entries[index]
            target = entry.fact.get("target")
            if self._moves(entry) and isinstance(target, str):
                by_name, by_id = {f"{kind}:{target}" for kind in _BY_NAME}, self._opened_by_id.get(target, ())
                yield from ((tag, index) for tag in sorted(entry.tags) if tag in by_name or tag in by_id)

    def stood_on(self) -> Iterator[tuple[str, int]]:
        """The sheets, episodes and stays of the patient's acts that are not their own."""
        for index, entry in self._entries.items():
            if self._patient in entry.tags and not self._acts.isdisjoint(entry.tags):
                for tag in sorted(entry.tags):
                    if tag.startswith(_STANDS_ON) and tag not in self.own:
                        yield tag, index

    def on(self, thing: str) -> Iterator[tuple[str, int]]:
        """What a sheet or an episode is made of and is not the patient's own; of an own one also itself, where
        entries that bear its tag do not bear the patient's: there are logs whose writers did not know that rule.
        """
        kind = thing.partition(":")[0]
        kinds, told = _MADE_OF[kind], self._told[kind]
        for index in self._bearing.get(thing, ()):
            tags = self._entries[index].tags
            if thing in self.own and self._patient not in tags:
                yield thing, index
            if index in told:
                continue
            told.add(index)
            for tag in sorted(tags):
                if tag.startswith(kinds) and tag not in self.own:
                    yield tag, index

    def lines(self) -> Iterator[tuple[str, int]]:
        """The lines that are corrected here by their `id`."""
        for index in reversed(self._corrections):  # of several the first asks
            entry = self._entries[index]
            target = entry.fact.get("target")
            if isinstance(target, str) and f"id:{target}" in entry.tags:
                yield f"id:{target}", index

    def has_line(self, stream: str) -> bool:
        """Whether the line with this `id:` tag of its own is here."""
        return stream.removeprefix("id:") in self._opened_by_id


def _opened(fact: Mapping[str, object]) -> set[str]:
    """The thing that the fact opens: its tag, or nothing."""
    kind = _OPENS.get(str(fact["type"]))
    name = None if kind is None else fact.get(kind)
    return {f"{kind}:{name}"} if isinstance(name, str) else set()
