"""Profiles in files: what they choose, and what is said of a file that is none, whatever is in it."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projections.rules.judge import Judge
from projections.rules.profiles import LARGEST, ProfileRefused, load_profile
from projections.rules.readings import PROFILES, Profile, ReadingRefused
from tests.projections.rules.building import SHANGHAI, Journal

OFFICE = """\
format = "profile/1"
name = "虚构区医保办"
title = "An invented office"
why = "Invented reasons."
based_on = "strict"

[readings]
child = "under_18"
extension_valid = "P90D"
"""
BOOKS = [SHANGHAI.readings]


def written(place: Path, content: str | bytes) -> Path:
    path = place / "office.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refused(path: Path) -> list[str]:
    """What is said of a file, without its name at the beginning of each line."""
    with pytest.raises(ProfileRefused) as error:
        load_profile(path, BOOKS)
    assert str(error.value) == "\n".join(error.value.problems)
    assert all(problem.startswith(f"{path}: ") for problem in error.value.problems)
    return [problem.removeprefix(f"{path}: ") for problem in error.value.problems]


def test_a_file_is_a_profile(tmp_path: Path) -> None:
    path = written(tmp_path, OFFICE)
    office = load_profile(path, BOOKS)
    assert office == Profile(
        "虚构区医保办", "strict", {"child": "under_18", "extension_valid": "P90D"}, "An invented office",
        "Invented reasons.", str(path),
    )  # fmt: skip
    strict = SHANGHAI.choose(profile="strict")
    assert SHANGHAI.choose(profile=office) == strict | {"child": "under_18", "extension_valid": "P90D"}
    assert load_profile(str(path)) == office


def test_what_may_be_left_out(tmp_path: Path) -> None:
    path = written(tmp_path, '\ufeffformat = "profile/1"\r\nname = "a"\r\n')
    assert load_profile(path, BOOKS) == Profile("a", source=str(path))
    assert SHANGHAI.choose(profile=load_profile(path)) == SHANGHAI.choose()


@pytest.mark.parametrize("name", PROFILES)
def test_the_rulebooks_own_profiles_keep_their_names(name: str, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / name).write_text(OFFICE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert SHANGHAI.choose(profile=load_profile(name, BOOKS)) == SHANGHAI.choose(profile=name)


def test_a_judge_takes_a_profile(tmp_path: Path) -> None:
    office = load_profile(written(tmp_path, OFFICE), BOOKS)
    journal = Journal(born="2005-06-01")
    act = journal.session(3, "2021-03-01")  # fifteen years old, and no assessment
    strict, by_office = (
        Judge(journal.facts, SHANGHAI, profile=profile).decision(act) for profile in ("strict", office)
    )
    assert strict is not None
    assert strict.denied_by == ("record.physician", "3.child", "3.proof")
    assert by_office is not None
    assert by_office.denied_by == ("record.physician", "3.proof")


def test_every_problem_is_told_with_file_and_key(tmp_path: Path) -> None:
    wrong = """
format = "profile/2"
name = "strict"
tittle = "x"
based_on = "strikt"
[readings]
childd = "under_18"
child = "under_81"
together = 3
"""
    problems = refused(written(tmp_path, wrong))
    assert [problem.partition(": ")[0] for problem in problems] == [
        "tittle", "format", "based_on", "readings.together", "name", "readings.childd", "readings.child",
    ]  # fmt: skip
    told = dict(problem.split(": ", 1) for problem in problems)
    assert told["tittle"].startswith("unknown key; did you mean title?")
    assert "default, strict, lenient" in told["based_on"]
    assert told["readings.childd"].startswith("unknown reading 'childd'; did you mean child? The right ones: and_list")
    assert told["readings.child"] == (
        "unknown option of reading child 'under_81'; did you mean under_18? The right ones: under_18, up_to_14"
    )


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "format: is missing"),
        ('format = "profile/1"\nname = ""\n', "name: "),
        ('format = "profile/1"\nname = 1\n', "name: 1 where text"),
        ('format = "profile/1"\nname = "a"\nreadings = "x"\n', "readings: 'x' where a table is expected"),
        ('format = "profile/1"\nname = "a"\nbased_on = "mine.toml"\n', "based_on: 'mine.toml' where one of"),
        ('format = "profile/1"\nname = "a"\n[readings.child]\nx = "y"\n', "readings.child: a table where text"),
        ('format = "profile/1"\nname = "a"\n[[readings]]\nx = "y"\n', "readings: a list where a table"),
        ("name = a", "file: is not TOML"),
        (b'name = "\xff"\n', "file: is not UTF-8: byte 0xff in line 1"),
        (b"\x00" * 100, "file: is not TOML"),
        (b"x=" + b"[" * 30_000, "file: is not TOML"),
        ("readings" + ".a" * 20_000 + " = 1", "file: has more than 100 dots in line 1"),
        (b"x=" + b"{a=" * 20_000, "file: is not TOML"),
        (b"x = " + b"9" * 60_000, "file: is not TOML"),
        (b"x" * (LARGEST + 1), f"file: is larger than {LARGEST:,} bytes"),
    ],
)
def test_a_wrong_file_is_refused_with_the_reason(content: str | bytes, problem: str, tmp_path: Path) -> None:
    problems = refused(written(tmp_path, content))
    assert any(one.startswith(problem) for one in problems), problems


def test_a_thousand_wrong_lines_are_a_thousand_short_problems(tmp_path: Path) -> None:
    lines = "".join(f'{"x" * 40}{n} = "{"y" * 10}"\n' for n in range(1_000))
    problems = refused(written(tmp_path, f'format = "profile/1"\nname = "a"\n[readings]\n{lines}'))
    assert len(problems) == 1_000
    assert max(map(len, problems)) < 1_000


def test_what_cannot_be_read(tmp_path: Path) -> None:
    assert refused(tmp_path) == ["file: cannot be read: Is a directory"]
    with pytest.raises(ReadingRefused, match="cannot be read: embedded null byte"):
        load_profile("a\0b")
    with pytest.raises(ReadingRefused, match="File name too long"):
        load_profile("x" * 5_000)


@pytest.mark.parametrize(("name", "hint"), [("stict", "did you mean strict?"), ("", ""), ("none.toml", "")])
def test_a_name_that_is_neither_lists_the_right_ones(name: str, hint: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ReadingRefused) as error:
        load_profile(name, BOOKS)
    assert f"unknown profile {name!r}" in str(error.value)
    assert hint in str(error.value)
    assert "default, strict, lenient; or the TOML file of a profile" in str(error.value)


VALUES = st.recursive(
    st.integers() | st.text(max_size=5).map(repr) | st.just("true") | st.just("1979-05-27"),
    lambda inner: st.lists(inner, max_size=2).map(lambda found: "[" + ", ".join(map(str, found)) + "]"),
    max_leaves=4,
)
KEYS = st.sampled_from(["format", "name", "why", "based_on", "readings", "[readings]", "readings.child", "x", '""'])
LINES = st.tuples(KEYS, VALUES).map(lambda line: line[0] if line[0][0] == "[" else f"{line[0]} = {line[1]}")


CONTENTS = st.binary(max_size=60) | st.lists(LINES, max_size=6).map(lambda lines: "\n".join(lines).encode())


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(CONTENTS)
def test_any_bytes_are_a_profile_or_refused(tmp_path: Path, content: bytes) -> None:
    with contextlib.suppress(ProfileRefused):
        SHANGHAI.choose(profile=load_profile(written(tmp_path, content), BOOKS))
