"""`mirror update|show|check`, as people run them."""

import json
import subprocess
import sys
from pathlib import Path

from tests.api.conftest import environment


def test_it_is_made_shown_and_kept_up(run, ledger: Path) -> None:
    nothing = run("mirror", "show")
    assert (nothing.code, nothing.out) == (2, "")
    assert "there is no mirror here" in nothing.err
    assert "`mirror update` makes" in nothing.err
    made = json.loads(run("mirror", "update", "--json").out)
    assert (made["size"], made["rows"], made["patients"], made["patches"]) == (16, 3, 1, 0)
    assert json.loads(run("mirror", "show", "--json").out) == made
    assert made["digest"] in run("mirror", "show").out
    run("checkpoint")
    again = json.loads(run("mirror", "update", "--json").out)
    assert again["size"] > made["size"]
    assert again["digest"] == made["digest"]


def test_a_byte_that_was_changed_is_told_by_its_file(run, ledger: Path) -> None:
    nothing = run("mirror", "check")
    assert (nothing.code, nothing.out) == (2, "")
    made = json.loads(run("mirror", "update", "--json").out)
    whole = run("mirror", "check")
    assert (whole.code, whole.out) == (0, f"whole: {ledger.name}/mirror, digest {made['digest']}\n")
    part = ledger / "mirror" / "part-000001.parquet"
    for places in (slice(100, 200), slice(-20, -12)):  # of a page, and of how the file ends
        data = bytearray(part.read_bytes())
        data[places] = bytes(255 - byte for byte in data[places])
        part.write_bytes(data)
        found = run("mirror", "check")
        assert (found.code, found.err) == (1, "")
        assert found.out.startswith(f"{part.relative_to(ledger.parent)}: this file of the mirror is damaged")
        assert "remove the mirror's directory" in found.out
        told = run("mirror", "check", "--json")
        assert (told.code, json.loads(told.out)) == (1, {"whole": False, "findings": [found.out.rstrip()]})
    assert json.loads(run("mirror", "update", "--json").out)["digest"] == made["digest"]
    assert json.loads(run("mirror", "check", "--json").out) == {"whole": True, "findings": []}


def test_a_full_disk_is_told_with_the_file(run, ledger: Path) -> None:
    """A file may not grow beyond so many blocks: writes fail in the system. Nothing is left of what was begun, and what
    was there stays.
    """

    def full(blocks: int) -> str:
        program = ["/bin/bash", "-c", f'ulimit -f {blocks}; exec "$@"', "sh", sys.executable, "-m", "api.cli"]
        update = [*program, "mirror", "update", "--data", str(ledger)]
        done = subprocess.run(update, capture_output=True, text=True, env=environment(), check=False)
        assert (done.returncode, done.stdout) == (2, "")
        why, end = f"Error: {ledger / 'mirror'}/", ": it cannot be written (File too large); make room, and try again\n"
        assert (done.stderr[: len(why)], done.stderr[-len(end) :]) == (why, end)
        return done.stderr[len(why) : -len(end)]

    for blocks in (0, 1, 4):
        assert full(blocks) == "part-000001.parquet"
        assert list((ledger / "mirror").iterdir()) == []
    before = json.loads(run("mirror", "update", "--json").out)
    files = sorted((ledger / "mirror").iterdir())
    run("checkpoint")
    assert full(0) == "manifest.json"
    assert sorted((ledger / "mirror").iterdir()) == files
    assert json.loads(run("mirror", "show", "--json").out) == before
    assert json.loads(run("mirror", "update", "--json").out)["size"] > before["size"]


def test_a_mirror_that_is_of_no_ledger(run, tmp_path: Path) -> None:
    told = run("mirror", "update")
    assert (told.code, told.out) == (2, "")
    assert not (tmp_path / "ledger-data").exists()
