"""A statement as its signer sees it before signing: every value that is signed, in Chinese and English, none left out.

Knows the fields of statements and a terminal's width; nothing of keys.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from ledger.treatment.items import ITEMS
from ledger.treatment.statements import Statement
from projections.explanation import wrapped

KINDS = {
    "session": ("治疗记录", "session"),
    "prescription": ("治疗项目单", "prescription"),
    "assessment": ("评定", "assessment"),
    "erasure": ("删除个人信息", "erasure of personal data"),
}
LABELS = {
    "session": ("治疗", "session"),
    "prescription": ("治疗项目单", "prescription"),
    "assessment": ("评定", "assessment"),
    "patient": ("患者", "patient"),
    "episode": ("疾病过程", "episode"),
    "institution": ("机构", "institution"),
    "therapist": ("治疗师", "therapist"),
    "physician": ("医师", "physician"),
    "assessors": ("评定人", "assessors"),
    "order": ("医嘱", "order"),
    "orders": ("医嘱", "orders"),
    "item": ("项目", "item"),
    "site": ("部位", "site"),
    "method": ("方法", "method"),
    "minutes": ("分钟", "minutes"),
    "frequency": ("频次", "frequency"),
    "times": ("次数", "times"),
    "at": ("时间", "at"),
    "started": ("开始", "start"),
    "stopped": ("结束", "stop"),
    "effect": ("疗效", "effect"),
    "stay": ("住院", "stay"),
    "results": ("结果", "results"),
    "scale": ("量表", "scale"),
    "score": ("得分", "score"),
    "max": ("满分", "of"),
    "outcome": ("结论", "outcome"),
    "findings": ("所见", "findings"),
    "serves": ("所属训练", "serves"),
    "valid_until": ("有效期至", "valid until"),
    "remark": ("备注", "remark"),
    "retained_until": ("保存期至", "retained until"),
    "ground": ("提前删除的依据", "legal ground"),
}
_MARGIN = 26
_SHOWN_ABOVE = ("type",)


def statement_lines(statement: Statement, width: int) -> Iterator[str]:
    """Lines of at most `width` columns."""
    zh, en = KINDS[statement.kind]
    yield from wrapped(f"请核对后签名：{zh} · Check before you sign: {en}", width)
    yield from _line(("签名人", "signer"), f"{statement.signer} · {statement.key_id} · #{statement.counter}", width)
    yield from _lines(statement.says, width, "")


def _lines(said: Mapping[str, Any], width: int, indent: str) -> Iterator[str]:
    for field, value in said.items():
        if field in _SHOWN_ABOVE or value is None:
            continue
        label = LABELS.get(field, (field, ""))
        if isinstance(value, list) and value and isinstance(value[0], dict):
            yield from _line(label, "", width, indent)
            for part in value:
                yield from _part(part, width, indent + "  ")
        else:
            yield from _line(label, _told(field, value), width, indent)


def _part(part: Mapping[str, Any], width: int, indent: str) -> Iterator[str]:
    """An order or a result: all of it in one row, broken where the terminal ends."""
    told = "；".join(
        f"{' '.join(filter(None, LABELS.get(field, (field, ''))))}: {_told(field, value)}"
        for field, value in part.items()
    )
    yield from wrapped(told, width, indent + "· ", indent + "  ")


def _line(label: tuple[str, str], value: str, width: int, indent: str = "") -> Iterator[str]:
    yield from wrapped(value, width, _padded(f"  {indent}{label[0]} {label[1]}".rstrip() + "  "), " " * _MARGIN)


def _told(field: str, value: Any) -> str:
    if field == "item" and value in ITEMS:
        return f"{ITEMS[value].name} {value}"
    if isinstance(value, str):
        return value or "—"
    if field == "assessors":
        return ", ".join(value) or "—"
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_told('', one)}" for name, one in value.items()) or "—"
    return msgspec.json.encode(value).decode()


def _padded(text: str) -> str:
    from projections.explanation.lines import columns

    return text + " " * max(_MARGIN - columns(text), 0)
