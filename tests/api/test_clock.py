"""Instants as people type them."""

from datetime import timedelta

import pytest

from api.clock import now, parse_instant


def test_an_instant_comes_back_at_shanghai() -> None:
    assert parse_instant("2021-03-01T07:00:00Z").isoformat() == "2021-03-01T15:00:00+08:00"


def test_a_plus_sign_that_a_url_turned_into_a_blank_is_read() -> None:
    assert parse_instant("2021-03-01T15:00:00 08:00") == parse_instant("2021-03-01T15:00:00+08:00")


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2021-03-01", "2021-03-01T15:00:00", "2021-02-30T15:00:00+08:00", "9999-12-31T23:59:59-12:00"],
)
def test_what_is_no_instant_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="expected date, time and offset"):
        parse_instant(text)


def test_now_is_at_shanghai() -> None:
    assert now().utcoffset() == timedelta(hours=8)
