"""A decoder's complaint about a line → the field, and in plain words what is wrong and what was expected.

Only lines that were refused come here, so it may read them again, slowly, to quote the value.
"""

import difflib
import json
import math
import re
import types
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

import msgspec

from ledger.treatment.facts import FACTS, Fact
from ledger.treatment.values import Id, Instant, at_home

INSTANT: Final = "RFC 3339 with offset such as 2021-03-01T08:00:00+08:00"
DATE: Final = "YYYY-MM-DD such as 2021-03-01"
NUMBER: Final = "a number of at most 64 bits"

_TYPES: Final[dict[str, type[Fact]]] = {fact.__name__: fact for fact in FACTS}
_PATH: Final = re.compile(r" - at `(?:key in )?\$(?P<path>(?:\.\w+|\[(?:\d+|\.\.\.)\])*)`\Z")
_UNKNOWN: Final = "Object contains unknown field `"
_NAMED: Final = re.compile(r"^Object (missing required|contains unknown) field `(?P<name>.*)`$", re.DOTALL)
_GOT: Final = re.compile(r"^Expected `(?P<expected>[^`]*)`, got `(?P<got>[^`]*)`$")
_HALF: Final = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F]")
_TOO_DEEP: Final = "nested too deeply, expected a JSON object of one fact"
_JSON: Final = {
    "str": "a string", "int": "a whole number", "float": "a number", "bool": "true or false", "null": "null",
    "array": "a list", "object": "an object", "datetime": INSTANT, "date": DATE,
}  # fmt: skip


def word_for(raw: bytes, error: Exception) -> tuple[str, str]:
    """(field, what) of a line that could not be decoded. A line that is no JSON object has the field `line`."""
    if isinstance(error, RecursionError):
        return "line", _TOO_DEEP
    if isinstance(error, OverflowError):
        return _overflow(raw)
    try:
        text = raw.decode()
    except UnicodeDecodeError as broken:
        return "line", f"not UTF-8 at byte {broken.start + 1}, expected UTF-8 throughout"
    if not isinstance(error, msgspec.ValidationError) and _HALF.search(text):
        return "line", "not JSON (a lone surrogate, half of a character), expected whole characters"
    if not isinstance(error, msgspec.ValidationError):
        return "line", f"not JSON ({_reason(str(error))}), expected one JSON object"
    what, path = _split(str(error))
    try:
        line = json.loads(text, parse_int=_whole, parse_float=_fraction)
    except RecursionError:
        return "line", _TOO_DEEP
    except ValueError as broken:
        return "line", f"not JSON ({_reason(str(broken))}), expected one JSON object"
    if not isinstance(line, dict):
        return "line", "not a JSON object, expected one fact in braces"
    return _explain(what, path.lstrip("."), line)


class _Written(str):
    """A number as it was written, where the value would be lost, or would take long to find."""

    __slots__ = ()


def _whole(digits: str) -> int | _Written:
    # Python refuses more than 4,300 digits with a ValueError, as if the line were not JSON.
    return int(digits) if len(digits) <= 20 else _Written(digits)


def _fraction(written: str) -> float | _Written:
    value = float(written)
    return value if len(written) <= 40 and math.isfinite(value) else _Written(written)


def _split(error: str) -> tuple[str, str]:
    """(what, path) of the decoder's message. The line's own words may stand in it, also such that look like a path."""
    # Looked for from the end: what the line says comes before, and could hold thousands of beginnings.
    start = max(error.rfind(" - at `"), 0)
    matched = _PATH.match(error, start)
    if matched is None or (error.startswith(_UNKNOWN) and not error[len(_UNKNOWN) : start].endswith("`")):
        return error, ""
    return error[:start], matched["path"]


def _explain(what: str, path: str, line: dict[str, Any]) -> tuple[str, str]:
    cls = _TYPES.get(line["type"]) if isinstance(line.get("type"), str) else None
    named = _NAMED.match(what)
    if named is not None:
        return _explain_name(named["name"], what, path, cls)
    if path == "type":
        return "type", _explain_type(line.get("type"))
    value, declared = _follow(line, path), _declared(cls, path)
    shown = show(value)
    if "timezone component" in what:
        return path, f"{shown} has no time zone, expected {INSTANT}"
    if what.startswith("Invalid RFC3339 encoded datetime"):
        return path, f"{shown} is not an instant, expected {INSTANT}"
    if what.startswith("Invalid RFC3339 encoded date"):
        return path, f"{shown} is not a date, expected {DATE}"
    if "regex" in what:
        return path, f"{shown} is not an id, expected 1 to 64 characters of A-Z a-z 0-9 . _ : @ / -"
    if what.startswith("Invalid enum value"):
        return path, f"{shown} is unknown, expected {_expected(declared)}"
    if "out of range" in what:
        return _explain_range(value, path, declared)
    got = _GOT.match(what)
    if got is not None:
        return path, f"{shown} is {_JSON.get(got['got'], got['got'])}, expected {_expected(declared, got['expected'])}"
    return path or "line", f"{shown}: {_reason(what)[:200]}"


