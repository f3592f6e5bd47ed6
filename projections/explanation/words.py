"""What a clause asks for, in plain English, beside the Chinese words that it quotes.

A sentence a kind of clause, with the numbers of the rulebook: another rulebook with other limits is told as well.
"""

from projections.rules import schema
from projections.rules.decision import Finding
from projections.rules.rulebook import Rulebook

RECORD = {
    "record.voided": "the act was performed: nobody voided it",
    "record.stopped": "the session has a stop, later than its start",
    "record.signed": "the therapist signed the session, not before its stop; an assessment names its assessors",
    "record.prescription": "an order of this patient stood: issued by then, not stopped, not past its last day",
    "record.times": "no more sessions on the order than it orders",
    "record.physician": "the prescriber is a physician, qualified or trained on the day of issue",
    "record.therapist": "whoever treated or assessed is qualified in rehabilitation or Chinese medicine on the day",
    "record.institution": "the institution is qualified in rehabilitation or Chinese medicine, and not suspended",
    "record.stay": "an act in hospital or in a home bed lies within that stay of the patient",
    "rulebook.silent": "the rulebook says nothing of this item: the record alone was judged",
}
"""What the clauses of the record ask (the notice, 二.1, 二.2, 二.4)."""

_PERIOD = {"Y": "year", "M": "month", "D": "day"}


def unit(finding: Finding) -> str:
    """`sessions`, or `session` where the limit is one."""
    name = finding.unit or "act"
    return name if finding.limit == 1 else f"{name}s"


def period(length: str) -> str:
    """`P1Y` → one year, `P180D` → 180 days."""
    number, name = int(length[1:-1]), _PERIOD[length[-1]]
    return f"one {name}" if number == 1 else f"{number} {name}s"


def meaning(finding: Finding, clause: schema.Clause | None, rulebook: Rulebook) -> str:
    """One sentence without a full stop. A clause of no known item (the record, silence) is told by its name."""
    match clause:
        case schema.FindingsClause():
            return f"found of the patient by then: {findings(clause, finding)}"
        case schema.AgeClause(reading=reading, before_birthday=birthdays):
            return f"before the birthday of {birthdays[finding.readings[reading]]} years"
        case schema.WorkingAgeClause(from_birthday=age):
            return f"from the birthday of {age} years to the day before the retirement age"
        case schema.SpanClause(length=length, extendable=extendable):
            more = ", longer where a comprehensive assessment finds continued improvement" if extendable else ""
            return f"for {period(length)}{more}"
        case schema.CountClause(max=most, per=per, combined=combined):
            together = ", the included items counted together" if combined else ""
            return f"no more than {most} {clause.unit}{'s' if most > 1 else ''} a {per}{together}"
        case schema.DaysClause(max=most, max_by=by):
            return (
                f"on no more than {most} days"
                if most
                else "on no more days than " + ", ".join(f"{days} if {degree}" for degree, days in by.items())
            )
        case schema.GateClause(days=days):
            return f"after every {days} days of training, an assessment that finds clear progress opens the next"
        case schema.YearClause(birthday=age, months_before=before, months_from=after):
            return f"in no more than {before} months a year before the birthday of {age} years, {after} from it on"
        case schema.ProofClause(birthday=age):
            return f"from the birthday of {age} years on, a comprehensive assessment finds continued improvement"
        case schema.ExclusiveClause(excludes=others):
            return f"not together with a paid act of {items(others, rulebook)}"
        case schema.GapClause():
            return f"at least {finding.limit} days after the one before"
        case schema.SiteClause(level=level, department=department, hospital=kind):
            return f"at a hospital of level {level} or above with a {department} department, or a {kind} hospital"
        case schema.LinkClause():
            return "part of a training of this rulebook that the patient is receiving"
        case schema.StaffClause(
            persons=persons,
        ) if "persons_3" in finding.readings:
            return f"by {persons[finding.readings['persons_3']]} qualified persons or more"
        case schema.PartsClause(scales=scales):
            return f"of at least {scales} different scales"
        case schema.ProviderClause(scope=scope, profession=profession, profession_scope=other):
            return f"by a person qualified for {scope.replace('_', '-')}, or a {profession} qualified for {other}"
        case schema.ModeClause():
            return "individual training for the most part"
        case schema.OpenClause():
            return "the rule's text is blank"
    return RECORD.get(finding.clause, "")


def findings(clause: schema.FindingsClause, finding: Finding) -> str:
    """`organic_lesion, and any one of deficit_living, deficit_work`."""
    asked = [*clause.all]
    if clause.severity is not None:
        asked.append(f"{clause.severity} {' or '.join(clause.among)}")
    if clause.some:
        every = clause.reading is not None and finding.readings.get(clause.reading) == "all"
        asked.append(f"{'all' if every else 'any one'} of {', '.join(clause.some)}")
    return ", and ".join(asked)


def items(numbers: list[int], rulebook: Rulebook) -> str:
    """`item 2 (偏瘫肢体综合训练), 3 (…)`, by number."""
    names = {item.number: item.name for item in rulebook.items}
    return "item " + ", ".join(f"{number} ({names[number]})" if number in names else str(number) for number in numbers)
