"""Findings beside the words of the rulebook that they answer."""

from collections.abc import Iterator

from projections.rules.decision import Decision, Finding
from projections.rules.rulebook import Rulebook
from projections.rules.schema import Clause


def worded(decision: Decision, rulebook: Rulebook) -> Iterator[tuple[Clause, Finding]]:
    """Each finding of the rule with its clause, in the order of the rule's words; none for an item outside it."""
    item = rulebook.by_slug.get(decision.item)
    words = {clause.clause: clause for clause in item.clause} if item is not None else {}
    for finding in decision.findings:
        if finding.clause in words:
            yield words[finding.clause], finding


def finding_of(decision: Decision, clause: str) -> Finding | None:
    """The finding of a clause; None where it was not asked."""
    return next((finding for finding in decision.findings if finding.clause == clause), None)
