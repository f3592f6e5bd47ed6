"""`publish`, and `audit` of what it wrote, as people run them."""

import json
from pathlib import Path

import pytest

from ledger.proof import leaf_hash, open_checkpoint, root
from ledger.proof.tiles import Tile, parse_entry_bundle, parse_hash_tile


def test_what_is_published_is_the_ledger(run, ledger: Path, tmp_path: Path) -> None:
    ran = run("publish", "www")
    assert ran.code == 0
    assert ran.out.startswith("www: 0 → ")
    vkey = run("key").out.strip()
    assert vkey in ran.err
    checkpoint = open_checkpoint((tmp_path / "www/checkpoint").read_text(), vkey)
    leaves = parse_hash_tile((tmp_path / "www" / Tile(0, 0, checkpoint.size).path).read_bytes(), checkpoint.size)
    bundle = (tmp_path / "www" / Tile(-1, 0, checkpoint.size).path).read_bytes()
    assert leaves == [leaf_hash(entry) for entry in parse_entry_bundle(bundle, checkpoint.size)]
    assert root(leaves) == checkpoint.root
    assert run("checkpoint").out == (tmp_path / "www/checkpoint").read_text()


def test_again_there_is_nothing_new(run, ledger: Path) -> None:
    first = json.loads(run("publish", "www", "--json").out)
    assert (first["before"], first["files"]) == (0, 3)
    again = run("publish", "www")
    assert again.out == f"www: {first['size']} entries, nothing new\n"
    assert json.loads(run("publish", "www", "--json").out) == {
        "before": first["size"],
        "size": first["size"],
        "files": 0,
    }


def test_hashes_only_says_nothing_of_anybody(run, ledger: Path, tmp_path: Path) -> None:
    assert run("publish", "public", "--hashes-only").code == 0
    written = b"".join(path.read_bytes() for path in (tmp_path / "public").rglob("*") if path.is_file())
    assert b"P1" not in written
    assert b"exercise" not in written
    refused = run("publish", "public")
    assert refused.code == 2
    assert "--hashes-only" in refused.err


def test_another_ledgers_directory_is_refused(run, ledger: Path) -> None:
    run("publish", "www")
    run("init", "--origin", "other.example", "--data", "other")
    refused = run("publish", "www", "--data", "other")
    assert refused.code == 2
    assert "not this ledger's" in refused.err


def test_a_place_that_cannot_be_written_is_told_in_one_line(run, ledger: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in ("file", "file/www"):
        refused = run("publish", place)
        assert (refused.code, refused.out) == (2, "")
        assert "file" in refused.err


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_audit_holds_it_against_the_ledger(run, ledger: Path, tmp_path: Path, jobs: str) -> None:
    run("publish", "www")
    assert run("audit", "--published", "www", "--jobs", jobs).code == 0
    (tmp_path / "www/checkpoint").write_text("no checkpoint")
    ran = run("audit", "--published", "www", "--jobs", jobs)
    assert ran.code == 1
    assert ran.out.startswith("checkpoint-signature: www/checkpoint: ")
