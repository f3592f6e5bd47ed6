import pytest

from projections.explanation.lines import columns, wrapped

MIXED = "2021-03-01 这一天运动疗法已支付 2 次（S1、S2），本规范每日最多支付 2 次；see exercise-therapy for more of it."


def test_a_chinese_character_takes_two_columns() -> None:
    assert columns("abc") == 3
    assert columns("支付，") == 6
    assert columns("S1：支付") == 8


@pytest.mark.parametrize("width", [20, 33, 40, 80, 200])
def test_no_line_is_wider_and_nothing_is_lost(width: int) -> None:
    lines = list(wrapped(MIXED, width, "  ", "    "))
    assert all(columns(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(MIXED.split())
    assert lines[0].startswith("  2021")
    assert all(line.startswith("    ") for line in lines[1:])


@pytest.mark.parametrize("width", range(12, 60))
def test_no_line_begins_with_what_ends_another_nor_ends_with_what_opens_one(width: int) -> None:
    lines = [line.strip() for line in wrapped(MIXED, width)]
    assert not any(line[0] in "，。；：、）”" for line in lines)
    assert not any(line[-1] in "（“" for line in lines)


def test_a_word_is_never_broken_even_where_it_is_wider_than_the_line() -> None:
    digest = "sha256:" + "0" * 64
    assert digest in list(wrapped(f"规范 {digest} 为准", 40))


def test_an_empty_text_is_an_empty_line() -> None:
    assert list(wrapped("", 40)) == [""]


@pytest.mark.parametrize("width", range(12, 60))
def test_a_number_stays_with_its_unit(width: int) -> None:
    text = "本规范每日最多支付 2 次（90 天以内），共 12 个月"
    lines = list(wrapped(text, width))
    assert "".join("".join(lines).split()) == "".join(text.split())
    for pair in ("2 次", "90 天", "12 个"):
        assert any(pair in line for line in lines)
