"""A patient's case: what the acts so far have used up, and what one more would meet.

`decide` only asks, `commit` moves on; so a hypothetical act is judged by the very code that judges real ones. Acts
are committed in the order of judging, and nothing already committed is looked at again: each clause keeps what it
needs, a few dates and ids.
"""

from collections.abc import Hashable, Iterator
from datetime import date, datetime
from pickle import HIGHEST_PROTOCOL, dumps, loads
from typing import TYPE_CHECKING, Any, Self

from ledger.treatment.values import Mode, Setting
from projections.rules.acts import Act, Person
from projections.rules.calendar import add_days
from projections.rules.clauses.clause import ClauseJudge
from projections.rules.clauses.contest import Chain, follow
from projections.rules.clauses.winner import Winner
from projections.rules.compile import Compiled
from projections.rules.decision import Decision, Finding
from projections.rules.episode import DeclaredEpisode, EpisodeView
from projections.rules.hypothetical import hypothetical
from projections.rules.record import may_give
from projections.rules.rulebook import Rulebook
from projections.rules.waiting import Waiting, days_after, first_day

if TYPE_CHECKING:
    from projections.rules.evidence import Evidence

SILENT = Finding("rulebook.silent", True, observed={"rulebook": "says nothing on this item"})
DERIVED_EPISODE_DAYS = 90


