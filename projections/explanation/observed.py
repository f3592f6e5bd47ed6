"""What the record shows, by the names that the clauses give it: never recorded is told from recorded as absent.

Names and values are those that the clauses write into a finding. Ids, numbers and days stand for themselves; a word
without its Chinese is found by the tests, which walk the findings of every rulebook.
"""

from collections.abc import Callable, Mapping

from projections.explanation import terms
from projections.explanation.matter import Matter
from projections.rules import schema
from projections.rules.decision import NOT_RECORDED
from projections.said import Said, alike, joined, listed

NAMES: Mapping[str, Said] = {
    **terms.FINDINGS,
    "voided": Said("作废", "voided"),
    "stop": Said("结束时间", "the stop"),
    "signature": Said("签名", "the signature"),
    "prescription": Said("处方", "the prescription"),
    "physician": Said("开方人员", "the prescriber"),
    "profession": Said("职业", "profession"),
    "rehabilitation or tcm": Said("康复或中医资质", "rehabilitation or Chinese medicine"),
    "training": Said("相关培训", "the training"),
    "institution": Said("机构", "the institution"),
    "stay": Said("住院", "the stay"),
    "born": Said("出生日期", "born"),
    "sex": Said("性别", "sex"),
    "employment_category": Said("岗位类别", "post"),
    "assessment": Said("评定", "the assessment"),
    "assessed_on": Said("评定日期", "assessed on"),
    "valid_until": Said("支持到", "carries until"),
    "problem": Said("不足", "what it lacks"),
    "asked_from": Said("开始要求评定的日期", "asked for from"),
    "days_since_last": Said("距上一次天数", "days since the last"),
    "dearer": Said("费用更高的一次", "the dearer act"),
    "serves": Said("所服务的训练项目", "the training that it serves"),
    "item": Said("项目", "item"),
    "mode": Said("方式", "mode"),
    "paid": Said("已支付次数", "paid so far"),
    "paid_individual": Said("其中个别化训练", "of them individual"),
    "text": Said("条文", "the text"),
    "level": Said("医院级别", "level"),
    "kind": Said("机构类别", "kind"),
    "departments": Said("科室", "departments"),
    "qualified": Said("有资质的人员", "qualified persons"),
    "persons": Said("人数", "persons"),
    "scales": Said("评估项目数", "scales"),
    "asked": Said("要求", "asked for"),
    "presumed": Said("按符合计", "presumed to be in order"),
    "rulebook": Said("规范", "the rulebook"),
    "effective_from": Said("生效日期", "in force from"),
    "decided_by_day": Said("据以选定的日期", "chosen by the day"),
    "outcome": Said("评定结论", "its outcome"),
    "results": Said("评定结果", "its results"),
    "assessors": Said("评定人员", "the assessors"),
    "site": Said("部位", "the site"),
    "limb": Said("肢体", "the limb"),
    "years": Said("已支付的年份", "years paid in"),
}

VALUES: Mapping[str, Said] = {
    **terms.SEEN,
    **terms.SEVERITIES,
    "not later than the start": Said("不晚于开始时间", "not later than the start"),
    "not by the session's own therapist": Said("不是本次的治疗师所签", "not by the session's own therapist"),
    "before the stop": Said("早于结束时间", "before the stop"),
    "no such order": Said("没有这条医嘱", "no such order"),
    "of another patient": Said("是另一位患者的", "of another patient"),
    "issued after the start": Said("在治疗开始之后才开出", "issued after the start"),
    "stopped": Said("已经停止", "stopped"),
    "past valid_until": Said("已过有效期", "past its last day"),
    "not qualified on the day": Said("当天没有资质", "not qualified on the day"),
    "suspended": Said("当天处于暂停服务协议期间", "suspended on the day"),
    "neither rehabilitation nor tcm on the day": Said(
        "当天没有康复或中医资质", "qualified in neither rehabilitation nor Chinese medicine on the day"
    ),
    "unknown stay": Said("没有这次住院", "no such stay"),
    "a stay of another patient": Said("是另一位患者的住院", "a stay of another patient"),
    "started outside the stay": Said("治疗开始时不在这次住院期间", "started outside the stay"),
    "outside any stay": Said("不在住院期间", "outside any stay"),
    "not improved": Said("结论不是改善", "it does not find improvement"),
    "no longer valid": Said("已过有效期", "it is no longer valid"),
    "as quoted": Said("见引文", "as quoted"),
    "blank": Said("空白", "blank"),
    "says nothing on improvement": Said("结论没有说明是否改善", "its outcome says nothing on improvement"),
    "not paid": Said("本身未获支付", "it was not paid itself"),
    "of another item": Said("不是规定项目的评定", "it is of another item"),
    "no result": Said("没有结果", "it has no result"),
    "no progress": Said("结论不是改善", "it does not find progress"),
    "opened a block before": Said("已经用于继续支付前面的一段", "it has opened a block before"),
    "none": Said("没有", "none"),
    "limit not found in the sources at hand": Said("现有资料中没有找到限定", "limit not found in the sources at hand"),
    "none in force on the day": Said("当天没有有效的规范", "none in force on the day"),
    "says nothing on this item": Said("没有规定这个项目", "says nothing of this item"),
}

_TERMS: Mapping[str, Mapping[str, Said]] = {
    "profession": terms.PROFESSIONS,
    "sex": terms.SEXES,
    "employment_category": terms.CATEGORIES,
    "kind": terms.KINDS,
    "mode": terms.MODES,
    "outcome": terms.OUTCOMES,
    "limb": terms.LIMBS,
}
"""Names whose values are words of the facts; the same word may mean something else under another name."""

_YES: Callable[[bool], Said] = lambda value: Said("是", "yes") if value else Said("否", "no")  # noqa: E731


def observed(matter: Matter) -> Said | None:
    """`器质性病变：已记录；肌力障碍：未记录`, in the order in which the clause looked; None: it looked at nothing."""
    said = [_named(matter, name, value) for name, value in matter.finding.observed.items()]
    return joined(said) if said else None


def _named(matter: Matter, name: str, value: str | int | bool) -> Said:
    label = alike(name) if of_persons(matter) and isinstance(value, str) else NAMES.get(name, alike(name))
    told = shown(matter, name, value)
    return Said(f"{label.zh}：{told.zh}", f"{label.en}: {told.en}")


def shown(matter: Matter, name: str, value: str | int | bool) -> Said:
    """A value as the record has it, under its name."""
    if isinstance(value, bool):
        return _YES(value)
    if isinstance(value, int):
        return alike(str(value))
    if name in _TERMS and value != NOT_RECORDED:
        return terms.term(_TERMS[name], value)
    if name == "site" and value != NOT_RECORDED:
        return alike(f"“{value}”")  # the record's own words
    if value in VALUES:
        return VALUES[value]
    if name == "departments":
        return listed(terms.term(terms.DEPARTMENTS, department) for department in value.split(", "))
    if name in ("item", "serves"):
        return terms.item_of(value, matter.rulebook)
    if name == "problem" and value.startswith("dated before "):
        day = value.removeprefix("dated before ")
        return Said(f"评定日期早于 {day}", f"it is dated before {day}")
    if name == "problem" and value.startswith("does not meet "):
        clauses = value.removeprefix("does not meet ")
        return Said(f"不符合 {clauses.replace(', ', '、')}", f"it does not meet {clauses}")
    return Said(value.replace(", ", "、"), value)


def of_persons(matter: Matter) -> bool:
    """Whether the finding names people: its names are then ids, whatever words they look like."""
    return isinstance(matter.clause, schema.ProviderClause) or matter.finding.clause == "record.therapist"
