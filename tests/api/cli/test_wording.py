from datetime import date

import pytest

from api.cli.wording import WORDS


def test_every_word_is_there_in_both_languages() -> None:
    for words in WORDS.values():
        assert all(words)
    assert {words.language for words in WORDS.values()} == set(WORDS)


@pytest.mark.parametrize(
    ("limit", "unit", "en", "zh"),
    [
        (2, "session", "1 of 2 sessions, 1 left", "已用 1，上限 2 次，剩 1"),
        (2, "day", "1 of 2 days, 1 left", "已用 1，上限 2 天，剩 1"),
        (6, "month", "1 of 6 months, 5 left", "已用 1，上限 6 个月，剩 5"),
        (5, "year", "1 of 5 years, 4 left", "已用 1，上限 5 年，剩 4"),
        (1, "assessment", "1 of 1 assessment, 0 left", "已用 1，上限 1 次，剩 0"),
    ],
)
def test_a_count_has_its_unit(limit: int, unit: str, en: str, zh: str) -> None:
    assert WORDS["en"].counted(1, limit, limit - 1, unit) == en
    assert WORDS["zh"].counted(1, limit, limit - 1, unit) == zh


def test_one_is_not_many() -> None:
    english, chinese, day = WORDS["en"], WORDS["zh"], date(2021, 3, 1)
    assert english.paced(1, 1, 1, day) == "1 act on 1 day in the week to 2021-03-01"
    assert english.paced(8, 6, 4, day) == "8 acts on 6 days in the 4 weeks to 2021-03-01"
    assert chinese.paced(8, 6, 4, day) == "至 2021-03-01 的 4 周内 6 天共 8 次"
    assert english.reached(day, 1) == "at this pace first denied on 2021-03-01, in 1 day"
    assert chinese.reached(day, 12) == "按目前频率，首次不予支付在 2021-03-01（12 天后）"
