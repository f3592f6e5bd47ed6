"""A manifest is read whole or refused, and replaced in one step."""

import json
from pathlib import Path

import msgspec
import pytest

from projections.mirror.manifests import NAME, Manifests


class Named(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the manifests of these tests say."""

    format: str
    size: int
    files: tuple[str, ...] = ()


class Refused(Exception):
    """What readers of these are told."""


MANIFESTS = Manifests(Named, "named/1", Refused, none="there is none", remedy="make another")
ONE = Named("named/1", 7, ("a", "ü"))


def test_what_was_written_is_read(tmp_path: Path) -> None:
    MANIFESTS.write(tmp_path, ONE)
    assert MANIFESTS.read(tmp_path) == ONE
    assert json.loads((tmp_path / NAME).read_text())["size"] == 7


def test_any_bit_that_was_changed(tmp_path: Path) -> None:
    """It is refused by the path, or says what it said: of what stands between, nothing depends."""
    MANIFESTS.write(tmp_path, ONE)
    whole = (tmp_path / NAME).read_bytes()
    refused = 0
    for place in range(8 * len(whole)):
        changed = bytearray(whole)
        changed[place // 8] ^= 1 << place % 8
        (tmp_path / NAME).write_bytes(changed)
        said = read(tmp_path)
        assert said == ONE or str(tmp_path / NAME) in str(said), place
        refused += said != ONE
    assert refused > 6 * len(whole)


def read(directory: Path) -> object:
    try:
        return MANIFESTS.read(directory)
    except Refused as error:
        return str(error)


def test_one_of_an_earlier_version_of_the_program(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text('{"format": "named/1", "size": 7, "files": ["a", "ü"]}', "utf-8")
    assert MANIFESTS.read(tmp_path) == ONE


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "there is none"),
        ("", "cannot be read .*; make another"),
        ("[]", "cannot be read .*; make another"),
        ('{"format": "named/1"}', "cannot be read .*; make another"),
        ('{"format": "named/2", "pages": 1}', "its format is 'named/2'; this program reads 'named/1': make another"),
    ],
)
def test_none_or_another(tmp_path: Path, text: str | None, told: str) -> None:
    if text is not None:
        (tmp_path / NAME).write_text(text)
    with pytest.raises(Refused, match=told):
        MANIFESTS.read(tmp_path)


def test_where_it_cannot_be_written_the_one_before_stays(tmp_path: Path) -> None:
    MANIFESTS.write(tmp_path, ONE)
    (tmp_path / (NAME + ".new")).mkdir()  # where it is written before it takes its name
    with pytest.raises(OSError, match=NAME):
        MANIFESTS.write(tmp_path, Named("named/1", 8))
    assert MANIFESTS.read(tmp_path) == ONE


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    with pytest.raises(Refused, match=f"{NAME}: it cannot be read"):
        MANIFESTS.read(tmp_path)
