"""May one more be paid, now? What a patient has used of an item, what is left, and what is to be watched.

The judge is asked about an act that nobody has given yet: one implementation, nothing recomputed beside it. A file a
concern: `asking` puts the question, `standing` is the answer, `limits` what was used of each limit, `pace` when each
would be reached, `gates` and `extensions` which assessments are needed, `warnings` and `watching` what to say ahead of
time, `sentences` in which words. This room may not know the ledger, a clock or a screen.

Source: spec/cli.md, `eligibility`; spec/rules.md, "The order of judging".
"""

from projections.eligibility.asking import (
    UnknownAsked,
    UnknownEpisode,
    UnknownInstitution,
    UnknownItem,
    UnknownPatient,
    eligibility,
)
from projections.eligibility.extensions import ExtensionState
from projections.eligibility.gates import GateState
from projections.eligibility.limits import NEAR, Counter
from projections.eligibility.pace import Pace
from projections.eligibility.standing import LastAssessment, Standing
from projections.eligibility.warnings import LimitWarning
from projections.eligibility.watching import Watched, watch

__all__ = [
    "NEAR",
    "Counter",
    "ExtensionState",
    "GateState",
    "LastAssessment",
    "LimitWarning",
    "Pace",
    "Standing",
    "UnknownAsked",
    "UnknownEpisode",
    "UnknownInstitution",
    "UnknownItem",
    "UnknownPatient",
    "Watched",
    "eligibility",
    "watch",
]
