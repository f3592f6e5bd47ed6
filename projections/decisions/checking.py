"""A kept decision held against the reference evaluator, which folds the patient again over the same entries."""

from collections.abc import Mapping

from projections.decisions.kept import Decided
from projections.decisions.refusal import DecisionDiffers
from projections.rules.decision import Decision


def decided_of(decision: Decision, size: int, position: int, positions: Mapping[str, int]) -> Decided:
    """The reference's decision on an act over the first `size` entries, as it would be kept.

    The entry at `position` opens the act; `positions` of the lines that open the patient's acts, by the act's id.
    """
    counted = next((f for f in decision.findings if not f.holds and not f.clause.startswith("record.")), None)
    last = positions.get(counted.counted[-1]) if counted is not None and counted.counted else None
    return Decided(
        size,
        position,
        payable=decision.payable,
        clauses=decision.denied_by,
        blocking_position=last,
        used=counted.used if counted is not None else None,
    )


def check(kept: Decided, decision: Decision | None, positions: Mapping[str, int]) -> None:
    """Nothing, where the reference's decision says the same; DecisionDiffers, which names what differs, where not.

    `decision` is the reference's on the act over the first `kept.size` entries (None: no such act), `positions` of the
    lines that open the patient's acts, by the act's id, from 1.
    """
    if decision is None:
        raise _differs(kept, "is no act over these entries")
    said = decided_of(decision, kept.size, kept.position, positions)
    for name, mine, theirs in zip(Decided._fields, kept, said, strict=True):
        if mine != theirs:
            raise _differs(kept, f"{name} is kept as {mine!r}, and the rules give {theirs!r}")


def _differs(kept: Decided, what: str) -> DecisionDiffers:
    return DecisionDiffers(
        f"the decision on the act of entry {kept.position:,}, kept over {kept.size:,} entries: {what}. Remove the "
        "directory of the decisions, and they are made anew from the log; if it differs then, report it"
    )
