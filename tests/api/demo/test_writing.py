"""The journal is accepted whole, line by line and read back from a file, ordered or not."""

import io
from itertools import pairwise

import msgspec

from api.demo import write_journal, year
from ledger.journal import load, parse_fact, spell
from ledger.treatment.batch import Accepted, decide_batch

DIGEST = "ab" * 32


def nothing_held(subjects):
    return {subject: () for subject in subjects}


def test_the_whole_year_is_accepted(invented):
    verdicts = decide_batch(invented.facts, nothing_held)
    assert [
        (fact, verdict)
        for fact, verdict in zip(invented.facts, verdicts, strict=True)
        if not isinstance(verdict, Accepted)
    ] == []


def test_other_seeds_are_accepted_too():
    for seed in (0, 1, 2, 99):
        facts = list(year(seed, 60))
        assert all(isinstance(verdict, Accepted) for verdict in decide_batch(facts, nothing_held)), seed


def test_written_and_loaded_it_is_the_same_year(tmp_path):
    path = tmp_path / "year.ndjson"
    lines = write_journal(path, seed=3, patients=25, rulebook_digest=DIGEST)
    raw = path.read_bytes().splitlines()
    assert len(raw) == lines
    assert all(spell(parse_fact(line)) == line for line in raw)
    facts = load([path])
    assert facts == list(year(3, 25, rulebook_digest=DIGEST))
    assert any(DIGEST.encode() in line for line in raw)


def test_unordered_it_holds_the_same_lines_and_is_accepted(tmp_path):
    ordered, districts = io.BytesIO(), tmp_path / "districts.ndjson"
    write_journal(ordered, seed=3, patients=243, rulebook_digest=DIGEST)
    write_journal(districts, seed=3, patients=243, rulebook_digest=DIGEST, ordered=False)
    lines = districts.read_bytes().splitlines()
    assert sorted(lines) == sorted(ordered.getvalue().splitlines())
    assert not all(one["at"] <= other["at"] for one, other in pairwise(map(msgspec.json.decode, lines)))
    assert len(load([districts])) == len(lines)
