"""Examples in the OpenAPI document that several routes share: one invented session, seen from every side."""

import json
from base64 import b64encode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

STARTED: dict[str, Any] = {
    "type": "SessionStarted", "at": "2021-03-01T15:00:00+08:00", "session": "S3", "patient": "P1", "prescription": "R1",
    "order": "1", "therapist": "PT1", "institution": "H1", "setting": "outpatient",
}  # fmt: skip
STOPPED: dict[str, Any] = {
    "type": "SessionStopped", "at": "2021-03-01T15:30:00+08:00", "session": "S3", "effect": "tolerated well",
}  # fmt: skip
SHEET: dict[str, Any] = {
    "type": "PrescriptionIssued", "at": "2021-02-26T09:00:00+08:00", "prescription": "R1", "patient": "P1",
    "episode": "E1", "institution": "H1", "physician": "DR1", "orders": [
        {"order": "1", "item": "exercise-therapy", "site": "left leg", "method": "resistance", "times": 10},
    ],
}  # fmt: skip


def _to_sign(kind: str, signer: str, key_id: str, says: dict[str, Any]) -> dict[str, str]:
    statement = {
        "format": "treatment-ledger-statement/1", "kind": kind, "signer": signer, "key_id": key_id, "counter": 1,
        "previous": "", "says": says,
    }  # fmt: skip
    text = json.dumps(statement, ensure_ascii=False, separators=(",", ":"))
    data = text.encode()
    challenge = urlsafe_b64encode(sha256(data).digest()).decode().rstrip("=")
    return {"statement": text, "base64": b64encode(data).decode(), "challenge": challenge}


