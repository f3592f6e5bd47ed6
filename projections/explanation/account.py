"""A decision as an account: the act, the verdict, every clause with its words and its count, what would change it."""

from collections.abc import Iterator
from datetime import date

import msgspec

from projections.explanation.remedies import remedy
from projections.explanation.words import meaning, unit
from projections.rules.decision import Decision, Finding
from projections.rules.rulebook import Rulebook
from projections.rules.schema import Clause, SpanClause

_MANY = 12  # acts named one by one; a line of ninety ids helps nobody


class Reason(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One clause: its words (`quote`, Chinese), what they come to (`meaning`), what was counted, how it was read.

    `remedy` says what would have to change; absent where the clause holds.
    """

    clause: str
    holds: bool
    quote: str | None = None
    meaning: str = ""
    counted: str | None = None
    observed: str | None = None
    readings: tuple[str, ...] = ()
    remedy: str | None = None


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """`title` names the act, `verdict` is one sentence, `reasons` has every clause in the order of judging."""

    act: str
    payable: bool
    title: str
    verdict: str
    reasons: tuple[Reason, ...]
    judged_by: str


def account(decision: Decision, rulebook: Rulebook) -> Account:
    """The account of a decision. The rulebook is the one that judged it."""
    item = rulebook.by_slug.get(decision.item)
    clauses = {clause.clause: clause for clause in item.clause} if item is not None else {}
    name = f" {item.name}" if item is not None else ""
    rule = f"rule {decision.rule}" if decision.rule is not None else "outside the rulebook"
    return Account(
        act=decision.act,
        payable=decision.payable,
        title=f"{decision.act} · {decision.item}{name} · {rule} · patient {decision.patient} · "
        f"{decision.at:%Y-%m-%d %H:%M}",
        verdict=_verdict(decision),
        reasons=tuple(_reason(finding, clauses.get(finding.clause), rulebook) for finding in decision.findings),
        judged_by=f"{decision.rulebook} {rulebook.title} (sha256 {decision.digest})",
    )


def explain(decision: Decision, rulebook: Rulebook) -> str:
    """The account as text for a terminal or a letter; it ends with what would have to change."""
    return "\n".join(_lines(account(decision, rulebook))) + "\n"


def _lines(told: Account) -> Iterator[str]:
    yield told.title
    yield told.verdict
    yield ""
    for reason in told.reasons:
        yield f"{'holds' if reason.holds else 'FAILS'}  {reason.clause}" + (f"  {reason.quote}" if reason.quote else "")
        for line in (reason.meaning, reason.counted, reason.observed, *reason.readings):
            if line:
                yield f"       {line}"
    yield ""
    yield f"Judged by {told.judged_by}"
    yield ""
    yield "What would have to change"
    if told.payable:
        yield "  Nothing: the act is payable."
    for reason in told.reasons:
        if reason.remedy is not None:
            yield f"  {reason.clause}: {reason.remedy}"


def _verdict(decision: Decision) -> str:
    if decision.payable:
        return "Payable: every clause holds."
    named = ", ".join(decision.denied_by)
    return f"Not payable: {named} {'does' if len(decision.denied_by) == 1 else 'do'} not hold."


def _reason(finding: Finding, clause: Clause | None, rulebook: Rulebook) -> Reason:
    return Reason(
        clause=finding.clause,
        holds=finding.holds,
        quote=finding.quote,
        meaning=meaning(finding, clause, rulebook),
        counted=_counted(finding, clause),
        observed=_observed(finding),
        readings=tuple(_reading(name, option, rulebook) for name, option in finding.readings.items()),
        remedy=None if finding.holds else remedy(finding, clause, rulebook),
    )


def _counted(finding: Finding, clause: Clause | None) -> str | None:
    """`used 2 of 2 sessions on 2021-03-01: S1, S2`; the window is what the count ran over."""
    said = []
    if isinstance(clause, SpanClause) and finding.counted and finding.used is not None:
        said.append(f"{finding.used} days after the first of {finding.limit}")
    elif finding.used is not None and finding.limit is not None:
        said.append(f"used {finding.used} of {finding.limit} {unit(finding)}")
    elif finding.limit is not None:
        said.append(f"at least {finding.limit} {unit(finding)}")
    if finding.window is not None:
        said.append(_window(*finding.window))
    named = ", ".join(finding.counted[:_MANY])
    more = len(finding.counted) - _MANY
    if named:
        named += f" and {more} more" if more > 0 else ""
        return f"{' '.join(said)}: {named}" if said else f"counted: {named}"
    return " ".join(said) or None


def _window(first: date, last: date | None) -> str:
    if last is None:
        return f"from {first} on"
    return f"on {first}" if first == last else f"from {first} to {last}"


def _observed(finding: Finding) -> str | None:
    said = [f"{name.replace('_', ' ')}: {_plain(value)}" for name, value in finding.observed.items()]
    return f"on record: {'; '.join(said)}" if said else None


def _plain(value: str | int | bool | date) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _reading(name: str, option: str, rulebook: Rulebook) -> str:
    reading = rulebook.readings.get(name)
    words = reading.options.get(option, "") if reading is not None else ""
    return f"read with {name} = {option}" + (f": {words}" if words else "")
