"""A rulebook adopted: its text kept, an entry in the log, every act judged by it, once. And gone back from.

The order is what a crash may leave: a text that nobody adopted harms nobody; an entry without its text would leave
acts that nobody can judge; decisions that are missing are made by whoever asks next. Source: journal.md,
`RulebookAdopted`; DESIGN, "Rule changes are blue/green".
"""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from api.kept_texts import keep_text, texts_at_hand
from api.mirroring import DECISIONS, Told, judge_over, keep_decisions
from api.questions import DEFAULT_RULEBOOK
from ledger.application.reading import read_streams, recorded
from ledger.application.recording import Refused
from ledger.treatment.facts import RulebookAdopted
from ledger.treatment.subjects import RULEBOOKS
from projections.decisions import Kept, KeptError, Ruling, ruling_of
from projections.history import effective
from projections.rules.rulebook import Rulebook, load_rulebook
from projections.rules.succession import AdoptionRefused, Succession, succession_of

if TYPE_CHECKING:
    from ledger.application import TreatmentLedger

SHORTEST_DIGEST = 8
"""Characters of a digest that may stand for it."""


class NotAdopted(Exception):
    """What was asked for cannot be adopted, or gone back to, and why."""


class Adopted(NamedTuple):
    """An adoption in the log: its entry, from 1, when the ledger took it in, and the fact as corrected."""

    position: int
    appended_at: datetime
    fact: RulebookAdopted


class Adoption(NamedTuple):
    """What an adoption came to. `new`: the entry was appended now; `kept`: the decisions by what is in force."""

    adopted: Adopted
    new: bool
    kept: Kept


def adoptions(ledger: "TreatmentLedger") -> list[Adopted]:
    """Every adoption that the log holds, in its order."""
    (rows,) = read_streams(ledger.recorder, [RULEBOOKS], ledger.size)
    entries = [recorded(row) for row in rows]
    opening = [one for one in entries if isinstance(one.fact, RulebookAdopted)]
    standing = [fact for fact in effective([one.fact for one in entries]) if isinstance(fact, RulebookAdopted)]
    return [Adopted(one.index + 1, one.appended_at, fact) for one, fact in zip(opening, standing, strict=True)]


def rulebook_asked(ledger: "TreatmentLedger", asked: str) -> Rulebook:
    """A rulebook by its file, by its id among those of the program, or by the digest (or its beginning) of a text at
    hand. Raises RulebookRefused.
    """
    if len(asked) >= SHORTEST_DIGEST and set(asked.lower()) <= set("0123456789abcdef") and not Path(asked).exists():
        found = [book for book in texts_at_hand(ledger.directory) if book.digest.startswith(asked.lower())]
        if len(found) == 1:
            return found[0]
    return load_rulebook(asked)


def standing_adoption(ledger: "TreatmentLedger", book: Rulebook, begin: date) -> Adopted | None:
    """The adoption that says already what this one would: the last one from the day is of the same text."""
    from_day = [one for one in adoptions(ledger) if one.fact.effective_from == begin]
    last = sorted(from_day, key=lambda one: one.fact.at)[-1:]  # stable: of one instant the later in the log
    return last[0] if last and last[0].fact.digest.lower() == book.digest else None


def adoption_of(ledger: "TreatmentLedger", book: Rulebook, begin: date, now: datetime) -> RulebookAdopted:
    """The fact that an adoption appends. Raises NotAdopted where it would not count, and AdoptionRefused."""
    before = [one.fact for one in adoptions(ledger)]
    fact = RulebookAdopted(
        at=now,
        id=f"rulebook-adopted-{len(before) + 1}-{book.digest[:12]}",
        rulebook=book.id,
        digest=book.digest,
        effective_from=begin,
    )
    after = succession_of([*before, fact], [*texts_at_hand(ledger.directory), book])
    in_force = after.in_force(begin)
    if in_force is None or in_force.digest != book.digest:
        raise NotAdopted(
            f"an adoption from {begin} is dated after {now.isoformat()}, and of several the latest counts: correct its "
            "`at`, or wait until then"
        )
    return fact


