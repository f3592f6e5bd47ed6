"""The items of the price catalogue that annex 1 of the notice lists: what was done, by slug.

A slug says which treatment a fact is about; whether the fund pays for it is a rulebook's business. The
catalogue is open: other slugs (Chinese-medicine treatments, say) are recorded too, and have no kind here.
"""

from typing import Literal, NamedTuple

Kind = Literal["training", "assessment"]


class Item(NamedTuple):
    """`number` is its row in annex 1; the sub-items of item 1 (包括项目) share row 1."""

    number: int
    slug: str
    name: str
    kind: Kind


CATALOGUE: tuple[Item, ...] = (
    Item(1, "exercise-therapy", "运动疗法", "training"),
    Item(2, "hemiplegia-limb-training", "偏瘫肢体综合训练", "training"),
    Item(3, "cerebral-palsy-limb-training", "脑瘫肢体综合训练", "training"),
    Item(4, "paraplegia-limb-training", "截瘫肢体综合训练", "training"),
    Item(5, "occupational-therapy", "作业疗法", "training"),
    Item(6, "cognitive-perceptual-training", "认知知觉功能障碍训练", "training"),
    Item(7, "speech-training", "言语训练", "training"),
    Item(8, "dysphagia-training", "吞咽功能障碍训练", "training"),
    Item(9, "adl-assessment", "日常生活能力评定", "assessment"),
    Item(10, "comprehensive-rehabilitation-assessment", "康复综合评定", "assessment"),
    Item(11, "swallowing-examination", "吞咽功能障碍检查", "assessment"),
    Item(12, "hand-function-assessment", "手功能评定", "assessment"),
    Item(13, "balance-test", "平衡试验", "assessment"),
    Item(14, "balance-training", "平衡训练", "training"),
    Item(15, "surface-emg", "表面肌电图检查", "assessment"),
    Item(16, "wheelchair-skills-training", "轮椅技能训练", "training"),
    Item(17, "endurance-training", "耐力训练", "training"),
    Item(18, "large-joint-mobilization", "大关节松动训练", "training"),
    Item(19, "manual-hand-function-training", "徒手手功能训练", "training"),
    Item(20, "autism-diagnostic-interview", "孤独症诊断访谈量表测评", "assessment"),
    Item(21, "adl-training", "日常生活动作训练", "training"),
    Item(22, "vocational-training", "职业功能训练", "training"),
    Item(23, "body-weight-support-training", "减重支持系统训练", "training"),
    Item(24, "tilt-table-training", "电动起立床训练", "training"),
    Item(25, "pediatric-hearing-speech-training", "儿童听力障碍语言训练", "training"),
    Item(26, "speech-ability-screening", "言语能力筛查", "assessment"),
    Item(27, "manual-balance-examination", "徒手平衡功能检查", "assessment"),
    Item(28, "instrumented-balance-assessment", "仪器平衡功能评定", "assessment"),
    Item(29, "isokinetic-strength-measurement", "等速肌力测定", "assessment"),
    Item(30, "fatigue-measurement", "疲劳度测定", "assessment"),
    Item(31, "gait-analysis", "步态分析检查", "assessment"),
    Item(32, "cognitive-perceptual-examination", "认知知觉功能检查", "assessment"),
    Item(33, "memory-assessment", "记忆力评定", "assessment"),
    Item(34, "agnosia-apraxia-assessment", "失认失用评定", "assessment"),
    Item(35, "vocational-ability-assessment", "职业能力评定", "assessment"),
    Item(36, "memory-span-examination", "记忆广度检查", "assessment"),
    Item(37, "cardiac-rehabilitation-assessment", "心功能康复评定", "assessment"),
    Item(38, "pulmonary-rehabilitation-assessment", "肺功能康复评定", "assessment"),
    Item(39, "joint-mobilization", "关节松动训练", "training"),
    Item(40, "recreational-sports-training", "文体训练", "training"),
    Item(41, "conductive-education", "引导式教育训练", "training"),
    Item(42, "isokinetic-strength-training", "等速肌力训练", "training"),
    Item(43, "articulation-training", "构音障碍训练", "training"),
    Item(1, "exercise-therapy/strength", "肌力训练", "training"),
    Item(1, "exercise-therapy/range-of-motion", "关节活动度训练", "training"),
    Item(1, "exercise-therapy/freehand", "徒手体操", "training"),
    Item(1, "exercise-therapy/apparatus", "器械训练", "training"),
    Item(1, "exercise-therapy/gait-balance", "步态平衡功能训练", "training"),
    Item(1, "exercise-therapy/breathing", "呼吸训练", "training"),
)

ITEMS: dict[str, Item] = {item.slug: item for item in CATALOGUE}
