"""What verifying a bundle comes to: findings when it is unsound, claims when it is sound, and what was not claimed."""

from collections.abc import Mapping
from dataclasses import dataclass, field


class Unreadable(Exception):
    """There is nothing to verify: no bundle, no JSON object, or no usable key. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One offence: its `name` (proof.md's list), `where` in the bundle (an index, a value), and `what` is wrong."""

    name: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.name}: {self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement, proven or expressly not claimed, in plain English under a short name."""

    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome. Only proven entries are handed on, with claims: `verify` gives both to sound bundles (no findings)
    alone. Whoever judges the facts again may add findings about what was settled, and leaves proven what is proven.

    `facts`: (index, entry bytes) in log order, for whoever judges them again; `streams`: the tags of the streams that
    they make up, each whole below the seal, the subject's first; `rulebooks`: texts by digest, of those adopted.
    `subject`, `origin`, `size`: what the bundle is about, None when it could not be read that far. `more`: there are
    more findings than those told.
    """

    findings: tuple[Finding, ...]
    claims: tuple[Claim, ...] = ()
    not_claimed: tuple[Claim, ...] = ()
    facts: tuple[tuple[int, bytes], ...] = ()
    streams: tuple[str, ...] = ()
    rulebooks: Mapping[str, str] = field(default_factory=dict)
    subject: str | None = None
    origin: str | None = None
    size: int | None = None
    more: bool = False

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.findings
