"""What happened, as it is known: corrections applied, and cut off at an instant of either of the two times.

Two times run through the ledger: when something happened (`at`), and when it was written down (`recorded_at`, absent
= `at`). This room answers "what were the facts then" and "what was known then" for everything downstream: judging,
eligibility, a patient's history. It may not know a rule, a database or a clock.

Source: spec/journal.md, "Corrections" and "Acts and decisions" (`--as-of`, `--as-known-at`).
"""

from projections.history.corrections import Change, recorded
from projections.history.rows import Row, history
from projections.history.standing import effective

__all__ = ["Change", "Row", "effective", "history", "recorded"]
