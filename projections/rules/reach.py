"""What a reading reaches: which clauses it decides, and which rules can answer otherwise when it is read otherwise.

Knows how rules hang together and nothing of any act. So whoever compares two choices of readings judges again only
what can differ, and knows why the rest cannot.
"""

from collections.abc import Mapping, Set

from projections.rules.compile import Compiled
from projections.rules.rulebook import Rulebook
from projections.rules.schema import AnyClause, ProofClause, SpanClause

RECORD_READINGS = frozenset({"physician_scope"})
"""The readings that clauses of the record ask for, whatever the item."""


class Reach:
    """Which rules can answer otherwise under this choice than under one that differs in the `changed` readings only.

    What a clause answers follows from the act and the evidence, from the readings it needs (`readings_of`), and from
    what it was told of performed and paid acts of the rules it watches. Which acts were performed no reading changes.
    So a rule that needs none of the changed readings, and watches no rule that is reached, is told the same and
    answers the same: by induction over the acts of a patient, in the order of judging, its decisions stay. Patients
    concern nobody else, so one without an act whose own rule needs a changed reading is left as he is.

    Two clauses learn more than they are told. A span that assessments extend hears of the paid ones under
    `extension_source: paid`, so it watches their item. Under `winner: dearest` an exclusion asks about acts to come,
    of both its sides; each side watches the other, so both are reached or none. The clauses of the record need
    `physician_scope` alone, and if that changes everything is reached, acts that no rule is about as well.
    """

    def __init__(self, compiled: Compiled, changed: Set[str]) -> None:
        self._everything = bool(changed & RECORD_READINGS)
        rulebook = compiled.rulebook
        watches = {rule.number: {n for c in rule.clauses for n in c.watches} for rule in compiled.rules.values()}
        if rulebook.file.extension is not None and compiled.choice.get("extension_source") == "paid":
            for item in rulebook.items:
                if any(map(_is_extended, item.clause)):
                    watches[item.number].add(rulebook.file.extension.item)
        begun = {item.number for item in rulebook.items for c in item.clause if changed & readings_of(rulebook, c)}
        reached = set(begun)
        while grown := {number for number, watched in watches.items() if watched & reached} - reached:
            reached |= grown
        self._begun = frozenset(slug for slug, item in rulebook.by_slug.items() if item.number in begun)
        self._reached = frozenset(slug for slug, item in rulebook.by_slug.items() if item.number in reached)

    def begins_at(self, item: str) -> bool:
        """Whether the rule of the item needs a changed reading itself: nothing changes where there is no such act."""
        return self._everything or item in self._begun

    def reaches(self, item: str) -> bool:
        """Whether an act of the item may be decided otherwise."""
        return self._everything or item in self._reached


def readings_of(rulebook: Rulebook, clause: AnyClause) -> frozenset[str]:
    """Every reading that a clause can rest on, whatever the options taken.

    Whether an assessment extends a span is asked of clauses of its own item (`meets`), which have readings too.
    """
    needed = set(clause.needs())
    extension = rulebook.file.extension
    if extension is not None and _is_extended(clause):
        for item in rulebook.items:
            if item.number == extension.item:
                needed.update(name for met in item.clause if met.clause in extension.meets for name in met.needs())
    return frozenset(needed)


def clauses_by_reading(rulebook: Rulebook) -> Mapping[str, list[str]]:
    """The clauses that each reading of the rulebook decides, in the order of the items; those of the record first."""
    found: dict[str, list[str]] = {name: [] for name in rulebook.readings}
    found.setdefault("physician_scope", []).append("record.physician")
    for item in rulebook.items:
        for clause in item.clause:
            for name in readings_of(rulebook, clause):
                found[name].append(clause.clause)
    return found


def _is_extended(clause: AnyClause) -> bool:
    return isinstance(clause, ProofClause) or (isinstance(clause, SpanClause) and clause.extendable)
