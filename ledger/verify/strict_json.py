"""JSON without its ambiguities: what two readers could understand differently is reported, not resolved.

Source: RFC 8259, and FORMAT.md ("JSON", "Entry") for what this project asks besides.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

MAX_DEPTH = 100
"""How deep objects and lists may nest. A fixed number: how deep a parser gets depends on its stack."""
MOST_DOUBTS = 10
"""So many are told: one is enough to refuse a text, and a million of them would take more room than the text."""

_ESCAPE = r'\\["\\bfnrt]|\\u00(?:0[0-7bef]|1[0-9a-f])'
_SPELLED = re.compile(rf'(?:[^" \t\n\r]++|"(?:[^"\\\x00-\x1f]++|{_ESCAPE})*+")*+')


@dataclass(frozen=True, slots=True)
class Real:
    """A number that is no plain whole number, as it is spelled: so two readers have the same of it."""

    spelled: str


class Doubt(NamedTuple):
    """Something that one reader of the same JSON takes otherwise than another, or refuses."""

    where: str
    what: str


def read_json(text: str) -> tuple[object, list[Doubt]]:
    """The value of a JSON text, and the first of what in it is ambiguous. ValueError for no JSON, or nested too deep.

    Whole numbers of at most 19 digits are `int`, all others `Real`. Of halves of surrogate pairs only those in keys are
    among the doubts: where they stand in a value, whoever takes the value says where (`is_text`, `is_all_text`).
    """
    doubts: list[Doubt] = []

    def collect(pairs: list[tuple[str, object]]) -> dict[str, object]:
        collected = dict(pairs)
        if len(doubts) < MOST_DOUBTS:
            doubts.extend(islice(_doubts_of(pairs, collected), MOST_DOUBTS - len(doubts)))
        return collected

    def constant(name: str) -> Real:
        if len(doubts) < MOST_DOUBTS:
            doubts.append(Doubt(name, "JSON has no such number"))
        return Real(name)

    try:
        value = json.loads(
            text, object_pairs_hook=collect, parse_int=_number, parse_float=Real, parse_constant=constant
        )
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if text.count("{") + text.count("[") > MAX_DEPTH:
        _require_flat(value)
    return value, doubts


def _doubts_of(pairs: list[tuple[str, object]], collected: dict[str, object]) -> Iterator[Doubt]:
    if len(collected) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        twice = (key for key, count in counts.items() if count > 1)
        yield from (Doubt(repr(key[:80])[:80], "this key stands twice in one object") for key in twice)
    for key in collected:
        if not is_text(key):
            yield Doubt(repr(key[:80])[:80], "half a surrogate pair: no text")


def is_spelled(text: str) -> bool:
    """Whether a JSON text has no space between tokens, and no escape but those that it must have, each in one way."""
    return _SPELLED.fullmatch(text) is not None


def is_text(value: str) -> bool:
    """Whether a string is Unicode text: JSON can spell halves of surrogate pairs, UTF-8 cannot."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_all_text(value: object) -> bool:
    """Whether each string in a value of `read_json`, however deep, also as a key, is Unicode text."""
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, str) and not is_text(one):
            return False
        if isinstance(one, dict):
            pending += (*one, *one.values())
        elif isinstance(one, list):
            pending += one
    return True


def canonical(value: object) -> str:
    """One text for each JSON value: of two that are of one kind and equal, numbers as they are spelled, the same text.

    FORMAT.md, "People's signatures". `value` is as `read_json` gives it.
    """
    if isinstance(value, dict):
        return f"{{{','.join(f'{json.dumps(key)}:{canonical(value[key])}' for key in sorted(value))}}}"
    if isinstance(value, list):
        return f"[{','.join(map(canonical, value))}]"
    return value.spelled if isinstance(value, Real) else json.dumps(value)


def _number(digits: str) -> int | Real:
    # Python refuses to print the longest whole numbers; and -0 is not spelled as 0 is.
    return int(digits) if len(digits) < 20 and digits != "-0" else Real(digits)


def _require_flat(value: object) -> None:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(MAX_DEPTH):
        level = [
            child
            for item in level
            for child in (item.values() if type(item) is dict else item)
            if type(child) is list or type(child) is dict  # half the time of isinstance, and there are only these
        ]
        if not level:
            return
    raise ValueError("it is nested too deeply")
