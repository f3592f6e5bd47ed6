"""A rulebook adopted: its text kept, an entry in the log, every act judged by it, once. And gone back from.

The order is what a crash may leave: a text that nobody adopted harms nobody; an entry without its text would leave
acts that nobody can judge; decisions that are missing are made by whoever asks next. Source: journal.md,
`RulebookAdopted`; DESIGN, "Rule changes are blue/green".
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from api.kept_texts import keep_text, texts_at_hand
from api.mirroring import Told, judge_over, keep_decisions
from api.missing_texts import missing_texts
from api.questions import DEFAULT_RULEBOOK, WHOLE, Cut
from ledger.application.reading import Recorded, read_streams, recorded
from ledger.application.recording import Overtaken
from ledger.treatment.facts import RulebookAdopted
from ledger.treatment.subjects import RULEBOOKS
from projections.decisions import Kept, KeptError
from projections.history.standing import standing
from projections.mirror.refusal import MirrorError
from projections.rules.rulebook import Rulebook, load_rulebook
from projections.rules.succession import AdoptionRefused, Succession, succession_of

if TYPE_CHECKING:
    from ledger.application import TreatmentLedger


class NotAdopted(Exception):
    """What was asked for cannot be adopted, or gone back to, and why."""


class Adopted(NamedTuple):
    """An adoption in the log: its entry, from 1, when the ledger took it in, and the fact as corrected."""

    position: int
    appended_at: datetime
    fact: RulebookAdopted


class Proposal(NamedTuple):
    """The fact that an adoption would append, and how many entries of the log it and its preview were made over.

    `missing`: why what is in force until now cannot be judged by, a line for each text that is not at hand. There is
    nothing to compare with then, and no decisions of before.
    """

    fact: RulebookAdopted
    size: int
    missing: tuple[str, ...] = ()


class Adoption(NamedTuple):
    """What an adoption came to. `new`: the entry was appended now; `kept`: the decisions by what is in force."""

    adopted: Adopted
    new: bool
    kept: Kept


def adoptions(ledger: "TreatmentLedger", cut: Cut = WHOLE) -> list[Adopted]:
    """Every adoption that the log holds, in its order, as they stand at the cut."""
    (rows,) = read_streams(ledger.recorder, [RULEBOOKS], ledger.size)
    entries = [recorded(row) for row in rows]
    lines = standing([one.fact for one in entries], cut.as_of, cut.as_known_at)
    return [
        Adopted(entries[line.place].index + 1, entries[line.place].appended_at, line.fact)
        for line in lines
        if isinstance(line.fact, RulebookAdopted)
    ]


def keep_named(ledger: "TreatmentLedger", files: Iterable[str | Path]) -> None:
    """Keep texts that adoptions in the log name. Raises NotAdopted for a text that none names, and RulebookRefused."""
    if not files:
        return
    named = {one.fact.digest.lower() for one in adoptions(ledger)}
    for book in [load_rulebook(Path(file)) for file in files]:
        if book.digest not in named:
            raise NotAdopted(
                f"{book.path}: no adoption in the log names this text (sha256 {book.digest}); `rulebook adopted` lists "
                "the digests"
            )
        keep_text(ledger.directory, book)


def standing_adoption(ledger: "TreatmentLedger", book: Rulebook, begin: date) -> Adopted | None:
    """The adoption that says already what this one would: the last one from the day names the same text alike."""
    from_day = [one for one in adoptions(ledger) if one.fact.effective_from == begin]
    last = sorted(from_day, key=lambda one: one.fact.at)[-1:]  # stable: of one instant the later in the log
    same = [one for one in last if (one.fact.rulebook, one.fact.digest.lower()) == (book.id, book.digest)]
    return same[0] if same else None


def proposed(
    ledger: "TreatmentLedger", book: Rulebook, begin: date, now: datetime, size: int | None = None
) -> Proposal:
    """What an adoption appends. `size`: over how many entries the book was chosen, where the log had a part in that.
    Raises NotAdopted where it would not count, and AdoptionRefused where what would be in force cannot be judged by.
    """
    # Before the adoptions are read: of one that comes in between, nobody may say that it was seen.
    size = ledger.size if size is None else size
    before = [one.fact for one in adoptions(ledger)]
    fact = RulebookAdopted(
        at=now,
        id=f"rulebook-adopted-{len(before) + 1}-{book.digest[:12]}",
        rulebook=book.id,
        digest=book.digest,
        effective_from=begin,
    )
    from_day = [one for one in [*before, fact] if one.effective_from == begin]
    if sorted(from_day, key=attrgetter("at"))[-1].digest.lower() != book.digest:
        raise NotAdopted(
            f"an adoption from {begin} is dated after {now.isoformat()}, and of several the latest counts: correct its "
            "`at`, or wait until then"
        )
    texts, spoilt = texts_at_hand(ledger.directory, named=[one.digest for one in before])
    missing = missing_texts(ledger.directory, before)
    try:
        succession_of([*before, fact], [*texts, book], spoilt)
    except AdoptionRefused as refused:
        if len(refused.problems) >= len(missing):  # of several texts that are lost, one at a time can be replaced
            raise
    return Proposal(fact, size, missing)


def adopt(
    ledger: "TreatmentLedger",
    book: Rulebook,
    begin: date,
    *,
    now: datetime,
    proposal: Proposal | None = None,
    told: Told = lambda done, total: None,
    entered: Callable[[Adopted], None] = lambda adopted: None,
) -> Adoption:
    """Adopt a rulebook from the day `begin` on, and keep its decisions. Asked again, it ends what a crash cut short,
    and appends nothing.

    What was in force until now decides once more before that, over all that came in since it was adopted: by it acts
    were settled, and its decisions stay for appeals. `entered` is told the adoption as soon as it stands. `proposal`:
    the one that was shown; it is appended only if nothing was said of adoptions since it was made. Where it says that
    what was in force cannot be judged by, that has decided nothing and does not now: an adoption has to be able to take
    the place of one whose text nobody has.

    Raises NotAdopted, AdoptionRefused where what would be in force cannot be judged by, and what the ledger refuses;
    nothing is adopted then. KeptError where the adoption stands and its decisions could not be kept.
    """
    keep_text(ledger.directory, book)
    standing, new = standing_adoption(ledger, book, begin), False
    if standing is None:
        standing, new = _append(ledger, book, proposal or proposed(ledger, book, begin, now), now, told)
    entered(standing)
    try:
        judge = judge_over(ledger, [one.fact for one in adoptions(ledger)])
        return Adoption(standing, new, keep_decisions(ledger, judge, told))
    except (KeptError, MirrorError, AdoptionRefused) as error:
        raise KeptError(
            f"the adoption stands (entry {standing.position:,}), and its decisions are not kept yet: {error}"
        ) from error


def _append(
    ledger: "TreatmentLedger", book: Rulebook, proposal: Proposal, now: datetime, told: Told
) -> tuple[Adopted, bool]:
    """The entry, and whether it is ours: of two who take the same step at once, one makes it."""
    while True:
        theirs = _quicker(ledger, book, proposal)
        if theirs is not None:
            return theirs, False
        if not proposal.missing and (before := adoptions(ledger)):
            try:
                keep_decisions(ledger, judge_over(ledger, [one.fact for one in before]), told)
            except (KeptError, MirrorError) as error:
                if (theirs := _quicker(ledger, book, proposal)) is not None:
                    return theirs, False
                raise NotAdopted(
                    "nothing was adopted: before another takes its place, what is in force now decides once more, and "
                    f"that failed: {error}. If somebody else adopts the same, it may stand by then (`rulebook adopted`)"
                ) from error
        try:
            (receipt,) = ledger.record([proposal.fact], now=now, looked_at={RULEBOOKS: proposal.size})
        except Overtaken:
            continue  # while what was in force decided once more
        return Adopted(receipt.index + 1, receipt.appended_at, proposal.fact), True


def _quicker(ledger: "TreatmentLedger", book: Rulebook, proposal: Proposal) -> Adopted | None:
    """The adoption by which somebody took the same step since the proposal was made; None where nothing came in.

    Who was quicker with another step changed what this one does, so that it has to be looked at again: NotAdopted.
    """
    (rows,) = read_streams(ledger.recorder, [RULEBOOKS], ledger.size)
    new = [recorded(row) for row in rows if row.position > proposal.size]
    if not new:
        return None
    theirs = standing_adoption(ledger, book, proposal.fact.effective_from)
    if theirs is None:
        raise NotAdopted(
            f"nothing was adopted: meanwhile {'; '.join(map(_said, new))}, so what was shown is not what this would "
            "do. Run it again, and look at what it moves"
        )
    return theirs


def _said(one: Recorded) -> str:
    """What an entry says of adoptions."""
    if not isinstance(one.fact, RulebookAdopted):
        return f"entry {one.index + 1:,} corrects an adoption"
    what = f"{one.fact.rulebook} ({one.fact.digest[:12].lower()}…)"
    return f"entry {one.index + 1:,} adopts {what} from {one.fact.effective_from}"


def sides_of(
    ledger: "TreatmentLedger", position: int | None = None, cut: Cut = WHOLE
) -> tuple[Rulebook | Succession, Rulebook | Succession]:
    """What was in force before the adoption of an entry (None: the last one by the cut), and after it; before the first
    one, the rulebook by which this program judges where none was adopted. Raises NotAdopted, and AdoptionRefused.
    """
    found = adoptions(ledger, cut)
    place = next((k for k, one in enumerate(found) if position in (None, one.position)), None)
    if place is None:
        by_then = "" if cut == WHOLE else " by the time that is asked about"
        raise NotAdopted(
            f"entry {position:,} adopts no rulebook{by_then}; `rulebook adopted` lists those that do"
            if position is not None
            else f"no rulebook was {'' if by_then else 'ever '}adopted in this ledger{by_then}: name another one to "
            "compare with (--against)"
        )
    place = len(found) - 1 if position is None else place
    facts = [one.fact for one in found]
    texts, spoilt = texts_at_hand(ledger.directory, named=[fact.digest for fact in facts])
    before = succession_of(facts[:place], texts, spoilt) if place else load_rulebook(DEFAULT_RULEBOOK)
    return before, succession_of(facts[: place + 1], texts, spoilt)
