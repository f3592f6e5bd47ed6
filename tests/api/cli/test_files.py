"""Files are written whole or not at all."""

import os
import stat
from pathlib import Path

import click
import pytest

from api.cli.files import read_text, write_whole


def test_a_file_is_written_and_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_whole(str(out), b"one")
    write_whole(str(out), b"two")
    assert out.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [out]


def test_the_file_is_as_readable_as_any_new_one(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(str(tmp_path / "out"), b"one")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o640


def test_a_private_file_is_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_whole(str(tmp_path / "out"), b"one", private=True)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o600


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_bytes(b"one")
    with pytest.raises(TypeError):
        write_whole(str(out), "text")  # type: ignore[arg-type]
    assert out.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [out]


def test_a_directory_that_is_not_there_is_told_by_the_file_asked_for(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as raised:
        write_whole(str(tmp_path / "absent" / "out"), b"one")
    assert raised.value.filename == str(tmp_path / "absent" / "out")


def test_a_device_is_written_as_it_is() -> None:
    write_whole(os.devnull, b"one")
    assert not Path(os.devnull).is_file()


def test_text_that_is_not_utf8_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "note").write_bytes(b"\xff")
    with pytest.raises(click.ClickException, match="note: is not UTF-8"):
        read_text(tmp_path / "note")
