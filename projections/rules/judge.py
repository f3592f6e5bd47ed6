"""Judging: a pure fold over acts in order, one decision each.

Acts are judged one after another by `at` (ties in journal order), each against the acts paid so far under the same
readings; a patient's acts concern nobody else. Facts come in corrected and cut already.

Source: spec/rules.md, "The order of judging".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from ledger.treatment.facts import Fact
from ledger.treatment.values import at_home
from projections.rules.acts import Act
from projections.rules.case import PatientCase
from projections.rules.compile import Compiled
from projections.rules.decision import Decision, Verdict
from projections.rules.evidence import Evidence
from projections.rules.rulebook import Rulebook


def judge(
    facts: Iterable[Fact],
    rulebook: Rulebook,
    readings: Mapping[str, str] | None = None,
    *,
    profile: str = "default",
    patient: str | None = None,
) -> Iterator[Decision]:
    """Decisions on all acts (or on one patient's) in the order of judging.

    `facts` are effective facts in journal order, without EntryCorrected. Raises ReadingRefused for a reading or an
    option that the rulebook does not declare.
    """
    return Judge(facts, rulebook, readings, profile=profile).decisions(patient)


class Judge:
    """Evidence and a compiled rulebook, put together. The evidence can serve several judges (profiles)."""

    def __init__(
        self,
        facts: Iterable[Fact] | Evidence,
        rulebook: Rulebook,
        readings: Mapping[str, str] | None = None,
        *,
        profile: str = "default",
    ) -> None:
        self.choice = rulebook.choose(readings, profile)
        self.evidence = facts if isinstance(facts, Evidence) else Evidence(facts)
        self.compiled = Compiled(rulebook, self.choice)

    def decisions(self, patient: str | None = None) -> Iterator[Decision]:
        """Decisions in order; a fresh fold each time."""
        cases: dict[str, PatientCase] = {}
        for act in self.evidence.acts if patient is None else self.evidence.acts_of(patient):
            case = cases.get(act.patient)
            if case is None:
                case = cases[act.patient] = PatientCase(self.compiled, self.evidence, act.patient)
            decision = case.decide(act)
            case.commit(act, decision.payable)
            yield decision

    def decision(self, act: str) -> Decision | None:
        """The decision on one act; only its patient's acts are judged. None: no such act."""
        found = next((known for known in self.evidence.acts if known.id == act), None)
        if found is None:
            return None
        return next(decision for decision in self.decisions(found.patient) if decision.act == act)

    def case(self, patient: str, until: datetime | None = None) -> PatientCase:
        """The patient's case with the acts that have `at` not after `until` (all of them without it) judged."""
        case = PatientCase(self.compiled, self.evidence, patient)
        end = at_home(until) if until is not None else None
        for act in self.acts(patient):
            if end is not None and act.at > end:
                break
            case.commit(act, case.decide(act).payable)
        return case

    def acts(self, patient: str) -> Sequence[Act]:
        """The patient's acts in the order of judging."""
        return self.evidence.acts_of(patient)


def verdict_over(decisions: Iterable[Decision]) -> Verdict:
    """One act under several profiles: compliant when payable under every one, suspected under some."""
    payable = [decision.payable for decision in decisions]
    if all(payable):
        return "compliant"
    return "suspected" if any(payable) else "violation"
