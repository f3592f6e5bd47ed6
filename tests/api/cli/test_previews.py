"""`rulebook preview`: what it refuses, and in which order it tells."""

import json
from pathlib import Path

import pytest

from api.demo import NO_DIGEST, write_journal
from tests.api.cli.test_reporting import TOUR


def test_fewer_acts_than_none_are_not_told(run) -> None:
    told = run("rulebook", "preview", "national-2010", TOUR, "--acts", "-5")
    assert (told.code, told.out) == (2, "")
    assert "--acts" in told.err
    assert "-5 is not in the range x>=0" in told.err


@pytest.mark.parametrize("most", [0, 1, 2])
def test_the_first_acts_are_told_and_all_are_summed_up(run, tmp_path: Path, most: int) -> None:
    journal = tmp_path / "year.ndjson"
    write_journal(journal, patients=3, rulebook_digest=NO_DIGEST)
    asked = ("rulebook", "preview", "national-2010", journal, "--rulebook", "shanghai-2017", "--json")
    whole, some = (json.loads(run(*asked, *given).out) for given in ((), ("--acts", str(most))))
    assert len(whole["changes"]) > 2
    assert some["changes"] == whole["changes"][:most]
    assert {**some, "changes": []} == {**whole, "changes": []}
