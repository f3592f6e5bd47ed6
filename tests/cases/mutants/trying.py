"""Trying a mutant: the cases are judged by it, the likeliest first, until one of them comes out otherwise.

Noticed is a mutant under which some act of some case is denied by other clauses than the case expects, or under which
a clause that a case wants shown is not even asked; other numbers in a reason do not count. A mutant that cannot be
loaded, or that breaks down while judging, is neither noticed nor unnoticed: it is reported by itself.
"""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from projections.rules.evidence import Evidence
from projections.rules.rulebook import Rulebook
from tests.cases.case import Case, denials, facts_of, judge_of, missing, text
from tests.cases.mutants.mutant import Mutant

Outcome = Literal["noticed", "unnoticed", "broken"]


class Tried(NamedTuple):
    """What came of a mutant. `by`: the case that noticed it, or what broke; `cases`: how many were judged."""

    outcome: Outcome
    by: str
    cases: int


class Trial:
    """A case made ready: its facts, read once, and what it is about when nothing is wrong."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.facts = facts_of(case)
        self._evidence = Evidence(self.facts)
        judge = judge_of(case, self.facts, evidence=self._evidence)
        decisions = {decision.act: decision for decision in judge.decisions()}
        self.sound = denials(decisions) == case.expect
        self.choice = judge.choice
        self.denying = {clause for decision in decisions.values() for clause in decision.denied_by}
        self.asked = {finding.clause for decision in decisions.values() for finding in decision.findings}
        self.size = len(decisions)

    def notices(self, mutant: Mutant, texts: dict[str, Rulebook]) -> bool:
        """Whether the case comes out otherwise. Patched code may join facts otherwise, so they are read again."""
        evidence = Evidence(self.facts) if mutant.patches else self._evidence
        judge = judge_of(self.case, self.facts, texts, evidence=evidence)
        decisions = {decision.act: decision for decision in judge.decisions()}
        return denials(decisions) != self.case.expect or bool(missing(self.case, decisions))

    def concerns(self, mutant: Mutant) -> bool:
        """Whether the options that the mutant is tried under are chosen."""
        return all(self.choice.get(name) == option for name, option in mutant.under.items())


def prepared(cases: Sequence[Case]) -> list[Trial]:
    """The trials of the cases; raises ValueError where one fails with nothing wrong."""
    trials = [Trial(case) for case in cases]
    unsound = [str(trial.case) for trial in trials if not trial.sound]
    if unsound:
        raise ValueError(f"these cases fail with nothing wrong: {'; '.join(unsound[:10])}")
    return trials


def tried(mutant: Mutant, trials: Sequence[Trial]) -> Tried:
    """Judge by the mutant until a case notices it."""
    judged = 0
    try:
        with mutant.patched():
            texts = {mutant.rulebook: mutant.rulebook_of(text(mutant.rulebook))}
            for trial in _likeliest_first(mutant, trials):
                judged += 1
                if trial.notices(mutant, texts):
                    return Tried("noticed", str(trial.case), judged)
    except Exception as error:  # whatever breaks: it is reported by name
        return Tried("broken", f"{type(error).__name__}: {error}", judged)
    return Tried("unnoticed", "", judged)


def _likeliest_first(mutant: Mutant, trials: Sequence[Trial]) -> Iterator[Trial]:
    """Those that a clause of the mutant denies an act in, those that it is asked in, the others; short ones first."""

    def place(trial: Trial) -> tuple[bool, bool, bool, int]:
        chosen = any(name in trial.case.readings for name in mutant.under)
        about = not mutant.clauses.isdisjoint(trial.denying), not mutant.clauses.isdisjoint(trial.asked)
        return not about[0], not about[1], not chosen, trial.size

    return iter(sorted((trial for trial in trials if trial.concerns(mutant)), key=place))
