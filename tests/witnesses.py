"""Witnesses as people run them: a directory, a key, a process that listens on the loopback."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]


class Ran(NamedTuple):
    """What a process left: its exit code and both streams."""

    code: int
    out: str
    err: str


def program(*arguments: str | Path, stdin: bytes = b"", **environment: str) -> Ran:
    """`treatment-ledger` with these arguments; whatever they are, it does not fail on itself."""
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        env=_environment() | environment,
        timeout=120,
    )
    ran = Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in ran.err, ran.err
    assert "fault of the program" not in ran.err, ran.err
    return ran


def make_witness(directory: Path, name: str, *logs: str) -> str:
    """A witness in this directory that trusts these logs; its verifier key."""
    made = program("witness", "init", "--name", name, "--data", directory)
    assert made.code == 0, made.err
    for log in logs:
        assert program("witness", "trust", log, "--data", directory).code == 0
    return made.out.strip()


@contextmanager
def listening(directory: Path, port: int = 0) -> Iterator[str]:
    """`witness serve` until the block ends; its address."""
    command = [sys.executable, "-m", "api.cli", "witness", "serve", "--port", str(port), "--data", str(directory)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=_environment()) as process:
        try:
            assert process.stderr
            said = []
            for line in process.stderr:
                said.append(line)
                if " at http://" in line:
                    break
            else:
                raise AssertionError("".join(said))
            yield line.split(" at ")[1].split(";")[0]
        finally:
            process.terminate()
            process.communicate(timeout=30)


def free_port() -> int:
    """A port of the loopback where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("TREATMENT_LEDGER_")}
    return kept | {"PYTHONPATH": str(ROOT), "NO_PROXY": "127.0.0.1"}
