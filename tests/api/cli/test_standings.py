"""Blocks of a standing: bars, marks, and lines folded on a terminal but whole in a pipe."""

from datetime import datetime

import pytest

from api.cli.standings import Drawing, bar
from tests.projections.eligibility.asked import ask


def draw() -> None:
    story, item = "2021-03-01 09:00 W1..W25 wheelchair-skills-training", "wheelchair-skills-training"
    others = ("adl-assessment", "gait-analysis", "balance-training")
    drawing = Drawing("both")
    drawing.show([ask(story, item, "2021-03-26")])
    drawing.show_others([ask("", other, "2021-03-26") for other in others])
    drawing.show_presumed()


@pytest.mark.parametrize(
    ("used", "limit", "full"), [(0, 90, 0), (1, 90, 1), (9, 90, 1), (17, 90, 1), (18, 90, 2), (71, 90, 7), (72, 90, 8),
                                (89, 90, 9), (90, 90, 10), (91, 90, 10), (1, 1, 10), (1, 2, 5)]
)  # fmt: skip
def test_a_bar_is_full_only_at_the_limit_and_empty_only_without_use(used: int, limit: int, full: int) -> None:
    assert bar(used, limit) == "█" * full + "░" * (10 - full)


def test_a_pipe_gets_whole_lines(capsys: pytest.CaptureFixture[str]) -> None:
    draw()
    lines = capsys.readouterr().out.splitlines()
    assert "wheelchair-skills-training 轮椅技能训练 (rule 16)" in lines
    assert "  ! 16.days     25 of 30 days used, 5 left" in lines
    assert "                已用 25 天，上限 30 天，还剩 5 天" in lines
    assert "  16.days       ████████░░ 25 of 30 days, 5 left, 2021-03-01 to 2021-03-25" in lines
    assert "                at this pace first denied on 2021-04-01, in 6 days" in lines
    assert "  would be paid      gait-analysis 步态分析检查" in lines
    assert "  would not be paid  adl-assessment 日常生活能力评定 (9.link), balance-training 平衡训练 (14.ind)" in lines


def test_a_terminal_gets_lines_folded_beside_the_margin_and_no_item_broken(on_a_terminal) -> None:
    lines = on_a_terminal("from tests.api.cli.test_standings import draw; draw()").replace("\r\n", "\n").splitlines()
    assert "  16.days       ████████░░ 25 of 30 days, 5 left, 2021-03-01" in lines
    assert "                to 2021-03-25" in lines
    assert "                     balance-training 平衡训练 (14.ind)" in lines
    assert max(map(len, lines)) <= 60


def test_what_was_recorded_is_shown_and_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    Drawing("en").show_title("P\x1b[2J", datetime.fromisoformat("2021-03-01T09:00:00+08:00"), "E\u202e")
    assert capsys.readouterr().out == "P\\x1b[2J at 2021-03-01 09:00, episode E\\u202e\n"
