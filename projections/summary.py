"""What came out of a judged journal: how many acts are payable, what denied the others, who is near a limit.

Rows as data, in an order worth reading; how they look on a screen is the business of whoever asks. The judge is run
once, patient by patient; who is near a limit is asked of the same cases, with an act that nobody has given yet.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date

import msgspec

from projections.eligibility import NEAR, watch
from projections.eligibility.limits import Limit
from projections.rules.acts import Act
from projections.rules.decision import Decision
from projections.rules.judge import Case, Judge


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

    Listed is what eligibility warns of at that moment: no limits of a single day, which is over by the time that
    anybody reads of it, and none that an assessment carries the patient over.
    """
    acts = payable = 0
    items: set[str] = set()
    denied: Counter[str] = Counter()
    quotes: dict[str, str | None] = {}
    rows: list[Near] = []
    patients = sorted({act.patient for act in judge.evidence.acts})
    for patient in patients:
        case = judge.fresh(patient)
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
        rows.extend(_nearing(case, judge, near))
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


def _nearing(case: Case, judge: Judge, near: float) -> Iterator[Near]:
    """What is near of the items that the patient has had, in the course of disease of the last act of each."""
    had = [act for act in judge.acts(case.person.id) if not act.voided]
    last: dict[str, Act] = {}
    for act in had:
        book = case.rulebook_of(act)
        if book is not None and act.item in book.by_slug:
            last[book.by_slug[act.item].slug] = act
    for item, act in last.items():
        asked = case.hypothetical(item, had[-1].at, episode=act.episode or None, institution=act.institution.id)
        book = case.rulebook_of(asked)
        if book is not None and item in book.by_slug:
            decision = case.decide(asked)
            seen = watch(case, asked, decision, book, near=near)
            warned = {warning.clause for warning in seen.warnings if warning.kind != "extension_ends"}
            for limit in seen.limits:
                if limit.finding.clause in warned:
                    yield _near(decision, limit, book.by_slug[item].name)


def _near(decision: Decision, limit: Limit, name: str) -> Near:
    return Near(
        patient=decision.patient,
        item=decision.item,
        name=name,
        clause=limit.finding.clause,
        used=limit.used,
        limit=limit.limit,
        left=limit.left,
        unit=limit.unit,
        window=limit.finding.window,
        on=decision.at.date(),
    )
