"""Warnings ahead of limits: what to know before an act is denied, as data and as a sentence in both languages.

Each clause has one warning at most, the one that says most. When one is due is decided here and in `Limit.reach`, for
everybody who warns; what it is about was told by the judge.

Source: the project's specification of `eligibility`: at 80 % of a limit, 14 days before a span (or what extends it)
ends, two training days before a gate.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal

import msgspec

from projections.eligibility.extensions import ExtensionState
from projections.eligibility.gates import GateState
from projections.eligibility.limits import NEAR, Limit
from projections.eligibility.sentences import warning
from projections.said import NOTHING, Said, joined

NEAR_END_DAYS = 14
"""So many days before a span ends, or the assessment that extends it expires, it is warned of; both days included."""

Kind = Literal["limit_near", "limit_reached", "span_ends", "proof_needed", "extension_ends", "gate_near", "gate_closed"]
Severity = Literal["notice", "warning", "denied"]
Values = dict[str, str | int]


class LimitWarning(msgspec.Struct, frozen=True, kw_only=True):
    """One warning. `values` are what it is about, by name: counts, and days spelled YYYY-MM-DD.

    `severity`: `notice` where what is needed is there already; `warning` ahead of a limit; `denied` where one more now
    would not be paid because of it. `zh` and `en` say it to a person.
    """

    kind: Kind
    clause: str
    severity: Severity
    values: Values
    zh: str
    en: str


def warnings_of(
    day: date,
    limits: Sequence[Limit],
    gates: Sequence[GateState],
    extensions: Sequence[ExtensionState],
    *,
    near: float = NEAR,
) -> Iterator[LimitWarning]:
    """What to warn of on a day, in the order of the clauses. `near`: the part of a limit from which on it is told."""
    gated = {gate.clause: gate for gate in gates}
    ending = {extension.clause: extension for extension in extensions}
    for limit in limits:
        clause = limit.finding.clause
        if clause in gated:
            yield from _of_gate(gated[clause])
        elif clause in ending:
            yield from _of_span(day, limit, ending.pop(clause), near)
        else:
            yield from _of_limit(limit, near)
    for proof in ending.values():  # it counts nothing, and has an end all the same
        yield from _of_end(day, proof)


def _of_limit(limit: Limit, near: float, extension: ExtensionState | None = None) -> Iterator[LimitWarning]:
    reach = limit.reach(near)
    if reach is not None:
        values: Values = {"used": limit.used, "limit": limit.limit, "left": limit.left, "unit": limit.unit}
        if reach == "reached" and extension is not None:
            values |= _told(extension)
        severity: Severity = "warning" if limit.finding.holds else "denied"
        kind: Kind = "limit_near" if reach == "near" else "limit_reached"
        yield _made(kind, limit.finding.clause, severity, values, extension)


def _of_span(day: date, limit: Limit, span: ExtensionState, near: float) -> Iterator[LimitWarning]:
    """Of a span its end, if that is near or past; else that much of it is used."""
    ends = list(_of_end(day, span)) if limit.finding.holds else []
    by_paid_days = span.ends_on is None and limit.finding.window is not None
    if by_paid_days and limit.left <= NEAR_END_DAYS:
        ends = [_made("span_ends", span.clause, "warning", {"left": limit.left}, span)]
    yield from ends or _of_limit(limit, near, span)


def _of_end(day: date, extension: ExtensionState) -> Iterator[LimitWarning]:
    """The end of a span, or of the time before a proof is asked for; or of what supports going on past it."""
    if extension.state == "supported":
        left = _days(day, extension.valid_until)
        if left is not None and left <= NEAR_END_DAYS:
            yield _made("extension_ends", extension.clause, "warning", _told(extension, left))
    elif extension.state != "missing":
        left = _days(day, extension.ends_on)
        if left is not None and 0 <= left <= NEAR_END_DAYS:
            severity: Severity = "notice" if extension.supported else "warning"
            kind: Kind = "span_ends" if extension.until_age is None else "proof_needed"
            yield _made(kind, extension.clause, severity, _told(extension, left), extension)


def _of_gate(gate: GateState) -> Iterator[LimitWarning]:
    if gate.state != "open":
        values: Values = {"used": gate.used, "limit": gate.limit, "left": gate.left}
        values |= _spelled(began_on=gate.began_on, only=gate.only, assessment=gate.assessment, reason=gate.reason)
        near = gate.state == "near"
        yield _made("gate_near" if near else "gate_closed", gate.clause, "warning" if near else "denied", values, gate)


def _told(extension: ExtensionState, days: int | None = None) -> Values:
    counted: Values = {} if days is None else {"days": days}
    return (
        counted
        | _spelled(
            ends_on=extension.ends_on,
            counts_from=extension.counts_from,
            assessment=extension.assessment,
            valid_until=extension.valid_until,
            reason=extension.reason,
        )
        | ({} if extension.until_age is None else {"until_age": extension.until_age})
    )


def _spelled(**known: date | str | None) -> Values:
    """What is known, days as YYYY-MM-DD; what is not known is left out."""
    return {name: str(value) for name, value in known.items() if value is not None}


def _days(day: date, until: date | None) -> int | None:
    return None if until is None else (until - day).days


def _made(
    kind: Kind, clause: str, severity: Severity, values: Values, helps: ExtensionState | GateState | None = None
) -> LimitWarning:
    """A warning, with what would help where something would."""
    said = warning(kind, values)
    if helps is not None and helps.en and kind != "limit_near":
        from_then = Said("此后", "from then on, ") if kind == "proof_needed" else NOTHING
        said = joined([said, from_then + Said(helps.zh, helps.en)])
    return LimitWarning(kind=kind, clause=clause, severity=severity, values=values, zh=said.zh, en=said.en)
