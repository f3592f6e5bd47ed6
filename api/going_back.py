"""Back to what was in force before an adoption: by one more adoption, for what was entered stays entered.

The log does not say of an adoption that it goes back; that it does is seen by what it brings about: the same texts on
the same days as there were before an earlier one. Source: journal.md, `RulebookAdopted`.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from api.adopting import Adopted, NotAdopted, adoptions
from api.kept_texts import texts_at_hand
from api.missing_texts import missing_texts
from ledger.treatment.facts import RulebookAdopted
from projections.rules.rulebook import Rulebook
from projections.rules.succession import AdoptionRefused, Period, Succession, succession_of

if TYPE_CHECKING:
    from ledger.application import TreatmentLedger


class GoneBack(NamedTuple):
    """The text to adopt again from the day `begin`, the adoption that is gone back from, and of which of the periods
    now in force nothing changes, because they begin later. `size`: of how many entries of the log that is so.
    """

    book: Rulebook
    begin: date
    back_from: Adopted
    stay: tuple[Period, ...]
    size: int


def gone_back(ledger: "TreatmentLedger", position: int | None = None, begin: date | None = None) -> GoneBack:
    """What going back from the adoption of an entry adopts (None: from the last one), from its day or a later one.

    Raises NotAdopted: also where the last adoption has itself gone back and no entry is named, for going back from that
    would bring back what was left. AdoptionRefused where what was in force then, or would be, cannot be judged by.
    """
    size = ledger.size  # before the adoptions are read, as for a proposal
    found = adoptions(ledger)
    if not found:
        raise NotAdopted("no rulebook was ever adopted in this ledger, so there is nothing to go back from")
    place = next((k for k, one in enumerate(found) if one.position == position), None)
    if position is not None and place is None:
        raise NotAdopted(f"entry {position:,} adopts no rulebook; `rulebook adopted` lists those that do")
    texts, spoilt = texts_at_hand(ledger.directory, named=[one.fact.digest for one in found])
    facts = [one.fact for one in found]

    def in_force_by(adopted: Sequence[RulebookAdopted]) -> Succession:
        return succession_of(adopted, texts, spoilt)

    states = [_unless_missing(in_force_by, facts[: k + 1]) for k in range(len(facts))]
    if place is None:
        place = len(found) - 1
        _refuse_to_and_fro(found, states)
    last = found[place]
    day = begin or last.fact.effective_from
    if day < last.fact.effective_from:
        raise NotAdopted(
            f"{last.fact.rulebook} (entry {last.position:,}) is adopted from {last.fact.effective_from} on, so there "
            f"is nothing to go back from before that day; `rulebook adopt` adopts another one from {day}"
        )
    book = (states[place - 1] or in_force_by(facts[:place])).in_force(day) if place else None
    if book is None:
        raise NotAdopted(
            f"before {last.fact.rulebook} (entry {last.position:,}) no rulebook was in force on {day}, so there is "
            "none to go back to; adopt another with `rulebook adopt`"
        )
    now = states[-1]
    if now is None:  # what is in force is a text that nobody has: all the more may be gone back from it
        again = replace(last.fact, at=max(fact.at for fact in facts), rulebook=book.id, digest=book.digest)
        try:
            stay = in_force_by([*facts, replace(again, effective_from=day)]).periods
        except AdoptionRefused as refused:  # of several texts that are lost, one at a time can be gone back from
            if len(refused.problems) >= len(missing_texts(ledger.directory, facts)):
                raise
            stay = ()
        return GoneBack(book, day, last, tuple(period for period in stay if period.begin > day), size)
    in_force = now.in_force(day)
    if in_force is not None and in_force.digest == book.digest:
        raise NotAdopted(
            f"from {day} on {book.id} (sha256 {book.digest}) is in force already, as before entry {last.position:,}"
        )
    return GoneBack(book, day, last, tuple(period for period in now.periods if period.begin > day), size)


def _unless_missing(
    in_force_by: Callable[[Sequence[RulebookAdopted]], Succession], adopted: Sequence[RulebookAdopted]
) -> Succession | None:
    """What was in force; None where a text of it is not at hand, which is refused only if it is needed."""
    try:
        return in_force_by(adopted)
    except AdoptionRefused:
        return None


def _refuse_to_and_fro(found: Sequence[Adopted], states: Sequence[Succession | None]) -> None:
    """Refuses where the text of the last adoption had been in force on its day before, and was left by another one."""
    last, day = found[-1], found[-1].fact.effective_from
    if states[-1] is None:
        return  # by a text that nobody has, nobody has gone back
    digests = [book.digest if state and (book := state.in_force(day)) is not None else None for state in states]
    for k in range(len(states) - 2, 0, -1):
        if digests[k - 1] == digests[-1] != digests[k]:
            left, before = found[k], found[k - 1]
            further = "" if k == 1 else f" To go back further, name that of entry {before.position:,}: --entry "
            further += f"{before.position}." if further else ""
            raise NotAdopted(
                f"the last adoption (entry {last.position:,}) went back already, from {left.fact.rulebook} of entry "
                f"{left.position:,} to what was in force before it; going back from that again would bring back what "
                f"was left: if that is wanted, `rulebook adopt {left.fact.digest[:12].lower()} --from {day}`.{further}"
            )
