"""The body of POST /facts: limits, content types, and every bad line named."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from api.intake import LIMIT_BYTES, MOST_LISTED, MOST_MALFORMED, parse_body, read_body, refused
from api.problems import Offence, Problem

OPENED = (
    b'{"type":"PatientFileOpened","at":"2021-03-01T08:00:00+08:00","patient":"P1","sex":"female","born":"1956-04-02",'
    b'"institution":"H1","file_no":"M1"}'
)
LINES = "application/x-ndjson"


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def test_a_body_is_read_whole_up_to_the_limit() -> None:
    full = b"x" * (LIMIT_BYTES // 2)
    assert len(asyncio.run(read_body(chunks(full, full)))) == LIMIT_BYTES


def test_one_byte_more_is_too_large() -> None:
    with pytest.raises(Problem, match="larger than 8,388,608 bytes") as raised:
        asyncio.run(read_body(chunks(b"x" * LIMIT_BYTES, b"x")))
    assert raised.value.details.status == 413


def test_what_never_ends_is_not_read_for_ever() -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1024 * 1024
            yield b"x" * 1024 * 1024

    with pytest.raises(Problem, match="larger than"):
        asyncio.run(read_body(endless()))
    assert taken < 64 * LIMIT_BYTES


@pytest.mark.parametrize("media", ["application/json", "Application/JSON; charset=utf-8"])
def test_one_object_may_stand_on_several_lines(media: str) -> None:
    ((number, fact),) = parse_body(OPENED.replace(b",", b",\r\n") + b"\n", media)
    assert (number, type(fact).__name__) == (1, "PatientFileOpened")


@pytest.mark.parametrize("media", [LINES, "application/ndjson", "text/plain", "", "application/x-www-form-urlencoded"])
def test_a_journal_keeps_its_line_numbers(media: str) -> None:
    body = b"\xef\xbb\xbf" + OPENED + b"\r\n\r\n  \n" + OPENED.replace(b"P1", b"P2")
    assert [number for number, _ in parse_body(body, media)] == [1, 4]


def test_every_bad_line_is_named_with_its_field() -> None:
    body = b"\n".join([OPENED, b"{", OPENED.replace(b"female", b"unknown"), OPENED.replace(b"+08:00", b"")])
    with pytest.raises(Problem) as raised:
        parse_body(body, LINES)
    details = raised.value.details
    assert details.status == 400
    assert [(error.line, error.field) for error in details.errors][1:] == [(3, "sex"), (4, "at")]
    assert details.errors[0].line == 2


@pytest.mark.parametrize("body", [b"", b"\n\n", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("media", [LINES, "application/json"])
def test_an_empty_body_is_no_journal(body: bytes, media: str) -> None:
    with pytest.raises(Problem) as raised:
        parse_body(body, media)
    assert raised.value.details.status == 400


def test_another_content_type_is_refused_with_the_right_ones() -> None:
    with pytest.raises(Problem, match="send application/json") as raised:
        parse_body(OPENED, "text/xml")
    assert raised.value.details.status == 415


def details_of(body: bytes) -> tuple[str, list[int | None]]:
    with pytest.raises(Problem) as raised:
        parse_body(body, LINES)
    return raised.value.details.detail, [error.line for error in raised.value.details.errors]


def test_as_many_bad_lines_as_are_listed_are_all_listed() -> None:
    detail, listed = details_of(b"0\n" * MOST_LISTED + OPENED)
    assert detail == "1,000 lines are malformed; nothing was taken in"
    assert listed == list(range(1, MOST_LISTED + 1))


def test_of_more_bad_lines_the_answer_says_how_many() -> None:
    detail, listed = details_of(OPENED + b"\n" + b"0\n" * 3 * MOST_LISTED)
    assert detail == ("3,000 lines are malformed; the first 1,000 are listed, 2,000 more are not; nothing was taken in")
    assert listed == list(range(2, MOST_LISTED + 2))


def test_a_body_that_is_no_journal_is_not_read_to_its_end() -> None:
    detail, listed = details_of(b"\n\n" + b"0\n" * (LIMIT_BYTES // 2 - 1))
    assert detail == (
        "10,000 lines are malformed; the first 1,000 are listed, 9,000 more are not; nothing was taken in; "
        "nothing after line 10,002 was read"
    )
    assert len(listed) == MOST_LISTED < MOST_MALFORMED


def test_of_many_refused_facts_the_answer_says_how_many() -> None:
    details = refused([Offence(line=n, field="patient", what="is unknown") for n in range(1, 1_235)]).details
    assert details.detail.startswith("1,234 lines are refused; the first 1,000 are listed, 234 more are not")
    assert details.errors[-1].line == len(details.errors) == MOST_LISTED
