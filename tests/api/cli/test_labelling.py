"""`label`: ids in, labels out, the key never shown."""

import stat
from pathlib import Path

LABEL = "nftjgdfpxcoreswoqgclfwud46xyddq2jrmwtdjda4ndi2vzh7fq"
KEY = "LABEL+KEY+AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"


def test_the_known_label(run, tmp_path: Path) -> None:
    (tmp_path / "r.key").write_text(KEY)
    for given in (b"31010519560402123X", b"31010519560402123X\n", b"31010519560402123X\r\n\n"):
        assert run("label", "--key", "r.key", stdin=given) == (0, f"{LABEL}\n", "")
    assert run("label", "--key", "r.key", stdin=b"1\n31010519560402123X\n1\n").out.split("\n")[1] == LABEL


def test_a_key_is_made_once(run, tmp_path: Path) -> None:
    made = run("label", "--new-key", "r.key")
    assert (made.code, made.out) == (0, "")
    text = (tmp_path / "r.key").read_text()
    assert stat.S_IMODE((tmp_path / "r.key").stat().st_mode) == 0o600
    assert text.removeprefix("LABEL+KEY+") not in made.err
    assert run("label", "--new-key", "r.key").code == 2
    assert (tmp_path / "r.key").read_text() == text
    assert len(run("label", "--key", "r.key", stdin=b"1").out) == 53


def test_bad_input_names_the_line_and_not_the_id(run, tmp_path: Path) -> None:
    (tmp_path / "r.key").write_text(KEY)
    for bad in (b"1\n31010519560402123X \n", "1\n31010519560402123X张".encode("gb18030")):
        answer = run("label", "--key", "r.key", stdin=bad)
        assert (answer.code, answer.out) == (2, "")
        assert "standard input, line 2: " in answer.err
        assert "310105" not in answer.err


def test_what_is_no_key(run, tmp_path: Path) -> None:
    (tmp_path / "r.key").write_text(KEY[:-6])
    answer = run("label", "--key", "r.key", stdin=b"1")
    assert answer.code == 2
    assert "label key" in answer.err
    assert "AAECAw" not in answer.err


def test_one_of_the_two(run, tmp_path: Path) -> None:
    (tmp_path / "r.key").write_text(KEY)
    for options in ((), ("--key", "r.key", "--new-key", "s.key")):
        assert "one of the two" in run("label", *options).err
    assert not (tmp_path / "s.key").exists()
