"""Reports: rows in, document out. What was given, what is payable of it, for how much; each figure opens into its acts.

A file a report, each a pure function of its own name: `monthly`, `near_limit`, `exceptions`, `register`, `timeliness`,
`quality`, `pilot`, `refund`, `changes`. They take batches (rows of the mirror and how they were decided) and a
`question.Question`, and answer with a `document.Document`, which knows nothing of screens: `text`, `csv_file`,
`json_file` and `page` write it down. `opening.acts_of` lists the acts behind a figure, by `document.figure_key`.

This room knows no clock, no network and no ledger; it decides nothing that a judge has not decided. Only the mirror is
needed, but for two of them, which ask the facts: who is near a limit (`summary.summarize`), and the exceptions
(`projections.exceptions`).
"""

NAMES = ("monthly", "near-limit", "exceptions", "register", "timeliness", "quality", "pilot", "refund", "changes")
"""What a report is asked for by."""
