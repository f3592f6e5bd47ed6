"""What a pipe gets and what a terminal gets."""

import json

import pytest

from api.cli.terminal import emit, emit_lines, progress, say, shown

BAR = "from api.cli.terminal import progress\nwith progress('reading') as show: show(5, 10, 'appending')"


def test_progress_shows_on_a_terminal_only(capsys: pytest.CaptureFixture[str], on_a_terminal) -> None:
    with progress("reading") as show:
        show(5, 10, "appending")
    assert capsys.readouterr() == ("", "")
    assert "appending" in on_a_terminal(BAR)


def test_json_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    emit({"疗效": "a\nb"})
    assert capsys.readouterr().out == '{"疗效":"a\\nb"}\n'


def test_json_is_shown_and_not_obeyed_and_the_value_is_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"疗效": "a\u202e\x9b\x7f\u2028\U000e0001虚构"}
    emit(value)
    out = capsys.readouterr().out
    assert out == '{"疗效":"a\\u202e\\u009b\\u007f\\u2028\\udb40\\udc01虚构"}\n'
    assert json.loads(out) == value


def test_what_is_said_is_shown_and_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    say("no patient \x1b[2J\n\u2066虚构")
    assert capsys.readouterr() == ("", "no patient \\x1b[2J\\x0a\\u2066虚构\n")
    assert shown("a\nb\x9b", keep="\n") == "a\nb\\x9b"


@pytest.mark.parametrize("count", [0, 1, 511, 512, 513, 1024])
def test_every_line_is_written_once(capfdbinary: pytest.CaptureFixture[bytes], count: int) -> None:
    assert emit_lines(b"%d" % n for n in range(count)) == count
    assert capfdbinary.readouterr().out.split(b"\n") == [b"%d" % n for n in range(count)] + [b""]
