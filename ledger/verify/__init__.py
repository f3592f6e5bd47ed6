"""The offline verifier: a bundle and the log's key in, a verdict out. Exit codes and words: spec of `verify`.

Imports `ledger.proof` and `cryptography`, nothing else of ours, no web stack, no database: what a regulator runs.
"""

from ledger.verify.forks import fork_of
from ledger.verify.printable import printable
from ledger.verify.report import format_json, format_text
from ledger.verify.verdict import Claim, Finding, Unreadable, Verdict
from ledger.verify.verifying import verify

__all__ = ["Claim", "Finding", "Unreadable", "Verdict", "fork_of", "format_json", "format_text", "printable", "verify"]
