"""A bundle verified, then decided about and judged again: nothing is believed but the facts that are proven.

The verifier proves facts and knows no rule; this puts the ledger's decisions behind it (can it have happened?) and
the judge (is it paid, and is that what was settled? proof.md, claim 7). Who holds the log's key can have anything
proven: a fact that cannot have happened is a finding, never a crash.
"""

import dataclasses
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from api.questions import Rules, judge_of
from api.redeciding import ProvenFact, redecide
from api.settling import compare_settled
from ledger.journal import parse_fact
from ledger.store.entry import parse_entry
from ledger.treatment.facts import EVENTS, OWN_FACTS, Fact, RulebookAdopted
from ledger.treatment.refusal import Refusal
from ledger.verify import Claim, Finding, Unreadable, Verdict
from projections.history import effective
from projections.rules.decision import Decision
from projections.rules.evidence import Evidence
from projections.rules.rulebook import Rulebook, RulebookRefused, parse_rulebook
from projections.rules.succession import AdoptionRefused, InForce, Succession

_POSSIBLE = "possible"
_RE_DERIVED = "re-derived"
_PATIENT = "patient:"
_NAMED = 10  # adoptions that are told one by one


class Judged(NamedTuple):
    """What the proven facts come to: acts, how many of them are payable, how many each clause denied.

    `rulebook`: the one judged by, or those in force one after another; `digest`: theirs, in the same order; both empty
    where nothing was judged. `unjudged`: acts besides, for which no text is at hand that was in force.
    """

    rulebook: str
    digest: str
    acts: int
    payable: int
    denied: dict[str, int]
    unjudged: int = 0


class Reverified(NamedTuple):
    """The verdict on the facts, and what follows from them; nothing where the facts are not proven."""

    verdict: Verdict
    judged: Judged | None


def reverify(verdict: Verdict, by: Rules, otherwise: Rules | None = None) -> Reverified:
    """Decides about the facts of a sound verdict and judges them, and adds to its claims what that comes to.

    `by` may be the question for what was in force: then the texts are those at hand and those of the bundle, and what
    was settled is compared with what is decided; from the day on from which a text was adopted that is not at hand,
    nothing is judged, and those rulebooks are named; nothing at all where no other was in force before. Where nothing
    was ever adopted it is judged by `otherwise`, and that is said; without it AdoptionRefused is raised. With findings
    nothing is judged; what was settled otherwise than it is decided becomes a finding of facts that stay proven.
    Unreadable when an entry is of a type that this program does not know.
    """
    if not verdict.sound:
        return Reverified(verdict, None)
    proven, findings = _read(verdict)
    if findings:
        return Reverified(_unsound(verdict, findings), None)
    findings, undecided = redecide(proven, verdict.streams)
    if findings:
        return Reverified(_unsound(verdict, findings), None)
    verdict = _possible(verdict, undecided)
    subject = verdict.subject or ""
    if not subject.startswith(_PATIENT):
        what = "What the fund pays: only a patient's bundle holds a whole case, and nothing was judged here."
        return Reverified(_claiming(verdict, [], what), None)
    facts = [one.fact for one in proven.values()]
    try:
        return _judged(verdict, facts, subject.removeprefix(_PATIENT), by, otherwise)
    except (Refusal, OverflowError) as error:
        # Of facts that were not decided about; or of instants so near year 1 or 9999 that no window fits behind them.
        finding = Finding("malformed", "facts", f"they cannot be judged: {error}")
        return Reverified(_unsound(verdict, [finding]), None)


def format_judged(judged: Judged) -> str:
    """What the facts of a bundle come to, in lines for a person."""
    if not judged.rulebook:
        return f"Not judged: {judged.unjudged:,} acts; no rulebook that was in force is at hand\n"
    lines = [
        f"Judged again by {judged.rulebook} (sha256 {judged.digest})",
        f"  {judged.acts:,} acts: {judged.payable:,} payable, {judged.acts - judged.payable:,} denied",
    ]
    if judged.unjudged:
        lines.append(f"  {judged.unjudged:,} more not judged: the rulebooks adopted for their days are not at hand")
    if judged.denied:
        lines.append(f"  denied by {', '.join(f'{clause} ({acts:,})' for clause, acts in judged.denied.items())}")
    return "\n".join(lines) + "\n"


def _judged(verdict: Verdict, facts: list[Fact], patient: str, by: Rules, otherwise: Rules | None) -> Reverified:
    standing = effective(facts)
    books: Sequence[Rulebook]
    refused: AdoptionRefused | None = None
    if isinstance(by.rulebook, InForce):
        known, refused = _as_far_as_known(by._replace(rulebook=_with_texts(by.rulebook, verdict)), standing, otherwise)
        if known is None:
            acts = len(Evidence(standing).acts_of(patient))
            left = f"What the fund pays, and whether it is what was settled: {acts} of {acts} acts were not judged."
            left = f"{left}{_named(refused) if refused else ''}"
            return Reverified(_claiming(verdict, [], left), Judged("", "", 0, 0, {}, unjudged=acts))
        by = known
    books = _books(by.judging_by(standing))
    made = list(judge_of(facts, by).decisions(patient))
    if not isinstance(by.rulebook, InForce):
        if any(isinstance(fact, RulebookAdopted) for fact in standing):
            why = " It was judged by the rulebook that was asked for."
        else:
            why = f" No rulebook was adopted in this log: it was judged by {books[0].id}."
        left = f"That this is what was settled: nothing was compared.{why}"
        return Reverified(_claiming(verdict, [_rederived(books)], left), _count(made, books))
    left, acts = "", len(made)
    if refused is not None and refused.since is not None:
        made = [decision for decision in made if decision.at.date() < refused.since]
        left = (
            f"What the fund pays for acts of {refused.since} and later, and whether it is what was settled: "
            f"{acts - len(made)} of {acts} acts were not judged.{_named(refused)}"
        )
    judged = _count(made, books)._replace(unjudged=acts - len(made))
    compared, findings = compare_settled(standing, made)
    if findings:
        # The facts stay proven: it is what was made of them that is not right.
        differing = _claiming(verdict, [_rederived(books)], left)
        return Reverified(dataclasses.replace(differing, findings=tuple(findings)), judged)
    settled = f"What was settled before {refused.since}" if refused else "What was settled"
    what = f"{settled} is what the rules give: {compared} acts with a confirmed share of the fund were compared."
    claims = [_rederived(books), *([Claim("settled", what)] if compared else [])]
    if not compared:
        left = left or "That this is what was settled: no fee here says what the fund paid of it."
    return Reverified(_claiming(verdict, claims, left), judged)


