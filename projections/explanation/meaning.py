"""What a clause asks for, in plain words, beside the words of the rule that it quotes.

A sentence a kind of clause, with the numbers of the rulebook: another rulebook with other limits is told as well. A
kind without its sentence, or a sentence in one language only, is an error of types.
"""

from typing import assert_never

from projections.explanation.matter import Matter
from projections.explanation.record import TOLD, record_meaning
from projections.explanation.terms import (
    CONTAINERS,
    DEPARTMENTS,
    FINDINGS,
    KINDS,
    LEVELS,
    PROFESSIONS,
    SCOPES,
    SEVERITIES,
    items,
    period,
    term,
)
from projections.rules import schema
from projections.rules.decision import RECORDED
from projections.said import NOTHING, Said, amount, either, joined, listed

SILENT = Said(
    "本规范没有规定这个项目，只审核了记录", "the rulebook says nothing of this item: the record alone was judged"
)

NONE_IN_FORCE = Said(
    "当天没有有效的规范，只审核了记录", "no rulebook was in force on that day: the record alone was judged"
)


def meaning(matter: Matter) -> Said:
    """One sentence. What no item's rule asks is told by its name."""
    clause = matter.clause
    match clause:
        case None:
            return _beside_the_rule(matter)
        case schema.FindingsClause():
            return Said("当时病历中有：", "on record by then: ") + asked_findings(matter, clause)
        case schema.AgeClause(reading=reading, before_birthday=birthdays):
            age = birthdays[matter.option(reading) or ""]
            return Said(f"在 {age} 岁生日以前", f"before the birthday of {age} years")
        case schema.WorkingAgeClause(from_birthday=age) if matter.option("working_age") == "fixed":
            return Said(
                f"从 {age} 岁生日起，到按性别和岗位类别固定的退休年龄的前一天",
                f"from the birthday of {age} years to the day before the fixed age of retirement for sex and post",
            )
        case schema.WorkingAgeClause(from_birthday=age):
            return Said(
                f"从 {age} 岁生日起，到法定退休之日的前一天",
                f"from the birthday of {age} years to the day before the statutory retirement age",
            )
        case schema.SpanClause(length=length, extendable=extendable):
            said = period(length)
            per = CONTAINERS["episode"].zh if clause.per == "episode" else ""
            more = Said(
                "；期满后经康复综合评定功能持续改善的，可以继续支付",
                ", and longer where a comprehensive assessment finds continued improvement",
            )
            return Said(f"{per}最多支付 {said.zh}", f"for {said.en} at most") + (more if extendable else NOTHING)
        case schema.CountClause(max=most, per=per, unit=unit, combined=combined):
            said, container = amount(most, unit), CONTAINERS[per]
            more = Said("，包括项目合并计算", ", the included items counted together") if combined else NOTHING
            return Said(f"{container.zh}最多支付 {said.zh}", f"no more than {said.en} {container.en}") + more
        case schema.DaysClause(max=most) if most is not None:
            said = amount(most, "day")
            return Said(f"最多支付 {said.zh}", f"on no more than {said.en}")
        case schema.DaysClause(max_by=by):
            return Said("最多支付：", "at most: ") + listed(
                Said(f"{term(SEVERITIES, degree).zh}患者 {days} 天", f"{days} days if {degree}")
                for degree, days in by.items()
            )
        case schema.GateClause(days=days):
            return Said(
                f"每训练 {days} 天，要有一次量表评定取得明确进步，才能继续支付",
                f"after every {days} days of training, an assessment that finds clear progress opens the next",
            )
        case schema.YearClause(birthday=age, months_before=before, months_from=after):
            return Said(
                f"{age} 岁以前每年最多支付 {before} 个月，{age} 岁起每年最多 {after} 个月",
                f"in no more than {before} months a year before the birthday of {age} years, {after} from it on",
            )
        case schema.ProofClause(birthday=age):
            return Said(
                f"{age} 岁起，要有康复综合评定证明功能持续改善",
                f"from the birthday of {age} years on, a comprehensive assessment finds continued improvement",
            )
        case schema.ExclusiveClause(excludes=others):
            said = items(others, matter.rulebook)
            return Said(
                f"与{said.zh}同时使用时，只支付其中 1 项", f"not together with a paid act of {said.en}: one is paid"
            )
        case schema.GapClause(days=by_option):
            days = by_option[matter.option("gap_measure") or ""]
            return Said(f"与上一次相隔至少 {days} 天", f"at least {days} days after the one before")
        case schema.SiteClause():
            return Said("在", "at ") + asked_site(matter, clause)
        case schema.LinkClause():
            return Said(
                "属于患者正在接受的本目录训练项目", "part of a training of this rulebook that the patient is receiving"
            )
        case schema.StaffClause(persons=persons):
            number = persons[matter.option("persons_3") or ""]
            return Said(f"至少由 {number} 名有资质的人员评定", f"by {number} qualified persons at least")
        case schema.PartsClause(scales=scales):
            return Said(f"至少包含 {scales} 个不同的评估项目", f"of at least {scales} different scales")
        case schema.ProviderClause(scope=scope, profession=profession, profession_scope=other):
            first, second, staff = term(SCOPES, scope), term(SCOPES, other), term(PROFESSIONS, profession)
            return Said(
                f"由有{first.zh}的人员，或有{second.zh}的{staff.zh}开展",
                f"by a person qualified for {first.en}, or a {staff.en} qualified for {second.en}",
            )
        case schema.ModeClause():
            return Said("以个别化训练为主", "individual training for the most part")
        case schema.YearsClause(max=most):
            return Said(f"终身累计最多支付 {most} 年", f"for no more than {amount(most, 'year').en} in all")
        case schema.YearDaysClause(max=most):
            return Said(f"每年最多支付 {most} 天", f"on no more than {amount(most, 'day').en} a year")
        case schema.LimbDaysClause(upper=upper, lower=lower):
            return Said(
                f"上肢最多支付 {upper} 天，下肢最多支付 {lower} 天",
                f"on no more than {upper} days for the upper limbs, {lower} for the lower",
            )
        case schema.OpenClause(note=None):
            return Said("规范中这一项的条文是空白", "the rule's text is blank")
        case schema.OpenClause():
            return Said("现有资料中没有找到这一项的限定", "no limit of this item was found in the sources at hand")
        case _:
            assert_never(clause)


