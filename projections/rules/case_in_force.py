"""A patient's case under rulebooks that followed one another: each act by the one in force, all of them told.

Every adopted rulebook has a case of its own over the same evidence. An act is decided by one of them and committed to
all with that result, so that a clock that began under an older version goes on: what was paid under one is paid under
the next, and items are the same where their slugs are. Which text decides an act is the reading `transition`.

Acts before the first adoption are judged by the clauses of the record alone; their decision names no rulebook
(`rulebook` and `digest` are empty, `rule` is null), and says so in its finding `rulebook.silent`. Under `winner:
dearest` a contest is settled by the rulebook of the act that settles it, for all acts that are in it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from msgspec.structs import replace

from ledger.treatment.values import at_home
from projections.rules.acts import Act, Person
from projections.rules.case import PatientCase
from projections.rules.compile import Compiled
from projections.rules.decision import Decision, Finding
from projections.rules.rulebook import Rulebook
from projections.rules.still_asked import StillAsked
from projections.rules.succession import Succession

if TYPE_CHECKING:
    from projections.rules.evidence import Evidence

TRANSITION = "transition"


class CompiledSuccession:
    """The rulebooks of a succession, each compiled under its own choice of readings."""

    def __init__(self, succession: Succession, choices: Sequence[Mapping[str, str]]) -> None:
        self.succession = succession
        self.compiled = [Compiled(book, choice) for book, choice in zip(succession.rulebooks, choices, strict=True)]
        self.place = {book.digest: place for place, book in enumerate(succession.rulebooks)}
        # One option for all: that of the latest text, else of the one before it that declares the reading.
        self.transition = next(
            (choice[TRANSITION] for choice in reversed(choices) if TRANSITION in choice), "by_act_date"
        )


class CaseInForce:
    """The methods of a `PatientCase`, under a succession."""

    __slots__ = ("_cases", "_rules", "evidence", "person")

    def __init__(self, rules: CompiledSuccession, evidence: "Evidence", patient: str) -> None:
        self._rules = rules
        self.evidence = evidence
        self.person: Person = evidence.person(patient)
        self._cases = [PatientCase(compiled, evidence, patient) for compiled in rules.compiled]

    # --- asking -----------------------------------------------------------------------------------------

    def decide(self, act: Act) -> Decision:
        """The decision on an act in this state, by the rulebook in force for it. Changes nothing."""
        period = self._rules.succession.period(self._decisive(act))
        if period is None:
            return self._by_record_alone(act)
        decision = self._case(period.rulebook).decide(act)
        if len(self._cases) == 1:
            return decision
        told = Finding(
            "rulebook.in_force",
            True,
            readings={TRANSITION: self._rules.transition},
            observed={
                "rulebook": decision.rulebook,
                "effective_from": period.begin.isoformat(),
                "decided_by_day": self._decisive(act).isoformat(),
            },
        )
        return replace(decision, findings=(*self._still_asked(act, decision.findings, period.rulebook), told))

    def pays(self, act: Act) -> bool:
        """What `decide` says on `payable`, without reasons. Changes nothing."""
        judging = self.rulebook_of(act)
        return self._by_record_alone(act).payable if judging is None else self._case(judging).pays(act)

    def hypothetical(self, item: str, at: datetime, **given: Any) -> Act:
        """An act that nobody recorded, to ask about: see `PatientCase.hypothetical`."""
        act = self._cases[-1].hypothetical(item, at, **given)
        judging = self.rulebook_of(act)
        if judging is not None and item in judging.by_slug:
            return self._case(judging).hypothetical(item, at, **given)
        return act

    def rulebook_of(self, act: Act) -> Rulebook | None:
        """The rulebook that judges the act; None where none was in force."""
        return self._rules.succession.in_force(self._decisive(act))

    def holds(self, act: Act) -> bool:
        """Whether every clause of the act's rule holds, in the rulebook in force for it (`PatientCase.holds`)."""
        judging = self.rulebook_of(act)
        if judging is None:
            return not act.presumed or self._cases[0].place_holds(act)
        return self._case(judging).holds(act)

    def turns(self, act: Act) -> set[date]:
        """The days after the act's on which the answer may turn by waiting alone: another rulebook is a turn too."""
        changes = self._rules.succession.changes_after(act.day)
        return {day for case in self._cases for day in case.turns(act)}.union(changes)

    def next_payable_on(self, act: Act) -> date | None:
        """The first day on which every clause of the rule in force then holds by waiting alone; its own, if now."""
        if self.holds(act):
            return act.day
        moved = act.later(act.day)
        for day in sorted(self.turns(act)):
            moved.move(day)
            if self.holds(moved):
                return day
        return None

    # --- moving on --------------------------------------------------------------------------------------

    def commit(self, act: Act, payable: bool) -> None:
        """The act is part of the case from here on, under every rulebook."""
        for case in self._cases:
            case.commit(act, payable)

    def fork(self) -> Self:
        """A case that goes on by itself from here."""
        other = type(self)(self._rules, self.evidence, self.person.id)
        other._cases = [case.fork() for case in self._cases]
        return other

    # --- which rulebook ---------------------------------------------------------------------------------

    def _case(self, rulebook: Rulebook) -> PatientCase:
        return self._cases[self._rules.place[rulebook.digest]]

    def _decisive(self, act: Act) -> date:
        """The day that decides which rulebook judges the act: its own, or that on which its episode was opened."""
        return self._opened(act) or act.day

    def _opened(self, act: Act) -> date | None:
        """The day on which the act's episode was opened, where that decides.

        An episode that was opened before any rulebook was in force leaves the act's own day to decide.
        """
        if self._rules.transition != "by_episode_start":
            return None
        episode = self.evidence.episodes.get(act.episode)
        if episode is None or episode.opened is None:
            return None
        opened = at_home(episode.opened).date()
        return opened if self._rules.succession.period(opened) is not None else None

    def _by_record_alone(self, act: Act) -> Decision:
        """The clauses of the record, in the words of the rulebook that was the first to be adopted."""
        findings = list(self._still_asked(act, self._cases[0].record(act, True), None))
        readings = {TRANSITION: self._rules.transition}
        findings.append(
            Finding("rulebook.silent", True, readings=readings, observed={"rulebook": "none in force on the day"})
        )
        denied_by = tuple(finding.clause for finding in findings if not finding.holds)
        return Decision(
            act.id, act.kind, act.patient, act.item, None, act.at, not denied_by,
            "violation" if denied_by else "compliant", denied_by, tuple(findings), "", "",
        )  # fmt: skip

    def _still_asked(self, act: Act, findings: Iterable[Finding], judging: Rulebook | None) -> tuple[Finding, ...]:
        """Waiting for no day on which a clause is not asked, because another rulebook is in force by then."""
        found = tuple(findings)
        if self._opened(act) is not None or all(finding.next_payable_on is None for finding in found):
            return found  # an episode's rulebook stays, however long one waits
        cases = {case.compiled.rulebook.digest: case for case in self._cases}
        still = StillAsked(self._rules.succession, cases, act, judging)
        return tuple(still.told(finding) for finding in found)
