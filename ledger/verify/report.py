"""A verdict as text for a person and as JSON for a machine.

What a bundle says comes from nobody knows whom: whatever of it is shown goes through `printable`, or is escaped JSON.
"""

import json
import textwrap

from ledger.verify.findings import MOST_PLACES
from ledger.verify.printable import printable
from ledger.verify.verdict import Claim, Verdict

_SHOWN = 100  # findings a person is shown; the machine gets all that are told


def format_text(verdict: Verdict) -> str:
    """The verdict in lines: findings as `NAME: where: what`, then what was proven, then what was not claimed."""
    if verdict.sound:
        here = "1 entry" if len(verdict.facts) == 1 else f"{len(verdict.facts)} entries"
        head = f"sound: {verdict.subject}, {here} of {verdict.size} in the log {verdict.origin}"
        lines = [printable(head), "", "Proven", *_statements(verdict.claims)]
    else:
        count = len(verdict.findings)
        lines = [printable(str(finding)) for finding in verdict.findings[:_SHOWN]]
        if count > _SHOWN:
            lines.append(f"… and {count - _SHOWN} more findings (--json lists them)")
        if verdict.more:
            lines.append(f"… and more: of each kind the first {MOST_PLACES} places are told")
        found = f"unsound: {count}{' and more' if verdict.more else ''} finding{'s' if count > 1 else ''}"
        if verdict.claims:
            settled = "in what was settled; the entries themselves are proven"
            # Of no subject: a fork proof, and what is found is what is proven.
            lines += ["", f"{found} {settled if verdict.subject else 'that this file proves'}"]
            lines += ["", "Proven", *_statements(verdict.claims)]
        else:
            lines += ["", f"{found}; nothing in this file is proven"]
    return "\n".join([*lines, "", "Not claimed", *_statements(verdict.not_claimed)]) + "\n"


def format_json(verdict: Verdict) -> str:
    """The verdict as one JSON object on one line of ASCII; entries are not repeated in it."""
    return (
        json.dumps(
            {
                "sound": verdict.sound,
                "subject": verdict.subject,
                "origin": verdict.origin,
                "size": verdict.size,
                "entries": len(verdict.facts),
                "more": verdict.more,
                "findings": [{"name": f.name, "where": f.where, "what": f.what} for f in verdict.findings],
                "claims": _pairs(verdict.claims),
                "not_claimed": _pairs(verdict.not_claimed),
            }
        )
        + "\n"
    )


def _statements(claims: tuple[Claim, ...]) -> list[str]:
    indent = " " * 17
    return [
        textwrap.fill(
            printable(claim.what),
            100,
            initial_indent=f"  {claim.name:<15}",
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for claim in claims
    ]


def _pairs(claims: tuple[Claim, ...]) -> list[dict[str, str]]:
    return [{"claim": claim.name, "what": claim.what} for claim in claims]
