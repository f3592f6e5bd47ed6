"""What Spark needs is asked before it starts, and told in a line."""

import subprocess
from pathlib import Path

import pytest

from projections.spark import starting
from projections.spark.starting import SparkError, in_a_line, require_java, session


def java(directory: Path, says: str) -> dict[str, str]:
    """An environment with a program of that name that says so."""
    program = directory / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho '{says}' >&2\n")
    program.chmod(0o755)
    return {"JAVA_HOME": str(directory)}


@pytest.mark.parametrize(
    "says", ['openjdk version "17.0.15" 2025-04-15', 'java version "25"', 'openjdk version "21-ea" 2023-09-19']
)
def test_a_java_that_will_do(tmp_path: Path, says: str) -> None:
    environment = java(tmp_path, says)
    require_java(environment)
    require_java({"PATH": f"{tmp_path}/bin"})


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ('openjdk version "11.0.2"', "is Java 11. Install Java 17 or later"),
        ('java version "1.8.0_402"', "is Java 8. Install Java 17 or later"),
        ("hello", "is no Java that says its version. Install"),
    ],
)
def test_one_that_will_not(tmp_path: Path, says: str, told: str) -> None:
    with pytest.raises(SparkError, match=r"Spark needs Java 17 or later, and .*/bin/java ") as refused:
        require_java(java(tmp_path, says))
    assert told in str(refused.value)
    assert "apt-get install openjdk-17-jre-headless" in str(refused.value)


def test_none_at_all(tmp_path: Path) -> None:
    with pytest.raises(SparkError, match=r"there is none on the PATH\. Install"):
        require_java({"PATH": str(tmp_path)})
    with pytest.raises(SparkError, match="JAVA_HOME is /nowhere, where there is none"):
        require_java({"JAVA_HOME": "/nowhere", "PATH": "/usr/bin"})


def test_no_pyspark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "NEEDED", ("no_such_spark",))
    with (
        pytest.raises(SparkError, match=r"no_such_spark is not installed.*pip install 'treatment-ledger\[spark\]'"),
        session(None, tmp_path / "log"),
    ):
        pass


WORKER = """An exception was thrown from the Python worker:
Traceback (most recent call last):
  File "/somewhere/pieces.py", line 40, in batches
    raise MirrorError(
projections.mirror.refusal.MirrorError: /m: there is no mirror here

  at org.apache.spark.api.python.BasePythonRunner
"""


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (WORKER, "/m: there is no mirror here"),
        ("[PATH_ALREADY_EXISTS] there it is.\n  at org.apache", "[PATH_ALREADY_EXISTS] there it is."),
        ("", "ValueError"),
    ],
)
def test_a_stack_trace_in_a_line(told: str, line: str) -> None:
    assert in_a_line(ValueError(told)) == line


def test_the_streams_are_put_back(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with starting._said_to(tmp_path / "log"):
        subprocess.run(["sh", "-c", "echo one >&2"], check=True)
    subprocess.run(["sh", "-c", "echo two >&2"], check=True)
    assert (tmp_path / "log").read_text() == "one\n"
    assert capfd.readouterr().err == "two\n"
