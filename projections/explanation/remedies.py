"""What would have to be otherwise for a clause that fails to hold.

Said of the facts, never of a way around them: a stop that was forgotten can be recorded late, an act that was not
performed cannot be performed by correcting it.
"""

from datetime import timedelta

from projections.explanation.words import findings, items
from projections.rules import schema
from projections.rules.decision import NOT_RECORDED, Finding
from projections.rules.rulebook import Rulebook

_RECORD = {
    "record.voided": "nothing: a voided act was not performed",
    "record.stopped": "the stop is recorded, later than the start (a wrong instant is corrected, not written over)",
    "record.signed": "the session's own therapist signs it, not before its stop; an assessment names its assessors",
    "record.prescription": "an order of this patient for this item, issued by then, not stopped, its last day not past",
    "record.times": "an order for more sessions: those that it orders were all given before this one",
    "record.physician": "a physician who holds rehabilitation, tcm or training on the day of issue prescribes",
    "record.therapist": "whoever treats or assesses holds rehabilitation or tcm on that day",
    "record.institution": "the institution holds rehabilitation or tcm on that day, and no suspension covers it",
    "record.stay": "the act lies within an admission of this patient, and names that stay where it names one",
}


def remedy(finding: Finding, clause: schema.Clause | None, rulebook: Rulebook) -> str:
    """One sentence without a full stop; with the day from which waiting alone would do, where the judge knows one."""
    said = _remedy(finding, clause, rulebook)
    if finding.next_payable_on is not None:
        return f"{said}; by waiting alone, from {finding.next_payable_on} on"
    return said


def _remedy(finding: Finding, clause: schema.Clause | None, rulebook: Rulebook) -> str:
    counted = " or ".join(finding.counted[-2:])
    match clause:
        case schema.FindingsClause():
            missing = [name for name, seen in finding.observed.items() if seen == NOT_RECORDED]
            unsaid = f" (never recorded: {', '.join(missing)})" if missing else ""
            return f"the record says, at or before the act: {findings(clause, finding)}{unsaid}"
        case schema.AgeClause() | schema.WorkingAgeClause():
            return "nothing but the patient's age decides"
        case schema.SpanClause(extendable=True):
            after = _day_after(finding)
            return f"a comprehensive assessment of the same episode, complete, finds improvement{after}, before the act"
        case schema.SpanClause():
            return "the span is over for this course of disease"
        case schema.CountClause(per=per):
            return f"another {per}" + (f", or one of those counted ({counted}) was not performed" if counted else "")
        case schema.DaysClause():
            if finding.limit is None:
                return "the severity is recorded, at or before the act"
            return "the days are used up, whatever else changes"
        case schema.GateClause():
            since = f" on or after {finding.window[0]}" if finding.window else ""
            return f"an assessment of the same episode{since}, before the act, has a result and the outcome improved"
        case schema.YearClause():
            return "a month already used, or another year"
        case schema.ProofClause():
            return (
                "the latest complete comprehensive assessment of the same episode finds improvement and is still valid"
            )
        case schema.ExclusiveClause(excludes=others):
            return f"another day than {counted or items(others, rulebook)}, which was paid"
        case schema.GapClause():
            return f"a later day: at least {finding.limit} days after {counted or 'the one before'}"
        case schema.SiteClause():
            return "a hospital of that level with the department, or a hospital of that kind"
        case schema.LinkClause():
            return "an order for a training of this rulebook is in force that day"
        case schema.StaffClause():
            return "more assessors who are qualified on that day take part and are named"
        case schema.PartsClause():
            return "more scales are used, and their results recorded"
        case schema.ProviderClause():
            return "somebody qualified for it on that day gives the session"
        case schema.ModeClause():
            return "the session is individual, or most of those paid in the course of disease are"
        case schema.OpenClause():
            return "limits for this item are issued, or its blank text is read as payable"
    return _RECORD.get(finding.clause, "the facts that the clause looks at")


def _day_after(finding: Finding) -> str:
    if finding.window is None or finding.window[1] is None:
        return ""
    return f" on or after {finding.window[1] + timedelta(days=1)}"
