"""What one step tells of what it found: a file of rubbish must not cost more to tell about than to read.

FORMAT.md, "Verifying, in order": of findings of one name whose places differ in their number only, those with the
lowest numbers are told, and that there are more. So two verifiers tell the same, in whatever order they look.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Self

from ledger.verify.verdict import Finding

MOST_PLACES = 100
"""Of one name and one kind of place, so many places are told."""
MOST_WORDS = 10  # findings of one name at one place: the place is what verifiers agree on, the words are each one's own
_NUMBERED = re.compile(r"(.*[ \[])([0-9]+)\]?", re.ASCII)


class Findings(Collection[Finding]):
    """Findings of one step in the order in which their kinds came, each kind's by number. `more`: some are not told."""

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        self._kinds: dict[tuple[str, str], dict[int, list[Finding]]] = {}
        self.more = False
        for finding in findings:
            self.append(finding)

    def append_ascending(self, findings: Iterable[Finding]) -> Self:
        """As `append`, of findings of one kind that come by number: no more are asked for once one is not told."""
        for finding in findings:
            if not self.append(finding):
                break
        return self

    def append(self, finding: Finding) -> bool:
        """Keeps the finding, if it is one of those that are told; whether it is."""
        numbered = _NUMBERED.fullmatch(finding.where)
        kind, number = (numbered[1], int(numbered[2])) if numbered else (finding.where, 0)
        places = self._kinds.setdefault((finding.name, kind), {})
        if number not in places:
            if len(places) == MOST_PLACES:
                self.more = True
                last = max(places)
                if number > last:
                    return False
                del places[last]
            places[number] = []
        is_told = len(places[number]) < MOST_WORDS
        if is_told:
            places[number].append(finding)
        else:
            self.more = True
        return is_told

    def __iter__(self) -> Iterator[Finding]:
        for places in self._kinds.values():
            for number in sorted(places):
                yield from places[number]

    def __len__(self) -> int:
        return sum(len(words) for places in self._kinds.values() for words in places.values())

    def __contains__(self, finding: object) -> bool:
        return any(finding == one for one in self)
