"""`label`: ids in, labels out, the key never shown."""

import stat
from pathlib import Path

LABEL = "nftjgdfpxcoreswoqgclfwud46xyddq2jrmwtdjda4ndi2vzh7fq"
KEY = "LABEL+KEY+AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"


def write_key(path: Path, text: str = KEY, mode: int = 0o600) -> None:
    path.write_text(text)
    path.chmod(mode)


def test_the_known_label(run, tmp_path: Path) -> None:
    write_key(tmp_path / "r.key")
    assert run("label", "--key", "r.key", stdin=b"") == (0, "", "")
    typed = [
        "31010519560402123X",
        "31010519560402123x\n",
        " 31010519560402123X \r\n",
        "３１０１０５１９５６０４０２１２３Ｘ\n",
    ]
    for given in typed:
        answer = run("label", "--key", "r.key", stdin=given.encode())
        assert (answer.code, answer.out) == (0, f"{LABEL}\n")
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
    write_key(tmp_path / "r.key")
    for bad in (b"1\n310105 19560402123X\n", "1\n31010519560402123X张".encode("gb18030")):
        answer = run("label", "--key", "r.key", stdin=bad)
        assert (answer.code, answer.out) == (2, "")
        assert "standard input, line 2: " in answer.err
        assert "310105" not in answer.err


def test_a_mistyped_id_is_told_with_its_line(run, tmp_path: Path) -> None:
    write_key(tmp_path / "r.key")
    answer = run("label", "--key", "r.key", stdin=b"11010519491231002X\n310105195604021236\n31010519560402123X\nH123\n")
    assert (answer.code, len(answer.out.splitlines())) == (0, 4)
    assert answer.err == (
        "warning: standard input, line 3: the check digit is wrong for a Chinese national id; was it mistyped?\n"
    )


def test_an_empty_line_would_shift_the_labels_and_is_refused(run, tmp_path: Path) -> None:
    write_key(tmp_path / "r.key")
    for given, line in ((b"1\n\n2\n", 2), (b"1\r\n2\r\n\r\n3", 3), (b"\n1\n", 1), (b"1\n\n", 2), (b"\n", 1)):
        answer = run("label", "--key", "r.key", stdin=given)
        assert (answer.code, answer.out) == (2, "")
        assert f"standard input, line {line}: " in answer.err


def test_what_is_no_key_names_its_file(run, ledger: Path, tmp_path: Path) -> None:
    """Wherever such a key is read; and nothing of what stands in it is repeated."""
    for junk in (KEY[:-6], "nonsense\n", "LABEL+KEY+AAECAw==\n", "LABEL+KEY+张\n"):
        write_key(tmp_path / "r.key", junk)
        for answer in everywhere(run):
            assert answer.code == 2
            assert "r.key: " in answer.err
            assert "label key" in answer.err
            assert "AAECAw" not in answer.err


def test_a_key_that_others_can_read_is_refused(run, ledger: Path, tmp_path: Path) -> None:
    write_key(tmp_path / "r.key", mode=0o640)
    for answer in everywhere(run):
        assert (answer.code, answer.out) == (2, "")
        assert "r.key: others may read the label key (mode 0640); run: chmod 600" in answer.err
    assert not (ledger / "people.sqlite3").exists()


def everywhere(run):
    """Of each command that reads such a key, what it answers."""
    if not run("people", "key").code:
        run("export", "P1", "--out", "p1.bundle")
    person = b'{"name":"invented","national_id":"31010519560402123X"}'
    yield run("label", "--key", "r.key", stdin=b"1")
    yield run("people", "add", "P1", "--label-key", "r.key", stdin=person)
    yield run("verify", "p1.bundle", "--key", run("key").out.strip(), "--label-key", "r.key")


def test_one_of_the_two(run, tmp_path: Path) -> None:
    write_key(tmp_path / "r.key")
    for options in ((), ("--key", "r.key", "--new-key", "s.key")):
        assert "one of the two" in run("label", *options).err
    assert not (tmp_path / "s.key").exists()
