"""What verifying a bundle comes to: findings when it is unsound, claims when it is sound, and what was not claimed."""

from dataclasses import dataclass


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
    """The outcome. Only a sound bundle (no findings) has claims and facts: what is unproven is not handed on.

    `facts`: (index, entry bytes) in log order, for whoever judges them again; `streams`: the tags of the streams that
    they make up, the patient's first. `patient`, `origin`, `size`: what the bundle is about, None when it could not be
    read that far.
    """

    findings: tuple[Finding, ...]
    claims: tuple[Claim, ...] = ()
    not_claimed: tuple[Claim, ...] = ()
    facts: tuple[tuple[int, bytes], ...] = ()
    streams: tuple[str, ...] = ()
    patient: str | None = None
    origin: str | None = None
    size: int | None = None

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.findings
