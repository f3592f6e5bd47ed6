"""What judging answers: one decision an act, one finding a clause.

Both are values, spelled in JSON as the journal's specification shows them; what does not apply to a finding is
absent. A finding carries its reason from the same pass that decided.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

from msgspec import Struct

Verdict = Literal["compliant", "suspected", "violation"]
VERDICTS: Mapping[Verdict, str] = {"compliant": "合规", "suspected": "可疑", "violation": "明确违规"}
"""The verdicts as the fund's offices say them."""

Observed = dict[str, str | int | bool]
"""What the record shows, by name; days are spelled as YYYY-MM-DD."""

RECORDED = "recorded"
ABSENT = "recorded as absent"
NOT_RECORDED = "not recorded"


class Finding(Struct, frozen=True, omit_defaults=True):
    """One clause looked at: whether it holds, and why.

    `used` is what paid acts before this one used of `limit`, both in `unit`; `window` the first and last day counted
    over (null: open); `counted` the ids of the acts counted; `quote` the words of the rule; `observed` what the record
    shows. A fact that nobody recorded is `not recorded`, one that was looked for and not found `recorded as absent`.

    `next_payable_on`, of a clause that fails: the first later day on which it holds for the same act at the same time
    of day, if nothing else is done or found until then; null where waiting alone never helps. The clause itself is
    asked (`waiting`), and sees no more than the act does.

    `readings` are the options that the finding rests on: with the same facts and the same acts paid before, another
    option of a reading that is not named here leaves the whole finding as it is. So a reading is left out where
    another one makes it moot (`episode`, when being together is a matter of days), and where this act did not come to
    ask it (how a span is extended, before its end; how care outside stays is counted, within one). The days that were
    asked about while waiting count: what is read on them is named as well. One finding names less: that of an exclusion
    under `winner=dearest`, where who would be paid rests on the readings of the rivals' own clauses too.
    """

    clause: str
    holds: bool
    used: int | None = None
    limit: int | None = None
    unit: str | None = None
    window: tuple[date, date | None] | None = None
    counted: tuple[str, ...] = ()
    quote: str | None = None
    readings: dict[str, str] = {}
    observed: Observed = {}
    next_payable_on: date | None = None


class Decision(Struct, frozen=True):
    """One act judged under one choice of readings.

    `payable` when every finding holds; `denied_by` names the clauses that do not, `record.*` first, then in the
    order of the rule's words. `rule` is the number of the item in the rulebook, null outside it. `rulebook` and
    `digest` (SHA-256 of its file, hex) name what it was judged by.
    """

    act: str
    kind: Literal["session", "assessment"]
    patient: str
    item: str
    rule: int | None
    at: datetime
    payable: bool
    verdict: Verdict
    denied_by: tuple[str, ...]
    findings: tuple[Finding, ...]
    rulebook: str
    digest: str
