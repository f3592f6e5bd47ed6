"""Why a limit stands against an act: how much of it is used, by which acts, since when.

The sentences of the clauses that count: spans with their continuation, days, months, stays, episodes, years.
"""

from typing import assert_never

from projections.explanation.matter import Matter
from projections.explanation.observed import shown
from projections.explanation.terms import FINDINGS, LIMBS, SEVERITIES, items, period, term
from projections.rules import schema
from projections.said import NOTHING, Said, acts, amount, days


def span(matter: Matter, clause: schema.SpanClause) -> Said:
    """The stretch that is over, since when, and what the assessment lacks that would carry the act on."""
    finding, length = matter.finding, period(clause.length)
    if finding.window is None or finding.window[1] is None:
        return NOTHING
    begin, end = finding.window
    named = acts(finding.counted)
    if matter.option("span_measure") == "paid_days":
        used = amount(finding.used or 0, "day")
        over = Said(
            f"自 {begin}{named.zh or ' '}起已支付满 {used.zh}，最多 {length.zh}",
            f"{used.en} have been paid since {begin}{named.en}, and no more can be",
        )
    else:
        over = Said(
            f"{length.zh}的支付期自 {begin}{named.zh or ' '}起算，到 {end} 已满",
            f"the span of {length.en} that began on {begin}{named.en} ended on {end}",
        )
    if not clause.extendable:
        return over
    proof = proof_shortfall(matter)
    return Said(f"{over.zh}，{proof.zh}", f"{over.en}, and {proof.en}")


def count(matter: Matter, clause: schema.CountClause) -> Said:
    """So many paid already of so many, in the day, month, stay or episode."""
    finding = matter.finding
    used, limit, named = amount(finding.used or 0, clause.unit), amount(clause.max, clause.unit), acts(finding.counted)
    item = _counted_item(matter, clause)
    zh = f"{item.zh}已支付 {used.zh}{named.zh}"
    en = f"{used.en} of {item.en} {'has' if finding.used == 1 else 'have'} been paid already{named.en}"
    most, stay = f"no more than {clause.max}", matter.seen("stay")
    match clause.per:
        case "day":
            return Said(
                f"{matter.day} 这一天{zh}，本规范每日最多支付 {limit.zh}",
                f"on {matter.day} {en}, and {most} a day can be",
            )
        case "month":
            begin, end = finding.window if finding.window is not None else (matter.day, None)
            return Said(
                f"{begin} 至 {end or matter.day} {zh}，本规范每月最多支付 {limit.zh}",
                f"from {begin} to {end or matter.day} {en}, and {most} a month can be",
            )
        case "stay" if stay != "outside any stay":
            return Said(
                f"住院 {stay} 期间{zh}，本规范一次住院最多支付 {limit.zh}",
                f"in the stay {stay} {en}, and {most} a stay can be",
            )
        case "stay":
            return Said(
                f"这一疾病过程中，住院以外{zh}，按所选读法最多支付 {limit.zh}",
                f"outside stays, in this episode, {en}, and {most} can be as the rule is read",
            )
        case "episode":
            return Said(
                f"这一疾病过程中{zh}，本规范 1 个疾病过程最多支付 {limit.zh}",
                f"in this episode {en}, and {most} an episode can be",
            )
        case _:
            assert_never(clause.per)


def _counted_item(matter: Matter, clause: schema.CountClause) -> Said:
    """What is counted: the item with what it includes, unless the reading `combined` has it narrower or wider."""
    match matter.option("combined") if clause.combined else None:
        case "item_only":
            return matter.item
        case "limb_training":
            return items(clause.combined, matter.rulebook)
        case _:
            return matter.rule


def paid_days(matter: Matter, severity: str | None) -> Said:
    """So many days paid, or passed since the first, of so many; or a severity that was never recorded."""
    finding = matter.finding
    if finding.limit is None:
        word = term(FINDINGS, severity or "")
        return Said(
            f"{word.zh}未记录，不知道最多可以支付多少天", f"{word.en} is not recorded, so that no limit is known"
        )
    used, limit, named = amount(finding.used or 0, "day"), amount(finding.limit, "day"), acts(finding.counted)
    degree = term(SEVERITIES, matter.seen(severity)) if severity else NOTHING
    whom = Said(f"{degree.zh}患者", f" for a {degree.en} disorder") if severity else NOTHING
    if matter.option("day_unit") == "elapsed":
        begin = finding.window[0] if finding.window is not None else matter.day
        return Said(
            f"自首次获支付之日（{begin}）起已过 {used.zh}，{whom.zh}最多 {limit.zh}",
            f"{used.en} have passed since the first paid day, {begin}, and no more than {limit.en} are paid{whom.en}",
        )
    return Said(
        f"{matter.item.zh}已支付 {used.zh}{named.zh}，{whom.zh}最多支付 {limit.zh}",
        f"{used.en} {'has' if finding.used == 1 else 'have'} been paid{named.en}, "
        f"and no more than {limit.en} can be{whom.en}",
    )


