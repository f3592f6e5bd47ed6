"""Why a clause fails, as a person at the counter would say it: the fact, with its numbers, days and acts.

One sentence a kind of clause, in both languages. A kind that has none is an error of types.
"""

from typing import assert_never

from projections.explanation import conditions, limits
from projections.explanation.matter import Matter
from projections.explanation.record import TOLD
from projections.rules import schema
from projections.rules.calendar import add_days
from projections.rules.decision import NOT_RECORDED
from projections.said import NOTHING, Said, acts, amount


def shortfall(matter: Matter) -> Said:
    """What stands against the act in this clause. Only of a finding that fails."""
    clause, finding = matter.clause, matter.finding
    match clause:
        case None:
            told = TOLD.get(finding.clause)
            return told.shortfall(matter) if told is not None else NOTHING
        case schema.FindingsClause():
            return conditions.findings(matter, clause)
        case schema.AgeClause(reading=reading, before_birthday=birthdays):
            age = birthdays[matter.option(reading) or ""]
            if matter.seen("born") == NOT_RECORDED or finding.window is None or finding.window[1] is None:
                return conditions.born_not_recorded()
            day = add_days(finding.window[1], 1)
            return Said(f"患者在 {day} 已经满 {age} 岁", f"the patient reached the age of {age} on {day}")
        case schema.WorkingAgeClause(from_birthday=age):
            return conditions.working_age(matter, age)
        case schema.SpanClause():
            return limits.span(matter, clause)
        case schema.CountClause():
            return limits.count(matter, clause)
        case schema.DaysClause(severity=severity):
            return limits.paid_days(matter, severity)
        case schema.GateClause(days=days):
            return conditions.gate(matter, days)
        case schema.YearClause():
            if matter.seen("born") == NOT_RECORDED:
                return conditions.born_not_recorded()
            return limits.year(matter)
        case schema.ProofClause(birthday=age):
            return Said(
                f"患者已满 {age} 岁，{limits.proof_shortfall(matter).zh}",
                f"the patient is {age} or older, and {limits.proof_shortfall(matter).en}",
            )
        case schema.ExclusiveClause():
            return limits.together(matter, clause)
        case schema.GapClause():
            last = finding.window[0] if finding.window is not None else matter.day
            since = amount(int(finding.observed.get("days_since_last", 0)), "day")
            limit, named = amount(finding.limit or 0, "day"), acts(finding.counted)
            return Said(
                f"上一次在 {last}{named.zh}，只隔 {since.zh}，至少要隔 {limit.zh}",
                f"the last one was on {last}{named.en}, {since.en} before, and at least {limit.en} have to pass",
            )
        case schema.SiteClause():
            return conditions.site(matter)
        case schema.LinkClause():
            return conditions.link(matter)
        case schema.StaffClause(persons=persons):
            return conditions.staff(matter, persons[matter.option("persons_3") or ""])
        case schema.PartsClause(scales=asked):
            if matter.seen("results") == NOT_RECORDED:
                return Said("评定的结果未记录", "no result of the assessment is recorded")
            number = int(finding.observed.get("scales", 0))
            return Said(
                f"评定只包含 {number} 个评估项目，至少要 {asked} 个",
                f"the assessment is made of {number} {'scale' if number == 1 else 'scales'}, and {asked} are asked for",
            )
        case schema.ProviderClause():
            return conditions.provider(matter, clause)
        case schema.ModeClause():
            return conditions.mode(matter)
        case schema.YearsClause() | schema.YearDaysClause() | schema.LimbDaysClause():
            return limits.used_up(matter)
        case schema.OpenClause(note=None):
            return Said(
                "规范中这一项的条文是空白，按所选读法，限定出台之前不予支付",
                "the rule's text is blank, and read as not payable until limits are issued",
            )
        case schema.OpenClause():
            return Said(
                "现有资料中没有找到这一项的限定，按所选读法，限定出台之前不予支付",
                "no limit was found in the sources at hand, which is read as not payable until limits are issued",
            )
        case _:
            assert_never(clause)
