"""Why an act is paid, or is not: one decision, told so that a person can follow and contest it.

The reasons come from the decision itself, which the judge wrote as it judged; nothing is counted again here. This
room knows the rulebook's words and how to say things in English beside the Chinese words of the rule; it may not know
the ledger, a file or a screen.
"""

from projections.explanation.account import Account, Reason, account, explain

__all__ = ["Account", "Reason", "account", "explain"]
