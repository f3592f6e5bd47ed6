"""Judging: a pure fold over acts in order, one decision each.

Acts are judged one after another by `at` (ties in journal order), each against the acts paid so far under the same
readings; a patient's acts concern nobody else. Facts come in corrected and cut already.

Source: spec/rules.md, "The order of judging".
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from ledger.treatment.facts import Fact
from ledger.treatment.values import at_home
from projections.rules.acts import Act
from projections.rules.case import PatientCase
from projections.rules.case_in_force import CaseInForce, CompiledSuccession
from projections.rules.compile import Compiled
from projections.rules.decision import Decision, Verdict
from projections.rules.evidence import Evidence
from projections.rules.readings import Profile
from projections.rules.rulebook import Rulebook
from projections.rules.succession import Succession

Case = PatientCase | CaseInForce
"""A patient's case, by one rulebook or by those in force one after another: the same methods."""


def judge(
    facts: Iterable[Fact],
    rulebook: Rulebook | Succession,
    readings: Mapping[str, str] | None = None,
    *,
    profile: str | Profile = "default",
    patient: str | None = None,
) -> Iterator[Decision]:
    """Decisions on all acts (or on one patient's) in the order of judging.

    `facts` are effective facts in journal order, without EntryCorrected. Raises ReadingRefused for a reading or an
    option that the rulebook does not declare.
    """
    return Judge(facts, rulebook, readings, profile=profile).decisions(patient)


class Judge:
    """Evidence and compiled rules, put together. The evidence can serve several judges (profiles).

    `rulebook` is what was given to judge by, `rulebooks` the texts it comes to; `choice` the option of every reading
    (under a succession: that of the latest text which declares it).
    """

    def __init__(
        self,
        facts: Iterable[Fact] | Evidence,
        rulebook: Rulebook | Succession,
        readings: Mapping[str, str] | None = None,
        *,
        profile: str | Profile = "default",
    ) -> None:
        self.rulebook = rulebook
        self.readings = dict(readings or {})
        self.profile = profile
        self.choice: dict[str, str]
        self.rulebooks: tuple[Rulebook, ...]
        self.compiled: Compiled | CompiledSuccession
        self._open: Callable[[str], Case]
        if isinstance(rulebook, Succession):
            choices = rulebook.choose(readings, profile)
            self.rulebooks = rulebook.rulebooks
            self.choice = {name: option for choice in choices for name, option in choice.items()}
            in_force = self.compiled = CompiledSuccession(rulebook, choices)
            self._open = lambda patient: CaseInForce(in_force, self.evidence, patient)
        else:
            self.rulebooks = (rulebook,)
            self.choice = rulebook.choose(readings, profile)
            compiled = self.compiled = Compiled(rulebook, self.choice)
            self._open = lambda patient: PatientCase(compiled, self.evidence, patient)
        self.evidence = facts if isinstance(facts, Evidence) else Evidence(facts)
        self._acts: dict[str, Act] | None = None

    def otherwise(self, reading: str, option: str) -> "Judge":
        """A judge over the same evidence that reads one thing otherwise. Raises ReadingRefused."""
        return Judge(self.evidence, self.rulebook, self.readings | {reading: option}, profile=self.profile)

    def under(self, profile: str | Profile) -> "Judge":
        """A judge over the same evidence under another profile, the same readings on top. Raises ReadingRefused."""
        return Judge(self.evidence, self.rulebook, self.readings, profile=profile)

    # --- decisions --------------------------------------------------------------------------------------

    def decisions(self, patient: str | None = None) -> Iterator[Decision]:
        """Decisions in order; a fresh fold each time."""
        cases: dict[str, Case] = {}
        for act in self.evidence.acts if patient is None else self.evidence.acts_of(patient):
            case = cases.get(act.patient)
            if case is None:
                case = cases[act.patient] = self.fresh(act.patient)
            decision = case.decide(act)
            case.commit(act, decision.payable)
            yield decision

    def payable(self, patient: str | None = None) -> Iterator[bool]:
        """What `decisions` says on `payable`, in the same order, without reasons: in half the time or less."""
        cases: dict[str, Case] = {}
        for act in self.evidence.acts if patient is None else self.evidence.acts_of(patient):
            case = cases.get(act.patient)
            if case is None:
                case = cases[act.patient] = self.fresh(act.patient)
            pays = case.pays(act)
            case.commit(act, pays)
            yield pays

    def decision(self, act: str) -> Decision | None:
        """The decision on one act; only its patient's acts up to it are judged. None: no such act."""
        found = self.before(act)
        return found[0].decide(found[1]) if found is not None else None

    def rulebook_of(self, decision: Decision) -> Rulebook | None:
        """The text that a decision of this judge was made by; None where none was in force."""
        return next((book for book in self.rulebooks if book.digest == decision.digest), None)

    # --- cases ------------------------------------------------------------------------------------------

    def fresh(self, patient: str) -> Case:
        """The patient's case with nothing judged yet."""
        return self._open(patient)

    def case(self, patient: str, until: datetime | None = None) -> Case:
        """The patient's case with the acts that have `at` not after `until` (all of them without it) judged."""
        case = self.fresh(patient)
        end = at_home(until) if until is not None else None
        for act in self.acts(patient):
            if end is not None and act.at > end:
                break
            case.commit(act, case.pays(act))
        return case

    def before(self, act: str) -> tuple[Case, Act] | None:
        """The case as it stood right before an act was judged, and the act. None: no such act."""
        if self._acts is None:
            self._acts = {known.id: known for known in self.evidence.acts}
        found = self._acts.get(act)
        if found is None:
            return None
        case = self.fresh(found.patient)
        for earlier in self.acts(found.patient):
            if earlier is found:
                break
            case.commit(earlier, case.pays(earlier))
        return case, found

    def acts(self, patient: str) -> Sequence[Act]:
        """The patient's acts in the order of judging."""
        return self.evidence.acts_of(patient)


def verdict_over(decisions: Iterable[Decision]) -> Verdict:
    """One act under several profiles: compliant when payable under every one, suspected under some."""
    return verdict_of(decision.payable for decision in decisions)


def verdict_of(payable: Iterable[bool]) -> Verdict:
    """The verdict on an act that is payable under these profiles and not under those."""
    answers = list(payable)
    if all(answers):
        return "compliant"
    return "suspected" if any(answers) else "violation"
