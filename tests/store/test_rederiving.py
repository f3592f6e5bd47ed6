"""Two paths to one root; where they part, the entry is named."""

import pytest

from ledger.proof import leaf_hash
from ledger.store.findings import Finding
from ledger.store.rederiving import derive
from ledger.store.sqlite import Stored
from tests.invariants import root


def rows(count: int) -> list[Stored]:
    datas = [b"entry %d" % n for n in range(count)]
    return [Stored(n, "t", "[]", leaf_hash(data), data) for n, data in enumerate(datas, 1)]


def unexpected(finding: Finding) -> None:
    raise AssertionError(finding)


@pytest.mark.parametrize("count", range(0, 40))
def test_both_roots_and_those_at_earlier_sizes(count: int) -> None:
    log = rows(count)
    leaves = [row.leaf for row in log]
    derived = derive(iter(log), count, at=range(count + 1), differs=unexpected)
    assert derived.root_of_bytes == derived.root_of_leaves == root(leaves)
    assert derived.roots == {size: root(leaves[:size]) for size in range(count + 1)}


def test_altered_bytes_are_named() -> None:
    log = rows(9)
    log[4] = log[4]._replace(data=b"entry x")
    found: list[Finding] = []
    derived = derive(log, 9, differs=found.append)
    assert [(finding.name, finding.where) for finding in found] == [("entry-altered", "index 4")]
    assert derived.root_of_leaves == root([row.leaf for row in rows(9)])
    assert derived.root_of_bytes != derived.root_of_leaves


@pytest.mark.parametrize("missing", [[0], [3], [8], [2, 3, 8]])
def test_missing_entries_are_named(missing: list[int]) -> None:
    log = [row for row in rows(9) if row.position - 1 not in missing]
    found: list[Finding] = []
    derive(log, 9, differs=found.append)
    assert [(finding.name, finding.at) for finding in found] == [("entry-missing", n) for n in missing]


def test_its_bytes_are_hashed_by_a_path_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the code by which everybody else hashes is at fault, what is derived here is right all the same."""
    log = rows(9)
    monkeypatch.setattr("ledger.store.soundness.leaf_hash", lambda data: bytes(32))
    derived = derive(log, 9, differs=unexpected)
    assert derived.root_of_bytes == root([row.leaf for row in log])
