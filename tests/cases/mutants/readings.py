"""Mutants of the readings: another default, an option taken for another, another profile, a period a day off."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from itertools import permutations
from typing import Any

from msgspec.structs import replace

from projections.rules import rulebook, succession
from projections.rules.calendar import parse_period
from projections.rules.clauses import extension
from projections.rules.compile import Compiled
from projections.rules.rulebook import Rulebook
from projections.rules.schema import RulebookFile
from tests.cases.mutants.mutant import CLAUSE_BY_CLAUSE, FLIPPED, PROFILES, SHIFTED, TOLD_APART, Mutant, Patch
from tests.cases.mutants.periods import patches
from tests.cases.mutants.standing_in import changed

_OF_EXTENSIONS = ("extension_from", "extension_valid", "improvement")


def of_readings(book: Rulebook) -> Iterator[Mutant]:
    """Every mutant of a rulebook's readings."""
    for name, reading in book.readings.items():
        about = frozenset(c.clause for item in book.items for c in item.clause if name in c.needs())
        for option in reading.options:
            if option != reading.default:
                text = partial(_flipped, name=name, profile="default", option=option)
                yield Mutant(FLIPPED, f"{name}: {reading.default} → {option}", book.id, about, text=text)
        for option, other in permutations(reading.options, 2):
            yield Mutant(
                TOLD_APART, f"{name}: {option} read as {other}", book.id, about, {name: option},
                patches=_mistaken(book, name, option, other),
            )  # fmt: skip
        for profile in ("strict", "lenient"):
            right = getattr(reading, profile)
            for option in reading.options:
                if option != right:
                    text = partial(_flipped, name=name, profile=profile, option=option)
                    yield Mutant(PROFILES, f"{name}, {profile}: {right} → {option}", book.id, about, text=text)
    valid = book.readings.get("extension_valid")
    for option in valid.options if valid else ():
        if parse_period(option):
            about = frozenset(c.clause for item in book.items for c in item.clause if "extension_valid" in c.needs())
            for by in (1, -1):
                yield Mutant(
                    SHIFTED, f"extension_valid: {option} {by:+d} day", book.id, about, {"extension_valid": option},
                    patches=patches(option, by, extension),
                )  # fmt: skip


def clause_by_clause(book: Rulebook) -> Iterator[Mutant]:
    """One clause takes an option of a reading for another, and everything else reads it rightly.

    Not extension_source: which assessments count is settled once for all clauses, as they come into view.
    """
    for item in book.items:
        for clause in item.clause:
            for name in clause.needs():
                if name != "extension_source":
                    for option, other in permutations(book.readings[name].options, 2):
                        yield Mutant(
                            CLAUSE_BY_CLAUSE, f"{clause.clause} reads {name}: {option} as {other}", book.id,
                            frozenset({clause.clause}), {name: option},
                            patches=(
                                Patch(Compiled, "_compile", _misread(clause.clause, name, other)),
                                Patch(Compiled, "__init__", _deriving(other == "gap_90")),
                            ),
                        )  # fmt: skip


def _misread(clause: str, name: str, other: str) -> Any:
    def compiling(old: Any) -> Any:
        def compile_(self: Any, item: Any, words: Any) -> Any:
            if words.clause != clause:
                return old(self, item, words)
            with ExitStack() as stack:
                stack.enter_context(changed(self, choice={**self.choice, name: other}))
                if name in _OF_EXTENSIONS and self._extension is not None:
                    stack.enter_context(changed(self, _extension=self._compile_extension()))
                return old(self, item, words)

        return compile_

    return compiling


def _deriving(also: bool) -> Any:
    """Idle stretches are followed, for a clause that reads `episode` so when nothing else does."""

    def making(old: Any) -> Any:
        def init(self: Any, *given: Any) -> None:
            old(self, *given)
            self.derives_episodes |= also

        return init

    return making


def _flipped(file: RulebookFile, name: str, profile: str, option: str) -> RulebookFile:
    readings = {**file.readings, name: replace(file.readings[name], **{profile: option})}
    return replace(file, readings=readings)


def _mistaken(book: Rulebook, name: str, option: str, other: str) -> tuple[Patch, ...]:
    """Whoever chooses the option gets the other."""

    def choosing(old: Any) -> Any:
        def choose(declared: Any, *given: Any, **more: Any) -> dict[str, str]:
            choice: dict[str, str] = old(declared, *given, **more)
            return choice | {name: other} if declared is book.readings and choice.get(name) == option else choice

        return choose

    return (Patch(rulebook, "choose", choosing), Patch(succession, "choose", choosing))