def _beside_the_rule(matter: Matter) -> Said:
    """What a finding says that no item's rule asks for."""
    name = matter.finding.clause
    if name in TOLD:
        return record_meaning(matter)
    if name == "rulebook.in_force":
        return Said("按当时有效的规范来判", "judged by the rulebook in force")
    return SILENT if matter.rulebook is not None else NONE_IN_FORCE


def asked_site(matter: Matter, clause: schema.SiteClause) -> Said:
    """`二级以上、设有康复科的医院，或康复专科医院`; with `site_level=both` the level is asked of the second as well."""
    department, kind = term(DEPARTMENTS, clause.department), term(KINDS, clause.hospital)
    both = matter.option("site_level") == "both"
    return Said(
        f"{LEVELS[clause.level]}以上、设有{department.zh}的医院，或"
        f"{f'{LEVELS[clause.level]}以上的' if both else ''}{kind.zh}",
        f"a hospital of level {clause.level} or above with a {department.en} department, or a {kind.en}"
        f"{f' of level {clause.level} or above' if both else ''}",
    )


def asked_findings(matter: Matter, clause: schema.FindingsClause, *, lacking: bool = False) -> Said:
    """`器质性病变；生活能力障碍、工作能力障碍中任何一项` and `an organic lesion; any one of …`.

    With `lacking` only what the record does not show.
    """
    seen = matter.finding.observed
    every = clause.reading is not None and matter.option(clause.reading) == "all"

    def wanted(name: str) -> bool:
        return not lacking or seen.get(name) != RECORDED

    asked = [term(FINDINGS, name) for name in clause.all if wanted(name)]
    if clause.severity is not None and not (lacking and seen.get(clause.severity) in clause.among):
        degrees = either(term(SEVERITIES, degree) for degree in clause.among)
        severity = term(FINDINGS, clause.severity)
        asked.append(Said(f"{severity.zh}为{degrees.zh}", f"{severity.en}: {degrees.en}"))
    if clause.some and every:
        asked += [term(FINDINGS, name) for name in clause.some if wanted(name)]
    elif clause.some and not (lacking and any(seen.get(name) == RECORDED for name in clause.some)):
        some = listed(term(FINDINGS, name) for name in clause.some)
        asked.append(Said(f"{some.zh}中任何一项", f"any one of {some.en}"))
    return joined(asked)
