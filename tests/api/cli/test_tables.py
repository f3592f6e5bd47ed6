"""Tables in a pipe and on a terminal."""

import pytest

from api.cli.tables import emit_table

TABLE = "from api.cli.tables import emit_table; emit_table(['id', 'name'], [('P1', '运动 [bold] [疗法]'), ('P2',)])"


def test_a_pipe_gets_aligned_columns_also_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    emit_table(["name", "n", "unit"], [("运动疗法", 1, "day"), ("gait", None), ("脑瘫", 22, "日")], title="three")
    assert capsys.readouterr().out.splitlines() == [
        "three",
        "name       n  unit",
        "运动疗法   1  day",
        "gait",
        "脑瘫      22  日",
    ]


def test_an_empty_table_is_its_head(capsys: pytest.CaptureFixture[str]) -> None:
    emit_table(["name", "n"], [])
    assert capsys.readouterr().out == "name  n\n"


def test_a_terminal_gets_a_drawn_table_with_every_character(on_a_terminal) -> None:
    written = on_a_terminal(TABLE)
    assert "运动 [bold] [疗法]" in written
    assert "┃" in written


def test_what_was_recorded_is_shown_and_not_obeyed(capsys: pytest.CaptureFixture[str], on_a_terminal) -> None:
    emit_table(["id"], [("\x1b[2J\u202eP1\nP2",)], title="\x9b0m")
    assert capsys.readouterr().out.splitlines() == ["\\x9b0m", "id", "\\x1b[2J\\u202eP1\\x0aP2"]
    written = on_a_terminal(
        r"from api.cli.tables import emit_table; emit_table(['id'], [('\x1b[2J\u202eP1\nP2',)], title='\x9b0m')"
    )
    assert "\\x1b[2J\\u202eP1\\x0aP2" in written
    assert "\x1b[2J" not in written
    assert "\u202e" not in written
