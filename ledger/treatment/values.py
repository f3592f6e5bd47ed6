"""What facts are made of: ids, instants, money, and the small parts that several facts share.

Units: money is integer fen, durations are minutes, instants are aware datetimes, days are natural days at +08:00.
"""

from datetime import datetime, timedelta, timezone
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._:@/-]{1,64}\Z")]
Instant = Annotated[datetime, Meta(tz=True)]
Text = Annotated[str, Meta(min_length=1)]
Fen = Annotated[int, Meta(ge=0, le=10**15)]
Count = Annotated[int, Meta(ge=0, le=10**9)]

Sex = Literal["male", "female"]
EmploymentCategory = Literal["worker", "cadre"]
InstitutionKind = Literal["general", "rehabilitation", "tcm", "community", "other"]
InstitutionScope = Literal["rehabilitation", "tcm"]
Profession = Literal["physician", "therapist", "nurse", "other"]
PractitionerScope = Literal["rehabilitation", "tcm", "auditory_verbal", "training"]
StayKind = Literal["inpatient", "home_bed"]
Setting = Literal["outpatient", "inpatient", "home", "home_bed", "internet"]
Mode = Literal["individual", "group"]
Severity = Literal["mild", "moderate", "severe"]
Outcome = Literal["baseline", "improved", "unchanged", "declined"]


HOME: Final = timezone(timedelta(hours=8))
"""China's offset. One for the whole country, without summer time since 1991; the natural day is `at.date()` at it."""


def at_home(instant: datetime) -> datetime:
    """The same instant at +08:00, the one offset in which instants are spelled and days are counted.

    Raises `OverflowError` for an instant outside the years 1 to 9999.
    """
    return instant.astimezone(HOME)


class Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of a fact. Unknown fields are errors; null and absent are the same."""


class Findings(Value, frozen=True, kw_only=True):
    """What was found of a patient, by the names the payment rules need (annex 1).

    A finding holds in its episode from its fact's `at` until another fact says otherwise; one that was never
    recorded does not hold. `True` = found, `False` = looked for and absent, UNSET = not recorded here.
    """

    organic_lesion: bool | UnsetType = UNSET  # 器质性病变
    deficit_strength: bool | UnsetType = UNSET  # 肌力障碍
    deficit_rom: bool | UnsetType = UNSET  # 关节活动度障碍
    deficit_balance: bool | UnsetType = UNSET  # 平衡功能障碍
    deficit_living: bool | UnsetType = UNSET  # 生活能力障碍
    deficit_work: bool | UnsetType = UNSET  # 工作能力障碍
    deficit_cognition: bool | UnsetType = UNSET  # 认知知觉功能障碍
    deficit_language: bool | UnsetType = UNSET  # 语言障碍
    deficit_swallowing: bool | UnsetType = UNSET  # 吞咽功能障碍
    documented_dysfunction: bool | UnsetType = UNSET  # 明确的功能障碍
    hand_dysfunction: bool | UnsetType = UNSET  # 明确的手功能障碍
    documented_balance: bool | UnsetType = UNSET  # 明确的平衡功能障碍
    neuromuscular_dysfunction: bool | UnsetType = UNSET  # 明确的神经肌肉功能障碍
    wheelchair_long_term: bool | UnsetType = UNSET  # 需要长期使用轮椅
    wheelchair_self_operate: bool | UnsetType = UNSET  # 能够自行操作
    endurance_decline: bool | UnsetType = UNSET  # 由于疾病或损伤导致的全身运动耐力下降
    joint_disorder: bool | UnsetType = UNSET  # 明确的关节活动障碍
    suspected_autism: bool | UnsetType = UNSET  # 疑似孤独症
    adl_disorder: bool | UnsetType = UNSET  # 日常生活活动能力障碍
    work_willing: bool | UnsetType = UNSET  # 有就业意愿
    parq_cleared: bool | UnsetType = UNSET  # 经 PARQ 医学筛查适合
    gait_disorder: bool | UnsetType = UNSET  # 由神经、肌肉、骨骼疾患导致的独立行走障碍
    goal_less_bedrest: bool | UnsetType = UNSET  # 以减少卧床并发症为治疗目的
    goal_upright: bool | UnsetType = UNSET  # 以直立行动为康复目标
    hearing_impaired: bool | UnsetType = UNSET  # 听力障碍
    suspected_speech_disorder: bool | UnsetType = UNSET  # 疑似言语功能障碍
    severity_language: Severity | UnsetType = UNSET  # 语言障碍：轻、中、重度
    severity_swallowing: Severity | UnsetType = UNSET  # 吞咽功能障碍：轻、中、重度
    severity_adl: Severity | UnsetType = UNSET  # 日常生活活动能力障碍：轻、中、重度


class Diagnosis(Value, frozen=True, kw_only=True):
    """The diagnosis of an episode (annexes 2 and 3: 诊断). `system` names the coding, for example ICD-10."""

    code: Text
    system: str | None = None
    text: str | None = None


class Order(Value, frozen=True, kw_only=True):
    """One line of a prescription sheet (annex 2: 医嘱编号、项目、部位、方法、时间、频次、次数)."""

    order: Annotated[str, Meta(min_length=1, max_length=64)]  # its number on the sheet
    item: Id  # catalogue slug
    site: str
    method: str
    minutes: Count | None = None
    frequency: str | None = None
    times: Count | None = None  # how many sessions were ordered


class Result(Value, frozen=True, kw_only=True):
    """One scale of an assessment with its score. `max` is the best score the scale allows."""

    scale: Text
    score: int | float
    max: int | float | None = None