def _explain_range(value: Any, path: str, declared: Any) -> tuple[str, str]:
    """A number too large to be read, wherever it stands. Inside `old` and `new` no place has a name but these two."""
    words = _expected(declared, "")
    shown = show(value) if isinstance(value, (int, float, _Written)) else "a number in it"
    field = path[:3] if path.startswith(("old", "new")) else path
    return field or "line", f"{shown} is out of range, expected {NUMBER if 'number' in words or not words else words}"


def _explain_name(name: str, what: str, path: str, cls: type[Fact] | None) -> tuple[str, str]:
    """A field that is missing, or that nobody knows."""
    field = f"{path}.{name}" if path else name
    if "missing" in what:
        if field == "type":
            return "type", "missing, expected a type of the journal such as SessionStarted"
        return field, f"missing, expected {_expected(_declared(cls, field))}"
    struct = _struct(_declared(cls, path))
    fields = [each for each in struct.__struct_encode_fields__] if struct else []
    if not path:
        fields.insert(0, "type")
    near = difflib.get_close_matches(name[:200], fields, 3)
    return field[:200], f"unknown field, expected {'perhaps ' + ', '.join(near) if near else ', '.join(fields)}"


def _explain_type(given: Any) -> str:
    near = difflib.get_close_matches(given[:200], _TYPES, 3) if isinstance(given, str) else []
    expected = f"perhaps {', '.join(near)}" if near else "a type of the journal such as SessionStarted"
    return f"{show(given)} is not a type, expected {expected}"


def _overflow(raw: bytes) -> tuple[str, str]:
    """An instant that leaves the calendar when it is turned to +08:00."""
    try:
        line = json.loads(raw, parse_int=_whole, parse_float=_fraction)
    except RecursionError:
        return "line", _TOO_DEEP
    for field in ("at", "recorded_at"):
        if line.get(field) is not None:
            try:
                at_home(msgspec.convert(line[field], Instant))
            except (msgspec.ValidationError, OverflowError):
                return field, f"{show(line[field])} is out of range, expected the years 1 to 9999 at +08:00"
    return "line", f"a number is out of range, expected {NUMBER}"


def _follow(line: Any, path: str) -> Any:
    """The value at a path such as `results[0].score`; `None` where there is none."""
    value = line
    for step in re.findall(r"[^.\[\]]+|\[[^\]]*\]", path):
        try:
            value = value[int(step[1:-1])] if step.startswith("[") else value[step]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return value


def _declared(cls: Any, path: str) -> Any:
    """The declared type at a path, `None` when it is not known."""
    found: Any = cls
    for step in re.findall(r"[^.\[\]]+|\[[^\]]*\]", path):
        if step.startswith("["):
            lists = [each for each in _parts(found) if get_origin(each) is list]
            found = get_args(lists[0])[0] if lists else None
        else:
            struct = _struct(found)
            fields = {field.encode_name: field.type for field in msgspec.structs.fields(struct)} if struct else {}
            found = fields.get(step)
    return found


def _parts(declared: Any) -> list[Any]:
    """The alternatives of a type, without annotations."""
    if get_origin(declared) is Annotated and declared != Id:
        return _parts(get_args(declared)[0])
    if get_origin(declared) in (Union, types.UnionType):
        return [part for each in get_args(declared) for part in _parts(each)]
    return [declared]


def _struct(declared: Any) -> type[msgspec.Struct] | None:
    for part in _parts(declared):
        if isinstance(part, type) and issubclass(part, msgspec.Struct):
            return part
    return None


def _expected(declared: Any, fallback: str = "a value") -> str:
    """A declared type in words."""
    words: list[str] = []
    for part in _parts(declared):
        if part is Id:
            words.append("an id")
        elif get_origin(part) is Literal:
            words.append("one of " + ", ".join(str(each) for each in get_args(part)))
        elif get_origin(part) is list:
            words.append("a list")
        elif part is datetime:
            words.append(INSTANT)
        elif part is date:
            words.append(DATE)
        elif isinstance(part, type) and issubclass(part, msgspec.Struct):
            words.append("an object")
        elif isinstance(part, type) and part is not type(None) and part.__name__ in _JSON:
            words.append(_JSON[part.__name__])
    return " or ".join(dict.fromkeys(words)) or _JSON.get(fallback, fallback)


def show(value: Any) -> str:
    """A value as the line has it, at most its first 77 characters."""
    text = value if isinstance(value, _Written) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:77] + "…"


def _reason(text: str) -> str:
    text = text.replace("`", "").removeprefix("JSON is malformed: ")
    return text[:1].lower() + text[1:]
