"""A Spark session: what it needs is asked first, so that what is missing is said in a line and not in a stack trace.

What Spark itself has to say goes to a file; the terminal is for whoever waits there.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

JAVA = 17
"""The oldest Java that Spark 4 runs on."""
NEEDED = ("pyspark", "pandas")
"""PySpark asks for pandas before it hands over Arrow, which needs none."""
LOCAL = "local[*]"
"""This machine alone, over all its cores."""


class SparkError(Exception):
    """Spark cannot start, or stopped; for the person who asked for it."""


@contextmanager
def session(master: str | None, log: Path) -> Iterator["SparkSession"]:
    """A session at `master` (None: as `spark-submit` has it, else this machine), ended when it is left.

    One a process: Java goes on using the scratch directory of the first. Nothing listens but on this machine where it
    runs on this one alone. `log` gets what Spark writes. SparkError where there is no PySpark, no Java that will do,
    or no session to be had.
    """
    builder = _spark().builder.appName("treatment-ledger")
    submitted = "PYSPARK_GATEWAY_PORT" in os.environ  # `spark-submit` started Java, and has its own settings
    if not submitted:
        require_java(os.environ)
        master = master or LOCAL
    with tempfile.TemporaryDirectory(prefix="treatment-ledger-spark-") as scratch:
        settings: dict[str, bool | float | int | str | None] = {
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.sql.warehouse.dir": scratch,
        }
        if master is not None:
            settings["spark.master"] = master
            if master.startswith("local"):
                settings |= {
                    "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1",
                    "spark.local.dir": scratch,
                }  # fmt: skip
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # where this project is installed
        with _said_to(log):
            spark = _started(builder.config(map=settings), log)
        try:
            yield spark
        finally:
            spark.stop()


def require_java(environment: Mapping[str, str]) -> None:
    """SparkError where no Java will do: that of JAVA_HOME, else the one on the PATH."""
    home = environment.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java", path=environment.get("PATH"))
    advice = (
        f"Install Java {JAVA} or later (Debian and Ubuntu: apt-get install openjdk-{JAVA}-jre-headless), or name its "
        "directory: JAVA_HOME=/path/to/java"
    )
    if java is None or not Path(java).is_file():
        where = f"JAVA_HOME is {home}, where there is none" if home else "there is none on the PATH"
        raise SparkError(f"Spark runs on Java, and {where}. {advice}")
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr  # noqa: S603 their own
    found = re.search(r'version "(?:1\.)?(\d+)', told)
    if found is None or int(found[1]) < JAVA:
        version = f"Java {found[1]}" if found else "no Java that says its version"
        raise SparkError(f"Spark needs Java {JAVA} or later, and {java} is {version}. {advice}")


def _spark() -> type["SparkSession"]:
    for needed in NEEDED:
        if find_spec(needed) is None:
            raise SparkError(
                f"{needed} is not installed, and rebuilding on Spark needs it: pip install 'treatment-ledger[spark]'"
            )
    from pyspark.sql import SparkSession

    return SparkSession


def _started(builder: "SparkSession.Builder", log: Path) -> "SparkSession":
    try:
        return builder.getOrCreate()
    except thrown() as error:
        raise SparkError(f"Spark did not start: {in_a_line(error)}. What it said is in {log}") from None


def thrown() -> tuple[type[Exception], ...]:
    """What Spark throws."""
    from pyspark.errors import PySparkException

    return PySparkException, import_module("py4j.protocol").Py4JError, RuntimeError  # the last: no Java to talk to


def in_a_line(error: Exception) -> str:
    """What an error of Spark's comes to: the last line of Python's trace where there is one, else its first line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    traced = [k for k, line in enumerate(lines) if line.startswith("Traceback (most recent call last)")]
    if traced:
        raised = [line for line in lines[traced[0] :] if re.match(r"[\w.]+(Error|Exception|Split|Interrupt)\b.*", line)]
        if raised:
            return raised[0].partition(": ")[2] or raised[0]
    return lines[0] if lines else type(error).__name__


@contextmanager
def _said_to(log: Path) -> Iterator[None]:
    """What processes that are started meanwhile write to standard error goes to this file."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with open(log, "ab") as file:
            os.dup2(file.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
