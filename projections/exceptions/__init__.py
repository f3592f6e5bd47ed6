"""What no clause forbids, or forbids act by act only, and an auditor looks at all the same: a question for each.

`find(facts)` reads the facts once (`seen`) and asks every exception of `finding.EXCEPTIONS`. Each is a small pure
function of what was seen and the thresholds (`limits`), and says (`exceptional`) which acts, whose, when, what was
observed, and which words of the notice make one ask. None of them judges: what the fund pays is the rules' business,
and every function says what may be innocent and where to look. A file a concern: `places`, `hours`, `staff`,
`sheets`, `stays`, `courses`, `twins`, `signing`, `dating`, `copying`, `blanks`. This room may not know a rulebook,
the ledger's storage, a clock or a screen.

Source: the notice, 二 and annexes 1 to 3.
"""

from projections.exceptions.exceptional import Exceptional, Question, Source
from projections.exceptions.finding import (
    EXCEPTIONS,
    QUESTIONS,
    UnknownException,
    find,
    find_in,
    find_standing,
    seen_standing,
)
from projections.exceptions.limits import Limits
from projections.exceptions.performed import Entry
from projections.exceptions.seen import Seen

__all__ = [
    "EXCEPTIONS",
    "QUESTIONS",
    "Entry",
    "Exceptional",
    "Limits",
    "Question",
    "Seen",
    "Source",
    "UnknownException",
    "find",
    "find_in",
    "find_standing",
    "seen_standing",
]
