"""Look-ups over whole columns, each against the plain one."""

from itertools import chain
from random import Random

import numpy as np
import pyarrow as pa
import pytest

from projections.mirror.linking import expanded, in_order_of_appearance, last_not_after, link, offsets


@pytest.mark.parametrize("seed", range(30))
def test_names_are_found_where_they_are_first_opened(seed: int) -> None:
    draw = Random(seed)
    names = [f"n{draw.randrange(12)}" for _ in range(draw.randrange(12))] if seed % 2 else [f"n{k}" for k in range(9)]
    asked = [draw.choice([None, "n1", "n5", "n11", "other"]) for _ in range(draw.randrange(9))]
    coded = pa.array(asked, pa.string()).dictionary_encode() if seed % 3 else pa.array(asked, pa.string())
    found = link(pa.array(names, pa.string()), coded)
    assert found.rows[0].tolist() == [names.index(name) if name in names else -1 for name in asked]
    assert found.twice.tolist() == [k for k, name in enumerate(names) if names.count(name) > 1]


@pytest.mark.parametrize("seed", range(30))
def test_last_not_after(seed: int) -> None:
    draw = Random(seed)
    stretches = [sorted(draw.randrange(20) for _ in range(draw.randrange(6))) for _ in range(5)]
    ends = np.cumsum([len(stretch) for stretch in stretches])
    begins = ends - [len(stretch) for stretch in stretches]
    which = np.array([draw.randrange(5) for _ in range(40)])
    sought = np.array([draw.randrange(-1, 21) for _ in range(40)])
    found = last_not_after(begins[which], ends[which], np.array([*chain.from_iterable(stretches)], np.int64), sought)
    for k, stretch, value in zip(found, which, sought, strict=True):
        before = [place for place, one in enumerate(stretches[stretch]) if one <= value]
        assert k - begins[stretch] == (before[-1] if before else -1)


@pytest.mark.parametrize("seed", range(30))
def test_things_are_numbered_as_they_come(seed: int) -> None:
    draw = Random(seed)
    group = np.array(sorted(draw.randrange(6) for _ in range(30 if seed else 0)), np.int64)
    thing = np.array([draw.choice((0, 3, 5)) for _ in group], np.int64)
    expected: list[int] = []
    seen: dict[int, dict[int, int]] = {}
    for g, t in zip(group.tolist(), thing.tolist(), strict=True):
        mine = seen.setdefault(g, {})
        expected.append(mine.setdefault(t, len(mine)))
    assert in_order_of_appearance(group, thing).tolist() == expected


def test_stretches_are_written_out() -> None:
    begin, end = offsets(np.array([0, 0, 2, 2, 2]), 4)
    assert (begin.tolist(), end.tolist()) == ([0, 2, 2, 5], [2, 2, 5, 5])
    which, place = expanded(begin[[2, 1, 0]], end[[2, 1, 0]])
    assert (which.tolist(), place.tolist()) == ([0, 0, 0, 2, 2], [2, 3, 4, 0, 1])
