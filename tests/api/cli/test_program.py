"""The program as a whole: every command teaches, starts fast, and says 2 to a wrong call."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from api.cli import COMMANDS, program

ROOT = Path(__file__).parents[3]


def commands() -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    for name in COMMANDS:
        command = program.get_command(click.Context(program), name)
        assert command is not None
        found.append((name, command))
        if isinstance(command, click.Group):
            found += [(f"{name} {inner}", command.commands[inner]) for inner in command.commands]
    return found


@pytest.mark.parametrize(("name", "command"), commands(), ids=[name for name, _ in commands()])
def test_every_command_explains_itself_with_examples_of_its_own(name: str, command: click.Command) -> None:
    text = command.get_help(click.Context(command, info_name=f"treatment-ledger {name}"))
    assert command.help
    assert len(command.get_short_help_str(80)) > 10
    assert "Examples:\n  " in text
    assert f"treatment-ledger {name}" in text.partition("Examples:")[2]
    for option in command.params:
        assert isinstance(option, click.Argument) or option.help, f"{name} {option.name} has no help"


def test_the_commands_of_the_specification_are_there(run) -> None:
    shown = run("--help")
    assert shown.code == 0
    for name in ("init", "key", "import", "history", "judge", "explain", "eligibility", "checkpoint", "export",
                 "publish", "verify", "audit", "rulebook", "serve", "token", "demo"):  # fmt: skip
        assert f"\n  {name} " in shown.out


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"], ["publish"], ["audit", "--jobs", "0"], ["audit", "--published", "absent"],
        ["judge"], ["judge", "--ledger", "x.ndjson"], ["import"], ["init"], ["history"],
        ["history", "P 1"], ["history", "P" * 65], ["history", "P1", "--format", "csv"], ["export", "P1"],
        ["judge", "x", "--as-of", "yesterday"], ["judge", "x", "--as-known-at", "2021-03-01"],
        ["judge", "x", "--reading", "child"], ["judge", "x", "--nonsense"], ["verify", "absent.bundle", "--key", "k"],
        ["serve", "--port", "65536"], ["serve", "--port", "http"], ["token"], ["token", "new", "--role", "king"],
        ["rulebook", "show"], ["import", "x", "--reject", "y"], ["--data"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_wrong_call_is_2_and_says_so_on_standard_error(run, arguments: list[str]) -> None:
    answer = run(*arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert "Error: " in answer.err or "Usage: " in answer.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["key"], ["history", "P1"], ["judge", "--ledger"], ["explain", "S1"], ["eligibility", "P1"], ["checkpoint"],
        ["export", "P1", "--out", "x"], ["audit"], ["publish", "x"],
        ["serve"], ["token", "new"], ["token", "list"], ["import", "-"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_without_a_ledger_one_line_says_how_to_make_one(run, tmp_path: Path, arguments: list[str]) -> None:
    answer = run(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert "init" in answer.err
    assert len(answer.err.splitlines()) == 1
    assert not list(tmp_path.iterdir())  # looking makes nothing


def test_the_directory_may_be_named_before_or_after_the_command_or_by_the_environment(run, tmp_path: Path) -> None:
    vkey = run("--data", "there", "init", "--origin", "a.example").out
    assert vkey == run("key", "--data", "there").out == run("--data", "there", "key").out
    assert vkey == run("key", TREATMENT_LEDGER_DATA=str(tmp_path / "there")).out
    assert run("--data", "nowhere", "key", "--data", "there").out == vkey
    assert run("key").code == 2


def test_judging_files_loads_neither_the_web_nor_the_store() -> None:
    code = (
        "import sys, contextlib\nfrom api.cli import main\n"
        "with contextlib.suppress(SystemExit): main(['judge', sys.argv[1]])\n"
        "heavy = {'fastapi', 'uvicorn', 'eventsourcing', 'sqlite3', 'cryptography', 'rich', 'pydantic', 'asyncio'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    journal = ROOT / "tests/data/clinosim-inpatients.ndjson"
    done = subprocess.run(
        [sys.executable, "-c", code, str(journal)],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        timeout=60,
    )
    assert done.stderr == "[]\n"
    assert len(done.stdout.splitlines()) == 200


def test_output_is_utf8_whatever_the_locale(run, journal: Path) -> None:
    answer = run("judge", journal, LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert "每日支付不超过" in answer.out
