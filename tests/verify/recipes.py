"""What recipes of damage are made of: what a verifier is given, and ways to change a bundle or to lie in a log.

Nothing here knows a verifier.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.verify.world import (
    Log,
)


@dataclass(frozen=True)
class Given:
    """What a verifier is given: the bundle, the log's key, and perhaps an older checkpoint and witnesses' keys."""

    bundle: bytes
    vkey: str
    since: str | None = None
    witnesses: tuple[str, ...] = ()
    label_key: bytes | None = None


Recipe = Callable[[Log], Given]
RECIPES: dict[str, tuple[str, Recipe]] = {}


def recipe(finding: str, name: str) -> Callable[[Recipe], Recipe]:
    def add(made: Recipe) -> Recipe:
        RECIPES[f"{finding}: {name}"] = (finding, made)
        return made

    return add


def opened(raw: bytes) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(raw)
    return value


def changed(log: Log, **values: Any) -> Given:
    """The full bundle with some values replaced."""
    return Given(json.dumps(opened(log.full()) | values).encode(), log.vkey)


def parts(log: Log) -> dict[str, Any]:
    return opened(log.full())


def bits(text: str, at: int = 0) -> str:
    """Base64 with one bit of one byte turned round."""
    raw = bytearray(b64decode(text))
    raw[at] ^= 1
    return b64encode(raw).decode()


def with_entry(place: int, entry: bytes, log: Log) -> Given:
    """A log whose own key signs a history with another entry at this place."""
    liar = Log([*log.entries[:place], entry, *log.entries[place + 1 :]])
    return Given(liar.bundle(), liar.vkey)


def behind(log: Log, *more: bytes, subject: str = "patient:P1") -> Given:
    """A log that goes on with these entries."""
    longer = Log([*log.entries, *more])
    return Given(longer.bundle(*longer.tags(subject)), longer.vkey)
