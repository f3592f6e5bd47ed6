"""Are the rulebooks' texts in the bundle the very words that the log's entries adopted? FORMAT.md, "Rulebooks".

What the texts say is not known here: whoever judges by them needs to know that they are the right ones.
"""

from collections.abc import Mapping
from hashlib import sha256

from ledger.verify.entries import Entry
from ledger.verify.streams import RULEBOOKS
from ledger.verify.verdict import Finding

_WHERE = "rulebooks"


def check_rulebooks(rulebooks: Mapping[str, str], entries: Mapping[int, Entry]) -> list[Finding]:
    """Nothing, when each text has its digest, and each digest was adopted."""
    findings = []
    adopted = _adopted(entries)
    for digest, text in rulebooks.items():
        if sha256(text.encode()).hexdigest() != digest:
            findings.append(Finding("rulebook-differs", _WHERE, f"the text under {digest} has another digest"))
        elif digest not in adopted:
            findings.append(Finding("malformed", _WHERE, f"no entry here adopts the text with the digest {digest}"))
    return findings


def _adopted(entries: Mapping[int, Entry]) -> set[str]:
    digests: list[object] = []
    for entry in entries.values():
        fact = entry.fact
        if fact["type"] == "RulebookAdopted":
            digests.append(fact.get("digest"))
        elif fact["type"] == "EntryCorrected" and RULEBOOKS in entry.tags and fact.get("field") == "digest":
            digests.append(fact.get("new"))
    return {digest.lower() for digest in digests if isinstance(digest, str)}
