"""The words of the field in both languages: the Chinese ones are the notice's wherever it has them.

A term that the facts can spell and that is missing here is found by the tests, which walk the types of the facts.

Source: the notice (annex 1 for findings and items, 二 for qualifications, annexes 2 and 3 for sheet and record).
"""

from collections.abc import Mapping

from projections.rules.decision import ABSENT, NOT_RECORDED, RECORDED
from projections.rules.rulebook import Rulebook
from projections.said import Said, alike, listed

FINDINGS: Mapping[str, Said] = {
    "organic_lesion": Said("器质性病变", "an organic lesion"),
    "deficit_strength": Said("肌力障碍", "a deficit of strength"),
    "deficit_rom": Said("关节活动度障碍", "a deficit of range of motion"),
    "deficit_balance": Said("平衡功能障碍", "a deficit of balance"),
    "deficit_living": Said("生活能力障碍", "a deficit in daily living"),
    "deficit_work": Said("工作能力障碍", "a deficit in work"),
    "deficit_cognition": Said("认知知觉功能障碍", "a deficit of cognition and perception"),
    "deficit_language": Said("语言障碍", "a language disorder"),
    "deficit_swallowing": Said("吞咽功能障碍", "a swallowing disorder"),
    "documented_dysfunction": Said("明确的功能障碍", "a documented dysfunction"),
    "hand_dysfunction": Said("明确的手功能障碍", "a documented dysfunction of the hand"),
    "documented_balance": Said("明确的平衡功能障碍", "a documented disorder of balance"),
    "neuromuscular_dysfunction": Said("明确的神经肌肉功能障碍", "a documented neuromuscular dysfunction"),
    "wheelchair_long_term": Said("需要长期使用轮椅", "a need of a wheelchair for long"),
    "wheelchair_self_operate": Said("能够自行操作轮椅", "the ability to operate the wheelchair"),
    "endurance_decline": Said("由于疾病或损伤导致的全身运动耐力下降", "a decline of endurance by disease or injury"),
    "joint_disorder": Said("明确的关节活动障碍", "a documented disorder of joint movement"),
    "suspected_autism": Said("疑似孤独症", "suspected autism"),
    "adl_disorder": Said("日常生活活动能力障碍", "a disorder of activities of daily living"),
    "work_willing": Said("有就业意愿", "a wish to work"),
    "parq_cleared": Said("经 PARQ 医学筛查适合训练", "a clearance by the PARQ screening"),
    "gait_disorder": Said(
        "由神经、肌肉、骨骼疾患导致的独立行走障碍", "a disorder of walking by disease of nerves, muscles or bones"
    ),
    "goal_less_bedrest": Said("以减少卧床并发症为治疗目的", "the aim of fewer complications of bed rest"),
    "goal_upright": Said("以直立行动为康复目标", "the goal of moving upright"),
    "hearing_impaired": Said("听力障碍", "impaired hearing"),
    "suspected_speech_disorder": Said("疑似言语功能障碍", "a suspected speech disorder"),
    "severity_language": Said("语言障碍的程度", "the severity of the language disorder"),
    "severity_swallowing": Said("吞咽功能障碍的程度", "the severity of the swallowing disorder"),
    "severity_adl": Said("日常生活活动能力障碍的程度", "the severity of the disorder of daily living"),
}
SEVERITIES: Mapping[str, Said] = {
    "mild": Said("轻度", "mild"),
    "moderate": Said("中度", "moderate"),
    "severe": Said("重度", "severe"),
}
SEEN: Mapping[str, Said] = {
    RECORDED: Said("已记录", "recorded"),
    ABSENT: Said("记录为无", "recorded as absent"),
    NOT_RECORDED: Said("未记录", "not recorded"),
}
"""What the record shows of a finding. What was never recorded is not the same as what was looked for and absent."""

