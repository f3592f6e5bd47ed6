"""A bundle verified, then decided about and judged again: nothing is believed but the facts that are proven.

The verifier proves facts and knows no rule; this puts the ledger's decisions behind it (can it have happened?) and
the judge (is it paid? proof.md, claim 7). Who holds the log's key can have anything proven: a fact that cannot have
happened is a finding, never a crash.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from api.questions import Rules, decisions
from api.redeciding import Proven, redecide
from ledger.journal import parse_fact
from ledger.store.entry import parse_entry
from ledger.treatment.facts import EVENTS
from ledger.treatment.refusal import Refusal
from ledger.verify import Claim, Finding, Unreadable, Verdict
from projections.rules.decision import Decision
from projections.rules.rulebook import Rulebook
from projections.rules.succession import IN_FORCE, AdoptionRefused

_NOT_TOLD = (
    f"{IN_FORCE}: that a bundle holds every adoption of a rulebook is not proven, so which one was in force cannot be "
    "told from it; name the rulebook with --rulebook (`rulebook list` shows them)"
)
_POSSIBLE = "possible"
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
    """Decides about the facts of a sound verdict and judges them, and adds to its claims what that comes to.

    With findings nothing is judged. Bundles of this form settle nothing (no fee confirmed under a digest, no
    decision), so nothing is compared, and that is said among what is not claimed. Unreadable when an entry is of a
    type that this program does not know. AdoptionRefused for the question of what was in force: a bundle proves what
    it holds, and not that it holds every adoption.
    """
    book = by.rulebook
    if not isinstance(book, Rulebook):
        raise AdoptionRefused([_NOT_TOLD])
    if not verdict.sound:
        return Reverified(verdict, None)
    proven, findings = _read(verdict)
    if findings:
        return Reverified(_unsound(verdict, findings), None)
    findings, undecided = redecide(proven, verdict.streams)
    if findings:
        return Reverified(_unsound(verdict, findings), None)
    patient = (verdict.patient or "").removeprefix("patient:")  # the verifier names the stream by its tag
    try:
        came_to = _count(decisions([one.fact for one in proven.values()], by, patient=patient), book)
    except (Refusal, OverflowError) as error:
        # Of facts that were not decided about; or of instants so near year 1 or 9999 that no window fits behind them.
        finding = Finding("malformed", "facts", f"they cannot be judged: {error}")
        return Reverified(_unsound(verdict, [finding]), None)
    return Reverified(_claiming(verdict, book, undecided), came_to)


def _unsound(verdict: Verdict, findings: list[Finding]) -> Verdict:
    return dataclasses.replace(verdict, findings=tuple(findings), claims=(), facts=())


def _claiming(verdict: Verdict, book: Rulebook, undecided: int) -> Verdict:
    """The verdict with what was decided and judged here among its claims, and the rest among what is not claimed."""
    decided = len(verdict.facts) - undecided
    proven = [
        Claim(_POSSIBLE, f"What they say can have happened, beside one another: {decided} were decided again here."),
        Claim(
            _RE_DERIVED,
            f"What the rules of {book.id} give, judged again here from the entries above: see the summary.",
        ),
    ]
    left = [claim for claim in verdict.not_claimed if claim.name not in (_POSSIBLE, _RE_DERIVED)]
    if undecided:
        what = f"That {undecided} of the entries can have happened: what they refer to lies outside this bundle."
        left.append(Claim(_POSSIBLE, what))
    what = "That this is what was settled: the bundle holds no settled decision, so nothing was compared."
    left.append(Claim(_RE_DERIVED, what))
    return dataclasses.replace(verdict, claims=(*verdict.claims, *proven), not_claimed=tuple(left))


def _count(made: Iterable[Decision], book: Rulebook) -> Judged:
    acts, payable, denied = 0, 0, Counter[str]()
    for decision in made:
        acts += 1
        payable += decision.payable
        denied.update(decision.denied_by)
    return Judged(book.id, book.digest, acts, payable, dict(denied.most_common()))


def _read(verdict: Verdict) -> tuple[dict[int, Proven], list[Finding]]:
    """The facts by index, and what is wrong with entries that hold none although their type is known."""
    proven: dict[int, Proven] = {}
    findings = []
    for index, raw in verdict.facts:
        try:
            entry = parse_entry(raw)
            if entry.type not in EVENTS:
                raise Unreadable(
                    f"entry {index} is proven, but this program cannot read it: no fact is known by the type "
                    f"{entry.type!r}; a newer one may"
                )
            fact = parse_fact(bytes(entry.fact))
        except ValueError as problem:
            findings.append(Finding("malformed", f"index {index}", str(problem)))
        else:
            proven[index] = Proven(fact, frozenset(entry.tags))
    return proven, findings
