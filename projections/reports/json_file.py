"""A document as JSON, whole: keys, units, basis and notes, for programs."""

import msgspec

from projections.reports.document import Document


def format_json(document: Document) -> bytes:
    """One object, as `Document` has it; the same document gives the same bytes."""
    return msgspec.json.encode(document, order="deterministic")


def parse_json(data: bytes) -> Document:
    """The document again. Raises msgspec.ValidationError, msgspec.DecodeError."""
    return msgspec.json.decode(data, type=Document)
