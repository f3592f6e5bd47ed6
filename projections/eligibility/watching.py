"""What is to be watched of an item: its limits, its gates, its spans, and the warnings that follow from them.

The one way to them for everybody who warns: a patient's standing, and the summary of a whole journal.
"""

from typing import NamedTuple

from projections.eligibility.extensions import ExtensionState, extensions_of
from projections.eligibility.gates import GateState, gates_of
from projections.eligibility.limits import NEAR, Limit, limits_of
from projections.eligibility.warnings import LimitWarning, warnings_of
from projections.rules.acts import Act
from projections.rules.decision import Decision
from projections.rules.judge import Case
from projections.rules.rulebook import Rulebook


class Watched(NamedTuple):
    """All that is to be watched, each in the order of the rule's words."""

    limits: tuple[Limit, ...]
    gates: tuple[GateState, ...]
    extensions: tuple[ExtensionState, ...]
    warnings: tuple[LimitWarning, ...]


def watch(case: Case, asked: Act, decision: Decision, rulebook: Rulebook, *, near: float = NEAR) -> Watched:
    """What is to be watched of the item of an act that nobody has given yet; `decision` is the one on it.

    `near`: the part of a limit from which on it is warned of. Changes nothing in the case.
    """
    limits = tuple(limits_of(decision, rulebook))
    gates = tuple(gates_of(case, asked, decision, rulebook))
    extensions = tuple(extensions_of(case, asked, decision, rulebook))
    return Watched(limits, gates, extensions, tuple(warnings_of(asked.day, limits, gates, extensions, near=near)))
