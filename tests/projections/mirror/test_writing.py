"""A mirror is the one before or the one after, whatever stops the writing; and one writes at a time."""

import stat
from pathlib import Path

import pytest

from projections.mirror import writing
from projections.mirror.manifest import MANIFESTS
from projections.mirror.manifests import NAME
from projections.mirror.mirror import Mirror
from projections.mirror.parts import PartWriter
from projections.mirror.refusal import MirrorError
from projections.mirror.tabulating import tabulate
from projections.mirror.writing import write_mirror, written_by_one
from projections.rules.evidence import Evidence
from tests.projections.mirror.logs import patients_journal, told

ROWS = tabulate(Evidence(patients_journal(7, 3)))
OTHERS = tabulate(Evidence(patients_journal(8, 3)))


class Stopped(Exception):
    """The power went."""


@pytest.mark.parametrize("where", ["write", "close", "write_manifest", "sync_directory", "sweep"])
def test_stopped_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    write_mirror(tmp_path, [ROWS], {})
    was = {path.name for path in tmp_path.iterdir()}

    def stop(*_: object) -> None:
        raise Stopped

    with monkeypatch.context() as patched:
        if where == "sweep":
            calls: list[object] = []
            whole = writing._sweep

            def second(*of: object) -> None:
                calls.append(of)
                stop() if len(calls) == 2 else whole(*of)  # type: ignore[arg-type]

            patched.setattr(writing, "_sweep", second)
        elif where in ("write", "close"):
            patched.setattr(PartWriter, where, stop)
        else:
            patched.setattr(*((MANIFESTS, "write") if where == "write_manifest" else (writing, where)), stop)
        with pytest.raises(Stopped):
            write_mirror(tmp_path, [OTHERS], {})
    mirror = Mirror.open(tmp_path)
    mirror.require_whole()
    assert told(mirror.joined(list(mirror.batches()))) == told(OTHERS if where == "sweep" else ROWS)
    write_mirror(tmp_path, [ROWS], {})  # and what was left lying is gone
    assert len(list(tmp_path.iterdir())) == len(was)


def test_only_the_owner_reads(tmp_path: Path) -> None:
    write_mirror(tmp_path / "mirror", [ROWS], {})
    assert stat.S_IMODE((tmp_path / "mirror").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "mirror").iterdir()} == {0o600}


def test_one_at_a_time(tmp_path: Path) -> None:
    with written_by_one(tmp_path), pytest.raises(MirrorError, match="another process is writing"):
        write_mirror(tmp_path, [ROWS], {})
    write_mirror(tmp_path, [ROWS], {})


def test_patients_come_in_order(tmp_path: Path) -> None:
    with pytest.raises(MirrorError, match="not in the order"):
        write_mirror(tmp_path, [ROWS, OTHERS], {})
    assert not (tmp_path / NAME).exists()


def test_a_mirror_of_nobody(tmp_path: Path) -> None:
    write_mirror(tmp_path, [], {})
    mirror = Mirror.open(tmp_path)
    assert list(mirror.batches()) == []
    assert mirror.rows_of(["P1"]).patients == ()
    mirror.require_whole()
