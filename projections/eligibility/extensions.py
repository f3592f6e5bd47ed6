"""Extensions: whether a span is over, and which assessment carries treatment on past its end.

The answers are the clauses' own: of the act asked about, and, while it lies within the span, of one on the first day
past it, as if treatment went on until then and nothing more were recorded. Item 3's proof is told in the same words:
before the birthday none is needed.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

import msgspec

from projections.eligibility.findings import finding_of, worded
from projections.eligibility.sentences import past_a_span
from projections.rules.acts import Act
from projections.rules.calendar import add_days, parse_period
from projections.rules.clauses.extension import counts_from
from projections.rules.decision import NOT_RECORDED, Decision, Finding, Observed
from projections.rules.judge import Case
from projections.rules.rulebook import Rulebook
from projections.rules.schema import ProofClause, SpanClause

Reason = Literal[
    "not recorded",
    "dated too early",
    "not improved",
    "says nothing on improvement",
    "no longer valid",
    "not valid",
    "not paid",
]
"""Why no assessment supports going on; `not valid`: it lacks the staff or the parts that are asked for."""
_STRIDE = timedelta(days=28)  # treatment that goes on, seen from afar: no pause that a new episode could begin after


class ExtensionState(msgspec.Struct, frozen=True, kw_only=True):
    """A span, or a proof, as it stands.

    `not_needed`: within the span, or before the birthday: payable without an assessment up to and including `ends_on`
    (null: the clock has not begun, or it counts paid days); `supported` and `missing`: past it, with an assessment
    that carries the act, or without; `impossible`: no assessment extends this span, which ends, or ended, on `ends_on`.

    The other fields say what the clause observed on `asked_on`: the day asked about, or, while none is needed, the
    first day past the span (null: not known yet). `assessment` of `assessed_on` supports until `valid_until` (null:
    for ever) unless there is a `reason` why none does. `counts_from`: an assessment of that day or later would count
    (null: of whatever date), as long as it is valid: that by itself, of an old one, carries nothing. `until_age`: the
    birthday before which no proof is needed (null: a span). `zh` and `en` say to a person what carries treatment on,
    or what is missing.
    """

    clause: str
    state: Literal["not_needed", "supported", "missing", "impossible"]
    ends_on: date | None = None
    asked_on: date | None = None
    assessment: str | None = None
    assessed_on: date | None = None
    valid_until: date | None = None
    reason: Reason | None = None
    counts_from: date | None = None
    until_age: int | None = None
    zh: str = ""
    en: str = ""

    @property
    def supported(self) -> bool:
        """Whether an assessment is there that carries the act on the day that the clause was asked about."""
        return self.assessment is not None and self.reason is None


def extensions_of(case: Case, asked: Act, decision: Decision, rulebook: Rulebook) -> Iterator[ExtensionState]:
    """The spans and proofs of the item asked about. Changes nothing in the case."""
    for words, found in worded(decision, rulebook):
        if isinstance(words, SpanClause):
            yield _of_span(case, asked, found, words.extendable)
        elif isinstance(words, ProofClause):
            yield msgspec.structs.replace(_of_proof(case, asked, found), until_age=words.birthday)


def _of_span(case: Case, asked: Act, found: Finding, extendable: bool) -> ExtensionState:
    ends_on = _last_day(found)
    if not extendable:
        said = ("期满后不能延长", "nothing extends it")
        return ExtensionState(clause=found.clause, state="impossible", ends_on=ends_on, zh=said[0], en=said[1])
    if found.holds and "assessment" not in found.observed:
        return _not_needed(case, asked, found.clause, ends_on)
    return _told(found, "supported" if found.holds else "missing", ends_on, asked.day)


def _of_proof(case: Case, asked: Act, found: Finding) -> ExtensionState:
    begins = found.observed.get("asked_from")
    if isinstance(begins, str):
        return _not_needed(case, asked, found.clause, add_days(date.fromisoformat(begins), -1))
    return _told(found, "supported" if found.holds else "missing", None, asked.day)


def _not_needed(case: Case, asked: Act, clause: str, ends_on: date | None) -> ExtensionState:
    """Nothing is needed today: what the clause would say of the first day on which something is."""
    past = add_days(ends_on, 1) if ends_on is not None else None
    if past is not None and past > asked.day:
        fork = case.fork()
        act = asked
        while act.day + _STRIDE < past:
            fork.commit(act, False)
            act = act.later(act.day + _STRIDE)
        then = finding_of(fork.decide(asked.later(past)), clause)
        if then is not None and "assessment" in then.observed:
            return _told(then, "not_needed", ends_on, past)
    return ExtensionState(clause=clause, state="not_needed", ends_on=ends_on)


def _told(
    found: Finding, state: Literal["not_needed", "supported", "missing"], ends_on: date | None, asked_on: date
) -> ExtensionState:
    seen = found.observed
    noted = seen.get("assessment", NOT_RECORDED)
    assessment = None if noted == NOT_RECORDED else str(noted)
    valid_until = _day(seen.get("valid_until"))
    reason = None if found.holds else _reason(seen)
    option = found.readings.get("extension_from")
    since = counts_from(option, add_days(ends_on, 1)) if option is not None and ends_on is not None else None
    expires = parse_period(found.readings.get("extension_valid", "forever")) is not None
    said = past_a_span(assessment, reason, valid_until, since, expires=expires)
    return ExtensionState(
        clause=found.clause,
        state=state,
        ends_on=ends_on,
        asked_on=asked_on,
        assessment=assessment,
        assessed_on=_day(seen.get("assessed_on")),
        valid_until=valid_until,
        reason=reason,
        counts_from=since,
        zh=said.zh,
        en=said.en,
    )


def _reason(seen: Observed) -> Reason:
    match seen.get("problem"):
        case "not improved" | "no longer valid" | "says nothing on improvement" | "not paid" as problem:
            return problem
        case str(problem) if problem.startswith("dated before"):
            return "dated too early"
        case str():
            return "not valid"
    return "not recorded"


def _last_day(found: Finding) -> date | None:
    """The last day of the span; None where it is not settled: no anchor yet, or paid days that are not used up."""
    if found.window is None or found.used is None or found.limit is None:
        return None
    by_paid_days = found.readings.get("span_measure") == "paid_days"
    return None if by_paid_days and found.used < found.limit else found.window[1]


def _day(value: str | int | bool | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None
