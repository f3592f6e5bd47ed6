"""By which rules a question is answered that names no rulebook: by what was adopted at its cut, else by the default.

One place for all of them: explanations, eligibility, the service, reports and previews. `judge` alone stays with the
default, as its contract says, and tells that something else was adopted. Source: rules.md, "The order of judging";
journal.md, `RulebookAdopted`.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from api.kept_texts import loaded_text
from api.questions import DEFAULT_RULEBOOK, WHOLE, Cut, Rules, rules
from api.rules_asked import RulesAsked
from ledger.treatment.facts import EntryCorrected, Fact, RulebookAdopted
from projections.history import effective
from projections.rules.profiles import load_profile
from projections.rules.rulebook import Rulebook
from projections.rules.succession import IN_FORCE, AdoptionRefused
from projections.said import Said

if TYPE_CHECKING:
    from ledger.application import TreatmentLedger


class Chosen(NamedTuple):
    """What to judge by. `adopted`: what was, as it stood at the cut; `said`: what whoever asks has to be told, if
    something was adopted and the answer is not by it.
    """

    rules: Rules
    adopted: tuple[RulebookAdopted, ...]
    said: Said | None = None


def choose(asked: RulesAsked, facts: Iterable[Fact], cut: Cut = WHOLE, *, instead: bool = False) -> Chosen:
    """The rules of a question at a cut. `facts` hold all adoptions that there are, with their corrections, uncut.

    `instead`: where an adopted text is not at hand, the default answers, and it is said; else AdoptionRefused is
    raised. Raises RulebookRefused, and ReadingRefused for readings that what is chosen does not have.
    """
    facts = _of_adoptions(facts)
    adopted = adopted_at(facts, cut)
    if asked.rulebook is not None:
        return Chosen(rules(*asked, digests=_digests(facts)), adopted)
    if not adopted:
        if not adopted_at(facts, WHOLE):
            return Chosen(rules(*asked), ())
        return Chosen(rules(*asked._replace(files=())), (), _NOT_YET)
    by = rules(*asked._replace(rulebook=IN_FORCE), digests=_digests(facts))
    try:
        by.judging_by(adopted).choose(by.readings, by.profile)
    except AdoptionRefused as refused:
        if not instead:
            raise
        return Chosen(rules(*asked._replace(files=())), adopted, _not_at_hand(refused))
    return Chosen(by, adopted)


def loaded(asked: RulesAsked) -> RulesAsked:
    """The same, its files read, for whoever is asked many times: they may be others later, or gone.

    The texts that are kept in the ledger's directory are looked for at each question. Raises what `choose` does.
    """
    book = rules(*asked).rulebook if asked.rulebook not in (None, IN_FORCE) else None
    return asked._replace(
        rulebook=book if isinstance(book, Rulebook) else asked.rulebook,
        profile=load_profile(asked.profile) if isinstance(asked.profile, str) else asked.profile,
        files=() if book is not None else tuple(map(loaded_text, asked.files)),
    )


def adopted_at(facts: Iterable[Fact], cut: Cut = WHOLE) -> tuple[RulebookAdopted, ...]:
    """The adoptions among the facts, as they stood at the cut, in the order of the log."""
    standing = effective(_of_adoptions(facts), as_of=cut.as_of, as_known_at=cut.as_known_at)
    return tuple(fact for fact in standing if isinstance(fact, RulebookAdopted))


def passed_over(asked: RulesAsked, facts: Iterable[Fact], cut: Cut = WHOLE) -> Said | None:
    """What to tell whoever has acts judged by the default though another rulebook was adopted by the cut."""
    adopted = adopted_at(facts, cut) if asked.rulebook is None else ()
    if not adopted:
        return None
    named = [f"{fact.rulebook} ({fact.digest[:12].lower()}…)" for fact in adopted]
    days = [fact.effective_from.isoformat() for fact in adopted]
    zh = "、".join(f"{name}自{day}起" for name, day in zip(named, days, strict=True))
    en = ", ".join(f"{name} from {day}" for name, day in zip(named, days, strict=True))
    return Said(
        f"已采用{zh}；此处按{DEFAULT_RULEBOOK}判定，按已采用的规则判定请用 --rulebook {IN_FORCE}",
        f"adopted was {en}; this is judged by {DEFAULT_RULEBOOK}: --rulebook {IN_FORCE} judges by what was adopted",
    )


class AdoptedMeanwhile(Exception):
    """While an answer was computed, something was said of adoptions: it would be of a log that it was not judged by."""

    def __init__(self) -> None:
        super().__init__("a rulebook was adopted, or an adoption corrected, while this was computed: ask again")


def require_chosen(ledger: "TreatmentLedger", size: int, adopted: Iterable[RulebookAdopted], cut: Cut = WHOLE) -> None:
    """Raises AdoptedMeanwhile where the first `size` entries do not adopt, at the cut, what was chosen by."""
    if adopted_at(adoption_facts(ledger, size), cut) != tuple(adopted):
        raise AdoptedMeanwhile


def adoption_facts(ledger: "TreatmentLedger", size: int | None = None) -> list[Fact]:
    """All that a ledger, or its first `size` entries, holds of adoptions, with corrections, in the order of the log."""
    from ledger.application.reading import read_streams, recorded
    from ledger.treatment.subjects import RULEBOOKS

    (rows,) = read_streams(ledger.recorder, [RULEBOOKS], ledger.size if size is None else size)
    return [recorded(row).fact for row in rows]


_NOT_YET = Said(
    f"截至所问时点尚未采用任何规则，故按{DEFAULT_RULEBOOK}判定",
    f"no rulebook was adopted by the time that is asked about, so {DEFAULT_RULEBOOK} judges",
)


def _not_at_hand(refused: AdoptionRefused) -> Said:
    what = "; ".join(refused.problems)
    return Said(
        f"按{DEFAULT_RULEBOOK}判定，而非按已采用的规则：{what}",
        f"judged by {DEFAULT_RULEBOOK}, not by what was adopted: {what}",
    )


def _digests(facts: Sequence[Fact]) -> set[str]:
    """Of the texts that these facts of adoptions name at any time, also by a correction."""
    corrected = [fact for fact in facts if isinstance(fact, EntryCorrected) and fact.field == "digest"]
    named = {fact.digest for fact in facts if isinstance(fact, RulebookAdopted)}
    return named | {fact.new for fact in corrected if isinstance(fact.new, str)}


def _of_adoptions(facts: Iterable[Fact]) -> list[Fact]:
    """Of many facts those that say what was adopted, so that no others are gone through at each question."""
    told = [fact for fact in facts if isinstance(fact, RulebookAdopted | EntryCorrected)]
    named = {fact.id for fact in told if isinstance(fact, RulebookAdopted)}
    return [fact for fact in told if isinstance(fact, RulebookAdopted) or fact.target in named]