def adopt(
    ledger: "TreatmentLedger",
    book: Rulebook,
    begin: date,
    *,
    now: datetime,
    told: Told = lambda done, total: None,
    entered: Callable[[Adopted], None] = lambda adopted: None,
) -> Adoption:
    """Adopt a rulebook from the day `begin` on, and keep its decisions. Asked again, it ends what a crash cut short,
    and appends nothing.

    What was in force until now decides once more before that, over all that came in since it was adopted: by it acts
    were settled, and its decisions stay for appeals. `entered` is told the adoption as soon as it stands.

    Raises NotAdopted, AdoptionRefused where the text of an earlier adoption is not at hand, and what the ledger
    refuses; KeptError and MirrorError where the adoption stands and the decisions could not be kept.
    """
    standing = standing_adoption(ledger, book, begin)
    keep_text(ledger.directory, book)
    new = standing is None
    if standing is None:
        if before := adoptions(ledger):
            keep_decisions(ledger, judge_over(ledger, [one.fact for one in before]), told)
        standing, new = _append(ledger, book, begin, now)
    entered(standing)
    judge = judge_over(ledger, [one.fact for one in adoptions(ledger)])
    return Adoption(standing, new, keep_decisions(ledger, judge, told))


def _append(ledger: "TreatmentLedger", book: Rulebook, begin: date, now: datetime) -> tuple[Adopted, bool]:
    """The entry, and whether it is ours: of two who take the same step at once, the ledger refuses one."""
    fact = adoption_of(ledger, book, begin, now)
    try:
        (receipt,) = ledger.record([fact], now=now)
    except Refused:
        theirs = standing_adoption(ledger, book, begin)
        if theirs is None:
            raise
        return theirs, False
    return Adopted(receipt.index + 1, receipt.appended_at, fact), True


def gone_back(ledger: "TreatmentLedger") -> tuple[Rulebook, Adopted]:
    """The text that was in force on the day of the last adoption before it, and that adoption. Raises NotAdopted."""
    found = adoptions(ledger)
    if not found:
        raise NotAdopted("no rulebook was ever adopted in this ledger, so there is nothing to go back from")
    *earlier, last = found
    try:
        before = succession_of([one.fact for one in earlier], texts_at_hand(ledger.directory))
    except AdoptionRefused:
        if earlier:
            raise
        before = None
    book = before.in_force(last.fact.effective_from) if before is not None else None
    if book is None:
        raise NotAdopted(
            f"before {last.fact.rulebook} (entry {last.position:,}) no rulebook was in force on "
            f"{last.fact.effective_from}, so there is none to go back to; adopt another with `rulebook adopt`"
        )
    return book, last


def sides_of(
    ledger: "TreatmentLedger", position: int | None = None
) -> tuple[Rulebook | Succession, Rulebook | Succession]:
    """What was in force before the adoption of an entry (None: the last one), and after it; before the first one, the
    rulebook by which this program judges where none was adopted. Raises NotAdopted, and AdoptionRefused.
    """
    found = adoptions(ledger)
    place = next((k for k, one in enumerate(found) if position in (None, one.position)), None)
    if place is None:
        raise NotAdopted(
            f"entry {position:,} adopts no rulebook; `rulebook adopted` lists those that do"
            if position is not None
            else "no rulebook was ever adopted in this ledger: name another one to compare with (--against)"
        )
    place = len(found) - 1 if position is None else place
    texts, facts = texts_at_hand(ledger.directory), [one.fact for one in found]
    before = succession_of(facts[:place], texts) if place else load_rulebook(DEFAULT_RULEBOOK)
    return before, succession_of(facts[: place + 1], texts)


class Standing(NamedTuple):
    """An adoption, the ruling that it brought about, and over how many entries its decisions are kept (None: not)."""

    adopted: Adopted
    ruling: Ruling | None
    size: int | None


def standings(ledger: "TreatmentLedger") -> list[Standing]:
    """Every adoption with what it brought about. `ruling` is None where a text is not at hand."""
    found = adoptions(ledger)
    made = []
    for count, one in enumerate(found, start=1):
        try:
            ruling = ruling_of(judge_over(ledger, [each.fact for each in found[:count]]))
        except AdoptionRefused:
            made.append(Standing(one, None, None))
            continue
        made.append(Standing(one, ruling, _size(ledger, ruling)))
    return made


def _size(ledger: "TreatmentLedger", ruling: Ruling) -> int | None:
    try:
        return Kept.read(ledger.directory / DECISIONS / ruling.name).manifest.size
    except KeptError:
        return None
