"""Texts and quotes against the printed notice: every difference is found, white space is none."""

import pytest

from projections.rules.notice import annex_1, compare_items, condensed, unclaimed

PRINTED = """附件：1.上海市基本 2.处方
附件 1

上海市基本医疗保险规范

序号 项目名称 医保支付规范

1 运动疗法

限儿童。每日支付不超过
 2 次。

https://example.invalid/page.html
 序号 项目名称 医保支付规范

2 引导式教育训练
 附件 2
"""
TABLE = "1运动疗法限儿童。每日支付不超过2次。2引导式教育训练"
ITEMS = [(1, "运动疗法", "限儿童。每日支付不超过 2 次。"), (2, "引导式教育训练", "")]


def test_the_table_is_taken_out_of_its_pages() -> None:
    assert annex_1(PRINTED) == TABLE


def test_a_document_without_annex_has_no_table() -> None:
    assert annex_1("附件 2") == ""


def test_the_same_items_do_not_differ() -> None:
    assert list(compare_items(TABLE, ITEMS)) == []


@pytest.mark.parametrize(
    ("items", "number", "reason"),
    [
        ([(1, "运动疗法", "限儿童。每日支付不超过3次。"), ITEMS[1]], 1, "text differs from the notice at character 12"),
        ([(1, "运动疗法", "限儿童。每日支付不超过2次"), ITEMS[1]], 2, "number differs"),
        ([(1, "运动治疗", ""), ITEMS[1]], 1, "name differs from the notice at character 3"),
        ([ITEMS[0], (3, "引导式教育训练", "")], 3, "number differs"),
        ([ITEMS[0], (2, "引导式教育训练", "限儿童")], 2, "nothing more"),
        ([ITEMS[0]], 1, "goes on after the last item: …2引导式"),
    ],
)
def test_every_difference_is_named(items: list[tuple[int, str, str]], number: int, reason: str) -> None:
    (found,) = compare_items(TABLE, items)
    assert found[0] == number
    assert reason in found[1]


def test_every_character_has_to_be_claimed_punctuation_apart() -> None:
    text = "限儿童。每日支付不超过 2 次（合并）。"
    assert unclaimed(text, ["限儿童", "每日支付不超过2次（合并）"]) == ""
    assert unclaimed(text, ["限儿童", "每日支付不超过2次"]) == "合并）。"
    assert unclaimed(text, ["每日支付不超过2次", "合并"]) == "限儿童。"
    assert unclaimed(text, []) == condensed(text)


def test_ideographic_space_is_white_space() -> None:
    assert condensed("限 儿\u3000童\n") == "限儿童"