def used_up(matter: Matter) -> Said:
    """Years in all, days a year, days a limb: so much used of so much."""
    finding = matter.finding
    if finding.used is None or finding.limit is None:
        return Said(
            "处方的部位没有写明上肢还是下肢，不知道最多可以支付多少天",
            "the site of the order names neither upper nor lower limbs, so that no limit is known",
        )
    used, limit, named = amount(finding.used, finding.unit), amount(finding.limit, finding.unit), acts(finding.counted)
    if isinstance(matter.clause, schema.YearsClause) and finding.unit == "day" and finding.window is not None:
        begin, end = finding.window
        return Said(
            f"自 {begin}{named.zh or ' '}起的 {matter.clause.max} 年到 {end} 已满",
            f"the {matter.clause.max} years that began on {begin}{named.en} ended on {end}",
        )
    limb = term(LIMBS, matter.seen("limb")) if "limb" in finding.observed else NOTHING
    over = days(*finding.window) if finding.window is not None else NOTHING
    of = Said(limb.zh, f" of the {limb.en}") if limb else NOTHING
    return Said(
        f"{over.zh} {of.zh}已用 {used.zh}{named.zh}，最多支付 {limit.zh}".strip(),
        f"{over.en} {used.en}{of.en} {'is' if finding.used == 1 else 'are'} used{named.en}, "
        f"and no more than {limit.en} are paid".strip(),
    )


def proof_shortfall(matter: Matter) -> Said:
    """What the comprehensive assessment lacks that would carry the act."""
    act, day = matter.seen("assessment"), matter.seen("assessed_on")
    problem = matter.seen("problem")
    if not problem:
        return Said(
            "证明功能持续改善的康复综合评定未记录",
            "no comprehensive assessment that could show continued improvement is recorded",
        )
    if problem == "no longer valid":
        until = matter.seen("valid_until")
        return Said(
            f"康复综合评定 {act}（{day}）只支持到 {until}",
            f"the comprehensive assessment {act} of {day} carries until {until} only",
        )
    told = shown(matter, "problem", problem)
    return Said(
        f"康复综合评定 {act}（{day}）{told.zh}",
        f"the comprehensive assessment {act} of {day} does not carry it: {told.en}",
    )


def year(matter: Matter) -> Said:
    """Months, or days, used of the year that the act lies in."""
    finding = matter.finding
    used, limit = amount(finding.used or 0, finding.unit), amount(finding.limit or 0, finding.unit)
    begin, named = finding.window[0] if finding.window is not None else matter.day, acts(finding.counted)
    have = "has" if finding.used == 1 else "have"
    return Said(
        f"自 {begin} 起的这一年里已支付 {used.zh}{named.zh}，每年最多 {limit.zh}",
        f"{used.en} of the year from {begin} on {have} been paid{named.en}, and no more than {finding.limit} can be",
    )


def together(matter: Matter, clause: schema.ExclusiveClause) -> Said:
    """What the act was used together with, and which of them is the one that is paid."""
    finding, side = matter.finding, items(clause.excludes, matter.rulebook)
    named, several = acts(finding.counted), len(clause.excludes) > 1
    if "dearer" in finding.observed:
        return Said(
            f"同时使用的{side.zh}费用更高{named.zh}，只支付那一次",
            f"used together with this act, {'one of ' if several else ''}{side.en} has a higher fee{named.en}, "
            "and only that is paid",
        )
    return Said(
        f"同时使用的{side.zh}{'中有一次' if several else ''}已经支付{named.zh}，只支付其中 1 项",
        f"used together with this act, {'one of ' if several else ''}{side.en} is paid already{named.en}, "
        "and only one side is",
    )