def _as_far_as_known(
    by: Rules, standing: Sequence[Fact], otherwise: Rules | None
) -> tuple[Rules | None, AdoptionRefused | None]:
    """What can be judged by, None where that is nothing, and why it is not all that was asked."""
    try:
        by.judging_by(standing)
    except AdoptionRefused as error:
        if error.since is not None and isinstance(by.rulebook, InForce):
            until = by._replace(rulebook=InForce(by.rulebook.texts, before=error.since))
            try:
                until.judging_by(standing)
            except AdoptionRefused:
                return None, error  # nothing was in force before it
            return until, error
        if otherwise is None:
            raise
        return otherwise, error
    return by, None


def _named(refused: AdoptionRefused) -> str:
    """The adoptions that could not be judged by."""
    more = len(refused.problems) - _NAMED
    return f" {'. '.join(refused.problems[:_NAMED])}{f'. And {more} more' if more > 0 else ''}."


def _books(judging: Rulebook | Succession) -> Sequence[Rulebook]:
    return judging.rulebooks if isinstance(judging, Succession) else (judging,)


def _with_texts(question: InForce, verdict: Verdict) -> InForce:
    """With the texts of the bundle, whose digests the verifier has checked; those that are no rulebooks stay out."""
    texts = list(question.texts)
    for digest, text in verdict.rulebooks.items():
        try:
            texts.append(parse_rulebook(text, f"rulebook {digest[:12]} of the bundle"))
        except RulebookRefused:
            continue  # then the adoption is refused for want of its text, which says so
    return InForce(texts)


def _unsound(verdict: Verdict, findings: list[Finding]) -> Verdict:
    return dataclasses.replace(verdict, findings=tuple(findings), claims=(), facts=())


def _possible(verdict: Verdict, undecided: int) -> Verdict:
    """The verdict with what was decided again among its claims, and the rest among what is not claimed."""
    decided = len(verdict.facts) - undecided
    proven = Claim(
        _POSSIBLE, f"What they say can have happened, beside one another: {decided} were decided again here."
    )
    left = [claim for claim in verdict.not_claimed if claim.name != _POSSIBLE]
    if undecided:
        what = f"That {undecided} of the entries can have happened: what they refer to lies outside this bundle."
        left.append(Claim(_POSSIBLE, what))
    return dataclasses.replace(verdict, claims=(*verdict.claims, proven), not_claimed=tuple(left))


def _claiming(verdict: Verdict, claims: Sequence[Claim], left: str) -> Verdict:
    not_claimed = [claim for claim in verdict.not_claimed if claim.name != _RE_DERIVED]
    if left:
        not_claimed.append(Claim(_RE_DERIVED, left))
    return dataclasses.replace(verdict, claims=(*verdict.claims, *claims), not_claimed=tuple(not_claimed))


def _rederived(books: Sequence[Rulebook]) -> Claim:
    names = ", then ".join(book.id for book in books)
    return Claim(
        _RE_DERIVED, f"What the rules of {names} give, judged again here from the entries above: see the summary."
    )


def _count(made: Sequence[Decision], books: Sequence[Rulebook]) -> Judged:
    denied = Counter[str]()
    for decision in made:
        denied.update(decision.denied_by)
    payable = sum(decision.payable for decision in made)
    names, digests = ", ".join(book.id for book in books), ", ".join(book.digest for book in books)
    return Judged(names, digests, len(made), payable, dict(denied.most_common()))


def _read(verdict: Verdict) -> tuple[dict[int, ProvenFact], list[Finding]]:
    """The facts by index, and what is wrong with entries that hold none although their type is known.

    The ledger's own facts are left out: the verifier knows what they say, and nothing is decided or judged by them.
    """
    proven: dict[int, ProvenFact] = {}
    findings = []
    for index, raw in verdict.facts:
        try:
            entry = parse_entry(raw)
            if entry.type not in EVENTS:
                raise Unreadable(
                    f"entry {index} is proven, but this program cannot read it: no fact is known by the type "
                    f"{entry.type!r}; a newer one may"
                )
            if EVENTS[entry.type] not in OWN_FACTS:
                proven[index] = ProvenFact(parse_fact(bytes(entry.fact)), frozenset(entry.tags))
        except ValueError as problem:
            findings.append(Finding("malformed", f"index {index}", str(problem)))
    return proven, findings
