"""TOML files from anywhere: tables, or the reason why not."""

from pathlib import Path

import pytest

from projections.rules.toml_file import MOST_DOTS, NotToml, read_toml


def test_bytes_and_tables(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    for content in (b'a = "\xe7\x96\x97"\r\n', b'\xef\xbb\xbfa = "\xe7\x96\x97"'):
        path.write_bytes(content)
        assert read_toml(path, len(content), "rulebook") == (content, {"a": "疗"})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"#" * 101, "is larger than 100 bytes, which no rulebook is"),
        (b"a = 1\n\n\xff", "is not UTF-8: byte 0xff in line 3; save it as UTF-8"),
        (b"a = ", "is not TOML: Invalid value"),
        (b"a = 1\na = 2", "is not TOML: Cannot overwrite a value"),
    ],
)
def test_a_file_that_is_none(content: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(content)
    with pytest.raises(NotToml) as error:
        read_toml(path, 100, "rulebook")
    assert str(error.value).startswith(reason)


def test_what_takes_a_parser_beyond_its_measure(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    for content, reason in (
        (b"a = " + b"[" * 50_000, "is not TOML: tables or lists too deep in one another"),
        (b"a = " + b"9" * 50_000, "is not TOML: Exceeds the limit"),
        (
            b"b = 1\n" + b"a." * MOST_DOTS + b"a.a = 1",
            "has more than 100 dots in line 2, which no profile has",
        ),
    ):
        path.write_bytes(content)
        with pytest.raises(NotToml, match=reason):
            read_toml(path, 100_000, "profile")
    path.write_bytes(b"a." * MOST_DOTS + b"a = 1")
    assert "a" in read_toml(path, 100_000, "profile")[1]


def test_no_file_and_no_name_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_toml(tmp_path / "a.toml", 100, "profile")
    for path, reason in ((tmp_path, "Is a directory"), ("a\0b", "embedded null byte"), ("a" * 5_000, "too long")):
        with pytest.raises(NotToml, match=f"cannot be read: .*{reason}"):
            read_toml(path, 100, "profile")
