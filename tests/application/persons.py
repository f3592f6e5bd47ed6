"""An invented patient's person, put in and moved house; people who may approve; and when an erasure may be."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from tests.application.signers import signer

ZHANG = '{"name":"张三丰","national_id":"31010519560402123X","phone":"13800138000"}'.encode()
MOVED = '{"name":"张三丰","national_id":"31010519560402123X","phone":"13900139000"}'.encode()
LONG_AFTER = datetime.fromisoformat("2036-03-02T00:00:00+08:00")
"""The first day after fifteen years from the last session of P1, 2021-03-01."""
FAR = datetime.fromisoformat("2060-01-01T00:00:00+08:00")

DR1, PT1, PT2 = signer("DR1"), signer("PT1"), signer("PT2")

Approve = Callable[..., list[str]]


def everything(directory: Path) -> bytes:
    """All bytes of all files."""
    return b"\n".join(path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file())
