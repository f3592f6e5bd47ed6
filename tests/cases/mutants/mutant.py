"""A mutant: the judge with one thing wrong. Which cases notice it says how good the cases are.

A mutant changes a rulebook's data (`text`), or code where a condition or a number is written there (`patches`), or
both. It is never one that the judge would refuse to load: what cannot be loaded proves nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from msgspec.structs import replace

from projections.rules.rulebook import Rulebook
from projections.rules.schema import AnyClause, RulebookFile

DROPPED = "constraints dropped"
RECORD = "constraints of the record and of the code dropped"
SHIFTED = "limits shifted by one"
SHIFTED_UNDER = "constraints and limits, under each option of the readings they ask for"
FLIPPED = "default readings flipped"
TOLD_APART = "options told apart, each from each other"
CLAUSE_BY_CLAUSE = "options told apart in each clause by itself"
PROFILES = "readings of the profiles flipped"
KINDS = (DROPPED, RECORD, SHIFTED, SHIFTED_UNDER, FLIPPED, TOLD_APART, CLAUSE_BY_CLAUSE, PROFILES)


class Patch(NamedTuple):
    """`owner.name` is replaced by what `made` makes of it, for as long as the mutant lives."""

    owner: object
    name: str
    made: Callable[[Any], Any]


class Mutant(NamedTuple):
    """One thing wrong. `clauses` are those whose cases are tried first; `under` names options a case has to choose."""

    kind: str
    name: str
    rulebook: str
    clauses: frozenset[str] = frozenset()
    under: Mapping[str, str] = {}
    text: Callable[[RulebookFile], RulebookFile] | None = None
    patches: tuple[Patch, ...] = ()

    @property
    def title(self) -> str:
        """What to call it in a list."""
        under = ", ".join(f"{name}={option}" for name, option in self.under.items())
        return f"{self.rulebook}: {self.name}{f' [{under}]' if under else ''}"

    def rulebook_of(self, book: Rulebook) -> Rulebook:
        """The rulebook with the mutant's text, under the digest of the right one (adoptions name it)."""
        return book if self.text is None else Rulebook(self.text(book.file), book.digest, book.path)

    @contextmanager
    def patched(self) -> Iterator[None]:
        """The mutant's code is in place within."""
        kept: list[tuple[object, str, Any]] = []
        try:
            for owner, name, made in self.patches:
                old = vars(owner)[name]
                kept.append((owner, name, old))
                setattr(owner, name, made(old))
            yield
        finally:
            for owner, name, old in reversed(kept):
                setattr(owner, name, old)


def items_changed(file: RulebookFile, number: int, **fields: Any) -> RulebookFile:
    """The file with these fields of one item changed."""
    return replace(file, item=[replace(one, **fields) if one.number == number else one for one in file.item])


def clause_changed(file: RulebookFile, clause: str, **fields: Any) -> RulebookFile:
    """The file with these fields of one clause changed."""
    return replace(
        file,
        item=[
            replace(item, clause=[replace(c, **fields) if c.clause == clause else c for c in item.clause])
            for item in file.item
        ],
    )


def tag_of(clause: AnyClause) -> str:
    """The kind of a clause, as a rulebook's file spells it."""
    return str(clause.__struct_config__.tag)
