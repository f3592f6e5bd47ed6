"""Which limit stands beside which figure: nothing here measures."""

import pytest

from api.bench.figures import smaller
from api.bench.verifying import LIMITS, LIMITS_ENTRIES, limited


@pytest.mark.parametrize(
    ("case", "limit"),
    [
        ("bundle/1000", "1 s"),
        ("browser/1000", "1 s"),
        ("overhead/1000", "6,000 B"),
        ("overhead-registry/1000", "1,000 B"),
        ("seal/1000", "1 s"),
        ("audit/1000000", "30 s"),
        ("audit-memory/1000000", "500 MB"),
    ],
)
def test_a_limit_is_named_at_the_size_that_it_is_for(case: str, limit: str) -> None:
    row = smaller(case, "B", 5, 10, 1, "another")
    assert row.limit is None
    assert limited(row, LIMITS_ENTRIES).limit == limit
    for entries in (30_000, LIMITS_ENTRIES - 1, LIMITS_ENTRIES + 1):
        assert limited(row, entries) == row
    assert case.partition("/")[0] in LIMITS


def test_what_has_no_limit_names_none() -> None:
    assert limited(smaller("tiles/1000", "B", 5, 10, 1, "another"), LIMITS_ENTRIES).limit is None
