"""Old decisions of an act, for an appeal: as they were kept, told in words, and checked by judging again.

The words are not kept, they are made again: by the texts of then, over the entries of then, with the reference
evaluator. Where that says something else than was kept, it is an error and not an answer.
"""

from typing import TYPE_CHECKING, NamedTuple

from api.kept_texts import texts_at_hand
from api.mirroring import DECISIONS
from api.questions import Unknown
from ledger.application.reading import case_streams, in_log_order, read_streams, recorded, subject_of_act
from ledger.treatment.facts import AssessmentRecorded, Fact, SessionStarted
from projections.decisions import Decided, DecisionDiffers, Kept, KeptError, check
from projections.decisions.manifest import NAME
from projections.decisions.ruling import Ruling, judge_by
from projections.explanation import Account, account, outlook
from projections.history import effective
from projections.rules.decision import Decision
from projections.rules.evidence import Evidence

if TYPE_CHECKING:
    from ledger.application import TreatmentLedger


class Told(NamedTuple):
    """A kept decision, which the reference has confirmed, in words. `newest`: of its ruling."""

    decided: Decided
    ruling: Ruling
    newest: bool
    decision: Decision
    account: Account


def kept_of(ledger: "TreatmentLedger", act: str, digest: str = "") -> list[Told]:
    """Every decision on the act that is kept, ruling by ruling, the oldest first; `digest`: only those made by the
    rulebook whose digest begins so.

    Raises Unknown where the ledger has no such act, KeptError where a text is not at hand, and DecisionDiffers where
    judging again says something else.
    """
    position = _position_of(ledger, act)
    texts = texts_at_hand(ledger.directory)
    found: list[Told] = []
    for path in sorted((ledger.directory / DECISIONS).glob(f"*/{NAME}")):
        kept = Kept.read(path.parent)
        ruling = kept.manifest.ruling
        if not any(text.digest.startswith(digest.lower()) for text in ruling.texts):
            continue
        decisions = kept.of(position)
        for decided in decisions:
            judge = judge_by(ruling, texts, _evidence(ledger, act, decided.size))
            if judge is None:
                raise KeptError(_no_text(ruling, {text.digest for text in texts}))
            decision = judge.decision(act)
            check(decided, decision, _positions(ledger, act, decided.size))
            if decision is None:  # which `check` has refused
                raise DecisionDiffers(act)
            if not decision.digest.startswith(digest.lower()):
                continue
            told = account(decision, judge.rulebook_of(decision), outlook(judge, decision))
            found.append(Told(decided, ruling, decided is decisions[-1], decision, told))
    first = {one.ruling.name: one.decided.size for one in reversed(found)}
    return sorted(found, key=lambda one: (first[one.ruling.name], one.ruling.name, one.decided.size))


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


def _evidence(ledger: "TreatmentLedger", act: str, size: int) -> Evidence:
    return Evidence(effective([fact for _, fact in _case(ledger, act, size)]))


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
