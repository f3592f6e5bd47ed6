"""The catalogue of annex 1."""

from ledger.treatment.items import CATALOGUE, ITEMS


def test_43_rows_and_six_parts_of_the_first():
    assert sorted({item.number for item in CATALOGUE}) == list(range(1, 44))
    assert len(ITEMS) == len(CATALOGUE) == 49
    assert [item.slug for item in CATALOGUE if "/" in item.slug and item.number != 1] == []


def test_which_rows_are_assessments():
    assessments = {item.number for item in CATALOGUE if item.kind == "assessment"}
    assert assessments == {9, 10, 11, 12, 13, 15, 20, *range(26, 39)}
