"""Are the rulebooks' texts in the bundle the very words that the log's entries adopted? FORMAT.md, "Rulebooks".

What the texts say is not known here: whoever judges by them needs to know that they are the right ones.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256

from ledger.verify.entries import Entry
from ledger.verify.streams import RULEBOOKS
from ledger.verify.verdict import Finding

_WHERE = "rulebooks"


def check_rulebooks(rulebooks: Mapping[str, str], entries: Mapping[int, Entry]) -> list[Finding]:
    """Nothing, when each text has its digest, and each digest was adopted."""
    findings = []
    adopted = {digest for _, digest in _adopted(entries)}
    for digest, text in rulebooks.items():
        if sha256(text.encode()).hexdigest() != digest:
            findings.append(Finding("rulebook-differs", _WHERE, f"the text under {digest} has another digest"))
        elif digest not in adopted:
            findings.append(Finding("malformed", _WHERE, f"no entry here adopts the text with the digest {digest}"))
    return findings


def without_text(rulebooks: Mapping[str, str], entries: Mapping[int, Entry]) -> list[int]:
    """The indexes of the entries that adopt a rulebook whose text is not among these: ascending."""
    return sorted(index for index, digest in _adopted(entries) if digest not in rulebooks)


def _adopted(entries: Mapping[int, Entry]) -> Iterator[tuple[int, str]]:
    """The index of each entry that adopts a rulebook, and the digest; what is no text is the digest of none."""
    for index, entry in entries.items():
        fact = entry.fact
        if fact["type"] == "RulebookAdopted":
            digest = fact.get("digest")
        elif fact["type"] == "EntryCorrected" and RULEBOOKS in entry.tags and fact.get("field") == "digest":
            digest = fact.get("new")
        else:
            continue
        yield index, digest.lower() if isinstance(digest, str) else ""
