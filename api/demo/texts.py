"""What therapists and physicians write: effects, remarks, stage summaries. Invented, after the style of real sheets."""

from api.demo.dice import Dice

EFFECTS: dict[str, tuple[str, ...]] = {
    "PT": (
        "耐受良好，肌力较前改善",
        "完成全部动作，无不适",
        "关节活动度较前增加",
        "步态较前稳定",
        "疲劳，休息后完成",
        "训练后无明显疼痛",
    ),
    "OT": ("上肢控制较前改善", "可在提示下完成", "精细动作较前灵活", "完成度约80%", "需少量辅助完成"),
    "ST": ("复述较前清晰", "听理解正确率约70%", "自发语增多", "无呛咳", "配合良好"),
    "TM": ("针后局部酸胀感，疼痛减轻", "症状较前缓解", "无晕针及不适", "肌张力较前下降"),
    "AV": ("能辨识林氏六音中的五音", "模仿发音较前清晰", "专注约15分钟", "能在游戏中主动发声"),
}
REMARKS = ("家属陪同", "训练前血压128/76mmHg", "中途休息2分钟", "嘱家中继续练习", "患者情绪较好")
WRONG_EFFECT = "训练后疼痛明显"  # of another patient, until corrected
RETRO_REMARK = "系统停机，次日补录"
SHEET_REMARKS = ("注意监测血压、心率", "防跌倒", "循序渐进，以不引起疼痛为度", "家属需在旁陪护")
_GAINS = (
    "患侧肌力由3级升至4级",
    "Barthel指数提高约10分",
    "平衡功能由二级升至三级",
    "疼痛评分下降2分",
    "言语清晰度提高",
    "关节活动度增加约15°",
)
_NEXT = ("继续原方案", "下阶段增加抗阻强度", "下阶段增加社区步行训练", "减少频次，加强家庭训练指导", "建议两周后复评")


def stage_summary(dice: Dice, sessions: int) -> str:
    """阶段小结: what was done since the last one, what it brought, what comes next."""
    return f"阶段小结：本阶段共治疗{sessions}次，患者配合良好，{dice.pick(_GAINS)}，未见不良反应；{dice.pick(_NEXT)}。"


def frequency(weekdays: int, per_day: int) -> str:
    """频次: how often a week and a day."""
    return f"每周{weekdays}日，每日{per_day}次"
