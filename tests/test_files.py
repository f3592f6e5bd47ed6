"""Files of their owner alone: the mode whatever the umask, nothing overwritten, the old or the new."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.files import create_private, sync_directory, write_durably


@pytest.fixture
def umask_of_nobody():
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask_of_nobody")
def test_only_the_owner_reads_them(tmp_path: Path) -> None:
    create_private(tmp_path / "made", "虚构\n")
    write_durably(tmp_path / "replaced", "虚构\n")
    for path in tmp_path.iterdir():
        assert (stat.S_IMODE(path.stat().st_mode), path.read_text("utf-8")) == (0o600, "虚构\n")


def test_what_is_made_is_never_overwritten(tmp_path: Path) -> None:
    create_private(tmp_path / "made", "old")
    with pytest.raises(FileExistsError):
        create_private(tmp_path / "made", "new")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        create_private(tmp_path / "link", "new")
    assert (tmp_path / "made").read_text() == "old"
    assert not (tmp_path / "elsewhere").exists()


def test_replaced_in_one_step(tmp_path: Path) -> None:
    write_durably(tmp_path / "mark", "old")
    (tmp_path / "mark.new").write_text("what a crash has left, longer than the mark")
    write_durably(tmp_path / "mark", "new")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("mark", "new")]


def test_where_there_is_no_directory(tmp_path: Path) -> None:
    for write in (create_private, write_durably):
        with pytest.raises(FileNotFoundError):
            write(tmp_path / "none" / "file", "x")
    with pytest.raises(FileNotFoundError):
        sync_directory(tmp_path / "none")


@pytest.mark.parametrize("write", ["create_private", "write_durably"])
def test_where_there_is_no_room_nothing_is_left_and_the_file_is_named(tmp_path: Path, write: str) -> None:
    """A file may not grow beyond nothing: the write fails in the system, as on a full disk."""
    (tmp_path / "there").write_text("old")
    name = "there" if write == "write_durably" else "made"
    code = f"from pathlib import Path\nfrom ledger.files import {write}\n{write}(Path({str(tmp_path / name)!r}), 'new')"
    done = subprocess.run(
        ["/bin/sh", "-c", 'ulimit -f 0; exec "$@"', "sh", sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
        check=False,
    )
    assert done.stderr.endswith(f"OSError: [Errno 27] File too large: {str(tmp_path / name)!r}\n")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("there", "old")]
