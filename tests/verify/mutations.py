"""Every value of a bundle altered, dropped, doubled and moved, one at a time: what a verifier must refuse each time.

Independent of any verifier. What is not here, for it is no damage: another layout, another order of keys, and the
optional parts left out whole (the bundle then claims less).
"""

import copy
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]
OTHER_KINDS = (None, True, False, 0, -1, 1.5, 10**30, "", "x", [], {}, [[]], {"x": "x"}, float("nan"), "\ud800")
OPTIONAL = ("since", "inclusion", "rulebooks", "openings")
_BASE64 = re.compile(
    r"(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?|[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}="
)


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Each value with where it stands."""
    yield path, value
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from walk(item, (*path, key))


def altered(bundle: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """The bundle with another value there."""
    if not path:
        return value  # type: ignore[no-any-return]
    changed = copy.copy(bundle)
    parent: Any = changed
    for key in path[:-1]:
        parent[key] = copy.copy(parent[key])
        parent = parent[key]
    parent[path[-1]] = value
    return changed


def mutations(bundle: dict[str, Any], fine: int = 40) -> Iterator[tuple[Path, str, dict[str, Any]]]:
    """Where, how, and the bundle altered so. `fine`: at how many places at most a text or byte string is altered."""
    for path, value in walk(bundle):
        before = spelled(value)
        for how, other in _changes(path, value, fine):
            if spelled(other) != before:
                yield path, how, altered(bundle, path, other)


def spelled(value: Any) -> str:
    """The JSON that a verifier is given."""
    return json.dumps(value)


def _changes(path: Path, value: Any, fine: int) -> Iterator[tuple[str, Any]]:
    if path:
        for other in OTHER_KINDS:
            yield f"replaced by {other!r}", other
    match value:
        case str():
            yield from _of_text(value, fine)
            if len(value) > 3 and _BASE64.fullmatch(value):
                yield from _of_bytes(b64decode(value), fine)
        case bool() | None:
            pass
        case int() | float():
            for other in (value + 1, value - 1, value + 100, 2**62, 2**63, 2**64, -value, float(value)):
                yield f"number {other}", other
        case list():
            yield from _of_list(value)
        case dict():
            yield from _of_object(path, value)


def _of_text(text: str, fine: int) -> Iterator[tuple[str, Any]]:
    for change in (text + "x", text + " ", text + "\n", " " + text, text[1:], text[:-1], text + "=", text + text):
        yield "lengthened or cut", change
    for at in range(0, len(text), max(1, len(text) // fine)):
        old = text[at]
        for new in {"x", " ", "0", chr(ord(old) ^ 1), old.swapcase(), ""} - {old}:
            yield f"character {at} is {new!r}", text[:at] + new + text[at + 1 :]


def _of_bytes(raw: bytes, fine: int) -> Iterator[tuple[str, Any]]:
    for at in range(0, len(raw), max(1, len(raw) // fine)):
        for how, other in (
            (f"byte {at} altered", raw[:at] + bytes([raw[at] ^ 1 << at % 8]) + raw[at + 1 :]),
            (f"byte {at} dropped", raw[:at] + raw[at + 1 :]),
            (f"byte {at} doubled", raw[: at + 1] + raw[at:]),
        ):
            yield how, b64encode(other).decode()
    for at in range(0, len(raw) - 31, 32):
        block = raw[at : at + 32]
        for how, other in (
            (f"bytes {at} to {at + 31} dropped", raw[:at] + raw[at + 32 :]),
            (f"bytes {at} to {at + 31} doubled", raw[:at] + block + raw[at:]),
            (f"bytes {at} to {at + 31} nought", raw[:at] + bytes(32) + raw[at + 32 :]),
            (f"bytes {at} to {at + 31} last", raw[:at] + raw[at + 32 :] + block),
        ):
            yield how, b64encode(other).decode()


def _of_list(items: list[Any]) -> Iterator[tuple[str, Any]]:
    for place, item in enumerate(items):
        yield f"element {place} dropped", items[:place] + items[place + 1 :]
        yield f"element {place} doubled", [*items[: place + 1], *items[place:]]
        yield f"element {place} doubled last", [*items, item]
        for other in range(place + 1, len(items)):
            moved = list(items)
            moved[place], moved[other] = moved[other], moved[place]
            yield f"elements {place} and {other} exchanged", moved


def _of_object(path: Path, value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key in value:
        if path or key not in OPTIONAL:
            yield f"key {key!r} dropped", {k: v for k, v in value.items() if k != key}
        for other in (key + "x", key[1:], key.swapcase()):
            if other not in value:
                yield f"key {key!r} named {other!r}", {other if k == key else k: v for k, v in value.items()}
    yield "a key more", value | {"note": "unchecked"}