SCOPES: Mapping[str, Said] = {
    "rehabilitation": Said("康复治疗资质", "rehabilitation"),
    "tcm": Said("中医资质", "Chinese medicine"),
    "auditory_verbal": Said("听觉口语师资格", "auditory-verbal therapy"),
    "training": Said("相关培训", "the training"),
}
PROFESSIONS: Mapping[str, Said] = {
    "physician": Said("医师", "physician"),
    "therapist": Said("治疗师", "therapist"),
    "nurse": Said("护士", "nurse"),
    "other": Said("其他人员", "other staff"),
}
KINDS: Mapping[str, Said] = {
    "general": Said("综合医院", "general hospital"),
    "rehabilitation": Said("康复专科医院", "rehabilitation hospital"),
    "tcm": Said("中医医院", "hospital of Chinese medicine"),
    "community": Said("社区卫生机构", "community institution"),
    "other": Said("其他机构", "other institution"),
}
DEPARTMENTS: Mapping[str, Said] = {
    "rehabilitation": Said("康复科", "rehabilitation"),
    "tcm": Said("中医科", "Chinese medicine"),
}
SEXES: Mapping[str, Said] = {"male": Said("男", "male"), "female": Said("女", "female")}
CATEGORIES: Mapping[str, Said] = {"worker": Said("工人岗位", "worker"), "cadre": Said("管理技术岗位", "cadre")}
MODES: Mapping[str, Said] = {"individual": Said("个别化训练", "individual"), "group": Said("小组训练", "in a group")}
OUTCOMES: Mapping[str, Said] = {
    "baseline": Said("基线", "baseline"),
    "improved": Said("改善", "improved"),
    "unchanged": Said("无变化", "unchanged"),
    "declined": Said("下降", "declined"),
}
LIMBS: Mapping[str, Said] = {
    "upper": Said("上肢", "upper limbs"),
    "lower": Said("下肢", "lower limbs"),
    "upper and lower": Said("上肢和下肢", "upper and lower limbs"),
}
PROFILES: Mapping[str, Said] = {
    "default": Said("默认读法", "the default readings"),
    "strict": Said("从严读法", "the strict readings"),
    "lenient": Said("从宽读法", "the lenient readings"),
}
LEVELS: Mapping[int, str] = {1: "一级", 2: "二级", 3: "三级"}
CONTAINERS: Mapping[str, Said] = {
    "day": Said("每日", "a day"),
    "month": Said("每月", "a month"),
    "stay": Said("一次住院", "a stay"),
    "episode": Said("1 个疾病过程", "an episode"),
}
_PERIODS: Mapping[str, tuple[str, str]] = {"Y": ("年", "year"), "M": ("个月", "month"), "D": ("天", "day")}


def term(words: Mapping[str, Said], name: str) -> Said:
    """The word for a name; the name itself where the field is open, such as the departments of a hospital."""
    return words.get(name) or alike(name)


def period(length: str) -> Said:
    """`P1Y` → 1 年, one year; `P3M` → 3 个月, 3 months; `P180D` → 180 天, 180 days."""
    number, (zh, en) = int(length[1:-1]), _PERIODS[length[-1]]
    return Said(f"{number} {zh}", f"one {en}" if number == 1 else f"{number} {en}s")


def item_of(slug: str, rulebook: Rulebook | None) -> Said:
    """What was done: the item's name in the rulebook; its slug in English, and where the rulebook has no such item."""
    item = rulebook.by_slug.get(slug) if rulebook is not None else None
    return Said(item.name if item is not None else slug, slug)


def items(numbers: list[int], rulebook: Rulebook | None) -> Said:
    """`偏瘫肢体综合训练（第 2 项）` and `hemiplegia-limb-training (item 2)`, by number."""
    known = {item.number: item for item in (rulebook.items if rulebook is not None else ())}
    return listed(
        Said(f"{known[number].name}（第 {number} 项）", f"{known[number].slug} (item {number})")
        if number in known
        else Said(f"第 {number} 项", f"item {number}")
        for number in numbers
    )


def worded(name: str, option: str, rulebook: Rulebook | None) -> Said | None:
    """What an option means, in the rulebook's words; where it has none in Chinese, the English ones."""
    reading = rulebook.readings.get(name) if rulebook is not None else None
    if reading is None or option not in reading.options:
        return None
    en = reading.options[option]
    return Said(reading.options_zh.get(option, en), en)
