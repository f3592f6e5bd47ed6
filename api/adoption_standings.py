"""What became of every adoption in the log: on which days it decides by now, and what of its decisions is kept.

What is kept is a copy that may be gone: the decisions follow from the log (`api.appealing`). Changes nothing.
Source: journal.md, `RulebookAdopted`; rules.md, "in-force".
"""

from collections.abc import Sequence
from datetime import date, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from api.adopting import Adopted, adoptions
from api.kept_texts import KEPT, texts_at_hand
from api.mirroring import DECISIONS, judge_over
from projections.decisions import Kept, KeptError, Ruling, ruling_of
from projections.decisions.manifest import NAME
from projections.rules.succession import AdoptionRefused

if TYPE_CHECKING:
    from ledger.application import TreatmentLedger


class Standing(NamedTuple):
    """An adoption, the ruling that it brought about (None: a text is not at hand), over how many entries its decisions
    are kept; where they are not, `why`, and what to do.

    `in_force`: it decides acts of some days, from its own day on, to the day `until` (None: without an end). Else
    others from the same day were adopted since.
    """

    adopted: Adopted
    in_force: bool
    until: date | None
    ruling: Ruling | None
    size: int | None
    why: str = ""


def standings(ledger: "TreatmentLedger") -> list[Standing]:
    """Every adoption with what it brought about and what is left of that, in the order of the log."""
    found = adoptions(ledger)
    deciding = _deciding(found)
    texts, spoilt = texts_at_hand(ledger.directory, named=[one.fact.digest for one in found])
    at_hand = {book.digest for book in texts}
    made = []
    for count, one in enumerate(found, start=1):
        days = one.position in deciding, deciding.get(one.position)
        try:
            ruling = ruling_of(judge_over(ledger, [each.fact for each in found[:count]]))
        except AdoptionRefused as refused:
            named = {each.fact.digest.lower(): each.fact.rulebook for each in found[:count]}
            home = ledger.directory / KEPT
            lost = [
                f"{rulebook}: {spoilt[digest]}"
                if digest in spoilt
                else f"put the text of {rulebook} into {home} as {digest}.toml"
                for digest, rulebook in named.items()
                if digest not in at_hand
            ]
            made.append(Standing(one, *days, None, None, "; ".join(lost or refused.problems)))
            continue
        directory = ledger.directory / DECISIONS / ruling.name
        try:
            made.append(Standing(one, *days, ruling, Kept.read(directory).manifest.size))
        except KeptError as error:
            none = str(error) if (directory / NAME).exists() else f"there are none in {directory}"
            made.append(Standing(one, *days, ruling, None, f"{none}; {_remedy(one, found, deciding)}"))
    return made


def _deciding(found: Sequence[Adopted]) -> dict[int, date | None]:
    """The entries of the adoptions that decide acts of some days, each with the last of its days (None: no end)."""
    latest: dict[date, Adopted] = {}
    for one in sorted(found, key=attrgetter("fact.at")):  # stable: of one instant the later in the log counts
        latest[one.fact.effective_from] = one
    begins = sorted(latest)
    ends = [begin - timedelta(days=1) for begin in begins[1:]]
    return {latest[begin].position: end for begin, end in zip(begins, [*ends, None], strict=False)}


def _remedy(one: Adopted, found: Sequence[Adopted], deciding: dict[int, date | None]) -> str:
    """How decisions that are not kept are come by. Adopting again keeps those of what is in force by now, and is a step
    of its own where another adoption has taken the place of this one since.
    """
    if one.position == found[-1].position and one.position in deciding:
        again = f"rulebook adopt {one.fact.digest[:12].lower()} --from {one.fact.effective_from}"
        return f"adopting the same again (`{again}`) makes no other entry and keeps them"
    return "they follow from the log: `rulebook decision ACT` makes them again"
