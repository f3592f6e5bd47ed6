"""`init` and `key`."""

import stat
from pathlib import Path

import pytest


def test_init_prints_the_key_and_makes_no_second_ledger(run, tmp_path: Path) -> None:
    made = run("init", "--origin", "hospital.example/ledger")
    assert (made.code, made.out.count("\n")) == (0, 1)
    assert made.out.startswith("hospital.example/ledger+")
    assert run("key").out == made.out
    again = run("init", "--origin", "hospital.example/ledger")
    assert (again.code, again.out) == (2, "")
    assert run("key").out == made.out
    (key,) = [path for path in tmp_path.rglob("*") if path.is_file() and b"PRIVATE+KEY" in path.read_bytes()] or [
        path for path in (tmp_path / "ledger-data" / "keys").iterdir() if "signing" in path.name
    ]
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


@pytest.mark.parametrize("origin", ["", "two words", "a+b", "line\nfeed"])
def test_an_origin_that_cannot_sign_is_refused(run, tmp_path: Path, origin: str) -> None:
    answer = run("init", "--origin", origin)
    assert (answer.code, answer.out) == (2, "")
    assert not list(tmp_path.rglob("*.sqlite3"))
