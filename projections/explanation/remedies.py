"""What would have to be otherwise for a clause that fails to hold.

Said of the facts, never of a way around them: a stop that was forgotten can be recorded late, an act that was not
performed cannot be performed by correcting it. The day from which waiting alone would do is the judge's.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import assert_never

from projections.explanation.matter import Matter, Remedy
from projections.explanation.meaning import asked_findings, asked_site
from projections.explanation.record import TOLD, record_remedy
from projections.explanation.terms import FINDINGS, items, period, term
from projections.rules import schema
from projections.rules.clauses.extension import counts_from
from projections.rules.decision import NOT_RECORDED
from projections.said import NOTHING, Said, acts, amount, named

_OTHER: Mapping[str, Said] = {
    "day": Said("换一天做", "another day"),
    "month": Said("换一个月做", "another month"),
    "stay": Said("下一次住院再做", "another stay"),
    "episode": Said("新的疾病过程另行计算", "another episode"),
}
"""Where what is counted begins anew."""

_BORN = Remedy(Said("登记患者的出生日期", "the patient's date of birth is recorded"))
_AGE = Remedy(
    Said(
        "很抱歉，这一条只看患者的年龄；登记的出生日期有误的可以更正",
        "we are sorry: nothing but the patient's age decides; a date of birth written down wrong is corrected",
    ),
    possible=False,
)


def remedy(matter: Matter) -> Remedy:
    """What would make the clause hold. Only of a finding that fails."""
    clause, finding = matter.clause, matter.finding
    match clause:
        case None:
            return record_remedy(matter) if finding.clause in TOLD else Remedy(NOTHING)
        case schema.FindingsClause():
            asked = asked_findings(matter, clause, lacking=True)
            return Remedy(
                Said(
                    f"如果患者当时确实如此，在病历中补记或更正（时间不晚于这一次）：{asked.zh}",
                    f"if it was so at the time, it is recorded or corrected, dated not after the act: {asked.en}",
                )
            )
        case schema.AgeClause():
            return _BORN if matter.seen("born") == NOT_RECORDED else _AGE
        case schema.WorkingAgeClause():
            if matter.seen("born") == NOT_RECORDED:
                return _BORN
            return _working_age(matter)
        case schema.SpanClause(extendable=True):
            return _assessment(matter, clause)
        case schema.SpanClause(length=length):
            said = period(length)
            where = "这一疾病过程" if clause.per == "episode" else "这一项目"
            return Remedy(
                Said(
                    f"很抱歉，{where} {said.zh}的支付期已经满了，规范没有规定可以延长",
                    f"we are sorry: the span of {said.en} is over, and the rule knows no extension",
                )
            )
        case schema.CountClause(per=per):
            return _another(matter, per)
        case schema.DaysClause(severity=severity):
            if finding.limit is None:
                word = term(FINDINGS, severity or "")
                return Remedy(
                    Said(
                        f"在病历中如实记录{word.zh}（不晚于这一次）", f"{word.en} is recorded, dated not after the act"
                    )
                )
            limit = amount(finding.limit, "day")
            return Remedy(
                Said(
                    f"很抱歉，可以支付的 {limit.zh}已经用完",
                    f"we are sorry: the {limit.en} that can be paid are used up",
                )
            )
        case schema.GateClause(scale_item=number):
            return _scale(matter, number)
        case schema.YearClause():
            return _BORN if matter.seen("born") == NOT_RECORDED else _another_year(matter)
        case schema.ProofClause():
            return _assessment(matter, clause)
        case schema.ExclusiveClause(excludes=others):
            return _not_together(matter, others)
        case schema.GapClause():
            limit, last = amount(finding.limit or 0, "day"), named(finding.counted)
            return Remedy(
                Said(
                    f"与上一次（{last.zh}）相隔至少 {limit.zh}再做",
                    f"a later day: at least {limit.en} after {last.en}",
                )
            )
        case schema.SiteClause():
            place = asked_site(matter, clause)
            return Remedy(
                Said(f"到{place.zh}做；机构登记有误的可以更正", f"{place.en}; what was registered wrong is corrected")
            )
        case schema.LinkClause():
            if matter.option("adl_link") == "named":
                return Remedy(
                    Said(
                        "评定写明它所服务的本目录训练项目",
                        "the assessment names the training of this rulebook that it serves",
                    )
                )
            return Remedy(
                Said(
                    "当天有本目录训练项目的有效处方",
                    "a prescription of a training of this rulebook is in force that day",
                )
            )
        case schema.StaffClause():
            return Remedy(
                Said(
                    "有足够多当天有资质的人员参加评定，并都写明；参加而漏写的可以更正",
                    "more persons who are qualified on that day assess and are named; one who did and was left out "
                    "can be added by a correction",
                )
            )
        case schema.PartsClause():
            return Remedy(
                Said(
                    "做足评估项目并记录结果；做过而漏记的可以更正",
                    "more scales are used and their results recorded; those left out can be added by a correction",
                )
            )
        case schema.ProviderClause():
            return Remedy(
                Said(
                    "由当天有规定资格的人员开展；资格登记有遗漏的可以补记",
                    "somebody qualified for it on that day gives the session; "
                    "a qualification that was held and not recorded can be recorded",
                )
            )
        case schema.ModeClause():
            mostly = matter.option("individual") != "each"
            return Remedy(
                Said(
                    "改为个别化训练" + ("，或该疾病过程中个别化训练过半数" if mostly else ""),
                    "the session is individual" + (", or most of those paid in the episode are" if mostly else ""),
                )
            )
        case schema.YearsClause():
            return Remedy(
                Said(
                    "很抱歉，终身累计可以支付的年数已经用完",
                    "we are sorry: the years that can be paid in all are used up",
                )
            )
        case schema.YearDaysClause():
            return _another_year(matter)
        case schema.LimbDaysClause():
            if finding.limit is None:
                return Remedy(
                    Said("处方写明部位是上肢还是下肢", "the order names the site: upper limbs, lower limbs, or both")
                )
            return Remedy(
                Said(
                    f"很抱歉，这一肢体可以支付的 {finding.limit} 天已经用完",
                    f"we are sorry: the {finding.limit} days that can be paid for that limb are used up",
                )
            )
        case schema.OpenClause(note=None):
            return Remedy(
                Said(
                    "主管部门出台这一项的限定，或把空白的条文读作可以支付",
                    "limits for this item are issued, or its blank text is read as payable",
                )
            )
        case schema.OpenClause():
            return Remedy(
                Said(
                    "查明这一项的限定，或把没有找到限定读作可以支付",
                    "the limits of this item are found, or their absence is read as payable",
                )
            )
        case _:
            assert_never(clause)


def _working_age(matter: Matter) -> Remedy:
    """Sex and post decide as well as age, and a post that was never recorded can be recorded yet."""
    said = Said(
        "这一条按年龄、性别和岗位类别判定；岗位类别未登记的，如实登记；登记有误的可以更正",
        "age, sex and post decide this clause; a post that was not recorded is recorded as it was, "
        "and what was written down wrong is corrected",
    )
    unknown = matter.seen("sex") != "male" and NOT_RECORDED in (matter.seen("sex"), matter.seen("employment_category"))
    return Remedy(said, possible=unknown)


def _scale(matter: Matter, number: int) -> Remedy:
    """The assessment that would open the next block."""
    since = matter.finding.window[0] if matter.finding.window is not None else matter.day
    narrow = matter.option("gate_source") == "item_9"
    scale = items([number], matter.rulebook)
    zh, en = (f"{scale.zh}", f"of {scale.en} ") if narrow else ("量表评定", "")
    return Remedy(
        Said(
            f"同一疾病过程中，{since} 至这一次之前，有一次还没有用过、有结果、结论为改善的{zh}（做过而漏记的可以补记）",
            f"an assessment {en}of the same episode, from {since} on and before the act, has a result, finds "
            "improvement and has opened no block yet (one that was made and not recorded can be recorded)",
        )
    )


def _assessment(matter: Matter, clause: schema.SpanClause | schema.ProofClause) -> Remedy:
    """The comprehensive assessment that would carry the act, with the earliest day where the readings have one."""
    finding, earliest = matter.finding, None
    end = finding.window[1] if finding.window is not None else None
    if isinstance(clause, schema.SpanClause) and end is not None and matter.option("span_measure") == "elapsed":
        earliest = counts_from(matter.option("extension_from") or "any", end + timedelta(days=1))
    source = matter.option("extension_source")
    zh = {"valid": "合格的", "paid": "本身获支付的"}.get(source or "", "")
    en = {"valid": ", complete", "paid": ", itself paid"}.get(source or "", "")
    when = Said(f"{earliest} 或以后、", f" on or after {earliest},") if earliest else NOTHING
    made = Said("（做过而漏记的可以补记）", " (one that was made and not recorded can be recorded)")
    if matter.option("improvement") == "latest":
        asked = Said(
            f"同一疾病过程中，{when.zh}这一次之前，最近一次{zh}康复综合评定结论为改善，且仍在有效期",
            f"the latest comprehensive assessment of the same episode{en},{when.en} before the act, finds improvement "
            "and is still valid",
        )
    else:
        asked = Said(
            f"同一疾病过程中，{when.zh}这一次之前，有一次{zh}康复综合评定，结论为改善，仍在有效期",
            f"a comprehensive assessment of the same episode{en},{when.en} before the act, finds improvement and is "
            "still valid",
        )
    return Remedy(asked + made)


def _another(matter: Matter, per: str) -> Remedy:
    """Another day, month, stay, episode; and what was counted and not performed is voided, which promises nothing."""
    other = _OTHER["episode" if matter.seen("stay") == "outside any stay" else per]
    if per == "month" and matter.option("month") == "rolling_30_days":
        other = Said("等到截至当日的 30 天内还有余额时做", "a day on which the 30 days up to it leave room")
    if not matter.finding.counted:
        return Remedy(other)
    one, those = len(matter.finding.counted) == 1, _those(matter)
    return Remedy(
        Said(
            f"{other.zh}；已计的 {those.zh} {'如果实际没有做' if one else '中实际没有做的'}，应作废，作废后重新判定",
            f"{other.en}; those counted ({those.en}) that were not performed are voided, and the act is judged again",
        )
    )


def _another_year(matter: Matter) -> Remedy:
    if matter.option("year") == "rolling_365":
        return Remedy(Said("等到截至当日的 365 天内还有余额时做", "a day on which the 365 days up to it leave room"))
    return Remedy(Said("等到下一年度", "another year"))


def _those(matter: Matter) -> Said:
    """The acts counted, without brackets."""
    said = acts(matter.finding.counted)
    return Said(said.zh.strip("（）"), said.en.strip(" ()"))


def _not_together(matter: Matter, others: list[int]) -> Remedy:
    one, who = len(matter.finding.counted) == 1, _those(matter) or items(others, matter.rulebook)
    match matter.option("together"):
        case "same_day":
            said = Said(f"不与 {who.zh} 在同一天做", f"another day than {who.en}")
        case "overlapping":
            said = Said(f"不与 {who.zh} 的时间重叠", f"a time that does not overlap {who.en}")
        case _:
            said = Said(f"不与 {who.zh} 在同一疾病过程中做", f"another episode than {who.en}")
    return Remedy(
        Said(
            f"{said.zh}；{f'如果 {who.zh} 实际没有做' if one else '其中实际没有做的'}，应作废，作废后重新判定",
            f"{said.en}; what was not performed is voided, and the act is judged again",
        )
    )
