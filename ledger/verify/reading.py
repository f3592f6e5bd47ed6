"""A bundle taken apart: JSON in, typed parts out, and a finding for every value that is not what FORMAT.md says.

Nothing is proven here. An unknown key is refused like a wrong value: what is not checked does not belong in a bundle.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from ledger.proof import (
    HASH_BYTES,
    KEY_BITS,
    MARK_CHARACTERS,
    MAX_SIZE,
    ProofError,
    SealedStream,
    parse_base64,
    parse_indexes,
)
from ledger.verify.entries import TAG
from ledger.verify.findings import MOST_PLACES, MOST_WORDS, Findings
from ledger.verify.release import BUNDLE_FORMAT
from ledger.verify.strict_json import is_text, read_json
from ledger.verify.verdict import Finding, Unreadable

T = TypeVar("T")

MAX_BUNDLE_BYTES = 2**28
SUBJECTS = ("patient:", "practitioner:", "session:")
_KEYS = (
    "format", "checkpoint", "since", "seal", "seal_proof", "streams", "depths", "absent", "nodes", "indexes",
    "entries", "marks", "inclusion", "rulebooks", "openings",
)  # fmt: skip
_OPTIONAL = ("since", "inclusion", "rulebooks", "openings")
_LEAF_BYTES = HASH_BYTES + 8 + HASH_BYTES
_SALT_BYTES = range(16, 65)
_MARKS = re.compile(r"[A-Za-z0-9+/]*", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_INDEX = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


@dataclass(slots=True)
class Since:
    """The older checkpoint's note and the consistency proof from it."""

    checkpoint: str
    consistency: list[bytes]


@dataclass(slots=True)
class Leaf:
    """The leaf of another tag in the index: its key, and its stream."""

    key: bytes
    stream: SealedStream


@dataclass(slots=True)
class Opening:
    """What a commitment hides, and the salt it is hidden with."""

    salt: bytes
    person: str


@dataclass(slots=True)
class Bundle:
    """The parts, each of the type FORMAT.md gives it, and still to be proven."""

    checkpoint: str = ""
    since: Since | None = None
    seal: bytes = b""
    seal_proof: list[bytes] = field(default_factory=list)
    streams: list[str] = field(default_factory=list)
    depths: list[int] = field(default_factory=list)
    absent: dict[str, Leaf | None] = field(default_factory=dict)
    nodes: list[bytes] = field(default_factory=list)
    indexes: list[int] = field(default_factory=list)
    entries: list[bytes] = field(default_factory=list)
    marks: str = ""
    inclusion: list[bytes] | None = None
    rulebooks: dict[str, str] = field(default_factory=dict)
    openings: dict[int, Opening] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """The tag of the stream that the bundle is about."""
        return self.streams[0]


