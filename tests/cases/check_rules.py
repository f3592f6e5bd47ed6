"""The mutation check: every constraint dropped, every limit shifted, every reading flipped, one at a time.

Each of these wrong judges has to fail a case, or the cases would not notice the mistake in the right one.

Run by `scripts/check-rules`; `mutants/` says what is made, `case.py` what a case is. Rulebooks are those that come with
the project. Exit 0: all noticed. 1: some were not, or broke down instead of judging. 2: nothing to try.
"""

import argparse
import gc
import json
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from projections.rules.rulebook import rulebook_ids
from projections.rules.succession import IN_FORCE
from tests.cases.boundaries.every import generated
from tests.cases.case import text, written
from tests.cases.mutants.every import mutants
from tests.cases.mutants.mutant import KINDS, Mutant
from tests.cases.mutants.trying import Trial, Tried, prepared, tried

_trials: list[Trial] = []
_mutants: list[Mutant] = []


class Answer(NamedTuple):
    """What came of every mutant of one rulebook."""

    rulebook: str
    cases: int
    results: list[tuple[Mutant, Tried]]
    seconds: float

    def of(self, outcome: str) -> list[tuple[Mutant, Tried]]:
        return [(mutant, what) for mutant, what in self.results if what.outcome == outcome]

    def table(self) -> Iterator[tuple[str, int, int]]:
        """A row for each kind of mutant: its name, how many were noticed, how many were made."""
        made = Counter(mutant.kind for mutant, _ in self.results)
        noticed = Counter(mutant.kind for mutant, _ in self.of("noticed"))
        yield from ((kind, noticed[kind], made[kind]) for kind in KINDS if made[kind])
        yield "all", noticed.total(), made.total()


def main(given: Sequence[str] | None = None) -> int:
    """The program; returns the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/check-rules", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("rulebooks", nargs="*", metavar="RULEBOOK", help="all that come with the project, without any")
    parser.add_argument(
        "--only", action="append", default=[], metavar="WORDS", help="mutants whose name has these: 21.gate"
    )
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="processes (2)")
    parser.add_argument("--json", action="store_true", help="one object a rulebook instead of a table")
    asked = parser.parse_args(given)
    unknown = set(asked.rulebooks) - set(rulebook_ids())
    if unknown:
        parser.error(f"no such rulebook: {', '.join(sorted(unknown))}; there are {', '.join(rulebook_ids())}")
    answers = [answer(rulebook, asked.only, asked.jobs) for rulebook in asked.rulebooks or rulebook_ids()]
    if not any(one.results for one in answers):
        parser.error("no mutant has these words in its name")
    for one in answers:
        sys.stdout.write(f"{json.dumps(_object(one), ensure_ascii=False) if asked.json else _words(one)}\n")
    return int(any(len(one.of("noticed")) < len(one.results) for one in answers))


def answer(rulebook: str, only: Sequence[str] = (), jobs: int = 1) -> Answer:
    """Try every mutant of a rulebook (those whose title has one of the words of `only`) on all of its cases."""
    begin = time.monotonic()
    _mutants[:] = [m for m in mutants(text(rulebook)) if not only or any(words in m.title for words in only)]
    if not _mutants:
        return Answer(rulebook, 0, [], 0)
    _trials[:] = prepared([case for case in (*written(), *generated()) if case.rulebook in (rulebook, IN_FORCE)])
    results: list[tuple[Mutant, Tried]] = []
    gc.freeze()  # the trials stay; looking through them again and again is half the time
    for place, what in _each(jobs):
        results.append((_mutants[place], what))
        if sys.stderr.isatty() or len(results) % 500 == 0:
            _say(f"\r{rulebook}: {len(results)} of {len(_mutants)}")
    _say(f"\r{rulebook}: {len(results)} tried      \n")
    return Answer(rulebook, len(_trials), results, time.monotonic() - begin)


def _say(progress: str) -> None:
    sys.stderr.write(progress)
    sys.stderr.flush()


def _each(jobs: int) -> Iterator[tuple[int, Tried]]:
    """Every mutant tried, in processes that start as copies of this one, with the cases made ready."""
    if jobs < 2 or len(_mutants) < 20:
        yield from map(_try, range(len(_mutants)))
        return
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield from pool.imap(_try, range(len(_mutants)), chunksize=8)


def _try(place: int) -> tuple[int, Tried]:
    return place, tried(_mutants[place], _trials)


def _words(one: Answer) -> str:
    rows = [f"{one.rulebook}: {one.cases} cases, {one.seconds:.0f} s"]
    rows += [f"  {kind:<75} {noticed:>5} of {made:>5} noticed" for kind, noticed, made in one.table()]
    rows += [f"  not noticed: {mutant.title}" for mutant, _ in one.of("unnoticed")]
    rows += [f"  broke down:  {mutant.title}: {what.by}" for mutant, what in one.of("broken")]
    return "\n".join(rows)


def _object(one: Answer) -> dict[str, Any]:
    return {
        "rulebook": one.rulebook,
        "cases": one.cases,
        "seconds": round(one.seconds, 1),
        "kinds": [{"kind": kind, "noticed": noticed, "made": made} for kind, noticed, made in one.table()],
        "unnoticed": [mutant.title for mutant, _ in one.of("unnoticed")],
        "broken": [{"mutant": mutant.title, "error": what.by} for mutant, what in one.of("broken")],
    }


if __name__ == "__main__":
    sys.exit(main())
