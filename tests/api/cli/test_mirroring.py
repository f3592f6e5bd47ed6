"""`mirror update|show`, as people run them."""

import json
from pathlib import Path


def test_it_is_made_shown_and_kept_up(run, ledger: Path) -> None:
    nothing = run("mirror", "show")
    assert (nothing.code, nothing.out) == (2, "")
    assert "there is no mirror here" in nothing.err
    made = json.loads(run("mirror", "update", "--json").out)
    assert (made["size"], made["rows"], made["patients"], made["patches"]) == (16, 3, 1, 0)
    assert json.loads(run("mirror", "show", "--json").out) == made
    assert made["digest"] in run("mirror", "show").out
    run("checkpoint")
    again = json.loads(run("mirror", "update", "--json").out)
    assert again["size"] > made["size"]
    assert again["digest"] == made["digest"]


def test_a_mirror_that_is_of_no_ledger(run, tmp_path: Path) -> None:
    told = run("mirror", "update")
    assert (told.code, told.out) == (2, "")
    assert not (tmp_path / "ledger-data").exists()
