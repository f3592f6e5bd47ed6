"""A small rulebook of an invented office, for tests that break it: three items, no document beside it."""

from collections.abc import Callable
from pathlib import Path

from projections.rules.record import RECORD
from projections.rules.rulebook import RulebookRefused, load_rulebook

READING = """
[readings.{name}]
phrase = ["{phrase}"]
default = "{options[0]}"
strict = "{options[1]}"
lenient = "{options[0]}"
why = "invented"
basis = "invented"
options = {{ {options[0]} = "one", {options[1]} = "another" }}
"""
READINGS = {
    "episode": ("1个疾病过程", ("declared", "gap_90")),
    "span_anchor": ("支付不超过", ("first_paid", "first_performed")),
    "span_measure": ("支付不超过", ("elapsed", "paid_days")),
    "age_6": ("6岁以下", ("includes_6", "under_6")),
    "combined": ("合并计算", ("included_items", "item_only")),
    "together": ("同时使用", ("same_day", "overlapping")),
    "winner": ("只支付其中1项", ("first", "dearest")),
    "physician_scope": ("医保医师", ("qualification_or_training", "both")),
}
ITEMS = """
[[item]]
number = 1
slug = "exercise-therapy"
name = "运动疗法"
kind = "training"
includes = ["exercise-therapy/strength"]
text = "1个疾病过程支付不超过3个月，每日支付不超过2次（合并计算）。与偏瘫肢体综合训练同时使用时只支付其中1项。"

[[item.clause]]
clause = "1.span"
kind = "span"
length = "P3M"
per = "episode"
quote = ["1个疾病过程支付不超过3个月"]

[[item.clause]]
clause = "1.day"
kind = "count"
max = 2
per = "day"
unit = "session"
combined = [1, 2]
quote = ["每日支付不超过2次（合并计算）"]

[[item.clause]]
clause = "1.excl"
kind = "exclusive"
excludes = [2]
quote = ["与偏瘫肢体综合训练同时使用时只支付其中1项"]

[[item]]
number = 2
slug = "hemiplegia-limb-training"
name = "偏瘫肢体综合训练"
kind = "training"
text = "与运动疗法同时使用时只支付其中1项。"

[[item.clause]]
clause = "2.excl"
kind = "exclusive"
excludes = [1]
quote = ["与运动疗法同时使用时只支付其中1项"]

[[item]]
number = 3
slug = "autism-diagnostic-interview"
name = "孤独症诊断访谈量表测评"
kind = "assessment"
text = "限6岁以下疑似孤独症患儿。"

[[item.clause]]
clause = "3.age"
kind = "age"
reading = "age_6"
before_birthday = { includes_6 = 7, under_6 = 6 }
quote = ["限6岁以下"]

[[item.clause]]
clause = "3.ind"
kind = "findings"
all = ["suspected_autism"]
quote = ["疑似孤独症患儿"]
"""
SMALL = (
    """format = "rulebook/1"
id = "invented"
title = "An invented office's rulebook"
regulation = "none"
issuer = "an invented office"
"""
    + "".join(READING.format(name=name, phrase=phrase, options=options) for name, (phrase, options) in READINGS.items())
    + "".join(f'\n[[record]]\nclause = "{clause}"\nquote = ["真实"]\n' for clause in RECORD)
    + ITEMS
)

Broken = Callable[..., list[str]]


def problems(path: Path, data: str | bytes) -> list[str]:
    """What loading says of a file with this in it, each problem without the file's name, which begins every one."""
    path.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    try:
        load_rulebook(path)
    except RulebookRefused as error:
        refused = error
    else:
        return []
    assert str(refused) == "\n".join(refused.problems)
    assert all(problem.startswith(f"{path}: ") for problem in refused.problems), refused.problems
    return [problem.removeprefix(f"{path}: ") for problem in refused.problems]


def broken(tmp_path: Path, *changes: tuple[str, str]) -> list[str]:
    """The problems of the small rulebook with passages replaced, each where it stands first."""
    text = SMALL
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return problems(tmp_path / "mine.toml", text)
