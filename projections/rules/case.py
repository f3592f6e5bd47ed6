"""A patient's case: what the acts so far have used up, and what one more would meet.

`decide` only asks, `commit` moves on; so a hypothetical act is judged by the very code that judges real ones. Acts
are committed in the order of judging, and nothing already committed is looked at again: each clause keeps what it
needs, a few dates and ids.
"""

from collections.abc import Hashable
from copy import deepcopy
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from ledger.treatment.values import Mode, Setting, at_home
from projections.rules.acts import Act, Person
from projections.rules.clauses.winner import Winner
from projections.rules.compile import Compiled
from projections.rules.decision import Decision, Finding
from projections.rules.episode import DeclaredEpisode, EpisodeView
from projections.rules.register import Institution

if TYPE_CHECKING:
    from projections.rules.evidence import Evidence

SILENT = Finding("rulebook.silent", True, observed={"rulebook": "says nothing on this item"})
DERIVED_EPISODE_DAYS = 90
HYPOTHETICAL = "?"


class PatientCase:
    """The state of one patient while judging. `cells` belong to the clauses; `spent` are assessments used at gates."""

    __slots__ = (
        "_derived", "_last_performed", "_place", "_views", "_without", "cells", "compiled", "evidence", "person",
        "spent", "winners",
    )  # fmt: skip

    def __init__(self, compiled: Compiled, evidence: "Evidence", patient: str) -> None:
        self.compiled = compiled
        self.evidence = evidence
        self.person: Person = evidence.person(patient)
        self.cells: dict[tuple[int, Hashable], Any] = {}
        self.spent: set[str] = set()
        self.winners: dict[Hashable, Winner | None] = {}
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
        findings = [] if act.presumed else compiled.record.judge(act, rule is None or rule.staffed)
        if rule is None:
            findings.append(SILENT)
        else:
            view = self.view(act)
            for clause in rule.clauses:
                if clause.slot not in self._without:
                    findings.append(clause.judge(self, act, view))
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
        """An act that nobody recorded, to ask about. Its record, its staff and its parts are presumed to be in order.

        Without an `episode`, the patient's latest opened by then; without an `institution`, that episode's; without
        a `stay`, the admission the moment lies in. `at` is not before the acts already committed.
        """
        at = at_home(at)
        declared = self._episode_at(at) if episode is None else self.evidence.episodes.get(episode)
        place = institution or (declared.institution if declared is not None else "")
        act = Act()
        act.id = HYPOTHETICAL
        known = self.compiled.rulebook.by_slug.get(item)
        act.kind = "assessment" if known is not None and known.kind == "assessment" else "session"
        act.patient = self.person.id
        act.item = item
        act.at = at
        act.day = at.date()
        act.episode = declared.id if declared is not None else ""
        act.institution = self.evidence.institutions.get(place) or Institution(place)
        lain = self.person.stay_at(place, at)
        act.stay = stay or (lain.id if lain is not None else None)
        act.stay_problem = act.signature_problem = None
        act.staff = ()
        act.voided = False
        act.presumed = True
        act.order = act.stop = act.outcome = act.serves = None
        act.earlier = act.scales = act.results = 0
        act.setting = setting
        act.mode = mode
        return act

    def _episode_at(self, at: datetime) -> DeclaredEpisode | None:
        """The patient's episode opened last by the moment."""
        opened = [
            episode
            for episode in self.evidence.episodes_of(self.person.id)
            if episode.opened is not None and episode.opened <= at
        ]
        return max(opened, key=lambda episode: episode.opened or at, default=None)

    # --- moving on --------------------------------------------------------------------------------------

    def commit(self, act: Act, payable: bool) -> None:
        """The act is part of the case from here on. Acts of the journal, in the order of judging."""
        self._place += 1
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
        """What is known of the act's declared episode at its moment."""
        view = self._views.get(act.episode)
        if view is None:
            episode = self.evidence.episodes.get(act.episode) or DeclaredEpisode(act.episode)
            view = self._views[act.episode] = EpisodeView(episode)
        if act.presumed:
            view = view.fork()  # a view only moves forward, and this act may lie further on than the next one
        view.advance(act.at, self.compiled.note)
        return view

    def derived_episode(self, act: Act) -> int:
        """Which stretch of treatment without 90 idle days the act lies in, counted over all performed acts."""
        last = self._last_performed
        return self._derived + (last is not None and (act.day - last).days >= DERIVED_EPISODE_DAYS)

    # --- looking ahead ----------------------------------------------------------------------------------

    def is_next(self, act: Act) -> bool:
        """Whether the act is the journal's next of this patient."""
        acts = self.evidence.acts_of(self.person.id)
        return self._place < len(acts) and acts[self._place] is act

    def ahead(self, act: Act) -> list[Act]:
        """The act and those of the patient that follow it."""
        return self.evidence.acts_of(self.person.id)[self._place :]

    def rule_of(self, act: Act) -> int | None:
        """The number of the act's item in the rulebook."""
        rule = self.compiled.rules.get(act.item)
        return rule.number if rule is not None else None

    def fork(self, without: frozenset[int] = frozenset()) -> Self:
        """A case that goes on by itself from here, without the clauses of these slots."""
        other = type(self)(self.compiled, self.evidence, self.person.id)
        other.cells = deepcopy(self.cells)
        other.spent = set(self.spent)
        other.winners = dict(self.winners)
        other._views = {episode: view.fork() for episode, view in self._views.items()}
        other._without = self._without | without
        other._place = self._place
        other._derived = self._derived
        other._last_performed = self._last_performed
        return other
