"""A bundle taken apart: JSON in, typed parts out, and a finding for every value that is not what FORMAT.md says.

Nothing is proven here. An unknown key is refused like a wrong value: what is not checked does not belong in a bundle.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from ledger.proof import HASH_BYTES, MARK_BYTES, MAX_SIZE, ProofError, parse_base64
from ledger.verify.strict_json import read_json
from ledger.verify.verdict import Finding, Unreadable

T = TypeVar("T")

BUNDLE_FORMAT = "treatment-ledger-bundle/1"
_KEYS = ("format", "checkpoint", "since", "streams", "indexes", "entries", "nodes", "marks")


@dataclass(slots=True)
class Since:
    """The older checkpoint's note and the consistency proof from it."""

    checkpoint: str
    consistency: list[bytes]


@dataclass(slots=True)
class Bundle:
    """The parts, each of the type FORMAT.md gives it, and still to be proven."""

    checkpoint: str = ""
    since: Since | None = None
    streams: list[str] = field(default_factory=list)
    indexes: list[int] = field(default_factory=list)
    entries: list[bytes] = field(default_factory=list)
    nodes: list[bytes] = field(default_factory=list)
    entry_marks: bytes = b""
    node_marks: bytes = b""


def read_bundle(raw: bytes) -> tuple[Bundle, list[Finding]]:
    """The bundle of these bytes; with findings, its parts are incomplete. Unreadable when it is no JSON object."""
    try:
        value, doubts = read_json(raw.decode())
    except UnicodeDecodeError as error:
        raise Unreadable(f"the bundle is not UTF-8 text (byte {error.start}); was it copied whole?") from None
    except ValueError as error:
        raise Unreadable(f"the bundle is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise Unreadable(f"the bundle is not a JSON object, but {_kind(value)}")
    reader = _Reader(value)
    reader.findings += [Finding("malformed", doubt.where, doubt.what) for doubt in doubts]
    return reader.read(), reader.findings


class _Reader:
    """Walks the object once and collects what is wrong with it, each with its place."""

    def __init__(self, value: dict[str, object]) -> None:
        self.value = value
        self.findings: list[Finding] = []

    def read(self) -> Bundle:
        bundle = Bundle()
        self._keys(self.value, "", _KEYS, optional=("since",))
        if (name := self.value.get("format", BUNDLE_FORMAT)) != BUNDLE_FORMAT:
            self._wrong("format", f"“{BUNDLE_FORMAT}” is expected, not {_shown(name)}")
        bundle.checkpoint = self._text(self.value.get("checkpoint", ""), "checkpoint")
        if "since" in self.value:
            since = self._object(self.value["since"], "since", ("checkpoint", "consistency"))
            note = self._text(since.get("checkpoint", ""), "since.checkpoint")
            bundle.since = Since(note, self._list(since.get("consistency", []), "since.consistency", self._hash))
        bundle.streams = self._list(self.value.get("streams", []), "streams", self._text)
        bundle.indexes = self._list(self.value.get("indexes", []), "indexes", self._index)
        bundle.entries = self._list(self.value.get("entries", []), "entries", self._bytes)
        bundle.nodes = self._list(self.value.get("nodes", []), "nodes", self._hash)
        if "marks" in self.value:
            marks = self._object(self.value["marks"], "marks", ("entries", "nodes"))
            bundle.entry_marks = self._marks(marks.get("entries", ""), "marks.entries")
            bundle.node_marks = self._marks(marks.get("nodes", ""), "marks.nodes")
        return bundle

    def _wrong(self, where: str, what: str) -> None:
        self.findings.append(Finding("malformed", where, what))

    def _keys(self, value: dict[str, object], at: str, keys: tuple[str, ...], optional: tuple[str, ...] = ()) -> None:
        for key in sorted(value.keys() - set(keys)):
            self._wrong(f"{at}{key!r}"[:80], "the format has no such key; a bundle holds nothing that is unchecked")
        for key in keys:
            if key not in value and key not in optional:
                self._wrong(f"{at}{key}", "this key is missing")

    def _object(self, value: object, where: str, keys: tuple[str, ...]) -> dict[str, object]:
        if not isinstance(value, dict):
            self._wrong(where, f"an object is expected, not {_kind(value)}")
            return {}
        self._keys(value, f"{where}.", keys)
        return value

    def _list(self, value: object, where: str, read: Callable[[object, str], T]) -> list[T]:
        if not isinstance(value, list):
            self._wrong(where, f"a list is expected, not {_kind(value)}")
            return []
        return [read(item, f"{where}[{place}]") for place, item in enumerate(value)]

    def _text(self, value: object, where: str) -> str:
        if isinstance(value, str):
            return value
        self._wrong(where, f"text is expected, not {_kind(value)}")
        return ""

    def _index(self, value: object, where: str) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_SIZE:
            return value
        self._wrong(where, f"an index, a whole number from 0, is expected, not {_shown(value)}")
        return 0

    def _bytes(self, value: object, where: str) -> bytes:
        try:
            return self._text(value, where).encode()
        except UnicodeEncodeError as error:
            self._wrong(where, f"character {error.start} is half a surrogate pair: the text is not UTF-8")
            return b""

    def _base64(self, value: object, where: str) -> bytes:
        try:
            return parse_base64(value, where)
        except ProofError as error:
            self._wrong(where, str(error).removeprefix(f"{where}: "))
            return b""

    def _hash(self, value: object, where: str) -> bytes:
        before = len(self.findings)
        hash_ = self._base64(value, where)
        if len(hash_) != HASH_BYTES and len(self.findings) == before:
            self._wrong(where, f"{HASH_BYTES} bytes are expected, not {len(hash_)}")
        return hash_

    def _marks(self, value: object, where: str) -> bytes:
        marks = self._base64(value, where)
        if len(marks) % MARK_BYTES:
            self._wrong(where, f"{len(marks)} bytes are no whole number of marks of {MARK_BYTES} bytes")
        return marks


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def _shown(value: object) -> str:
    return repr(value)[:60] if isinstance(value, str | int | float) else _kind(value)
