"""A terminal for the program to write to."""

import os
import pty
import subprocess
import sys
from collections.abc import Callable

import pytest


@pytest.fixture
def on_a_terminal() -> Callable[[str], str]:
    """What a Python process writes to a terminal of 60 columns, both streams together."""

    def written(code: str) -> str:
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=os.environ | {"TERM": "xterm", "COLUMNS": "60"},
        )
        os.close(theirs)
        parts = []
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:  # Linux says so when the other side is closed
                break
            if not part:
                break
            parts.append(part)
        os.close(ours)
        assert process.wait(timeout=60) == 0
        return b"".join(parts).decode()

    return written
