"""A decision as an account: the act, the verdict, every clause with its words and its count, what would change it.

Everything that is said is said in both languages; ids, days and numbers stand beside it as data.
"""

from collections.abc import Mapping
from datetime import date, datetime

import msgspec

from projections.explanation.closing import closing
from projections.explanation.counted import counted
from projections.explanation.headline import headline, title, under_profile, verdict_told
from projections.explanation.matter import Matter, matters
from projections.explanation.meaning import meaning
from projections.explanation.observed import observed
from projections.explanation.outlook import Outlook
from projections.explanation.remedies import remedy
from projections.explanation.shortfall import shortfall
from projections.explanation.terms import worded
from projections.rules.decision import Decision, Verdict
from projections.rules.judge import verdict_over
from projections.rules.rulebook import Rulebook
from projections.said import Said


class Reading(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Words that leave room, as they were read: the reading, the option chosen, and what that option means.

    `meaning` is left out where no rulebook was in force that could say.
    """

    reading: str
    option: str
    meaning: Said | None = None


class Reason(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One clause: its words (`quote`, Chinese), what they ask (`meaning`), what was counted and seen, how it was read.

    Where it fails, `shortfall` says what stands against the act, `remedy` what would have to change, and
    `next_payable_on` from which day this clause would hold by waiting alone, where there is one.
    """

    clause: str
    holds: bool
    quote: str | None = None
    meaning: Said
    shortfall: Said | None = None
    counted: Said | None = None
    observed: Said | None = None
    readings: tuple[Reading, ...] = ()
    remedy: Said | None = None
    next_payable_on: date | None = None


class Under(msgspec.Struct, frozen=True, kw_only=True):
    """The act under one profile of readings: payable, or denied by these clauses; `told` says which."""

    profile: str
    payable: bool
    denied_by: tuple[str, ...]
    told: Said


class Account(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`title` names the act, `headline` is the one sentence that decides, `reasons` has every clause in order.

    `verdict` is over the profiles in `under` where there are any, else from `payable` alone, and `verdict_told` says
    so. `closing` is what would make the act payable, a sentence each. `as_of` and `as_known_at` are the times up to
    which the facts were looked at (left out: all of them).
    """

    act: str
    payable: bool
    verdict: Verdict
    title: Said
    headline: Said
    verdict_told: Said
    under: tuple[Under, ...] = ()
    reasons: tuple[Reason, ...]
    outlook: Outlook
    closing: tuple[Said, ...]
    judged_by: str
    as_of: datetime | None = None
    as_known_at: datetime | None = None


def account(
    decision: Decision,
    rulebook: Rulebook | None,
    outlook: Outlook | None = None,
    *,
    under: Mapping[str, Decision] | None = None,
    as_of: datetime | None = None,
    as_known_at: datetime | None = None,
) -> Account:
    """The account of a decision.

    `rulebook` is the one that judged it (None: none was in force); `outlook` what would make the act payable as a
    whole, `under` the decisions on the same act under profiles, by their names, where they were asked for.
    """
    told = matters(decision, rulebook)
    ahead = outlook or Outlook()
    profiles = under or {}
    return Account(
        act=decision.act,
        payable=decision.payable,
        verdict=verdict_over(profiles.values()) if profiles else decision.verdict,
        title=title(decision, rulebook),
        headline=headline(decision, told),
        verdict_told=verdict_told(decision, profiles),
        under=tuple(
            Under(profile=name, payable=made.payable, denied_by=made.denied_by, told=under_profile(name, made))
            for name, made in profiles.items()
        ),
        reasons=tuple(_reason(matter) for matter in told),
        outlook=ahead,
        closing=tuple(closing(decision, told, ahead, known=outlook is not None)),
        judged_by=f"{decision.rulebook} {rulebook.title} sha256:{decision.digest}" if rulebook is not None else "",
        as_of=as_of,
        as_known_at=as_known_at,
    )


def _reason(matter: Matter) -> Reason:
    finding = matter.finding
    return Reason(
        clause=finding.clause,
        holds=finding.holds,
        quote=finding.quote or None,
        meaning=meaning(matter),
        shortfall=None if finding.holds else shortfall(matter),
        counted=counted(matter),
        observed=observed(matter),
        readings=tuple(_reading(name, option, matter.rulebook) for name, option in finding.readings.items()),
        remedy=None if finding.holds else remedy(matter).said,
        next_payable_on=finding.next_payable_on,
    )


def _reading(name: str, option: str, rulebook: Rulebook | None) -> Reading:
    return Reading(reading=name, option=option, meaning=worded(name, option, rulebook))
