"""Where machine code is kept: nowhere that others could have put it, and not for ever."""

import os
from pathlib import Path

import pytest

from projections.rebuild.keeping import UNUSED_DAYS, _is_own, directory_for, mark_used, sweep

DIGEST = "0123456789abcdef" * 4
OURS = "native-0123456789abcdef"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "treatment-ledger"


def test_a_directory_of_the_users_own(cache: Path) -> None:
    old = os.umask(0o002)
    try:
        assert directory_for(DIGEST) == cache / OURS
    finally:
        os.umask(old)
    assert [directory.stat().st_mode & 0o777 for directory in (cache, cache / OURS)] == [0o700, 0o700]
    assert directory_for(DIGEST) == cache / OURS


def test_by_its_one_path(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "link" / "cache"))
    assert directory_for(DIGEST) == cache / OURS


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777, 0o1777])
def test_none_that_others_can_write_to(cache: Path, mode: int) -> None:
    (cache / OURS).mkdir(parents=True)
    cache.chmod(0o755)
    (cache / OURS).chmod(0o755)
    assert directory_for(DIGEST) is not None
    (cache / OURS).chmod(mode)
    assert directory_for(DIGEST) is None


@pytest.mark.parametrize("mode", [0o720, 0o775, 0o777])
def test_ours_that_others_could_write_to_is_emptied_and_closed(cache: Path, mode: int) -> None:
    """What an earlier version made under the umask of a group: of what lies there nothing is run."""
    (cache / OURS).mkdir(parents=True, mode=0o700)
    (cache / OURS / "planted").touch()
    cache.chmod(mode)
    assert directory_for(DIGEST) == cache / OURS
    assert (cache.stat().st_mode & 0o777, list((cache / OURS).iterdir())) == (0o700, [])


@pytest.mark.parametrize(("mode", "kept"), [(0o775, False), (0o777, False), (0o1777, True), (0o755, True)])
def test_none_that_others_can_put_another_in_place_of(cache: Path, mode: int, kept: bool) -> None:
    cache.parent.mkdir()
    cache.parent.chmod(mode)
    assert (directory_for(DIGEST) is not None) == kept


@pytest.mark.parametrize("which", ["", OURS])
def test_none_that_is_a_link(cache: Path, tmp_path: Path, which: str) -> None:
    (tmp_path / "elsewhere" / OURS).mkdir(parents=True, mode=0o700)
    link = cache / which
    link.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    link.symlink_to(tmp_path / "elsewhere" / which)
    assert directory_for(DIGEST) is None


def test_none_that_is_somebody_elses(tmp_path: Path) -> None:
    assert _is_own(tmp_path)
    theirs = Path("/")  # but that is the system's own user's, who may give one away
    if os.geteuid() == 0:
        theirs = tmp_path
        os.chown(theirs, 65534, -1)
    assert not _is_own(theirs)


def test_none_where_there_is_a_file(cache: Path) -> None:
    cache.parent.mkdir()
    cache.touch()
    assert directory_for(DIGEST) is None


def age(path: Path, days: float) -> None:
    seconds = path.stat().st_mtime - days * 86400
    os.utime(path, (seconds, seconds), follow_symlinks=False)


def test_what_is_not_used_is_removed(cache: Path) -> None:
    kept = directory_for(DIGEST)
    assert kept is not None
    away, recent, used = (cache / f"native-{number:016x}" for number in range(3))
    others = [cache / name for name in ("native-", "native-notes", f"{OURS}.old", "other", "NATIVE-0123456789ABCDEF")]
    for directory in (away, recent, used, *others):
        (directory / "inside").mkdir(parents=True, mode=0o700)
        (directory / "inside" / "code.nbc").write_bytes(b"code")
        directory.chmod(0o700)
        age(directory, UNUSED_DAYS + 1)
    age(recent, -2)
    mark_used(used)
    sweep(kept)
    assert sorted(cache.iterdir()) == sorted([kept, recent, used, *others])


def test_only_directories_of_the_users_own_are_removed(cache: Path, tmp_path: Path) -> None:
    kept = directory_for(DIGEST)
    assert kept is not None
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    link, file, shared = (cache / f"native-{number:016x}" for number in range(3))
    link.symlink_to(elsewhere)
    file.touch()
    shared.mkdir()
    shared.chmod(0o777)
    for path in (link, elsewhere, file, shared):
        age(path, UNUSED_DAYS + 1)
    sweep(kept)
    assert sorted(cache.iterdir()) == sorted([kept, link, file, shared])
    assert elsewhere.is_dir()
