"""What the README shows is what happens: every console block is run, in order, in an empty folder."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", "README.zh-CN.md"]


def console_steps(page: str) -> list[tuple[str, str]]:
    """The (command, expected output) pairs of a page's ```console blocks; `...` stands for anything."""
    steps: list[tuple[str, str]] = []
    for block in re.findall(r"^```console\n(.*?)^```", (ROOT / page).read_text("utf-8"), re.M | re.S):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, output = part.partition("\n")
            while command.endswith("\\"):
                more, _, output = output.partition("\n")
                command = command[:-1] + more.strip()
            steps.append((command, output))
    return steps


def as_pattern(expected: str) -> str:
    """`...` in the expected output matches anything, also over several lines."""
    return r"\A" + ".*?".join(re.escape(part) for part in expected.strip().split("...")) + r"\s*\Z"


@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_the_tour_prints_what_the_page_shows(page: str, tmp_path: Path) -> None:
    steps = console_steps(page)
    assert len(steps) >= 8
    shutil.copytree(ROOT / "tests" / "data", tmp_path / "tests" / "data")
    (tmp_path / "scripts").symlink_to(ROOT / "scripts")
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "120",
        "LC_ALL": "C.UTF-8",
    }
    for command, expected in steps:
        ran = subprocess.run(
            ["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        shown = "\n".join(line.rstrip() for line in (ran.stdout + ran.stderr).splitlines())
        assert re.search(as_pattern(expected), shown.strip(), re.S), f"{page}: $ {command}\n{shown}"


def test_both_pages_tour_the_same_commands() -> None:
    first, second = (console_steps(page) for page in PAGES)
    assert [command for command, _ in first] == [command for command, _ in second]
