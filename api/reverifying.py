"""A bundle verified, and then judged again: decisions are not believed but made anew from the facts that are proven.

The verifier proves facts and knows no rule; this puts the judge behind it (proof.md, claim 7).
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from api.questions import Rules, decisions
from ledger.journal import LineProblem, parse_fact
from ledger.store.entry import parse_entry
from ledger.treatment.facts import Fact
from ledger.verify import Claim, Unreadable, Verdict
from projections.rules.decision import Decision

_RE_DERIVED = "re-derived"


class Judged(NamedTuple):
    """What the proven facts come to: acts, how many of them are payable, how many each clause denied."""

    rulebook: str
    digest: str
    acts: int
    payable: int
    denied: dict[str, int]


class Reverified(NamedTuple):
    """The verdict on the facts, and what follows from them; nothing where the facts are not proven."""

    verdict: Verdict
    judged: Judged | None


def reverify(verdict: Verdict, by: Rules) -> Reverified:
    """Judges the facts of a sound verdict and adds to its claims what that comes to.

    Bundles of this form settle nothing (no fee confirmed under a digest, no decision), so nothing is compared, and
    that is said among what is not claimed.
    """
    if not verdict.sound:
        return Reverified(verdict, None)
    facts = [_fact(index, entry) for index, entry in verdict.facts]
    patient = (verdict.patient or "").removeprefix("patient:")  # the verifier names the stream by its tag
    came_to = _count(decisions(facts, by, patient=patient), by)
    judged = Claim(
        _RE_DERIVED,
        f"What the rules of {by.rulebook.id} give, judged again here from the entries above: see the summary.",
    )
    settled = Claim(
        _RE_DERIVED, "That this is what was settled: the bundle holds no settled decision, so nothing was compared."
    )
    return Reverified(
        dataclasses.replace(
            verdict,
            claims=(*verdict.claims, judged),
            not_claimed=(*(claim for claim in verdict.not_claimed if claim.name != _RE_DERIVED), settled),
        ),
        came_to,
    )


def _count(made: Iterable[Decision], by: Rules) -> Judged:
    acts, payable, denied = 0, 0, Counter[str]()
    for decision in made:
        acts += 1
        payable += decision.payable
        denied.update(decision.denied_by)
    return Judged(by.rulebook.id, by.rulebook.digest, acts, payable, dict(denied.most_common()))


def _fact(index: int, entry: bytes) -> Fact:
    try:
        return parse_fact(bytes(parse_entry(entry).fact))
    except (LineProblem, ValueError) as problem:
        raise Unreadable(
            f"entry {index} is proven, but this program cannot read it: {problem}; a newer one may"
        ) from None
