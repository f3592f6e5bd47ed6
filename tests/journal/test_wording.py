"""The words for what a decoder says, and for what it says that nobody foresaw."""

import msgspec
import pytest

from ledger.journal.wording import word_for


@pytest.mark.parametrize(
    ("error", "field"),
    [
        (msgspec.ValidationError("Something new - at `$.orders[0].times`"), "orders[0].times"),
        (msgspec.ValidationError("Something new"), "line"),
        (msgspec.DecodeError("Something new"), "line"),
        (RecursionError("deep"), "line"),
        (ValueError("Something new"), "line"),
        (OverflowError("Something new"), "line"),
    ],
)
def test_what_nobody_foresaw_still_has_a_field_and_words(error, field):
    found, what = word_for(b'{"type":"PrescriptionIssued","orders":[{"times":-1}]}', error)
    assert found == field
    assert what


def test_a_long_value_is_quoted_in_part():
    error = msgspec.ValidationError("Invalid RFC3339 encoded datetime - at `$.at`")
    _, what = word_for(b'{"type":"SessionStopped","at":"%s"}' % (b"9" * 5000), error)
    assert len(what) < 300
