"""Rulebooks one after another: which text was in force on a day, as the adoptions on record say.

An adoption is a fact: it names a rulebook, the digest of its text and the day from which it is judged by. Here are the
adoptions put together with the texts at hand. An adopted text that is not at hand is refused and never replaced by
another of the same name: a decision by other words than were adopted would be wrong and look right.

Source: spec/journal.md, `RulebookAdopted`; DESIGN, "Rule changes are blue/green".
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import NamedTuple

from ledger.treatment.facts import Fact, RulebookAdopted
from projections.rules.check import IN_FORCE
from projections.rules.readings import Profile, choose
from projections.rules.rulebook import Rulebook, RulebookRefused

__all__ = ["IN_FORCE", "AdoptionRefused", "InForce", "Period", "Succession", "succession_of"]


class AdoptionRefused(RulebookRefused):
    """What is on record of adoptions cannot be judged by. `problems` has a line for each.

    `since`: the first day from which a text was adopted that is not at hand; None where nothing was adopted.
    """

    def __init__(self, problems: list[str], since: date | None = None) -> None:
        super().__init__(problems)
        self.since = since


class Period(NamedTuple):
    """From this day on (inclusive), until the next period, acts are judged by this text."""

    begin: date
    rulebook: Rulebook


class Succession:
    """Which rulebook is in force on a day. `rulebooks` are the texts that ever are, each once, earliest first.

    `periods` follow one another; there is one at least, and neighbours differ.
    """

    def __init__(self, periods: Sequence[Period]) -> None:
        if not periods:
            raise AdoptionRefused([_nothing_adopted()])
        self.periods: tuple[Period, ...] = _joined(periods)
        self._begins = [period.begin for period in self.periods]
        self.rulebooks: tuple[Rulebook, ...] = tuple(
            {period.rulebook.digest: period.rulebook for period in self.periods}.values()
        )

    def period(self, day: date) -> Period | None:
        """The period that a day lies in; None before the first."""
        place = bisect_right(self._begins, day)
        return self.periods[place - 1] if place else None

    def in_force(self, day: date) -> Rulebook | None:
        """The rulebook in force on a day; None before the first."""
        period = self.period(day)
        return period.rulebook if period is not None else None

    def changes_after(self, day: date) -> list[date]:
        """The days after `day` on which another rulebook comes into force, ascending."""
        return self._begins[bisect_right(self._begins, day) :]

    def choose(
        self, readings: Mapping[str, str] | None = None, profile: str | Profile = "default"
    ) -> list[dict[str, str]]:
        """One option for every reading of each of `rulebooks`, in their order.

        A reading or an option that only one of them has is chosen there. Raises ReadingRefused for one that none has.
        """
        return [
            choose(book.readings, readings, profile, beside=[other.readings for other in self.rulebooks])
            for book in self.rulebooks
        ]


class InForce:
    """The question for whichever rulebook was in force, before it is known what was adopted.

    `texts` are those at hand: the rulebooks that come with the project, and those that were given. Adoptions that
    hold from the day `before` or later are passed over: what is decided of acts from then on means nothing. `spoilt`
    as `succession_of` takes it.
    """

    id = IN_FORCE
    title = "the rulebooks that were adopted, each from its day on"

    def __init__(
        self, texts: Iterable[Rulebook], before: date | None = None, spoilt: Mapping[str, str] | None = None
    ) -> None:
        self.texts: tuple[Rulebook, ...] = tuple({book.digest: book for book in texts}.values())
        self.before = before
        self.spoilt = spoilt or {}

    def succession(self, facts: Iterable[Fact]) -> Succession:
        """What the facts adopt. Raises AdoptionRefused."""
        if self.before is not None:
            facts = [fact for fact in facts if not _is_adopted_from(self.before, fact)]
        return succession_of(facts, self.texts, self.spoilt)


def succession_of(
    facts: Iterable[Fact], texts: Sequence[Rulebook], spoilt: Mapping[str, str] | None = None
) -> Succession:
    """The succession that the adoptions among effective facts (in journal order) make up.

    On a day the latest `effective_from` not after it counts; of several adoptions from the same day the one with the
    later `at`, then the later in the journal. Raises AdoptionRefused when nothing was adopted, or when the text of an
    adoption that is in force on some day is not among `texts`: every such adoption at once. One that another from the
    same day has replaced decides of no act, so that its text is not asked for. `spoilt` says of a digest whose text was
    found, and cannot be taken, where and why, for whoever has to put it right.
    """
    latest: dict[date, RulebookAdopted] = {}
    adopted = [fact for fact in facts if isinstance(fact, RulebookAdopted)]
    for fact in sorted(adopted, key=attrgetter("at")):  # stable: ties stay in journal order
        latest[fact.effective_from] = fact
    counting = [latest[begin] for begin in sorted(latest)]
    problems = {fact: problem for fact in counting if (problem := _problem(fact, texts, spoilt or {})) is not None}
    if problems:
        raise AdoptionRefused(list(problems.values()), min(fact.effective_from for fact in problems))
    by_digest = {book.digest: book for book in texts}
    return Succession([Period(fact.effective_from, by_digest[fact.digest.lower()]) for fact in counting])


def _is_adopted_from(day: date, fact: Fact) -> bool:
    return isinstance(fact, RulebookAdopted) and fact.effective_from >= day


def _joined(periods: Sequence[Period]) -> tuple[Period, ...]:
    """Without those that go on with the text of the one before."""
    kept: list[Period] = []
    for period in periods:
        if not kept or kept[-1].rulebook.digest != period.rulebook.digest:
            kept.append(period)
    return tuple(kept)


def _problem(fact: RulebookAdopted, texts: Sequence[Rulebook], spoilt: Mapping[str, str]) -> str | None:
    """Why an adoption cannot be judged by; None where its text is at hand, under its own name."""
    called = [book for book in texts if book.id == fact.rulebook]
    if any(book.digest == fact.digest.lower() for book in called):
        return None
    what = f"{IN_FORCE}: {fact.rulebook}, adopted from {fact.effective_from}"
    # The way out where nobody has the text, and nothing can correct the adoption: it may have no id.
    another = f", or adopt another from the same day (`rulebook adopt FILE --from {fact.effective_from}`)"
    if (why := spoilt.get(fact.digest.lower())) is not None:
        return f"{what}: {why}. Or give the file of the adopted text with --rulebook-file{another}"
    if called:
        held = "; ".join(f"that of {book.path} is {book.digest}" for book in called)
        return (
            f"{what}: adopted was the text with the SHA-256 digest {fact.digest}, and {held}. Give the file of the "
            f"adopted text with --rulebook-file; if the digest is what is wrong, correct it{another}"
        )
    return (
        f"{what}: no rulebook of that name is at hand (the adopted text has the SHA-256 digest {fact.digest}). Give "
        f"its file with --rulebook-file{another}; at hand are "
        f"{', '.join(sorted({book.id for book in texts}))}"
    )


def _nothing_adopted() -> str:
    return (
        f"{IN_FORCE}: no rulebook was adopted by then, so none is in force. Record the adoption (RulebookAdopted: "
        "rulebook, digest, effective_from), or name the rulebook to judge by with --rulebook"
    )
