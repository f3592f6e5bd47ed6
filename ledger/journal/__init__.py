"""The journal: NDJSON in, facts out, and facts in their one spelling (the format is in ledger/FORMAT.md).

This room knows bytes, lines and files; what may follow what is decided in `ledger.treatment`, and nothing is
stored here.
"""

from ledger.journal.lines import Line, Problem, read_lines
from ledger.journal.loading import JournalRefused, load
from ledger.journal.parsing import LineProblem, parse_fact
from ledger.journal.spelling import MAX_SPELLED, spell

__all__ = [
    "MAX_SPELLED",
    "JournalRefused",
    "Line",
    "LineProblem",
    "Problem",
    "load",
    "parse_fact",
    "read_lines",
    "spell",
]
