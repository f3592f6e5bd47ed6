"""The master key's file: made once, its owner's alone, and never repeated in a message."""

import os
import stat
from pathlib import Path

import pytest

from ledger.people import MasterKey, PeopleError, create_master_key, read_master_key, write_secret


def test_made_and_read(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        made = create_master_key(tmp_path / "keys" / "people.key")
    finally:
        os.umask(before)
    assert read_master_key(tmp_path / "keys" / "people.key") == made
    assert len(made.secret) == 32
    assert stat.S_IMODE((tmp_path / "keys" / "people.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_every_key_is_another() -> None:
    keys = [MasterKey.generate() for _ in range(20)]
    assert len({key.secret for key in keys}) == len({key.id for key in keys}) == 20


def test_never_overwritten(tmp_path: Path) -> None:
    made = create_master_key(tmp_path / "people.key")
    with pytest.raises(PeopleError, match="a key is never overwritten"):
        create_master_key(tmp_path / "people.key")
    assert read_master_key(tmp_path / "people.key") == made


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(PeopleError, match=r"cannot be read \(No such file or directory\); make one with `people key`"):
        read_master_key(tmp_path / "people.key")


def test_readable_by_others(tmp_path: Path) -> None:
    create_master_key(tmp_path / "people.key")
    for mode in (0o640, 0o604, 0o620):
        (tmp_path / "people.key").chmod(mode)
        with pytest.raises(PeopleError, match="chmod 600"):
            read_master_key(tmp_path / "people.key")


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PeopleError, match="no key can be written here"):
        write_secret(tmp_path / "file" / "people.key", "x")


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[1:],
        lambda text: text[:-2] + "\n",
        lambda text: text.replace("=", ""),
        lambda text: text.replace("=\n", "AAA=\n"),
        lambda text: text + "\n",
        lambda text: "",
        lambda text: text.replace("PEOPLE+KEY+", "PEOPLE+KEY+\u00e9"),
    ],
)
def test_what_is_no_key_is_not_repeated(tmp_path: Path, damage) -> None:
    path = tmp_path / "people.key"
    create_master_key(path)
    text = path.read_text()
    path.write_text(damage(text))
    with pytest.raises(PeopleError) as refused:
        read_master_key(path)
    secret = text.removeprefix("PEOPLE+KEY+").strip()
    assert not any(secret[n : n + 8] in str(refused.value) for n in range(len(secret) - 8))


def test_a_key_does_not_show_itself() -> None:
    key = MasterKey(bytes(range(32)))
    assert repr(key) == f"MasterKey(id='{key.id}')"
    assert "\\x01" not in f"{key}"
