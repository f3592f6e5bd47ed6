"""JSON without its ambiguities: what two readers could understand differently is reported, not resolved."""

import json
from collections import Counter
from typing import NamedTuple


class Doubt(NamedTuple):
    """Something that one reader of the same JSON takes otherwise than another, or refuses."""

    where: str
    what: str


def read_json(text: str) -> tuple[object, list[Doubt]]:
    """The value of a JSON text, and what in it is ambiguous. ValueError when it is no JSON.

    Whole numbers of more than 19 digits become floats, which no part of a bundle or entry is: Python refuses to
    print the longest ones.
    """
    doubts: list[Doubt] = []

    def collect(pairs: list[tuple[str, object]]) -> dict[str, object]:
        collected = dict(pairs)
        if len(collected) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            twice = [key for key, count in counts.items() if count > 1]
            doubts.extend(Doubt(repr(key)[:80], "this key stands twice in one object") for key in twice)
        return collected

    def constant(name: str) -> float:
        doubts.append(Doubt(name, "JSON has no such number"))
        return float(name)

    try:
        value = json.loads(text, object_pairs_hook=collect, parse_int=_whole_number, parse_constant=constant)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return value, doubts


def _whole_number(digits: str) -> int | float:
    return int(digits) if len(digits) < 20 else float(digits)
