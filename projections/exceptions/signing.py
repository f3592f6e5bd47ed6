"""How records were signed: many at one go, before the session was over, by somebody else.

Source: annex 3 of the notice (治疗师签名): the therapist signs each session. Whether a signature is there at all, and
how late it came, is a matter of timeliness.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from ledger.treatment.values import at_home
from projections.exceptions.exceptional import Exceptional, Observed, Question, Source, once
from projections.exceptions.limits import Limits
from projections.exceptions.performed import Performed, Signature
from projections.exceptions.runs import grouped
from projections.exceptions.seen import Seen
from projections.said import Said
from projections.said import acts as acts_said

_SIGNED = Source("附件3", "治疗师签名")

BATCH = Question("batch-signing", Said("批量签名", "signed in a batch"), _SIGNED)
EARLY = Question("signed-before-stop", Said("治疗结束前签名", "signed before the stop"), _SIGNED)
BY_ANOTHER = Question("signed-by-another", Said("由他人签名", "signed by another"), _SIGNED)


def batch_signing(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """One person signs many sessions or assessments within a short while, or several at the same instant.

    The time is the one at which the signature was written down, whatever it claims. The sessions of one group, and
    the assessments of one patient on one day, count once: they are signed together.

    May be innocent: records made up on the morning after the system failed, a form that signs a whole visit at once.
    Look at: how long after the stops the signatures came, and whether it is a habit.
    """
    for person, signatures in grouped(seen.signatures, lambda one: one.person).items():
        for batch in _batches(signatures, limits):
            acts = list({one.act.id: one.act for one in batch}.values())
            seconds = int((batch[-1].written - batch[0].written).total_seconds())
            occasions = len({_occasion(one) for one in batch})
            what = Said(
                f"{person} 在 {seconds} 秒内签名 {occasions} 次",
                f"{person} signs {occasions} times within {seconds} seconds",
            )
            yield BATCH.about(
                acts,
                what + acts_said(act.id for act in acts),
                {
                    "signatures": occasions,
                    "seconds": seconds,
                    "limit": limits.batch_size,
                    "window_seconds": int(limits.batch_window.total_seconds()),
                    "at_one_instant": max(Counter(one.written for one in batch).values()),
                    "limit_at_one_instant": limits.instant_size,
                },
                begin=batch[0].written,
                end=batch[-1].written,
                practitioners=(person,),
            )


def signed_before_stop(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """The therapist signed before the session was over, and not again after it: `record.signed` fails for this.

    May be innocent: a stop noted late, two clocks. Look at: by how much, and whether it is a habit of the person.
    """
    for act, observed in _problems(seen):
        stop = act.act.stop
        if observed == "before the stop" and stop is not None:
            own = [one for one in _of(seen, act) if one.person == act.therapist]
            last = max(one.at for one in own)
            minutes = -(-(stop - last).total_seconds() // 60)
            what = Said(
                f"治疗师 {act.therapist} 在治疗 {act.id} 结束前 {minutes:.0f} 分钟签名",
                f"therapist {act.therapist} signed session {act.id} {minutes:.0f} minutes before its stop",
            )
            evidence: Observed = {
                "signed_at": last.isoformat(),
                "stop": at_home(stop).isoformat(),
                "minutes": int(minutes),
            }
            yield EARLY.about([act], what, evidence)


def signed_by_another(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """Only somebody other than the session's therapist signed it: `record.signed` fails for this.

    May be innocent: the wrong therapist was chosen at the start and never corrected. Look at: who is on duty, and
    which of the two treated other patients at that time.
    """
    for act, observed in _problems(seen):
        if observed == "not by the session's own therapist":
            signers = once(one.person for one in _of(seen, act))
            who = "、".join(signers), ", ".join(signers)
            what = Said(
                f"治疗 {act.id} 的治疗师是 {act.therapist}，签名的是 {who[0]}",
                f"session {act.id} is by therapist {act.therapist}, and signed by {who[1]}",
            )
            yield BY_ANOTHER.about(
                [act],
                what,
                {"therapist": act.therapist, "signed_by": signers},
                practitioners=(act.therapist, *signers),
            )


def _batches(signatures: Sequence[Signature], limits: Limits) -> Iterator[list[Signature]]:
    """The signatures that lie in a window with too many, put together where such windows touch."""
    marked = [False] * len(signatures)
    for window, size in ((limits.batch_window, limits.batch_size), (timedelta(), limits.instant_size)):
        _mark(signatures, window, size, _occasion, marked)
    batch: list[Signature] = []
    for signature, is_marked in zip(signatures, marked, strict=True):
        if batch and (not is_marked or signature.written - batch[-1].written > limits.batch_window):
            yield batch
            batch = []
        if is_marked:
            batch.append(signature)
    if batch:
        yield batch


def _mark(
    signatures: Sequence[Signature],
    window: timedelta,
    size: int,
    occasion: Callable[[Signature], tuple[str, ...]],
    marked: list[bool],
) -> None:
    """Mark those in a stretch of `window` or less that holds `size` occasions or more. Each place is marked once."""
    inside: Counter[tuple[str, ...]] = Counter()
    first = done = 0
    for last, signature in enumerate(signatures):
        inside[occasion(signature)] += 1
        while signature.written - signatures[first].written > window:
            gone = occasion(signatures[first])
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
            first += 1
        if len(inside) >= size:
            for place in range(max(first, done), last + 1):
                marked[place] = True
            done = last + 1


def _occasion(signature: Signature) -> tuple[str, ...]:
    """What is rightly signed together: a group's sessions, one patient's assessments of a day."""
    act = signature.act
    if act.act.kind == "assessment":
        return "assessment", act.patient, str(act.act.day)
    return ("group", act.institution, act.item, str(act.act.day)) if act.is_group else ("session", act.id)


def _problems(seen: Seen) -> Iterator[tuple[Performed, str]]:
    """The sessions whose signature `record.signed` finds fault with."""
    for act in seen.sessions:
        if act.act.signature_problem is not None:
            yield act, act.act.signature_problem


def _of(seen: Seen, act: Performed) -> list[Signature]:
    return seen.signatures_of.get(act.id, [])
