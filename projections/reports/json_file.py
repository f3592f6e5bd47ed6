"""A document as JSON, whole: keys, units, basis and notes, for programs. Or a table alone, an object a line (NDJSON).

Rows that come one by one are written as they come.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import msgspec

from projections.reports.document import Column, Document, Row, Streamed

_AT_ONCE = 500
_NO_ROWS = b'"rows":[]'
_encode = msgspec.json.Encoder(order="deterministic").encode


def format_json(document: Document) -> bytes:
    """One object, as `Document` has it; the same document gives the same bytes."""
    return _encode(document)


def json_pieces(streamed: Streamed) -> Iterator[bytes]:
    """The same bytes of a document whose rows come one by one: not all of them are held. Its only table has none."""
    head, found, rest = _encode(streamed.document).partition(_NO_ROWS)  # no string has these bytes: quotes are escaped
    if not found or _NO_ROWS in rest:
        raise ValueError("rows that come one by one are of a document with one table, which has none yet")
    yield head + _NO_ROWS[:-1]
    first = True
    while some := list(islice(streamed.rows, _AT_ONCE)):
        yield (b"" if first else b",") + b",".join(map(_encode, some))
        first = False
    yield b"]" + rest


def ndjson_pieces(columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[bytes]:
    """Each row as an object of its cells by the ids of their columns, a line each, some lines at a time."""
    names, rows = [column.id for column in columns], iter(rows)
    while some := list(islice(rows, _AT_ONCE)):
        yield b"".join(msgspec.json.encode(dict(zip(names, row.cells, strict=True))) + b"\n" for row in some)


def parse_json(data: bytes) -> Document:
    """The document again. Raises msgspec.ValidationError, msgspec.DecodeError."""
    return msgspec.json.decode(data, type=Document)
