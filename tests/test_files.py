"""Files of their owner alone: the mode whatever the umask, nothing overwritten, the old or the new."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.files import create_private, replaced, sync_directory, write_durably


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


def test_what_is_replaced_is_the_old_or_the_new(tmp_path: Path) -> None:
    path, link = tmp_path / "report.csv", tmp_path / "link"
    link.symlink_to(path)
    with replaced(path) as file:
        file.write(b"old")
    with pytest.raises(KeyboardInterrupt), replaced(link) as file:  # noqa: PT012 - it comes amid what is written
        file.write(b"half of ")
        file.flush()
        raise KeyboardInterrupt
    assert (path.read_bytes(), sorted(p.name for p in tmp_path.iterdir())) == (b"old", ["link", "report.csv"])
    with replaced(link) as file:
        file.write(b"new")
    assert (path.read_bytes(), link.is_symlink()) == (b"new", True)


def test_a_full_disk_leaves_what_was_there_and_is_told_by_the_name(tmp_path: Path) -> None:
    program = (
        "import resource, sys\nfrom pathlib import Path\nfrom ledger.files import replaced\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "with replaced(Path(sys.argv[1])) as file:\n    file.write(bytes(100_000))\n"
    )
    path = tmp_path / "report.csv"
    path.write_bytes(b"old")
    ended = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert f"File too large: '{path}'" in ended.stderr
    assert (path.read_bytes(), [p.name for p in tmp_path.iterdir()]) == (b"old", ["report.csv"])


def test_what_is_no_plain_file_is_written_to(tmp_path: Path) -> None:
    with replaced(Path(os.devnull)) as file:
        file.write(b"gone")
    assert not Path(os.devnull).is_file()


def test_what_is_replaced_keeps_its_mode_and_hurts_nothing_beside(tmp_path: Path) -> None:
    path, beside = tmp_path / "register.csv", tmp_path / "register.csv.new"
    beside.write_text("somebody's own")
    for mode in (0o600, 0o640):
        path.write_bytes(b"old")
        path.chmod(mode)
        with replaced(path) as one, replaced(path) as other:  # two runs at once
            one.write(b"one")
            other.write(b"other")
        assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"one", mode)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["register.csv", "register.csv.new"]
    assert beside.read_text() == "somebody's own"
