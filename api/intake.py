"""The body of `POST /facts`: read no further than the limit, and turned into facts or into one problem that lists all.

Knows HTTP bodies and journal lines; nothing of how facts are stored.
"""

from collections.abc import AsyncIterator

from api.problems import Offence, Problem
from ledger.journal import LineProblem, parse_fact
from ledger.treatment.facts import Fact

LIMIT_BYTES = 8 * 1024 * 1024
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

    Raises Problem 415 for another content type and Problem 400 that names every malformed line and its field.
    """
    media = content_type.partition(";")[0].strip().lower()
    if media == _ONE_OBJECT:
        lines = [(1, body.strip())]
    elif media in _LINES:
        lines = [
            (n, line)
            for n, raw in enumerate(body.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1)
            if (line := raw.strip())
        ]
    else:
        what = f"{media} is not read here; send application/json (one fact) or application/x-ndjson (one a line)"
        raise Problem(415, "unsupported-media-type", what)
    facts, offences = [], []
    for number, line in lines:
        try:
            facts.append((number, parse_fact(line)))
        except LineProblem as problem:
            offences.append(Offence(line=number, field=problem.field, what=problem.what))
    if not facts and not offences:
        offences.append(Offence(line=1, field="body", what="is empty, expected a fact"))
    if offences:
        several = media == _ONE_OBJECT and b"\n" in body.strip()
        raise malformed(offences, "; several facts, one a line, are sent as application/x-ndjson" if several else "")
    return facts


def malformed(offences: list[Offence], hint: str = "") -> Problem:
    """Lines that are no facts; nothing of the body was taken in."""
    return Problem(400, "malformed-lines", f"{_count(offences)} malformed; nothing was taken in{hint}", offences)


def refused(offences: list[Offence]) -> Problem:
    """Facts that cannot have happened, or an id that stands for something else; nothing of the body was taken in."""
    return Problem(409, "refused-facts", f"{_count(offences)} refused; nothing was taken in", offences)


def _count(offences: list[Offence]) -> str:
    return "1 line is" if len(offences) == 1 else f"{len(offences)} lines are"
