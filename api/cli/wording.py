"""The words between the numbers of `eligibility`, in each language."""

from datetime import date
from typing import NamedTuple

from projections.said import amount


class Words(NamedTuple):
    """One language. The methods are for what is put together differently in each."""

    language: str
    title: str
    episode: str
    rule: str
    one_more: str
    paid: str
    not_paid: str
    next: str
    waiting: str
    no_waiting: str
    assessed: str
    pace: str
    until: str
    window: str
    span: str
    others: str
    presumed: str
    headed: str
    named: str
    bracketed: str
    listed: str
    colon: str

    def counted(self, used: int, limit: int, left: int, unit: str) -> str:
        """What was used of a limit."""
        if self.language == "zh":
            return f"已用 {used}，上限 {amount(limit, unit).zh}，剩 {left}"
        return f"{used} of {_many(limit, unit)}, {left} left"

    def reached(self, on: date, days: int) -> str:
        """When a limit denies, at the present pace."""
        if self.language == "zh":
            return f"按目前频率，首次不予支付在 {on}（{days} 天后）"
        return f"at this pace first denied on {on}, in {_many(days, 'day')}"

    def paced(self, acts: int, days: int, weeks: int, until: date) -> str:
        """The present pace."""
        if self.language == "zh":
            return f"至 {until} 的 {weeks} 周内 {days} 天共 {acts} 次"
        back = "week" if weeks == 1 else f"{weeks} weeks"
        return f"{_many(acts, 'act')} on {_many(days, 'day')} in the {back} to {until}"


def _many(count: int, unit: str) -> str:
    return amount(count, unit).en


WORDS = {
    "en": Words(
        language="en",
        title="{} at {}",
        episode=", episode {}",
        rule="rule {}",
        one_more="one more now",
        paid="would be paid",
        not_paid="would not be paid",
        next="next payable",
        waiting="by waiting alone, from {} on",
        no_waiting="waiting alone does not help",
        assessed="assessed",
        pace="pace",
        until="not asked for until {}",
        window=", {}",
        span="{} to {}",
        others="Nothing used of {} other items; one more now",
        presumed="Presumed: session, prescription, staff and parts in order, findings as they are, no acts of other "
        "items and no further assessment; at this pace: as in the last weeks.",
        headed="{} {} ({})",
        named="{} {}",
        bracketed="{} ({})",
        listed=", ",
        colon=": ",
    ),
    "zh": Words(
        language="zh",
        title="{}，{}",
        episode="，疾病过程 {}",
        rule="第 {} 项",
        one_more="再做一次",
        paid="可以支付",
        not_paid="不予支付",
        next="何时可付",
        waiting="不做其他变动，自 {} 起可以支付",
        no_waiting="仅靠等待不能支付",
        assessed="末次评定",
        pace="目前频率",
        until="至 {} 止不需要",
        window="，{}",
        span="{} 至 {}",
        others="其余 {} 项尚未使用；再做一次",
        presumed="假定治疗记录、处方、人员和内容均合规，功能情况不变，不做其他项目，且不再作评定；"
        "目前频率：按最近几周重复推算。",
        headed="{1} {0}（{2}）",
        named="{1}",
        bracketed="{}（{}）",
        listed="、",
        colon="：",
    ),
}
