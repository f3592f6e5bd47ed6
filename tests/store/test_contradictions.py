"""What witnesses said against a log: kept beside the key, durable, and in the way until it is lifted."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from ledger.proof import COSIGNATURE_V1, vkey
from ledger.store.contradictions import Contradictions
from ledger.store.refusals import StoreError, Unsound

KEY = vkey("regulator.example/w1", bytes(range(32)), COSIGNATURE_V1)
OTHER = vkey("office.example/w2", bytes(range(1, 33)), COSIGNATURE_V1)
AT = datetime.fromisoformat("2021-03-01T08:00:00+08:00")


def test_it_is_kept_told_and_lifted(tmp_path: Path) -> None:
    kept = Contradictions(tmp_path)
    kept.refuse()
    kept.keep(KEY, "history-fork", "another root", AT)
    kept.keep(KEY, "checkpoint-rollback", "said later", AT)
    kept.keep(OTHER, "checkpoint-rollback", "99 entries", AT)
    again = Contradictions(tmp_path)
    assert [file.stat().st_mode & 0o777 for file in tmp_path.iterdir()] == [0o600] * 2
    with pytest.raises(Unsound) as refused:
        again.refuse()
    first, second = sorted(str(refused.value).splitlines())
    assert first.startswith("checkpoint-rollback: witness office.example/w2: 99 entries (said at 2021-03-01T08:00:00")
    assert second.startswith("history-fork: witness regulator.example/w1: another root (said at ")
    assert "`witnesses remove regulator.example/w1`" in second
    for key in (KEY, OTHER):
        assert len(again.findings()) == len(again.standing()) > 0
        again.lift(again.of(key))
        assert again.of(key) is None
    again.refuse()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"witness":"x","at":"","finding":"a","what":"b"}'),
        *(
            json.dumps({"witness": KEY, "at": AT.isoformat(), "finding": "a", "what": "b", "after": after}).encode()
            for after in ("x", None, 10**400)
        ),
    ],
)
def test_one_that_cannot_be_read_stands_as_well(tmp_path: Path, content: bytes) -> None:
    kept = Contradictions(tmp_path)
    kept.keep(KEY, "history-fork", "another root", AT)
    (file,) = tmp_path.iterdir()
    file.write_bytes(content)
    (found,) = kept.findings()
    assert (found.name, found.where) == ("malformed", file.name)
    with pytest.raises(Unsound, match=f"`witnesses remove {file.name}`"):
        kept.refuse()
    kept.lift(kept.standing()[0])
    kept.refuse()


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be kept"):
        Contradictions(tmp_path / "absent").keep(KEY, "history-fork", "another root", AT)


@pytest.mark.parametrize(("latest", "after"), [(0, 0.0), (-5, 0.0), (5, 5.0)])
def test_only_what_is_later_than_all_that_is_known_lifts_it(tmp_path: Path, latest: int, after: float) -> None:
    kept, said_at = Contradictions(tmp_path), int(AT.timestamp())
    kept.keep(KEY, "history-fork", "another root", AT, said_at + latest)
    (stood,) = kept.standing()
    assert (stood.at, stood.after) == (AT.isoformat(), said_at + after)
