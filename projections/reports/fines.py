"""Which text a fine would rest on, by the day of the act: the range, the words, where they stand. Nothing is decided.

A range says what the text allows to ask for; which kind of act it was, and whether it was one at all, is the
authority's to find. Regulation texts are cited from published copies (pages of hospitals and medical insurance offices
that print the articles), compared with one another.
"""

from datetime import date
from typing import NamedTuple

from projections.said import Said

NOTICE_FROM = date(2021, 1, 1)
"""长宁区医保局、卫健委的通知: 本通知自 2021 年 1 月 1 日起实施."""
REGULATION_FROM = date(2021, 5, 1)
"""《医疗保障基金使用监督管理条例》(国务院令第735号): 自2021年5月1日起施行."""


class Regime(NamedTuple):
    """One text, or one kind of act under it. `least` and `most` are times the money; None: no range is given.

    `until` is the first day on which it is not the text of the day any more.
    """

    id: str
    period: str  # of PERIODS
    since: date | None
    until: date | None
    kind: Said
    basis: Said
    words: str
    least: int | None
    most: int | None


REGIMES = (
    Regime(
        "before-notice",
        "before-notice",
        None,
        NOTICE_FROM,
        Said("通知实施前", "before the notice took effect"),
        Said("通知自2021-01-01起实施；此前的幅度不在所据文本内", "none given here: the notice applies from 2021-01-01"),
        "",
        None,
        None,
    ),
    Regime(
        "notice",
        "notice",
        NOTICE_FROM,
        REGULATION_FROM,
        Said("违规费用", "fees charged against the rules"),
        Said("长宁区通知（2020-12-24）第二部分末段", "the notice of Changning district of 2020-12-24, end of part 2"),
        "按照本市基本医疗保险监督管理办法，责令退回违规费用，并处违规费用的 2-5 倍罚款",
        2,
        5,
    ),
    Regime(
        "regulation-38",
        "regulation",
        REGULATION_FROM,
        None,
        Said("一般违法（造成基金损失）", "general violation that caused the fund a loss"),
        Said("《医疗保障基金使用监督管理条例》第三十八条", "State Council Decree 735, article 38"),
        "造成医疗保障基金损失的，责令退回，处造成损失金额1倍以上2倍以下的罚款",
        1,
        2,
    ),
    Regime(
        "regulation-40",
        "regulation",
        REGULATION_FROM,
        None,
        Said("骗取基金支出", "fraud against the fund"),
        Said("《医疗保障基金使用监督管理条例》第四十条", "State Council Decree 735, article 40"),
        "骗取医疗保障基金支出的，由医疗保障行政部门责令退回，处骗取金额2倍以上5倍以下的罚款",
        2,
        5,
    ),
)
"""Two rows from 2021-05-01 on for the same acts: they are alternatives, never to be added up."""

PERIODS = ("before-notice", "notice", "regulation")
"""The stretches of days: the dimension `regime`. Both kinds of the regulation belong to its last."""

NOTES = (
    Said(
        "幅度仅列法条所许的范围；是否违规、属何种行为、处罚多少，由行政机关认定。",
        "The range is what the text allows. Whether it was a violation, of which kind, and what is fined, is for the "
        "authority to find.",
    ),
    Said(
        "第三十八条与第四十条两行是同一批行为的两种可能，不得相加。第四十条适用于：诱导、协助他人冒名或者虚假就医、购药；伪造、变造、"
        "隐匿、涂改、销毁有关资料；虚构医药服务项目；其他骗取行为；以及以骗取为目的实施第三十八条所列行为。",
        "The rows of articles 38 and 40 are two possibilities for the same acts, never to be added. Article 40 is on "
        "impersonation and false visits, forged, altered, hidden or destroyed records, invented services, other fraud, "
        "and acts of article 38 done in order to defraud.",
    ),
    Said(
        "第三十九条（未按规定保管病历、治疗检查记录等）不按倍数：拒不改正的，处1万元以上5万元以下的罚款。",
        "Article 39 (records not kept as required, among others) knows no multiple: 10,000 to 50,000 yuan on refusal "
        "to correct.",
    ),
    Said(
        "跨越新旧规定的，依《行政处罚法》第三十七条（2021-07-15起）：适用行为发生时的规定，新的规定处罚较轻的适用新的规定。"
        "2021-05-01以前的行为亦可能因此适用1至2倍。",
        "Across a change of rules, article 37 of the Administrative Penalty Law (from 2021-07-15) applies the rule of "
        "the day of the act, or the new one where it is milder: acts before 2021-05-01 may come under 1 to 2 times.",
    ),
    Said(
        "条例条文据各地医保部门及医疗机构公布的文本引用（二手来源），以国务院公报为准。",
        "The regulation's articles are cited as published by medical insurance offices and hospitals (secondary "
        "sources); the State Council Gazette decides.",
    ),
)
