"""A decoder's complaint about a line → the field, and in plain words what is wrong and what was expected.

Only lines that were refused come here, so it may read them again, slowly, to quote the value.
"""

import difflib
import json
import re
import types
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

import msgspec

from ledger.treatment.facts import FACTS, Fact
from ledger.treatment.values import Id

INSTANT: Final = "RFC 3339 with offset such as 2021-03-01T08:00:00+08:00"
DATE: Final = "YYYY-MM-DD such as 2021-03-01"

_TYPES: Final[dict[str, type[Fact]]] = {fact.__name__: fact for fact in FACTS}
_PATH: Final = re.compile(r"^(?P<what>.*?)(?: - at `(?:key in )?\$(?P<path>.*)`)?$", re.DOTALL)
_NAMED: Final = re.compile(r"^Object (missing required|contains unknown) field `(?P<name>.*)`$", re.DOTALL)
_GOT: Final = re.compile(r"^Expected `(?P<expected>[^`]*)`, got `(?P<got>[^`]*)`$")
_HALF: Final = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F]")
_JSON: Final = {
    "str": "a string", "int": "a whole number", "float": "a number", "bool": "true or false", "null": "null",
    "array": "a list", "object": "an object", "datetime": INSTANT, "date": DATE,
}  # fmt: skip


def word_for(raw: bytes, error: Exception) -> tuple[str, str]:
    """(field, what) of a line that could not be decoded. A line that is no JSON object has the field `line`."""
    if isinstance(error, RecursionError):
        return "line", "nested too deeply, expected a JSON object of one fact"
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
    matched = _PATH.match(str(error))
    what, path = (matched["what"], matched["path"] or "") if matched else (str(error), "")
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        line = None
    if not isinstance(line, dict):
        return "line", "not a JSON object, expected one fact in braces"
    return _explain(what, path.lstrip("."), line)


def _explain(what: str, path: str, line: dict[str, Any]) -> tuple[str, str]:
    cls = _TYPES.get(line["type"]) if isinstance(line.get("type"), str) else None
    named = _NAMED.match(what)
    if named is not None:
        return _explain_name(named["name"], what, path, cls)
    if path == "type":
        return "type", _explain_type(line.get("type"))
    value, declared = _follow(line, path), _declared(cls, path)
    shown = _show(value)
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
        return path, f"{shown} is out of range, expected a smaller number"
    got = _GOT.match(what)
    if got is not None:
        return path, f"{shown} is {_JSON.get(got['got'], got['got'])}, expected {_expected(declared, got['expected'])}"
    return path or "line", f"{shown}: {_reason(what)}"


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
    near = difflib.get_close_matches(name, fields, 3)
    return field[:200], f"unknown field, expected {'perhaps ' + ', '.join(near) if near else ', '.join(fields)}"


def _explain_type(given: Any) -> str:
    near = difflib.get_close_matches(given, _TYPES, 3) if isinstance(given, str) else []
    expected = f"perhaps {', '.join(near)}" if near else "a type of the journal such as SessionStarted"
    return f"{_show(given)} is not a type, expected {expected}"


def _overflow(raw: bytes) -> tuple[str, str]:
    """Either an instant that leaves the calendar when it is turned to +08:00, or a number too large to be spelled."""
    line = json.loads(raw)
    for field in ("at", "recorded_at"):
        if line.get(field) is not None:
            try:
                datetime.fromisoformat(line[field].upper().replace("Z", "+00:00")).astimezone()
            except (ValueError, OverflowError):
                return field, f"{_show(line[field])} is out of range, expected the years 1 to 9999 at +08:00"
    for field in ("old", "new"):
        if field in line and len(str(line[field])) > 18:
            return field, f"{_show(line[field])} is out of range, expected a number of at most 64 bits"
    return "line", "a number is out of range, expected numbers of at most 64 bits"


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


def _show(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:77] + "…"


def _reason(text: str) -> str:
    text = text.replace("`", "").removeprefix("JSON is malformed: ")
    return text[:1].lower() + text[1:]