class PatientCase:
    """The state of one patient while judging. `cells` belong to the clauses; `spent` are assessments used at gates."""

    __slots__ = (
        "_derived", "_last_performed", "_place", "_views", "_without", "cells", "chains", "compiled", "evidence",
        "person", "spent", "winners",
    )  # fmt: skip

    def __init__(self, compiled: Compiled, evidence: "Evidence", patient: str) -> None:
        self.compiled = compiled
        self.evidence = evidence
        self.person: Person = evidence.person(patient)
        self.cells: dict[tuple[int, Hashable], Any] = {}
        self.spent: set[str] = set()
        self.winners: dict[Hashable, Winner | None] = {}
        self.chains: dict[frozenset[int], Chain] = {}
        self._views: dict[str, EpisodeView] = {}
        self._without: frozenset[int] = frozenset()
        self._place = 0
        self._derived = 0
        self._last_performed: date | None = None

    # --- asking -----------------------------------------------------------------------------------------

    def decide(self, act: Act) -> Decision:
        """The decision on an act in this state: every clause asked, also after one has failed. Changes nothing."""
        compiled = self.compiled
        rule = compiled.rules.get(act.item)
        findings = self.findings(act)
        denied_by = tuple([finding.clause for finding in findings if not finding.holds])
        return Decision(
            act.id,
            act.kind,
            act.patient,
            act.item,
            None if rule is None else rule.number,
            act.at,
            not denied_by,
            "violation" if denied_by else "compliant",
            denied_by,
            tuple(findings),
            compiled.rulebook.id,
            compiled.rulebook.digest,
        )

    def findings(self, act: Act, *, waiting: bool = True) -> list[Finding]:
        """What `decide` finds. Without `waiting`, `next_payable_on` of the rule's clauses is not searched for."""
        rule = self.compiled.rules.get(act.item)
        findings = self.record(act, rule is None or rule.staffed)
        if rule is None:
            findings.append(SILENT)
            return findings
        view = self.view(act)
        search: Waiting | None = None
        for clause in rule.clauses:
            if clause.slot not in self._without:
                finding = clause.judge(self, act, view)
                if waiting and not finding.holds:
                    search = search or Waiting(self, act, view)
                    finding = search.told(clause, finding)
                findings.append(finding)
        return findings

    def record(self, act: Act, staffed: bool) -> list[Finding]:
        """The findings of the record: of an act that nobody recorded, where it is given, if the evidence knows that."""
        record = self.compiled.record
        if not act.presumed:
            return record.judge(act, staffed)
        return [record.institution(act)] if self._knows_place(act) else []

    def pays(self, act: Act) -> bool:
        """What `decide` says on `payable`, without reasons: the first clause that fails is enough. Changes nothing."""
        if not act.presumed:
            rule = self.compiled.rules.get(act.item)
            record = self.compiled.record.judge(act, rule is None or rule.staffed)
            if not all([finding.holds for finding in record]):
                return False
        return self.holds(act)

    def hypothetical(
        self,
        item: str,
        at: datetime,
        *,
        episode: str | None = None,
        institution: str | None = None,
        stay: str | None = None,
        mode: Mode = "individual",
        setting: Setting | None = None,
    ) -> Act:
        """An act that nobody recorded, to ask about. Its session, staff, prescription and parts are presumed in order.

        What is known is not presumed: an institution of which the evidence has anything is asked (record.institution).
        Without an `episode`, the patient's latest opened by then; without an `institution`, that episode's; without
        a `stay`, the admission the moment lies in. `at` is not before the acts already committed.
        """
        return hypothetical(
            self.evidence, self.compiled.rulebook, self.person.id, item, at,
            episode=episode, institution=institution, stay=stay, mode=mode, setting=setting,
        )  # fmt: skip

    def rulebook_of(self, act: Act) -> Rulebook | None:
        """The rulebook that judges the act."""
        return self.compiled.rulebook

    # --- waiting ----------------------------------------------------------------------------------------

    def holds(self, act: Act) -> bool:
        """Whether every clause of the act's rule holds. Of the record only what a hypothetical act is asked."""
        if act.presumed and not self.place_holds(act):
            return False
        view = self.view(act)
        return all(clause.judge(self, act, view).holds for clause in self._clauses_of(act))

    def turns(self, act: Act) -> set[date]:
        """The days after the act's on which the answer of `holds` may turn by waiting alone."""
        view = self.view(act)
        turns = {day for clause in self._clauses_of(act) for day in clause.turns(self, act, view)}
        if act.presumed and self._knows_place(act):
            turns.update(act.institution.turns())
        return set(days_after(act.day, turns))

    def next_payable_on(self, act: Act) -> date | None:
        """The first day on which the act `holds` by waiting alone: its own, if it does now.

        One pass over the turns is enough. Waiting changes nothing that a clause remembers, and each clause names all
        its later turns as they lie from today, not only its next; so no turn brings forth another one, and on any
        other day every clause answers as on the day before. The turns of clauses that hold now are asked as well:
        one may cease to hold while another is waited for, and hold again later.
        """
        return act.day if self.holds(act) else first_day(act, self.turns(act), self.holds)

    def place_holds(self, act: Act) -> bool:
        """Whether a hypothetical act's institution may give it; one that the evidence does not know is presumed to."""
        return not self._knows_place(act) or may_give(act)

    def _knows_place(self, act: Act) -> bool:
        return act.institution.id in self.evidence.institutions

    def _clauses_of(self, act: Act) -> list[ClauseJudge]:
        rule = self.compiled.rules.get(act.item)
        return [] if rule is None else [clause for clause in rule.clauses if clause.slot not in self._without]

    # --- moving on --------------------------------------------------------------------------------------

    def commit(self, act: Act, payable: bool) -> None:
        """The act is part of the case from here on. Acts of the journal, in the order of judging."""
        for clause in self.compiled.contests:
            if clause.slot not in self._without:
                follow(clause, self, act)
        self._place += 1
        for sides, chain in self.chains.items():
            chain.go_on(act, payable, competes=self.rule_of(act) in sides)
        if act.voided:
            return
        if self.compiled.derives_episodes:
            self._derived = self.derived_episode(act)
            self._last_performed = act.day
        rule = self.compiled.rules.get(act.item)
        if rule is None:
            return
        for tell in rule.performed:
            tell(self, act)
        if payable:
            for tell in rule.paid:
                tell(self, act)

    # --- what clauses ask -------------------------------------------------------------------------------

    def view(self, act: Act) -> EpisodeView:
        """What is known of the act's declared episode at the instant up to which it sees."""
        view = self._views.get(act.episode)
        if view is None:
            episode = self.evidence.episodes.get(act.episode) or DeclaredEpisode(act.episode)
            view = self._views[act.episode] = EpisodeView(episode)
        if act.presumed:
            view = view.fork()  # a view only moves forward, and this act may lie further on than the next one
        view.advance(act.seen, self.compiled.note)
        return view

    def derived_episode(self, act: Act) -> int:
        """Which stretch of treatment without 90 idle days the act lies in, counted over all performed acts."""
        last = self._last_performed
        return self._derived + (last is not None and (act.day - last).days >= DERIVED_EPISODE_DAYS)

    def next_derived_episode(self) -> date | None:
        """The day from which a new such stretch begins, if nothing is performed until then."""
        return None if self._last_performed is None else add_days(self._last_performed, DERIVED_EPISODE_DAYS)

    # --- looking ahead ----------------------------------------------------------------------------------

    def is_next(self, act: Act) -> bool:
        """Whether the act is the journal's next of this patient."""
        acts = self.evidence.acts_of(self.person.id)
        return self._place < len(acts) and acts[self._place] is act

    def ahead(self) -> Iterator[Act]:
        """The journal's next act of this patient and those that follow it."""
        acts = self.evidence.acts_of(self.person.id)
        return (acts[place] for place in range(self._place, len(acts)))

    def journal_from(self, earlier: "PatientCase") -> list[Act]:
        """The acts of the journal that were committed since an earlier state of this case."""
        return self.evidence.acts_of(self.person.id)[earlier._place : self._place]

    def rule_of(self, act: Act) -> int | None:
        """The number of the act's item in the rulebook."""
        rule = self.compiled.rules.get(act.item)
        return rule.number if rule is not None else None

    def fork(self, without: frozenset[int] = frozenset()) -> Self:
        """A case that goes on by itself from here, without the clauses of these slots."""
        other = type(self)(self.compiled, self.evidence, self.person.id)
        # Whatever the clauses keep, copied whole: by way of bytes in a fifth of the time that `deepcopy` takes.
        other.cells = loads(dumps(self.cells, HIGHEST_PROTOCOL))  # noqa: S301 bytes of our own, never stored
        other.spent = set(self.spent)
        other.winners = dict(self.winners)
        other.chains = {sides: chain.copied() for sides, chain in self.chains.items()}
        other._views = {episode: view.fork() for episode, view in self._views.items()}
        other._without = self._without | without
        other._place = self._place
        other._derived = self._derived
        other._last_performed = self._last_performed
        return other
