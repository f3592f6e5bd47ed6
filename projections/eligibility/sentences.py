"""What a warning, a gate and a span say to a person: the same in Chinese and in English.

Only words are made here, of values that are settled already. Days are spelled YYYY-MM-DD in both languages.
"""

from collections.abc import Mapping
from datetime import date

from projections.said import NOTHING, Said, amount, joined

Values = Mapping[str, str | int]

_REASONS = {
    "not recorded": ("尚无评定记录", "none is recorded"),
    "dated too early": ("{} 的日期过早", "{} is dated too early"),
    "not improved": ("{} 未见功能改善", "{} finds no improvement"),
    "says nothing on improvement": ("{} 未说明有无改善", "{} says nothing on improvement"),
    "no longer valid": ("{} 已过有效期", "{} is no longer valid"),
    "not valid": ("{} 的人员或组成不符合要求", "{} lacks the staff or the parts asked for"),
    "not paid": ("{} 未获支付", "{} was not paid"),
    "of another item": ("{} 是其他项目", "{} is of another item"),
    "no result": ("{} 没有结果", "{} has no result"),
    "no progress": ("{} 未见明确进步", "{} finds no clear progress"),
    "opened a block before": ("{} 已用于此前阶段", "{} has opened a block before"),
}


def past_a_gate(assessment: str | None, reason: str | None, counts_from: date, only: tuple[str, str] | None) -> Said:
    """What opens the gate, or is missing for it. `only`: the item that alone counts, its name and its slug."""
    if assessment is not None and reason is None:
        return Said(f"评定 {assessment} 可作为下一阶段继续支付的依据", f"{assessment} opens the next block")
    why = _why(assessment, reason)
    item, of = (f"（{only[0]}）", f" ({only[1]})") if only is not None else ("", "")
    return Said(
        f"继续支付须有 {counts_from} 起的功能量表评定{item}取得明确功能进步{why.zh}",
        f"to go on, an assessment{of} dated {counts_from} or later has to find clear progress{why.en}",
    )


def past_a_span(
    assessment: str | None, reason: str | None, valid_until: date | None, counts_from: date | None, *, expires: bool
) -> Said:
    """What carries treatment on past the end of a span, or is missing for it. `expires`: whether one is for ever."""
    if assessment is not None and reason is None:
        zh, en = (f"至 {valid_until}", f" until {valid_until}") if valid_until is not None else ("", "")
        return Said(f"评定 {assessment} 支持继续支付{zh}", f"{assessment} supports going on{en}")
    if reason == "no longer valid":
        return Said(
            f"{assessment} 只支持至 {valid_until}；继续支付须有新的康复综合评定确认功能持续改善",
            f"{assessment} supports payment until {valid_until} only; "
            "to go on, a new comprehensive assessment has to find improvement",
        )
    why = _why(assessment, reason)
    zh, en = (f" {counts_from} 起", f" dated {counts_from} or later") if counts_from is not None else ("", "")
    if expires:
        zh, en = f"{zh}、且仍在有效期的" if zh else "仍在有效期的", f"{en} and still valid" if en else " still valid"
    elif zh:
        zh = f"{zh}的"
    return Said(
        f"继续支付须有{zh}康复综合评定确认功能持续改善{why.zh}",
        f"to go on, a comprehensive assessment{en} has to find improvement{why.en}",
    )


def warning(kind: str, values: Values) -> Said:
    """What a warning of this kind says of its values, before what would help."""
    match kind:
        case "limit_near":
            used_up, most, rest = (_amount(values, name) for name in ("used", "limit", "left"))
            return Said(
                f"已用 {used_up.zh}，上限 {most.zh}，还剩 {rest.zh}",
                f"{values['used']} of {most.en} used, {values['left']} left",
            )
        case "limit_reached" if "ends_on" in values:
            return Said(f"支付期限已于 {values['ends_on']} 届满", f"the span ended on {values['ends_on']}")
        case "limit_reached":
            return Said(
                f"已达上限 {_amount(values, 'limit').zh}（已用 {_amount(values, 'used').zh}）",
                f"the limit of {_amount(values, 'limit').en} is used up ({values['used']} used)",
            )
        case "span_ends" if "ends_on" in values:
            return Said(
                f"支付期限至 {values['ends_on']} 止，{_still(values)}",
                f"the span ends {_when(values)}",
            )
        case "proof_needed":
            return Said(
                f"{values['until_age']} 岁以前不需要评定（至 {values['ends_on']}，{_still(values)}）",
                f"no assessment is asked for until {values['ends_on']} ({_more(values)})",
            )
        case "span_ends":
            return Said(f"支付期限内还可支付 {values['left']} 天", f"{values['left']} paid days of the span are left")
        case "extension_ends":
            said = Said(
                f"评定 {values['assessment']} 支持支付至 {values['valid_until']}，{_still(values)}",
                f"{values['assessment']} supports payment until {values['valid_until']}, {_for(values)}",
            )
            renewed = Said(
                "此后须有新的康复综合评定确认功能持续改善",
                "after that a new comprehensive assessment has to find improvement",
            )
            return joined([said, renewed])
        case "gate_near":
            left = values["left"]
            en = f"{left} training day{'' if left == 1 else 's'} left" if left else "no other training day is left"
            return Said(
                f"本阶段还剩 {left} 个训练日" if left else "本阶段训练日已满，仅当天可再做", f"{en} before the gate"
            )
        case "gate_closed":
            limit = values["limit"]
            return Said(f"本阶段 {limit} 个训练日已满", f"the block of {limit} days is full")
    raise ValueError(f"no sentence for a warning of the kind {kind!r}")


def _why(assessment: str | None, reason: str | None) -> Said:
    """Why no assessment does yet, in brackets; nothing where there is no reason to give."""
    if reason is None:
        return NOTHING
    zh, en = _REASONS[reason]
    return Said(f"（{zh.format(assessment)}）", f" ({en.format(assessment)})")


def _amount(values: Values, name: str) -> Said:
    return amount(int(values[name]), str(values["unit"]))


def _still(values: Values) -> str:
    return f"还有 {values['days']} 天" if values["days"] else "今天为最后一天"


def _when(values: Values) -> str:
    days, day = int(values["days"]), values["ends_on"]
    return {0: f"today, {day}", 1: f"tomorrow, {day}"}.get(days, f"on {day}, in {days} days")


def _for(values: Values) -> str:
    days = int(values["days"])
    return {0: "today", 1: "for 1 more day"}.get(days, f"for {days} more days")


def _more(values: Values) -> str:
    days = int(values["days"])
    return {0: "today", 1: "1 more day"}.get(days, f"{days} more days")