def read_bundle(raw: bytes) -> tuple[Bundle, Findings]:
    """The bundle of these bytes; with findings, its parts are incomplete. Unreadable when it is no JSON object."""
    if len(raw) > MAX_BUNDLE_BYTES:
        raise Unreadable(f"the bundle has {len(raw):,} bytes, more than the {MAX_BUNDLE_BYTES:,} of the longest one")
    try:
        value, doubts = read_json(raw.decode())
    except UnicodeDecodeError as error:
        raise Unreadable(f"the bundle is not UTF-8 text (byte {error.start}); was it copied whole?") from None
    except ValueError as error:
        raise Unreadable(f"the bundle is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise Unreadable(f"the bundle is not a JSON object, but {_kind(value)}")
    reader = _Reader(value)
    for doubt in doubts:
        reader.findings.append(Finding("malformed", "bundle", f"{doubt.where}: {doubt.what}"))
    bundle = reader.read()
    if not reader.findings:
        reader.compare(bundle)
    return bundle, reader.findings


class _Reader:
    """Walks the object once and collects what is wrong with it, each with its place."""

    def __init__(self, value: dict[str, object]) -> None:
        self.value = value
        self.findings = Findings()
        self.offences = 0
        self.at = Counter[str]()

    def read(self) -> Bundle:
        bundle, value = Bundle(), self.value
        self._keys(value, "", _KEYS, optional=_OPTIONAL)
        if (name := value.get("format", BUNDLE_FORMAT)) != BUNDLE_FORMAT:
            self._wrong("format", f"“{BUNDLE_FORMAT}” is expected, not {_shown(name)}")
        bundle.checkpoint = self._text(value.get("checkpoint", ""), "checkpoint")
        if "since" in value:
            since = self._object(value["since"], "since")
            if isinstance(value["since"], dict):
                self._keys(since, "since", ("checkpoint", "consistency"))
            note = self._text(since.get("checkpoint", ""), "since.checkpoint")
            bundle.since = Since(note, self._list(since.get("consistency", []), "since.consistency", self._hash))
        bundle.seal = self._text(value.get("seal", ""), "seal").encode()
        bundle.seal_proof = self._hashes(value.get("seal_proof", ""), "seal_proof")
        bundle.streams = self._list(value.get("streams", []), "streams", self._tag)
        bundle.depths = self._list(value.get("depths", []), "depths", self._depth)
        for tag, leaf in self._object(value.get("absent", {}), "absent").items():
            bundle.absent[tag] = self._leaf(leaf)
            if self._is_told("absent"):
                break
        bundle.nodes = self._hashes(value.get("nodes", ""), "nodes")
        bundle.indexes = self._indexes(value.get("indexes", ""))
        bundle.entries = self._list(value.get("entries", []), "entries", lambda v, at: self._text(v, at).encode())
        bundle.marks = self._marks(value.get("marks", ""))
        if "inclusion" in value:
            bundle.inclusion = self._hashes(value["inclusion"], "inclusion")
        if "rulebooks" in value:
            bundle.rulebooks = self._rulebooks(value["rulebooks"])
        if "openings" in value:
            bundle.openings = self._openings(value["openings"])
        return bundle

    def compare(self, bundle: Bundle) -> None:
        """What is right only beside another value; asked where each value is right by itself."""
        first, *others = bundle.streams or [""]
        if not first.startswith(SUBJECTS):
            what = f"the subject's stream is expected first: {', '.join(f'{kind}…' for kind in SUBJECTS)}"
            self._wrong("streams[0]" if bundle.streams else "streams", what)
        for place, tag in enumerate(others, 1):
            if tag == first or (place > 1 and tag <= bundle.streams[place - 1]):
                self._wrong(f"streams[{place}]", "after the subject's they are sorted, and each stands once")
        if len(bundle.depths) != len(bundle.streams):
            self._wrong("depths", f"{len(bundle.depths)} depths stand here for {len(bundle.streams)} streams")
        if strangers := bundle.absent.keys() - set(bundle.streams):
            self._wrong("absent", f"{_shown(min(strangers))} is none of the streams")
        if bundle.inclusion is not None and not bundle.entries:
            self._wrong("inclusion", "there is no entry that it could be of")

    def _wrong(self, where: str, what: str) -> None:
        self.offences += 1
        self.at[where] += 1
        if self.at[where] <= MOST_WORDS + 1:  # the last of them is that there are more
            self.findings.append(Finding("malformed", where, what))

    def _is_told(self, where: str) -> bool:
        """Whether all is told of this place that will be: of a bundle with findings nothing is used."""
        return self.at[where] > MOST_WORDS

    def _keys(self, value: dict[str, object], at: str, keys: tuple[str, ...], optional: tuple[str, ...] = ()) -> None:
        for key in sorted(value.keys() - set(keys))[:MOST_PLACES]:
            what = f"{_shown(key)}: the format has no such key; a bundle holds nothing that is unchecked"
            self._wrong(at or "bundle", what)
        for key in keys:
            if key not in value and key not in optional:
                self._wrong(f"{at}.{key}" if at else key, "this key is missing")

    def _object(self, value: object, where: str) -> dict[str, object]:
        if isinstance(value, dict):
            return value
        self._wrong(where, f"an object is expected, not {_kind(value)}")
        return {}

    def _list(self, value: object, where: str, read: Callable[[object, str], T]) -> list[T]:
        if not isinstance(value, list):
            self._wrong(where, f"a list is expected, not {_kind(value)}")
            return []
        wrong = 0
        items: list[T] = []
        for place, item in enumerate(value):
            before = self.offences
            items.append(read(item, f"{where}[{place}]"))
            wrong += self.offences > before
            if wrong > MOST_PLACES:
                break  # no more are told, and of a bundle with findings nothing is used
        return items

    def _text(self, value: object, where: str) -> str:
        if not isinstance(value, str):
            self._wrong(where, f"text is expected, not {_kind(value)}")
        elif not is_text(value):
            self._wrong(where, "half a surrogate pair stands in it: the text is not UTF-8")
        else:
            return value
        return ""

    def _tag(self, value: object, where: str) -> str:
        before = self.offences
        tag = self._text(value, where)
        if not TAG.fullmatch(tag) and self.offences == before:
            self._wrong(where, f"a tag such as patient:P1 is expected, not {_shown(value)}")
        return tag

    def _depth(self, value: object, where: str) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= KEY_BITS:
            return value
        self._wrong(where, f"a whole number from 0 to {KEY_BITS} is expected, not {_shown(value)}")
        return 0

    def _base64(self, value: object, where: str) -> bytes:
        try:
            return parse_base64(value, where)
        except ProofError as error:
            self._wrong(where, str(error).removeprefix(f"{where}: "))
            return b""

    def _hash(self, value: object, where: str) -> bytes:
        before = self.offences
        hash_ = self._base64(value, where)
        if len(hash_) != HASH_BYTES and self.offences == before:
            self._wrong(where, f"{HASH_BYTES} bytes are expected, not {len(hash_)}")
        return hash_

    def _hashes(self, value: object, where: str) -> list[bytes]:
        joined = self._base64(value, where)
        if len(joined) % HASH_BYTES:
            self._wrong(where, f"{len(joined)} bytes are no whole number of nodes of {HASH_BYTES} bytes")
        return [joined[start : start + HASH_BYTES] for start in range(0, len(joined), HASH_BYTES)]

    def _indexes(self, value: object) -> list[int]:
        try:
            return parse_indexes(self._base64(value, "indexes"), "indexes")
        except ProofError as error:
            self._wrong("indexes", str(error).removeprefix("indexes: "))
            return []

    def _marks(self, value: object) -> str:
        text = self._text(value, "marks")
        if len(text) % MARK_CHARACTERS or not _MARKS.fullmatch(text):
            self._wrong("marks", f"{MARK_CHARACTERS} characters of base64's alphabet are expected for each entry")
        return text

    def _leaf(self, value: object) -> Leaf | None:
        before = self.offences
        leaf = self._base64(value, "absent")
        if leaf and len(leaf) != _LEAF_BYTES:
            self._wrong("absent", f"nothing or {_LEAF_BYTES} bytes are expected of a leaf, not {len(leaf)}")
        if not leaf or self.offences > before:
            return None
        key, count, root = leaf[:HASH_BYTES], leaf[HASH_BYTES:-HASH_BYTES], leaf[-HASH_BYTES:]
        return Leaf(key, SealedStream(int.from_bytes(count, "big"), root))

    def _rulebooks(self, value: object) -> dict[str, str]:
        texts = self._object(value, "rulebooks")
        if not texts:
            self._wrong("rulebooks", "there is none: then the key is left out")
        rulebooks: dict[str, str] = {}
        for digest, text in texts.items():
            if not _DIGEST.fullmatch(digest):
                self._wrong("rulebooks", f"64 lower-case hex digits are expected, not {_shown(digest)}")
            rulebooks[digest] = self._text(text, "rulebooks")
            if self._is_told("rulebooks"):
                break
        return rulebooks

    def _openings(self, value: object) -> dict[int, Opening]:
        openings: dict[int, Opening] = {}
        given = self._object(value, "openings")
        if not given:
            self._wrong("openings", "there is none: then the key is left out")
        for index, opening in given.items():
            if self._is_told("openings"):
                break
            if not _INDEX.fullmatch(index) or int(index) > MAX_SIZE:
                self._wrong("openings", f"an index in decimal digits is expected, not {_shown(index)}")
                continue
            parts = self._object(opening, "openings")
            if parts.keys() != {"salt", "person"}:
                self._wrong("openings", f"{index}: the keys salt and person are expected")
            salt = self._base64(parts.get("salt", ""), "openings")
            if len(salt) not in _SALT_BYTES:
                self._wrong("openings", f"{index}: a salt has {_SALT_BYTES[0]} to {_SALT_BYTES[-1]} bytes")
            openings[int(index)] = Opening(salt, self._text(parts.get("person", ""), "openings"))
        return openings


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def _shown(value: object) -> str:
    if isinstance(value, str):
        return repr(value[:60])[:80]  # what is cut off is not spelled first: a text may have ten million characters
    return str(value) if isinstance(value, int) else _kind(value)
