"""One line of a journal → one fact, or what is wrong with the line, in plain words.

Whatever the bytes are, the answer is a fact or a `LineProblem`: no other exception leaves this module. Most lines
come in the one spelling or close to it, and are not looked at twice; the rest are read again by a slower reader
that sees what the fast one cannot, a key that stands twice for one. Either takes time in proportion to the line.

A whole number has at most 64 bits (-2^63 to 2^64 - 1) wherever it stands, also inside `old` and `new` of a correction:
a longer one is read as one number by one program and as another by the next, and is refused. A number with a fraction
or an exponent is a double (IEEE 754 binary64), and one too large for that is refused as well.
"""

import json
import re
from typing import Any, Final, Union

import msgspec

from ledger.journal.spelling import MAX_SPELLED, normalise, spell
from ledger.journal.wording import INSTANT, NUMBER, show, word_for
from ledger.treatment.facts import FACTS, AssessmentRecorded, EntryCorrected, Fact

MAX_LINE: Final = 6 * 65_535
"""Bytes of the longest line that is read: the longest fact, with every character escaped."""

_LEAST_WHOLE: Final = -(2**63)
_MOST_WHOLE: Final = 2**64 - 1
_MAX_DEPTH: Final = 16  # no value of any field nests deeper than 3; what nests deeper is nobody's data
_RFC3339: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)

_decode = msgspec.json.Decoder(Union[FACTS]).decode  # noqa: UP007


class LineProblem(ValueError):
    """What is wrong with a line: the `field`, and `what` is wrong with it and what was expected."""

    def __init__(self, field: str, what: str) -> None:
        super().__init__(f"{field}: {what}")
        self.field = field
        self.what = what


def parse_fact(raw: bytes) -> Fact:
    """The fact that a line holds, normalised so that equal content is equal. Raises `LineProblem`, nothing else."""
    if len(raw) > MAX_LINE:
        raise LineProblem("line", f"{len(raw)} bytes long, expected at most {MAX_LINE}")
    try:
        fact: Fact = normalise(_decode(raw))
        spelled = spell(fact)
    except (msgspec.DecodeError, ValueError, OverflowError, RecursionError) as error:
        raise LineProblem(*word_for(raw, error)) from None
    if type(fact) is EntryCorrected:
        _check_free("old", fact.old)
        _check_free("new", fact.new)
    elif type(fact) is AssessmentRecorded:
        for index, result in enumerate(fact.results):
            if _too_long(result.score):
                raise _out_of_range(f"results[{index}].score", result.score)
            if _too_long(result.max):
                raise _out_of_range(f"results[{index}].max", result.max)
    if spelled != raw:
        _check_as_written(raw, spelled)
    if len(spelled) > MAX_SPELLED:
        raise LineProblem("line", f"{len(spelled)} bytes in its shortest spelling, expected at most {MAX_SPELLED}")
    return fact


def _check_as_written(raw: bytes, spelled: bytes) -> None:
    """What a decoder forgives and a record should not: a key twice in one object, an instant not as RFC 3339 has it.

    Without escapes, a line with as many quotation marks as its one spelling has no key twice.
    """
    if b"\\" in raw or raw.count(b'"') != spelled.count(b'"') or not _instants_as_spelled(raw, spelled):
        try:
            # The numbers are known to be good, and not looked at again.
            line = json.loads(raw, object_pairs_hook=_once, parse_int=str, parse_float=str)
        except (ValueError, RecursionError) as error:
            raise error if isinstance(error, LineProblem) else LineProblem(*word_for(raw, error)) from None
        for field in ("at", "recorded_at"):
            if line.get(field) is not None and _RFC3339.fullmatch(line[field]) is None:
                raise LineProblem(field, f"{line[field]!r} is not an instant, expected {INSTANT}")


def _instants_as_spelled(raw: bytes, spelled: bytes) -> bool:
    """Whether `at` stands in the line as it is spelled, and no second instant does."""
    start = spelled.index(b'"at":') + 5
    return spelled[start : spelled.index(b'"', start + 1) + 1] in raw and b'"recorded_at"' not in raw


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise LineProblem(key[:64] or "line", "stands twice in one object, expected each key once")
            seen.add(key)
    return found


def _check_free(field: str, value: Any, depth: int = _MAX_DEPTH) -> None:
    """What no declared type checks: the value of a correction, before it is known of what field it is."""
    if isinstance(value, (list, dict)):
        if depth == 0:
            raise LineProblem(field, f"nested deeper than {_MAX_DEPTH} levels, expected a value of the field")
        for each in value if isinstance(value, list) else value.values():
            _check_free(field, each, depth - 1)
    elif _too_long(value):
        raise _out_of_range(field, value)


def _too_long(value: Any) -> bool:
    return isinstance(value, int) and not _LEAST_WHOLE <= value <= _MOST_WHOLE


def _out_of_range(field: str, value: Any) -> LineProblem:
    return LineProblem(field, f"{show(value)} is out of range, expected {NUMBER}")
