"""Files of thousands of wrong values, and the few findings that are told of each. Nothing here knows a verifier."""

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

from ledger.proof import leaf_hash, mark
from tests.verify.world import Log

Place = tuple[str, str]
MANY = 3000
RUBBISH: dict[str, tuple[set[Place], Callable[[Log], bytes]]] = {}


def _changed(**values: Any) -> Callable[[Log], bytes]:
    return lambda log: json.dumps(json.loads(log.full()) | values).encode()


def _first(kind: str, name: str = "malformed", start: int = 0) -> set[Place]:
    """The first hundred places of a kind."""
    return {(name, kind.format(number)) for number in range(start, start + 100)}


def _entries(log: Log, texts: list[str], **values: Any) -> bytes:
    """A bundle with these as its entries, at the indexes from 0 on, each with its mark."""
    marks = "".join(mark(index, leaf_hash(text.encode())) for index, text in enumerate(texts))
    given = {"entries": texts, "marks": marks, "indexes": b64encode(bytes(len(texts))).decode()}
    return _changed(**given | values)(log)


def _tags(count: int) -> list[str]:
    return [f"a:{number:05}" for number in range(count)]


_SEED = b64encode(bytes(24)).decode()
RUBBISH |= {
    "numbers among the streams": (_first("streams[{}]"), _changed(streams=[0] * MANY)),
    "depths that are none": (_first("depths[{}]"), _changed(depths=[-1, 1.5, True] * MANY)),
    "hashes that are none": (
        _first("since.consistency[{}]"), _changed(since={"checkpoint": "", "consistency": [""] * MANY}),
    ),
    "entries of another kind": (_first("entries[{}]"), _changed(entries=[[{}]] * MANY)),
    "some wrong among many": (
        {("malformed", f"depths[{number}]") for number in range(7, 1000, 10)},
        _changed(depths=[256 + (number % 10 == 7) for number in range(MANY)]),
    ),
    "streams and depths": (
        _first("streams[{}]") | _first("depths[{}]"), _changed(streams=[0] * MANY, depths=[-1] * MANY),
    ),
    "streams out of order": (
        _first("streams[{}]", start=2), _changed(streams=["patient:P1", *_tags(MANY)[::-1]], depths=[1] * (MANY + 1)),
    ),
    "streams that nobody calls for": (
        _first("streams[{}]", "entry-foreign", 1) | _first("streams[{}]", "entry-missing", 1),
        lambda log: json.dumps(
            json.loads(log.bundle("patient:P99", "registry:rulebook"))
            | {"streams": ["patient:P99", *_tags(MANY), "registry:rulebook"], "depths": [1] * (MANY + 2)}
        ).encode(),
    ),
    "keys that there are not": ({("malformed", "bundle")}, _changed(**{f"key{number}": 1 for number in range(MANY)})),
    "keys twice": (
        {("malformed", "bundle"), *_first("entries[{}]")},
        lambda log: json.dumps(json.loads(log.full()) | {"entries": ["@"] * MANY})
        .replace('"@"', '{"a":1,"a":2}').encode(),
    ),
    "no numbers": (
        {("malformed", "bundle"), *_first("entries[{}]")}, _changed(entries=[float("nan"), float("inf")] * MANY),
    ),
    "absent tags of nobody": ({("malformed", "absent")}, _changed(absent=dict.fromkeys(_tags(MANY), ""))),
    "absent leaves that are none": ({("malformed", "absent")}, _changed(absent=dict.fromkeys(_tags(MANY), "A"))),
    "rulebooks that are none": ({("malformed", "rulebooks")}, _changed(rulebooks=dict.fromkeys(_tags(MANY), 0))),
    "rulebooks under other digests": (
        {("rulebook-differs", "rulebooks")}, _changed(rulebooks={f"{number:064x}": "" for number in range(MANY)}),
    ),
    "openings that are none": ({("malformed", "openings")}, _changed(openings=dict.fromkeys(map(str, range(MANY)), 0))),
    "entries that are none": ({("malformed", "entries")}, lambda log: _entries(log, [""] * MANY)),
    "entries that are none, and one more index": (
        {("malformed", "entries")}, lambda log: _entries(log, ["", "{}"] * MANY, indexes=b64encode(bytes(9)).decode()),
    ),
    "indexes that were not sealed": (
        _first("index {}", "entry-foreign", 24),
        lambda log: _entries(log, [log.entries[0].decode()] * MANY),
    ),
    "another's entries under wrong marks": (
        _first("index {}", "entry-altered"),
        lambda log: _of_many(log, marks="AA" * MANY),
    ),
    "entries in no stream": (_first("index {}", "entry-foreign"), lambda log: _of_many(log)),
}  # fmt: skip


def _of_many(log: Log, **values: Any) -> bytes:
    """The bundle of P1 of a log in which all entries are P3's, with all of them in it."""
    longer = Log([log.entries[22]] * MANY, key=log.key)
    bundle = json.loads(longer.bundle("patient:P1", "registry:institution:H2", "registry:rulebook"))
    marks = "".join(mark(index, leaf_hash(entry)) for index, entry in enumerate(longer.entries))
    distances = b64encode(bytes(MANY)).decode()
    texts = [entry.decode() for entry in longer.entries]
    return json.dumps(bundle | {"entries": texts, "indexes": distances, "marks": marks} | values).encode()