STATEMENT = _to_sign("session", "PT1", "K1", {
    "session": "S3", "patient": "P1", "prescription": "R1", "order": "1", "item": "exercise-therapy",
    "site": "left leg", "method": "resistance", "therapist": "PT1", "institution": "H1",
    "started": "2021-03-01T15:00:00+08:00", "stopped": "2021-03-01T15:30:00+08:00", "effect": "tolerated well",
})  # fmt: skip
SHEET_STATEMENT = _to_sign("prescription", "DR1", "K2", SHEET)
LEAF = "2f4a1c5e0b6d7f8899aabbccddeeff00112233445566778899aabbccddeeff00"
NODE = "a3b1c2d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90"
RECEIPT: dict[str, Any] = {"index": 41, "leaf": LEAF, "appended_at": "2021-03-01T15:31:02.123456+08:00"}
CHECKPOINT = (
    "hospital.example/ledger\n42\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— hospital.example/ledger WfCkIPrFxT/eEFsCx7dKENt0SZ8N7wURiLAeAqY9jMXtVHn5q/+"
    "QAmvJvHLqcCvAMqdFiOZuSnG9W/nvPIjk9+0d0w0=\n"
)
_QUOTE = "每日支付不超过2次（包括项目合并计算）"
_DAY = ["2021-03-01", "2021-03-01"]
DECISION: dict[str, Any] = {
    "act": "S3", "kind": "session", "patient": "P1", "item": "exercise-therapy", "rule": 1,
    "at": "2021-03-01T15:00:00+08:00", "payable": False, "verdict": "violation", "denied_by": ["1.day"],
    "findings": [{
        "clause": "1.day", "holds": False, "used": 2, "limit": 2, "unit": "session", "window": _DAY,
        "counted": ["S1", "S2"], "quote": _QUOTE, "readings": {"combined": "included_items"},
        "next_payable_on": "2021-03-02",
    }],
    "rulebook": "shanghai-2017", "digest": "eaecd08ae96ba40fabc7dbc20a710264a0dde69e96ed241d3ae25a1154d6b8bc",
}  # fmt: skip
_SPAN_QUOTE = "1个疾病过程支付不超过1年……1年后，患者经康复综合评定有功能持续改善，可继续给予支付"
STANDING: dict[str, Any] = {
    "patient": "P1", "item": "exercise-therapy", "name": "运动疗法", "rule": 1, "at": "2021-03-01T18:00:00+08:00",
    "episode": "E1", "payable": False, "denied_by": ["1.day"],
    "counters": [
        {
            "clause": "1.span", "holds": True, "used": 357, "limit": 365, "left": 8, "unit": "day",
            "window": ["2020-03-09", "2021-03-08"], "quote": _SPAN_QUOTE, "days_left_at_pace": 8,
            "reached_on": "2021-03-09",
        },
        {
            "clause": "1.day", "holds": False, "used": 2, "limit": 2, "left": 0, "unit": "session", "window": _DAY,
            "quote": _QUOTE, "days_left_at_pace": None, "reached_on": None,
        },
    ],
    "pace": {"since": "2021-02-02", "until": "2021-03-01", "weeks": 4, "acts": 9, "days": 8},
    "gates": [],
    "extensions": [{
        "clause": "1.span", "state": "not_needed", "ends_on": "2021-03-08", "asked_on": "2021-03-09",
        "assessment": "A1", "assessed_on": "2021-02-20", "valid_until": None, "reason": "dated too early",
        "counts_from": "2021-03-09", "until_age": None,
        "zh": "继续支付须有 2021-03-09 起、且仍在有效期的康复综合评定确认功能持续改善（A1 的日期过早）",
        "en": "to go on, a comprehensive assessment dated 2021-03-09 or later and still valid "
        "has to find improvement "
        "(A1 is dated too early)",
    }],
    "warnings": [{
        "kind": "span_ends", "clause": "1.span", "severity": "warning", "values": {
            "days": 7, "ends_on": "2021-03-08", "counts_from": "2021-03-09", "assessment": "A1",
            "reason": "dated too early",
        },
        "zh": "支付期限至 2021-03-08 止，还有 7 天；"
        "继续支付须有 2021-03-09 起、且仍在有效期的康复综合评定确认功能持续改善（A1 的日期过早）",
        "en": "the span ends on 2021-03-08, in 7 days; to go on, a comprehensive assessment dated 2021-03-09 or later "
        "and still valid has to find improvement (A1 is dated too early)",
    }],
    "last_assessment": {
        "assessment": "A1", "at": "2021-02-20T10:00:00+08:00", "item": "comprehensive-rehabilitation-assessment",
        "name": "康复综合评定", "outcome": "improved",
    },
    "had": True, "next_payable_on": "2021-03-02",
    "decision": DECISION | {"act": "?", "at": "2021-03-01T18:00:00+08:00"},
}  # fmt: skip
ACCOUNT: dict[str, Any] = {
    "act": "S3", "payable": False, "verdict": "violation",
    "title": {
        "zh": "S3 · 运动疗法 exercise-therapy · 第 1 项 · 患者 P1 · 2021-03-01 15:00",
        "en": "S3 · exercise-therapy · rule 1 · patient P1 · 2021-03-01 15:00",
    },
    "headline": {
        "zh": "不予支付：2021-03-01 这一天运动疗法已支付 2 次（S1、S2），本规范每日最多支付 2 次。",
        "en": "Not payable: on 2021-03-01 2 sessions of exercise-therapy have been paid already (S1, S2), "
        "and no more than 2 a day can be.",
    },
    "verdict_told": {"zh": "明确违规（按所选读法）", "en": "violation (under the readings chosen)"},
    "reasons": [{
        "clause": "1.day", "holds": False, "quote": _QUOTE,
        "meaning": {
            "zh": "每日最多支付 2 次，包括项目合并计算",
            "en": "no more than 2 sessions a day, the included items counted together",
        },
        "shortfall": {
            "zh": "2021-03-01 这一天运动疗法已支付 2 次（S1、S2），本规范每日最多支付 2 次",
            "en": "on 2021-03-01 2 sessions of exercise-therapy have been paid already (S1, S2), "
            "and no more than 2 a day can be",
        },
        "counted": {
            "zh": "2021-03-01 这一天已用 2 次，最多 2 次（S1、S2）",
            "en": "used 2 of 2 sessions on 2021-03-01 (S1, S2)",
        },
        "readings": [{
            "reading": "combined", "option": "included_items",
            "meaning": {"zh": "第1项与其包括项目合并计算", "en": "item 1 with its included items"},
        }],
        "remedy": {
            "zh": "换一天做；已计的 S1、S2 中实际没有做的，应作废，作废后重新判定",
            "en": "another day; those counted (S1, S2) that were not performed are voided, and the act is judged again",
        },
        "next_payable_on": "2021-03-02",
    }],
    "outlook": {"waiting": "2021-03-02", "tried": ["combined"], "reread": [], "profiles": []},
    "closing": [
        {
            "zh": "1.day：换一天做；已计的 S1、S2 中实际没有做的，应作废，作废后重新判定。",
            "en": "1.day: another day; those counted (S1, S2) that were not performed are voided, and the act is "
            "judged again.",
        },
        {
            "zh": "如果只是等：在那之前不再做、记录也不变，同样的治疗从 2021-03-02 起可以支付。",
            "en": "By waiting alone: if nothing else is done or recorded until then, the same session would be "
            "payable from 2021-03-02 on.",
        },
        {
            "zh": "只换其中一种读法不能支付（已逐一试过 combined 的其他选项）。",
            "en": "No other single reading makes it payable (every option of combined was tried).",
        },
    ],
    "judged_by": "shanghai-2017 上海市基本医疗保险医疗康复项目医保支付规范 "
    "sha256:eaecd08ae96ba40fabc7dbc20a710264a0dde69e96ed241d3ae25a1154d6b8bc",
}  # fmt: skip
