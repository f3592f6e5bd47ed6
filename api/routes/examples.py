"""Examples in the OpenAPI document that several routes share: one invented session, seen from every side."""

from typing import Any

STARTED: dict[str, Any] = {
    "type": "SessionStarted", "at": "2021-03-01T15:00:00+08:00", "session": "S3", "patient": "P1", "prescription": "R1",
    "order": "1", "therapist": "PT1", "institution": "H1", "setting": "outpatient",
}  # fmt: skip
STOPPED: dict[str, Any] = {
    "type": "SessionStopped", "at": "2021-03-01T15:30:00+08:00", "session": "S3", "effect": "tolerated well",
}  # fmt: skip
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
    "rulebook": "shanghai-2017", "digest": "fae8b107b5899858a3af9b9f5a4ae32a421b7d2b81c75431a07c5bce95c02bf5",
}  # fmt: skip
STANDING: dict[str, Any] = {
    "patient": "P1", "item": "exercise-therapy", "name": "运动疗法", "rule": 1, "at": "2021-03-01T18:00:00+08:00",
    "episode": "E1", "payable": False, "denied_by": ["1.day"],
    "counters": [{
        "clause": "1.day", "holds": False, "used": 2, "limit": 2, "left": 0, "unit": "session", "window": _DAY,
        "quote": _QUOTE,
    }],
    "last_assessment": {
        "assessment": "A1", "at": "2021-02-20T10:00:00+08:00", "item": "comprehensive-rehabilitation-assessment",
        "outcome": "baseline",
    },
    "next_payable_on": "2021-03-02", "decision": DECISION | {"act": "?", "at": "2021-03-01T18:00:00+08:00"},
}  # fmt: skip
ACCOUNT: dict[str, Any] = {
    "act": "S3", "payable": False, "title": "S3 · exercise-therapy 运动疗法 · rule 1 · patient P1 · 2021-03-01 15:00",
    "verdict": "Not payable: 1.day does not hold.",
    "reasons": [{
        "clause": "1.day", "holds": False, "quote": _QUOTE, "meaning": "at most 2 sessions a day, sub-items included",
        "counted": "used 2 of 2 sessions on 2021-03-01: S1, S2", "remedy": "another day: payable from 2021-03-02 on",
    }],
    "judged_by": "shanghai-2017 上海市基本医疗保险医疗康复项目医保支付规范",
}  # fmt: skip
BUNDLE: dict[str, Any] = {
    "format": "treatment-ledger-bundle/1", "checkpoint": CHECKPOINT,
    "streams": ["patient:P1", "registry:institution:H1"], "indexes": [40], "entries": [
        '{"format":"treatment-ledger/1","type":"session-started.v1","appended_at":"2021-03-01T15:00:01.500000+08:00",'
        '"tags":["institution:H1","patient:P1","practitioner:PT1","prescription:R1","session:S3"],"fact":{…}}'
    ],
    "nodes": ["o7HC1OX2BxgpOktcbX6PkKGyw9Tl9gcYKTpLXG1+j5A="], "marks": {"entries": "L0ocXg==", "nodes": "o7HC1A=="},
}  # fmt: skip
