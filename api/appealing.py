"""Old decisions of an act, for an appeal: every one that an adoption brought about, told in words, and checked.

What decided at a time follows from the log: the adoptions until then, over the entries until then. So the decisions are
made again, by the texts of then, with the reference evaluator: of each adoption over the entries up to its own, which
is when it took effect, and over the entries before the next one. Nothing of them is lost with the files that keep
decisions. Those that are kept are held against it: where they say something else, it is an error and not an answer.
What was answered in between, while the record grew, `explain --as-known-at` tells.
Source: journal.md, `RulebookAdopted`; DESIGN, "Rule changes are blue/green".
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from api.cases_over_time import CasesOverTime, Then
from api.kept_texts import AtHand, texts_at_hand
from api.mirroring import DECISIONS
from ledger.application.reading import read_streams, recorded
from ledger.treatment.subjects import RULEBOOKS
from projections.decisions import Decided, DecisionDiffers, Kept, KeptError, check, decided_of
from projections.decisions.ruling import Ruling, judge_by, ruling_of
from projections.explanation import Account, account, outlook
from projections.rules.decision import Decision
from projections.rules.judge import Judge
from projections.rules.succession import AdoptionRefused, succession_of

if TYPE_CHECKING:
    from ledger.application import TreatmentLedger


class Since(NamedTuple):
    """The entry, from 1, that says something of adoptions, and its `at`; until the next such one nothing else is in
    force.
    """

    position: int
    at: datetime


class Told(NamedTuple):
    """A decision, in words. `kept`: the same is kept, and the reference has confirmed it; else it was made again only.

    `stands`: it is today's, by what is in force over the whole log.
    """

    decided: Decided
    since: Since
    kept: bool
    ruling: Ruling
    stands: bool
    decision: Decision
    account: Account


class Appeal(NamedTuple):
    """The decisions on an act, in the order of adoptions; why some cannot be told; and which that are kept cannot be
    read, so that they were made again.
    """

    told: list[Told]
    missing: list[str]
    unread: list[str]


class _Span(NamedTuple):
    """The sizes of the log, both inclusive, at which one succession was in force."""

    since: Since
    last: int


class _Made(NamedTuple):
    place: int  # of the span
    decided: Decided
    kept: bool
    stands: bool
    judge: Judge
    ruling: Ruling
    decision: Decision

    def says(self) -> tuple[str, Decided]:
        """By which text it was decided, and how; not over how many entries."""
        return self.decision.digest, self.decided._replace(size=0)


def decisions_on(ledger: "TreatmentLedger", act: str, digest: str = "", files: Sequence[str | Path] = ()) -> Appeal:
    """Every decision on the act that an adoption brought about, or left behind; `digest`: only those made by the
    rulebook whose digest begins so. `files`: texts that are not at hand otherwise.

    A decision that stayed the same by the same text is told once, with the first adoption that it is from. Raises
    Unknown where the ledger has no such act, and DecisionDiffers where a kept decision is not what judging again gives.
    """
    cases = CasesOverTime(ledger.recorder, act, ledger.size)
    at_hand = texts_at_hand(ledger.directory, files)
    spans = _spans(ledger, cases)
    missing: list[str] = []
    unread: list[str] = []
    made = [one for place in range(len(spans)) for one in _in_force(cases, spans, place, at_hand, missing)]
    kept = list(_kept(ledger.directory / DECISIONS, cases, at_hand, missing, unread))
    told = [
        Told(
            one.decided,
            spans[one.place].since,
            one.kept,
            one.ruling,
            one.stands,
            one.decision,
            account(one.decision, one.judge.rulebook_of(one.decision), outlook(one.judge, one.decision)),
        )
        for one in _different([*made, *_placed(kept, made, spans)], {one.says() for one in kept})
        if one.decision.digest.startswith(digest.lower())
    ]
    return Appeal(told, missing, unread)


def _spans(ledger: "TreatmentLedger", cases: CasesOverTime) -> list[_Span]:
    """In the order of the log, those in which there was such an act."""
    (rows,) = read_streams(ledger.recorder, [RULEBOOKS], cases.size)
    ends = [row.position - 1 for row in rows[1:]] + [cases.size] * bool(rows)
    spans = [_Span(Since(row.position, recorded(row).fact.at), end) for row, end in zip(rows, ends, strict=True)]
    return [span for span in spans if span.last >= cases.position]


def _in_force(
    cases: CasesOverTime, spans: Sequence[_Span], place: int, at_hand: AtHand, missing: list[str]
) -> Iterator[_Made]:
    """The decision when what was in force took effect, and the one that it left behind, or makes today."""
    since, last = spans[place]
    try:
        by = succession_of(cases.over(last).standing, at_hand.texts, at_hand.spoilt)
    except AdoptionRefused as refused:
        missing.append(f"by what was in force from entry {since.position:,} on: {'; '.join(refused.problems)}")
        return
    began = [since.position] if since.position > cases.position else []  # else there was no such act yet
    made: _Made | None = None
    seen: Then | None = None
    for size in dict.fromkeys([*began, last]):
        then = cases.over(size)
        if then is not seen:  # else nothing came in that has to do with it
            made, seen = _judged(cases, place, size, Judge(then.evidence, by), then), then
        if made is not None:
            yield made._replace(decided=made.decided._replace(size=size), stands=size == cases.size)


def _judged(cases: CasesOverTime, place: int, size: int, judge: Judge, then: Then) -> _Made | None:
    decision = judge.decision(cases.act)
    if decision is None:
        return None
    decided = decided_of(decision, size, cases.position, then.positions)
    return _Made(place, decided, False, False, judge, ruling_of(judge), decision)


def _kept(store: Path, cases: CasesOverTime, at_hand: AtHand, missing: list[str], unread: list[str]) -> Iterator[_Made]:
    """The decisions that are kept, each confirmed by the reference."""
    for directory in sorted(path for path in store.glob("*") if path.is_dir()):
        found = _read(directory, cases.position, unread)
        if found is None:
            continue
        ruling, decisions = found
        for decided in decisions:
            if decided.size > cases.size:
                break  # kept by somebody since
            then = cases.over(decided.size)
            judge = judge_by(ruling, at_hand.texts, then.evidence)
            if judge is None:
                missing.append(_no_text(ruling, at_hand))
                break
            decision = judge.decision(cases.act)
            check(decided, decision, then.positions)
            if decision is None:  # which `check` has refused
                raise DecisionDiffers(cases.act)
            yield _Made(0, decided, True, False, judge, ruling, decision)


def _read(directory: Path, position: int, unread: list[str]) -> tuple[Ruling, list[Decided]] | None:
    """What is kept on an act; None where it cannot be read, which is noted."""
    try:
        kept = Kept.read(directory)
        return kept.manifest.ruling, kept.of(position)
    except KeptError as error:
        unread.append(str(error))
        return None


def _placed(kept: Sequence[_Made], made: Sequence[_Made], spans: Sequence[_Span]) -> Iterator[_Made]:
    """Each with the adoption that it is from. What was never in force is left out: it was no answer to anybody."""
    by = {one.place: one.ruling.digest for one in made}
    for one in kept:
        began = [k for k, ruling in by.items() if ruling == one.ruling.digest]
        began = [k for k in began if spans[k].since.position <= one.decided.size]
        if began:
            yield one._replace(place=max(began))


def _different(made: Sequence[_Made], kept: set[tuple[str, Decided]]) -> list[_Made]:
    """In the order of adoptions, each that says something else than the one before; of the same, one that is kept."""
    found: list[_Made] = []
    for one in sorted(made, key=lambda one: (one.place, one.decided.size, not one.kept)):
        if not found or one.says() != found[-1].says():
            found.append(one)
            continue
        before = found[-1]
        told = one if one.kept and not before.kept else before
        found[-1] = told._replace(place=before.place, stands=before.stands or one.stands)
    # What is decided again as it was, after a going back say, is not kept twice.
    return [one._replace(kept=one.says() in kept) for one in found]


def _no_text(ruling: Ruling, at_hand: AtHand) -> str:
    there = {text.digest for text in at_hand.texts}
    lacking = [text for text in ruling.texts if text.digest not in there]
    if lacking:
        named = ", ".join(f"{text.rulebook} (sha256 {text.digest})" for text in lacking)
        spoilt = [at_hand.spoilt[text.digest] for text in lacking if text.digest in at_hand.spoilt]
        how = "; ".join(spoilt) or "put the text into `rulebooks` as DIGEST.toml"
        return f"a decision is kept that was made by {named}; {how}"
    return f"the decisions in {ruling.name} were made by readings that are put together otherwise; make them anew"
