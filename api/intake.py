"""The body of `POST /facts`: read no further than the limit, and turned into facts or into one problem.

The problem lists what is wrong line by line, but the answer to a large body stays small, and a body that is no journal
is not read to its end. Knows HTTP bodies and journal lines; nothing of how facts are stored.
"""

import io
from collections.abc import AsyncIterator, Iterator

from api.problems import Offence, Problem
from ledger.journal import LineProblem, parse_fact
from ledger.treatment.facts import Fact

LIMIT_BYTES = 8 * 1024 * 1024
MOST_LISTED = 1_000
"""Lines that one answer lists; what it says of the others is how many there are."""
MOST_MALFORMED = 10_000
"""Malformed lines after which the rest of a body is not read."""
_DRAIN_BYTES = 32 * LIMIT_BYTES
_ONE_OBJECT = "application/json"
# curl's own word for any body, and no word at all, are read as lines: one line is a journal too.
_LINES = ("application/x-ndjson", "application/ndjson", "text/plain", "application/x-www-form-urlencoded", "")


async def read_body(chunks: AsyncIterator[bytes]) -> bytes:
    """The whole body, at most LIMIT_BYTES of it. Raises Problem 413 beyond.

    What is too much is still taken off the wire, and thrown away, up to a bound: a client that is writing would
    otherwise see a broken connection instead of the answer.
    """
    body, size = bytearray(), 0
    async for chunk in chunks:
        size += len(chunk)
        if size <= LIMIT_BYTES:
            body += chunk
        elif size > _DRAIN_BYTES:
            break
    if size > LIMIT_BYTES:
        what = f"the body is larger than {LIMIT_BYTES:,} bytes; send the lines in several requests, or use `import`"
        raise Problem(413, "content-too-large", what)
    return bytes(body)


def parse_body(body: bytes, content_type: str) -> list[tuple[int, Fact]]:
    """(line number from 1, fact) of each line of the body; `application/json` is one fact on however many lines.

    Raises Problem 415 for another content type, and Problem 400 that names the malformed lines and their fields: the
    first MOST_LISTED of them, and how many more there are. Takes a moment for a large body: not for the event loop.
    """
    media = content_type.partition(";")[0].strip().lower()
    if media == _ONE_OBJECT:
        lines = iter([(1, body.strip())])
    elif media in _LINES:
        lines = _split(body)
    else:
        what = f"{media} is not read here; send application/json (one fact) or application/x-ndjson (one a line)"
        raise Problem(415, "unsupported-media-type", what)
    facts: list[tuple[int, Fact]] = []
    offences: list[Offence] = []
    unread_after = None
    for number, line in lines:
        try:
            facts.append((number, parse_fact(line)))
        except LineProblem as problem:
            offences.append(Offence(line=number, field=problem.field, what=problem.what))
            if len(offences) == MOST_MALFORMED:
                unread_after = number
                break
    if not facts and not offences:
        offences.append(Offence(line=1, field="body", what="is empty, expected a fact"))
    if offences:
        hint = ""
        if unread_after is not None:
            hint = f"; nothing after line {unread_after:,} was read"
        elif media == _ONE_OBJECT and b"\n" in body.strip():
            hint = "; several facts, one a line, are sent as application/x-ndjson"
        raise malformed(offences, hint)
    return facts


def _split(body: bytes) -> Iterator[tuple[int, bytes]]:
    """(number, line) of each line that is not blank, one at a time: a body may be millions of them."""
    for number, raw in enumerate(io.BytesIO(body.removeprefix(b"\xef\xbb\xbf")), 1):
        if line := raw.strip():
            yield number, line


def malformed(offences: list[Offence], hint: str = "") -> Problem:
    """Lines that are no facts; nothing of the body was taken in."""
    return _problem(400, "malformed-lines", "malformed", offences, hint)


def refused(offences: list[Offence]) -> Problem:
    """Facts that cannot have happened, or an id that stands for something else; nothing of the body was taken in."""
    return _problem(409, "refused-facts", "refused", offences)


def _problem(status: int, name: str, word: str, offences: list[Offence], hint: str = "") -> Problem:
    """Says how many lines there are, and lists the first MOST_LISTED."""
    count = "1 line is" if len(offences) == 1 else f"{len(offences):,} lines are"
    more = len(offences) - MOST_LISTED
    listed = f"; the first {MOST_LISTED:,} are listed, {more:,} more are not" if more > 0 else ""
    return Problem(status, name, f"{count} {word}{listed}; nothing was taken in{hint}", offences[:MOST_LISTED])
