"""Of very many findings the number is told, of each name by itself."""

from ledger.store.findings import Finding, at_most

NAMES = [Finding("entry-altered", f"index {n}", "") for n in range(5)]


def test_where_a_finding_is() -> None:
    found = Finding.of_entry("entry-altered", 7, "why")
    assert (found, found.at, str(found)) == (("entry-altered", "index 7", "why"), 7, "entry-altered: index 7: why")
    assert [Finding("malformed", where, "").at for where in ("index -1", "index x", "tree 1/2", "7")] == [None] * 4


def test_few_are_told_as_they_are() -> None:
    assert list(at_most(NAMES, 5)) == NAMES


def test_of_many_the_number() -> None:
    other = [Finding("malformed", "index 3", ""), Finding("entry-altered", "tile/000", "")]
    assert list(at_most([*NAMES, *other], 3)) == [
        *NAMES[:3],
        *other,
        Finding("entry-altered", "ledger", "and 2 more findings of this name"),
    ]
