"""Why an act is paid, or is not: one decision, told in Chinese and English so that a person can follow and contest it.

The reasons come from the decision itself, which the judge wrote as it judged; nothing is counted again here. What
would make the act payable is asked of the judge. This room knows the rulebook's words and how to say things; it may
not know the ledger, a file or a screen.
"""

from projections.explanation.account import Account, Reading, Reason, Under, account
from projections.explanation.lines import columns, wrapped
from projections.explanation.outlook import Outlook, Reread, outlook
from projections.explanation.text import explain
from projections.said import LANGUAGES, Language, Said

__all__ = [
    "LANGUAGES",
    "Account",
    "Language",
    "Outlook",
    "Reading",
    "Reason",
    "Reread",
    "Said",
    "Under",
    "account",
    "columns",
    "explain",
    "outlook",
    "wrapped",
]
