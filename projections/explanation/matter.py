"""What a sentence is about: one finding of one decision, with the clause as the rulebook writes it."""

from datetime import date
from typing import NamedTuple

from projections.explanation.terms import item_of
from projections.rules.decision import Decision, Finding
from projections.rules.rulebook import Rulebook
from projections.rules.schema import AnyClause
from projections.said import Said


class Remedy(NamedTuple):
    """What would make a clause that fails hold, in one sentence.

    `possible` is false where nothing that could be done or recorded changes it for this act (unless the record is
    wrong).
    """

    said: Said
    possible: bool = True


class Matter(NamedTuple):
    """`clause` is None for the clauses of the record and for what is said of the rulebook itself.

    `rulebook` is None where none was in force.
    """

    decision: Decision
    finding: Finding
    clause: AnyClause | None
    rulebook: Rulebook | None

    @property
    def day(self) -> date:
        """The natural day of the act; a decision's instant is at +08:00 already."""
        return self.decision.at.date()

    @property
    def item(self) -> Said:
        """What was done."""
        return item_of(self.decision.item, self.rulebook)

    @property
    def rule(self) -> Said:
        """The item whose rule it is: what was done may be one of its sub-items."""
        item = self.rulebook.by_slug.get(self.decision.item) if self.rulebook is not None else None
        return Said(item.name, item.slug) if item is not None else self.item

    def seen(self, name: str) -> str:
        """What the record shows under a name; empty where the finding does not say."""
        return str(self.finding.observed.get(name, ""))

    def option(self, reading: str) -> str | None:
        """The option that decided; where the answer does not rest on the reading, its default tells as much."""
        chosen = self.finding.readings.get(reading)
        if chosen is not None or self.rulebook is None or reading not in self.rulebook.readings:
            return chosen
        return self.rulebook.readings[reading].default


def matters(decision: Decision, rulebook: Rulebook | None) -> list[Matter]:
    """A matter for each finding, in the order of judging. `rulebook`: the one that judged it; None: none in force."""
    item = rulebook.by_slug.get(decision.item) if rulebook is not None else None
    clauses = {clause.clause: clause for clause in item.clause} if item is not None else {}
    return [Matter(decision, finding, clauses.get(finding.clause), rulebook) for finding in decision.findings]
