"""Counts, marks and the index: what is named when they do not go together. The damage itself is in damage_log.py."""

import json

import pytest

from ledger.proof import format_base64, format_indexes, leaf_hash, mark, parse_base64, parse_indexes
from ledger.verify import verify
from tests.verify.world import Log

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def found(log: Log, **changes: object) -> list[tuple[str, str]]:
    verdict = verify(json.dumps(json.loads(log.full()) | changes).encode(), log.vkey)
    return [(finding.name, finding.where) for finding in verdict.findings]


@pytest.fixture
def parts(log: Log) -> dict[str, object]:
    return json.loads(log.full())


def test_one_of_three_counts_that_differs_is_named(log: Log, parts) -> None:
    indexes = parse_indexes(parse_base64(parts["indexes"], ""), "")
    less = format_base64(format_indexes(indexes[:-1]))
    assert found(log, indexes=less) == [("malformed", "indexes")]
    assert found(log, marks=parts["marks"][:-2]) == [("malformed", "marks")]
    assert found(log, marks=parts["marks"] + "AA") == [("malformed", "marks")]
    assert found(log, indexes=less, marks=parts["marks"][:-4]) == [("malformed", "entries")]
    assert found(log, entries=parts["entries"][:-1]) == [("entry-missing", f"index {indexes[-1]}")]
    assert found(log, entries=[*parts["entries"], "x"]) == [("entry-foreign", f"entries[{len(indexes)}]")]


@pytest.mark.parametrize("last", [24, 25, 2**62])
def test_what_is_not_below_the_seal_is_not_sealed(log: Log, parts, last: int) -> None:
    indexes = parse_indexes(parse_base64(parts["indexes"], ""), "")
    beyond = format_base64(format_indexes([*indexes[:-1], last]))
    assert found(log, indexes=beyond) == [("entry-foreign", f"index {last}")]


def test_another_index_is_an_altered_entry(log: Log, parts) -> None:
    indexes = parse_indexes(parse_base64(parts["indexes"], ""), "")
    moved = format_base64(format_indexes([*indexes[:-1], indexes[-1] + 1]))
    assert found(log, indexes=moved) == [("entry-altered", f"index {indexes[-1] + 1}")]


def test_three_entries_turned_round(log: Log, parts) -> None:
    entries = list(parts["entries"])
    entries[3], entries[7], entries[11] = entries[7], entries[11], entries[3]
    assert {name for name, _ in found(log, entries=entries)} == {"entry-order"}
    entries[3] = entries[3].replace("T1", "T9")
    assert {name for name, _ in found(log, entries=entries)} == {"entry-altered"}


def test_marks_alone(log: Log, parts) -> None:
    marks = parts["marks"]
    assert found(log, marks=marks[::-1]) == [("malformed", "marks")]
    for at in range(len(marks)):
        other = "A" if marks[at] != "A" else "B"
        assert found(log, marks=marks[:at] + other + marks[at + 1 :]) == [("malformed", "marks")]


def test_an_entry_altered_wherever_its_mark_is_altered_too(log: Log, parts) -> None:
    entries = [entry.replace("4000", "9000") for entry in parts["entries"]]
    place = next(n for n, entry in enumerate(entries) if "9000" in entry)
    fitting = mark(16, leaf_hash(entries[place].encode()))
    others = {fitting[0] + letter for letter in LETTERS} | {letter + fitting[1] for letter in LETTERS}
    every = [
        found(log, entries=entries, marks=parts["marks"][: 2 * place] + made + parts["marks"][2 * place + 2 :])
        for made in (fitting, *(one for one in others if one != fitting))
    ]
    assert every[0] == [("index-mismatch", "nodes")]
    assert len(every) > 100
    assert all(one == [("entry-altered", "index 16")] for one in every[1:])
