"""Whole journals: all or nothing, every problem named, order of no matter."""

import random
from pathlib import Path

import pytest

from ledger.journal import JournalRefused, load, parse_fact, read_lines, spell

CLINOSIM = Path(__file__).parent.parent / "data" / "clinosim-inpatients.ndjson"


def test_a_journal_made_by_others_is_taken_whole():
    facts = load([CLINOSIM])
    assert len(facts) == 872
    assert [spell(fact) for fact in facts] == [spell(parse_fact(line)) for line in CLINOSIM.read_bytes().splitlines()]


def test_taken_twice_it_is_taken_once():
    assert load([CLINOSIM, CLINOSIM]) == load([CLINOSIM])


def test_in_any_order_it_is_the_same(tmp_path):
    lines = CLINOSIM.read_bytes().splitlines()
    random.Random(7).shuffle(lines)
    mixed = tmp_path / "mixed.ndjson"
    mixed.write_bytes(b"\n".join(lines))
    assert sorted(map(spell, load([mixed]))) == sorted(map(spell, load([CLINOSIM])))


def test_a_journal_in_two_files_is_one_journal(tmp_path):
    """The sessions in one file, what they refer to in the other, and the wrong way round."""
    lines = CLINOSIM.read_bytes().splitlines()
    for name, part in (("a", lines[400:]), ("b", lines[:400])):
        (tmp_path / name).write_bytes(b"\n".join(part))
    assert len(load([tmp_path / "a", tmp_path / "b"])) == 872
    with pytest.raises(JournalRefused):
        load([tmp_path / "a"])


def test_every_problem_of_every_file_is_named_in_order(tmp_path, stop):
    good = CLINOSIM.read_bytes()
    (tmp_path / "one").write_bytes(good + b"{\n" + stop + b'\n{"type":"Nonsense"}\n')
    (tmp_path / "two").write_bytes(stop.replace(b"+08:00", b"") + b"\n" + stop.replace(b"S1", b"S2"))
    with pytest.raises(JournalRefused) as caught:
        load([tmp_path / "one", tmp_path / "two", tmp_path / "three"])
    problems = caught.value.problems
    assert [(Path(p.file).name, p.number, p.field) for p in problems] == [
        ("one", 873, "line"),
        ("one", 874, "session"),
        ("one", 875, "type"),
        ("two", 1, "at"),
        ("two", 2, "session"),
        ("three", 0, "file"),
    ]
    assert "three:0: file: cannot be read" in str(caught.value)


def test_ties_stand_in_the_order_of_lines(tmp_path):
    """Two fees confirmed at one instant: the last line counts, so their order is kept."""
    lines = [line for line in CLINOSIM.read_bytes().splitlines() if b"CS-005" in line or b'"at":"2015' in line]
    fee = b'{"type":"FeeConfirmed","at":"2024-07-01T08:00:00+08:00","act":"%s","amount_fen":%d}'
    session = next(fact.session for line in lines if hasattr(fact := parse_fact(line), "effect"))
    fees = [fee % (session.encode(), amount) for amount in (3, 1, 2)]
    path = tmp_path / "j"
    path.write_bytes(b"\n".join([*fees, *lines]))
    assert [fact.amount_fen for fact in load([path]) if hasattr(fact, "amount_fen")] == [3, 1, 2]
    assert sum(1 for _ in read_lines(path)) == len(lines) + 3
