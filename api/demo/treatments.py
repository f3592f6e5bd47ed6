"""What is done in the invented year: each training with its usual site, method, minutes and fee, each examination
with its scales. Fees are invented. The indications are a second, independent copy of what `spec/rules.md` asks for,
so that the year can say for itself which acts are payable; no rulebook is read here.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ledger.treatment.items import ITEMS


class Treatment(NamedTuple):
    """A training: who gives it (staff group), how long (minutes), for how much (fen), where on the body and how."""

    group: str
    minutes: int
    fee_fen: int
    sites: tuple[str, ...]
    method: str


class Examination(NamedTuple):
    """An assessment: its fee (fen), how many assess, and its scales with their best scores."""

    fee_fen: int
    assessors: int
    scales: tuple[tuple[str, int], ...]


_LIMBS = ("左侧肢体", "右侧肢体")
_JOINTS = ("左肩关节", "右肩关节", "左膝关节", "右膝关节", "右髋关节")
TREATMENTS: dict[str, Treatment] = {
    "exercise-therapy": Treatment("PT", 30, 6000, ("双下肢", "躯干及下肢"), "主动—辅助运动与抗阻训练"),
    "exercise-therapy/strength": Treatment(
        "PT", 30, 6000, ("右下肢股四头肌", "左下肢臀中肌"), "渐进抗阻肌力训练，每组10次，共3组"
    ),
    "exercise-therapy/range-of-motion": Treatment("PT", 30, 6000, _JOINTS, "持续被动与主动关节活动度训练"),
    "exercise-therapy/freehand": Treatment("PT", 20, 5500, ("四肢",), "徒手体操，床边指导"),
    "exercise-therapy/apparatus": Treatment("PT", 30, 6000, ("双下肢",), "功率自行车与滑轮器械训练"),
    "exercise-therapy/gait-balance": Treatment("PT", 30, 6000, ("双下肢",), "平行杠内步态与重心转移训练"),
    "exercise-therapy/breathing": Treatment("PT", 20, 5500, ("胸廓及膈肌",), "腹式呼吸、缩唇呼吸与有效咳嗽"),
    "hemiplegia-limb-training": Treatment("PT", 30, 8000, _LIMBS, "Bobath 技术与神经肌肉促进"),
    "cerebral-palsy-limb-training": Treatment("PT", 30, 8000, ("四肢及躯干",), "神经发育疗法，抑制异常姿势"),
    "paraplegia-limb-training": Treatment("PT", 30, 8000, ("双下肢及躯干",), "残存肌力强化与转移训练"),
    "occupational-therapy": Treatment("OT", 30, 6000, ("双上肢", "患侧上肢"), "木钉板、滚筒与日常物品操作"),
    "cognitive-perceptual-training": Treatment("OT", 30, 5500, ("认知",), "注意、记忆与空间知觉作业"),
    "speech-training": Treatment("ST", 30, 5500, ("言语",), "Schuell 刺激法，听理解与命名"),
    "dysphagia-training": Treatment("ST", 30, 5500, ("口咽部",), "冰刺激、门德尔松手法与摄食训练"),
    "balance-training": Treatment("PT", 20, 4500, ("躯干及下肢",), "坐位、立位三级平衡训练"),
    "wheelchair-skills-training": Treatment("PT", 30, 4500, ("双上肢及躯干",), "轮椅驱动、转移与越障"),
    "endurance-training": Treatment("PT", 30, 5000, ("全身",), "踏车有氧训练，靶心率控制"),
    "large-joint-mobilization": Treatment("PT", 20, 5500, _JOINTS, "Maitland Ⅱ—Ⅲ级手法"),
    "manual-hand-function-training": Treatment("OT", 20, 4500, ("左手", "右手"), "徒手抓握、对指训练"),
    "adl-training": Treatment("OT", 30, 5000, ("日常生活动作",), "穿衣、进食、转移分解训练"),
    "vocational-training": Treatment("OT", 30, 6000, ("职业动作",), "模拟工位搬运与持续坐位耐受"),
    "body-weight-support-training": Treatment("PT", 30, 6500, ("双下肢",), "减重30%平板步行"),
    "tilt-table-training": Treatment("PT", 20, 4000, ("全身",), "起立床由30°渐增至70°，监测血压"),
    "pediatric-hearing-speech-training": Treatment("AV", 30, 6500, ("听觉言语",), "林氏六音、听觉识别与模仿发音"),
    "joint-mobilization": Treatment("PT", 20, 4500, ("左腕关节", "右踝关节", "颈椎"), "关节松动Ⅰ—Ⅲ级手法"),
    "recreational-sports-training": Treatment("OT", 30, 3500, ("全身",), "传球、套圈等文体活动"),
    "conductive-education": Treatment("OT", 30, 5000, ("全身",), "引导式小组课题"),
    "isokinetic-strength-training": Treatment("PT", 20, 5500, ("右膝关节", "左膝关节"), "等速60°/s、120°/s各10次"),
    "articulation-training": Treatment("ST", 20, 5000, ("构音器官",), "口唇舌操与音位诱导"),
    # Chinese-medicine treatments: outside annex 1, recorded all the same
    "acupuncture": Treatment(
        "TM", 30, 3000, ("头针运动区、曲池、合谷、足三里", "肾俞、大肠俞、委中"), "毫针平补平泻，留针20分钟"
    ),
    "electroacupuncture": Treatment(
        "TM", 30, 4000, ("肩髃、曲池、外关、合谷", "环跳、阳陵泉、悬钟"), "电针疏密波20分钟"
    ),
    "tuina": Treatment("TM", 20, 5000, ("颈肩部", "腰背部"), "滚法、按揉法、弹拨法"),
    "moxibustion": Treatment("TM", 20, 2500, ("关元、气海", "足三里"), "温和灸"),
    "cupping": Treatment("TM", 20, 2000, ("背部膀胱经",), "留罐10分钟"),
}

_BERG, _FUGL, _BARTHEL = ("Berg平衡量表", 56), ("Fugl-Meyer运动功能评分", 100), ("改良Barthel指数", 100)
_MMSE = ("简易精神状态检查MMSE", 30)
EXAMINATIONS: dict[str, Examination] = {
    "adl-assessment": Examination(4000, 1, (_BARTHEL,)),
    "comprehensive-rehabilitation-assessment": Examination(12000, 3, (_FUGL, _BARTHEL, _BERG)),
    "swallowing-examination": Examination(6000, 1, (("洼田饮水试验", 5), ("标准吞咽功能评价SSA", 46))),
    "hand-function-assessment": Examination(5000, 1, (("Jebsen手功能测试", 100), ("Carroll上肢功能试验", 99))),
    "balance-test": Examination(3500, 1, (("单腿站立试验", 30),)),
    "surface-emg": Examination(9000, 1, (("表面肌电积分值iEMG", 300),)),
    "autism-diagnostic-interview": Examination(20000, 2, (("ADI-R社会交互", 30), ("ADI-R语言交流", 26))),
    "speech-ability-screening": Examination(4500, 1, (("言语能力筛查表", 100),)),
    "manual-balance-examination": Examination(3500, 1, (_BERG,)),
    "instrumented-balance-assessment": Examination(6500, 1, (("平衡仪稳定指数", 100),)),
    "isokinetic-strength-measurement": Examination(8000, 1, (("等速峰力矩", 200),)),
    "fatigue-measurement": Examination(4000, 1, (("Borg自觉疲劳评分", 20),)),
    "gait-analysis": Examination(9000, 1, (("步速(cm/s)", 140), ("步态对称指数", 100))),
    "cognitive-perceptual-examination": Examination(5000, 1, (_MMSE, ("LOTCA认知评定", 115))),
    "memory-assessment": Examination(5000, 1, (("Rivermead行为记忆测验", 24),)),
    "agnosia-apraxia-assessment": Examination(4500, 1, (("失认失用检查", 60),)),
    "vocational-ability-assessment": Examination(9000, 1, (("职业能力评定表", 100),)),
    "memory-span-examination": Examination(3500, 1, (("数字广度", 22),)),
    "cardiac-rehabilitation-assessment": Examination(8000, 1, (("六分钟步行距离(m)", 600),)),
    "pulmonary-rehabilitation-assessment": Examination(7000, 1, (("肺功能FEV1%预计值", 100),)),
}

# All of the first, and any of the second (none named: nothing more).
_NEEDS: dict[int, tuple[tuple[str, ...], tuple[str, ...]]] = {
    1: (("organic_lesion",), ("deficit_strength", "deficit_rom", "deficit_balance")),
    5: (("organic_lesion",), ("deficit_living", "deficit_work")),
    6: (("organic_lesion", "deficit_cognition"), ()),
    7: (("organic_lesion", "deficit_language"), ()),
    8: (("deficit_swallowing",), ()),
    10: (("documented_dysfunction",), ()),
    12: (("hand_dysfunction",), ()),
    14: (("documented_balance",), ()),
    15: (("neuromuscular_dysfunction",), ()),
    16: (("wheelchair_long_term", "wheelchair_self_operate"), ()),
    17: (("endurance_decline",), ()),
    18: (("joint_disorder",), ()),
    19: (("hand_dysfunction",), ()),
    20: (("suspected_autism",), ()),
    21: (("adl_disorder",), ()),
    22: (("work_willing", "parq_cleared"), ()),
    23: (("gait_disorder",), ()),
    24: ((), ("goal_less_bedrest", "goal_upright")),
    25: (("hearing_impaired",), ()),
    26: (("suspected_speech_disorder",), ()),
    39: (("joint_disorder",), ()),
    43: (("organic_lesion", "deficit_language"), ()),
}
_SEVERITY = {7: "severity_language", 43: "severity_language", 8: "severity_swallowing"}


def number_of(slug: str) -> int:
    """The row of annex 1, 0 for what the catalogue does not list."""
    item = ITEMS.get(slug)
    return item.number if item else 0


def indicated(findings: Mapping[str, Any], number: int) -> bool:
    """Whether the findings recorded in the episode are those that the item's row asks for."""
    needed, some = _NEEDS.get(number, ((), ()))
    if number in _SEVERITY and findings.get(_SEVERITY[number]) not in ("moderate", "severe"):
        return False
    return all(findings.get(name) for name in needed) and (not some or any(findings.get(name) for name in some))
