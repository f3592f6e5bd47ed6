"""A ruling: which text decides an act of which day, under which option of every reading. What decisions are kept by.

Two rulings with one digest decide every act alike, as long as the evaluator is the same; that has a digest of its own.
"""

from collections.abc import Sequence
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path

import msgspec

from projections.rules.case_in_force import CompiledSuccession
from projections.rules.evidence import Evidence
from projections.rules.judge import Judge
from projections.rules.rulebook import Rulebook
from projections.rules.succession import Period, Succession

_PROJECTIONS = Path(__file__).resolve().parent.parent
_EVALUATOR = ("rebuild/*.py", "rules/**/*.py", "mirror/columns.py", "decisions/parts.py")
_spell = msgspec.json.Encoder(order="deterministic").encode


class Text(msgspec.Struct, frozen=True):
    """A rulebook from the day `begin` on; empty where it decides acts of every day."""

    begin: str
    rulebook: str
    digest: str


class Ruling(msgspec.Struct, frozen=True):
    """The texts one after another, and for each digest among them the option of every reading."""

    texts: tuple[Text, ...]
    readings: dict[str, dict[str, str]]

    @property
    def digest(self) -> str:
        """SHA-256 of it, in hex. Names of rulebooks do not count, their texts do."""
        return sha256(_spell([[(text.begin, text.digest) for text in self.texts], self.readings])).hexdigest()

    @property
    def name(self) -> str:
        """What its directory is called."""
        return self.digest[:16]


def ruling_of(judge: Judge) -> Ruling:
    """What a judge decides by; its evidence is not asked."""
    compiled = judge.compiled
    if isinstance(compiled, CompiledSuccession):
        texts = [Text(p.begin.isoformat(), p.rulebook.id, p.rulebook.digest) for p in compiled.succession.periods]
        readings = {one.rulebook.digest: dict(one.choice) for one in compiled.compiled}
    else:
        texts = [Text("", compiled.rulebook.id, compiled.rulebook.digest)]
        readings = {compiled.rulebook.digest: dict(compiled.choice)}
    return Ruling(tuple(texts), readings)


def judge_by(ruling: Ruling, texts: Sequence[Rulebook], evidence: Evidence) -> Judge | None:
    """A judge that decides by the ruling; None where a text of it is not at hand, or its readings fit no choice."""
    by_digest = {book.digest: book for book in texts}
    if any(text.digest not in by_digest for text in ruling.texts):
        return None
    books: Rulebook | Succession
    if ruling.texts[0].begin:
        books = Succession([Period(date.fromisoformat(text.begin), by_digest[text.digest]) for text in ruling.texts])
    else:
        books = by_digest[ruling.texts[0].digest]
    merged = {name: option for choice in ruling.readings.values() for name, option in choice.items()}
    for readings in ({}, merged):  # the defaults, which may differ between texts, or one choice for all
        judge = Judge(evidence, books, readings)
        if ruling_of(judge).digest == ruling.digest:
            return judge
    return None


@cache
def evaluator_digest() -> str:
    """SHA-256, in hex, of the sources of whatever has a part in a decision: another program may decide otherwise."""
    digest = sha256()
    for pattern in _EVALUATOR:
        for source in sorted(_PROJECTIONS.glob(pattern)):
            digest.update(f"{source.relative_to(_PROJECTIONS)}\n".encode() + source.read_bytes())
    return digest.hexdigest()
