"""May one more be paid, now? What a patient has used of an item, what is left, and when the next would be paid.

The judge is asked about a hypothetical act: one implementation, nothing recomputed beside it. Only the rule's clauses
are asked, for the record of an act that nobody has given yet cannot be wrong. The answer is of the moment asked
about: later acts do not count, what later lines say of the earlier ones does, as in judging. This module may not know
the ledger, a clock or a screen.

Source: spec/cli.md, `eligibility`; spec/rules.md, "The order of judging".
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from difflib import get_close_matches

import msgspec

from ledger.treatment.facts import AssessmentRecorded, AssessmentVoided, Fact, PatientFileOpened
from projections.rules.acts import Act
from projections.rules.case import PatientCase
from projections.rules.decision import Decision, Finding
from projections.rules.judge import Judge
from projections.rules.rulebook import Rulebook

_TRIES = 12  # each try moves to a later day that some clause waits for; more turns than an item has clauses


class UnknownPatient(LookupError):
    """No file of that patient was opened."""


class UnknownItem(LookupError):
    """The rulebook has no such item; the message names those that look like it."""


class Counter(msgspec.Struct, frozen=True, kw_only=True):
    """One limit. `used` and `limit` in `unit`; `left` is never below 0; `window` is what is counted over (null: open).

    `holds`: whether one more would be within the limit. It can hold with nothing left, on a day already counted.
    """

    clause: str
    holds: bool
    used: int
    limit: int
    left: int
    unit: str
    window: tuple[date, date | None] | None = None
    quote: str | None = None


class LastAssessment(msgspec.Struct, frozen=True, kw_only=True):
    """The latest that was performed, paid or not. Of an assessment item: the patient's last of that item. Of a
    training: the last of the course of disease, charged or not. `item` and `outcome` are null where not recorded."""

    assessment: str
    at: datetime
    item: str | None
    outcome: str | None


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a patient stands with one item at a moment, in one course of disease (`episode`, null: none declared yet).

    `payable`: whether one more now would be. `next_payable_on`: the first day on which one would be paid if nothing
    were done until then; null where no waiting helps. `decision` is the judge's whole answer, for `explain`.
    """

    patient: str
    item: str
    name: str
    rule: int | None
    at: datetime
    episode: str | None
    payable: bool
    denied_by: tuple[str, ...]
    counters: tuple[Counter, ...]
    last_assessment: LastAssessment | None
    next_payable_on: date | None
    decision: Decision


def eligibility(
    facts: Sequence[Fact],
    rulebook: Rulebook,
    patient: str,
    *,
    at: datetime,
    item: str | None = None,
    episode: str | None = None,
    institution: str | None = None,
    readings: Mapping[str, str] | None = None,
) -> list[Standing]:
    """How the patient stands at `at` with one item, or with every item of the rulebook.

    `facts` are effective facts in journal order: the patient's case, with the registry facts that judging needs.
    Without an `episode`, the latest opened by then; without an `institution`, that episode's. Raises UnknownPatient,
    UnknownItem, and ReadingRefused for a reading that the rulebook does not declare.
    """
    if not any(type(fact) is PatientFileOpened and fact.patient == patient for fact in facts):
        raise UnknownPatient(f"patient {patient}: no file was opened; expected a patient that the ledger knows")
    if item is not None and item not in rulebook.by_slug:
        near = get_close_matches(item, rulebook.by_slug) or sorted(rulebook.by_slug)[:3]
        raise UnknownItem(
            f"item {item}: {rulebook.id} has no such item; expected a slug, for example {', '.join(near)}"
        )
    case = Judge(facts, rulebook, readings).case(patient, at)
    wanted = [item] if item is not None else [known.slug for known in rulebook.items]
    return [_standing(case, facts, slug, at, episode, institution) for slug in wanted]


def _standing(
    case: PatientCase, facts: Sequence[Fact], item: str, at: datetime, episode: str | None, institution: str | None
) -> Standing:
    act = case.hypothetical(item, at, episode=episode, institution=institution)
    decision = case.decide(act)
    rulebook = case.compiled.rulebook
    return Standing(
        patient=act.patient,
        item=item,
        name=rulebook.by_slug[item].name,
        rule=decision.rule,
        at=act.at,
        episode=act.episode or None,
        payable=decision.payable,
        denied_by=decision.denied_by,
        counters=tuple(counter for finding in decision.findings if (counter := _counter(finding)) is not None),
        last_assessment=_last_assessment(facts, act, rulebook),
        next_payable_on=_next_payable_on(case, decision, act.at, episode or act.episode or None, institution),
        decision=decision,
    )


def _counter(finding: Finding) -> Counter | None:
    if finding.used is None or finding.limit is None:
        return None
    return Counter(
        clause=finding.clause,
        holds=finding.holds,
        used=finding.used,
        limit=finding.limit,
        left=max(finding.limit - finding.used, 0),
        unit=finding.unit or "act",
        window=finding.window,
        quote=finding.quote,
    )


def _last_assessment(facts: Sequence[Fact], act: Act, rulebook: Rulebook) -> LastAssessment | None:
    voided = {fact.assessment for fact in facts if isinstance(fact, AssessmentVoided)}
    same = rulebook.by_slug[act.item]
    made = [
        fact
        for fact in facts
        if isinstance(fact, AssessmentRecorded)
        and fact.patient == act.patient
        and (fact.item == same.slug if same.kind == "assessment" else fact.episode == act.episode)
        and fact.at <= act.at
        and fact.assessment not in voided
    ]
    last = max(made, key=lambda fact: fact.at, default=None)
    if last is None:
        return None
    return LastAssessment(assessment=last.assessment, at=last.at, item=last.item, outcome=last.outcome)


def _next_payable_on(
    case: PatientCase, decision: Decision, at: datetime, episode: str | None, institution: str | None
) -> date | None:
    """The first day on which the act would be paid by waiting alone: the judge is asked again on each day that a
    clause which fails waits for, until all hold, or one of them waits for nothing."""
    for _ in range(_TRIES):
        if decision.payable:
            return decision.at.date()
        waits = [finding.next_payable_on for finding in decision.findings if not finding.holds]
        days = [day for day in waits if day is not None]
        if len(days) < len(waits) or max(days) <= decision.at.date():
            return None
        later = at + timedelta(days=(max(days) - at.date()).days)
        decision = case.decide(case.hypothetical(decision.item, later, episode=episode, institution=institution))
    return None
