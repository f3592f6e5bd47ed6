"""Old decisions of an act, for an appeal: every one that was ever in force, told in words, and checked.

What decided at a time follows from the log: the adoptions until then, over the entries until the next. So each decision
is made again, by the texts of then, over the entries of then, with the reference evaluator, and nothing is lost with
the files that keep decisions. Those that are kept are held against it: where they say something else, it is an error
and not an answer. Source: journal.md, `RulebookAdopted`; DESIGN, "Rule changes are blue/green".
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from api.kept_texts import texts_at_hand
from api.mirroring import DECISIONS
from api.questions import Unknown
from ledger.application.reading import case_streams, in_log_order, read_streams, recorded, subject_of_act
from ledger.treatment.facts import AssessmentRecorded, Fact, SessionStarted
from ledger.treatment.subjects import RULEBOOKS
from projections.decisions import Decided, DecisionDiffers, Kept, KeptError, check, decided_of
from projections.decisions.manifest import NAME
from projections.decisions.ruling import Ruling, judge_by, ruling_of
from projections.explanation import Account, account, outlook
from projections.history import effective
from projections.rules.decision import Decision
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from projections.rules.rulebook import Rulebook
from projections.rules.succession import AdoptionRefused, succession_of

if TYPE_CHECKING:
    from ledger.application import TreatmentLedger


class Told(NamedTuple):
    """A decision, in words. `kept`: it was, and the reference has confirmed it; else the reference made it again.

    `newest`: of its ruling.
    """

    decided: Decided
    kept: bool
    ruling: Ruling
    newest: bool
    decision: Decision
    account: Account


class Appeal(NamedTuple):
    """The decisions on an act, ruling by ruling as they came into force; and why some cannot be told."""

    told: list[Told]
    missing: list[str]


class _Made(NamedTuple):
    decided: Decided
    kept: bool
    ruling: Ruling
    judge: Judge
    decision: Decision


def decisions_on(ledger: "TreatmentLedger", act: str, digest: str = "", files: Sequence[str | Path] = ()) -> Appeal:
    """Every decision on the act by what was in force at some time since its entry, and those that are kept; `digest`:
    only those made by the rulebook whose digest begins so. `files`: texts that are not at hand otherwise.

    Of a ruling, a decision that stayed the same is told once. Raises Unknown where the ledger has no such act, and
    DecisionDiffers where a kept decision is not what judging again gives.
    """
    position = _position_of(ledger, act)
    texts = texts_at_hand(ledger.directory, files)
    missing: list[str] = []
    by_ruling: dict[str, list[_Made]] = {}
    for made in (*_in_force(ledger, act, position, texts, missing), *_kept(ledger, act, position, texts, missing)):
        by_ruling.setdefault(made.ruling.digest, []).append(made)
    found: list[Told] = []
    for each in by_ruling.values():
        different = _different(each)
        for made in different:
            if made.decision.digest.startswith(digest.lower()):
                told = account(made.decision, made.judge.rulebook_of(made.decision), outlook(made.judge, made.decision))
                newest = made is different[-1]
                found.append(Told(made.decided, made.kept, made.ruling, newest, made.decision, told))
    return Appeal(found, missing)


def _in_force(
    ledger: "TreatmentLedger", act: str, position: int, texts: list[Rulebook], missing: list[str]
) -> Iterator[_Made]:
    """The decision by what was in force after each entry that says something of adoptions, before the next such."""
    size = ledger.size
    (rows,) = read_streams(ledger.recorder, [RULEBOOKS], size)
    for k, row in enumerate(rows):
        end = rows[k + 1].position - 1 if k + 1 < len(rows) else size
        if end < position:
            continue  # there was no such act yet
        evidence, standing = _evidence(ledger, act, end)
        try:
            judge = Judge(evidence, succession_of(standing, texts))
        except AdoptionRefused as refused:
            missing.append(f"by what was in force from entry {row.position:,} on: {'; '.join(refused.problems)}")
            continue
        decision = judge.decision(act)
        if decision is not None:
            decided = decided_of(decision, end, position, _positions(ledger, act, end))
            yield _Made(decided, False, ruling_of(judge), judge, decision)


def _kept(
    ledger: "TreatmentLedger", act: str, position: int, texts: list[Rulebook], missing: list[str]
) -> Iterator[_Made]:
    """The decisions that are kept, each confirmed by the reference."""
    for path in sorted((ledger.directory / DECISIONS).glob(f"*/{NAME}")):
        kept = _read(path.parent, missing)
        if kept is None:
            continue
        ruling = kept.manifest.ruling
        for decided in kept.of(position):
            judge = judge_by(ruling, texts, _evidence(ledger, act, decided.size)[0])
            if judge is None:
                missing.append(_no_text(ruling, {text.digest for text in texts}))
                break
            decision = judge.decision(act)
            check(decided, decision, _positions(ledger, act, decided.size))
            if decision is None:  # which `check` has refused
                raise DecisionDiffers(act)
            yield _Made(decided, True, ruling, judge, decision)


def _read(directory: Path, missing: list[str]) -> Kept | None:
    try:
        return Kept.read(directory)
    except KeptError as error:
        missing.append(str(error))
        return None


def _different(made: list[_Made]) -> list[_Made]:
    """In the order of the log, each that says something else than the one before; of the same, one that is kept."""
    found: list[_Made] = []
    for one in sorted(made, key=lambda one: (one.decided.size, not one.kept)):
        if not found or one.decided._replace(size=0) != found[-1].decided._replace(size=0):
            found.append(one)
        elif one.kept and not found[-1].kept:
            found[-1] = one
    return found


def _position_of(ledger: "TreatmentLedger", act: str) -> int:
    """Of the line that opens the act."""
    (rows,) = read_streams(ledger.recorder, [f"act:{act}"], ledger.size)
    for one in map(recorded, rows):
        if _opens(one.fact) == act:
            return one.index + 1
    raise Unknown(f"no session or assessment {act} in this ledger")


def _case(ledger: "TreatmentLedger", act: str, size: int) -> list[tuple[int, Fact]]:
    """The case of whose act it was over the first `size` entries, with positions."""
    patient = subject_of_act(ledger.recorder, act, size)
    if patient is None:
        return []
    return [(one.index + 1, one.fact) for one in in_log_order(case_streams(ledger.recorder, patient, size))]


def _evidence(ledger: "TreatmentLedger", act: str, size: int) -> tuple[Evidence, list[Fact]]:
    """Of the first `size` entries, and the facts that it is made of."""
    standing = list(effective([fact for _, fact in _case(ledger, act, size)]))
    return Evidence(standing), standing


def _positions(ledger: "TreatmentLedger", act: str, size: int) -> dict[str, int]:
    return {opened: position for position, fact in _case(ledger, act, size) if (opened := _opens(fact)) is not None}


def _opens(fact: Fact) -> str | None:
    if isinstance(fact, SessionStarted):
        return fact.session
    return fact.assessment if isinstance(fact, AssessmentRecorded) else None


def _no_text(ruling: Ruling, at_hand: set[str]) -> str:
    missing = [f"{text.rulebook} (sha256 {text.digest})" for text in ruling.texts if text.digest not in at_hand]
    if missing:
        return f"a decision is kept that was made by {', '.join(missing)}; put the text into `rulebooks` as DIGEST.toml"
    return f"the decisions in {ruling.name} were made by readings that are put together otherwise; make them anew"
