"""The body of a request: what is written is read, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.proof import ProofError, format_base64
from ledger.witness import MAX_REQUEST_BYTES, Request, format_request, parse_request

HASH = bytes(range(32))
NOTE = "log.example\n5\nroot\n\n— log.example AAAAAAAA\n"


def test_the_example_of_the_specification():
    lines = ["PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=", "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk="]
    body = "\n".join(["old 20852014", *lines, "", "example.com/behind-the-sofa\n20852163\nroot\n\n— s x\n"]).encode()
    request = parse_request(body)
    assert (request.old, len(request.proof), request.note.split("\n")[0]) == (
        20852014,
        2,
        "example.com/behind-the-sofa",
    )
    assert format_request(*request) == body


@given(old=st.integers(0, 2**63 - 1), proof=st.lists(st.binary(min_size=32, max_size=32), max_size=63))
def test_what_is_written_is_read(old, proof):
    assert parse_request(format_request(old, proof, NOTE)) == Request(old, tuple(proof), NOTE)


@pytest.mark.parametrize(
    "body",
    [
        "", "\n\n", "old 5", "old 5\n", "5\n\nx", "old\n\nx", "old 05\n\nx", "old -1\n\nx", "old +1\n\nx",
        "old 5 \n\nx", "Old 5\n\nx",
        "old 5\r\n\r\nx", "old 9223372036854775808\n\nx", "old 99999999999999999999\n\nx", "old ５\n\nx", " old 5\n\nx",
        "old 5\nx\n\ny", "old 5\n" + format_base64(bytes(31)) + "\n\nx", "old 5\n" + format_base64(HASH)[:-1] + "\n\nx",
        "old 5\n" + " " + format_base64(HASH) + "\n\nx", "old 5\n" + (format_base64(HASH) + "\n") * 64 + "\nx",
        b"old 5\n\n\xff",
        b"old 5\n\n" + b"x" * MAX_REQUEST_BYTES,
    ],
)  # fmt: skip
def test_what_is_no_request(body):
    with pytest.raises(ProofError, match="request: "):
        parse_request(body if isinstance(body, bytes) else body.encode())


def test_sixty_three_lines_are_read():
    assert len(parse_request(format_request(1, [HASH] * 63, NOTE)).proof) == 63
