"""What came out of a judged journal: how many acts are payable, what denied the others, who is near a limit.

Rows as data, in an order worth reading; how they look on a screen is the business of whoever asks. The judge is run
once, patient by patient; who is near a limit is asked of the same cases, with an act that nobody has given yet.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date

import msgspec

from projections.rules.case import PatientCase
from projections.rules.decision import Decision, Finding
from projections.rules.judge import Judge
from projections.rules.schema import CountClause

NEAR = 0.8
"""A limit counts as near when this part of it is used."""


class Denied(msgspec.Struct, frozen=True, kw_only=True):
    """How many acts a clause denied, alone or with others, with its words."""

    clause: str
    acts: int
    quote: str | None = None


class Near(msgspec.Struct, frozen=True, kw_only=True):
    """A patient near a limit of an item, or at it, as it stands right after the patient's last act (`on` that day)."""

    patient: str
    item: str
    name: str
    clause: str
    used: int
    limit: int
    left: int
    unit: str
    window: tuple[date, date | None] | None
    on: date


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """`denied` is sorted by the number of acts, most first; `near` by the part that is used, most first, and after
    them those who are past it: for these nothing can be done any more by slowing down."""

    acts: int
    payable: int
    patients: int
    items: int
    denied: tuple[Denied, ...]
    near: tuple[Near, ...]


def summarize(judge: Judge, *, near: float = NEAR) -> Summary:
    """Judges everything once and counts. `near`: the part of a limit from which on a patient is listed.

    Limits of a single day are never listed: a day is over by the time that anybody reads of it.
    """
    acts = payable = 0
    items: set[str] = set()
    denied: Counter[str] = Counter()
    quotes: dict[str, str | None] = {}
    rows: list[Near] = []
    patients = sorted({act.patient for act in judge.evidence.acts})
    for patient in patients:
        case = PatientCase(judge.compiled, judge.evidence, patient)
        for act in judge.acts(patient):
            decision = case.decide(act)
            case.commit(act, decision.payable)
            acts += 1
            payable += decision.payable
            items.add(decision.item)
            denied.update(decision.denied_by)
            if not decision.payable:
                for finding in decision.findings:
                    quotes.setdefault(finding.clause, finding.quote)
        rows.extend(row for row in _limits(case, judge) if row.used >= near * row.limit)
    return Summary(
        acts=acts,
        payable=payable,
        patients=len(patients),
        items=len(items),
        denied=tuple(Denied(clause=clause, acts=n, quote=quotes[clause]) for clause, n in denied.most_common()),
        near=tuple(sorted(rows, key=_urgency)),
    )


def _urgency(row: Near) -> tuple[bool, float, str, str]:
    return row.used > row.limit, -row.used / row.limit, row.patient, row.clause


def _limits(case: PatientCase, judge: Judge) -> Iterator[Near]:
    """Every limit of the items that the patient has had, in the course of disease of the last act of each."""
    rulebook = case.compiled.rulebook
    had = [act for act in judge.acts(case.person.id) if not act.voided]
    last = {rulebook.by_slug[act.item].slug: act for act in had if act.item in rulebook.by_slug}
    for item, act in last.items():
        asked = case.hypothetical(item, had[-1].at, episode=act.episode or None, institution=act.institution.id)
        per_day = {
            clause.clause
            for clause in rulebook.by_slug[item].clause
            if isinstance(clause, CountClause) and clause.per == "day"
        }
        decision = case.decide(asked)
        for finding in decision.findings:
            if finding.clause not in per_day and finding.used is not None and finding.limit is not None:
                yield _near(decision, finding, finding.used, finding.limit, rulebook.by_slug[item].name)


def _near(decision: Decision, finding: Finding, used: int, limit: int, name: str) -> Near:
    return Near(
        patient=decision.patient,
        item=decision.item,
        name=name,
        clause=finding.clause,
        used=used,
        limit=limit,
        left=max(limit - used, 0),
        unit=finding.unit or "act",
        window=finding.window,
        on=decision.at.date(),
    )
