"""A rulebook adopted: its text kept, an entry in the log, every act judged by it, once. And gone back from.

The order is what a crash may leave: a text that nobody adopted harms nobody; an entry without its text would leave
acts that nobody can judge; decisions that are missing are made by whoever asks next. Source: journal.md,
`RulebookAdopted`; DESIGN, "Rule changes are blue/green".
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from api.kept_texts import KEPT, keep_text, texts_at_hand
from api.mirroring import DECISIONS, Told, judge_over, keep_decisions
from api.questions import DEFAULT_RULEBOOK
from ledger.application.reading import Recorded, read_streams, recorded
from ledger.application.recording import Overtaken
from ledger.treatment.facts import RulebookAdopted
from ledger.treatment.subjects import RULEBOOKS
from projections.decisions import Kept, KeptError, Ruling, ruling_of
from projections.decisions.manifest import NAME
from projections.history import effective
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
    """The fact that an adoption would append, and how many entries of the log it and its preview were made over."""

    fact: RulebookAdopted
    size: int


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
    """The adoption that says already what this one would: the last one from the day is of the same text."""
    from_day = [one for one in adoptions(ledger) if one.fact.effective_from == begin]
    last = sorted(from_day, key=lambda one: one.fact.at)[-1:]  # stable: of one instant the later in the log
    return last[0] if last and last[0].fact.digest.lower() == book.digest else None


def proposed(ledger: "TreatmentLedger", book: Rulebook, begin: date, now: datetime) -> Proposal:
    """What an adoption appends. Raises NotAdopted where it would not count, and AdoptionRefused."""
    size = ledger.size  # before the adoptions are read: of one that comes in between, nobody may say that it was seen
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
    return Proposal(fact, size)


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
    the one that was shown; it is appended only if nothing was said of adoptions since it was made.

    Raises NotAdopted, AdoptionRefused where the text of an earlier adoption is not at hand, and what the ledger
    refuses; KeptError and MirrorError where the adoption stands and the decisions could not be kept.
    """
    keep_text(ledger.directory, book)
    standing, new = standing_adoption(ledger, book, begin), False
    if standing is None:
        standing, new = _append(ledger, book, proposal or proposed(ledger, book, begin, now), now, told)
    entered(standing)
    judge = judge_over(ledger, [one.fact for one in adoptions(ledger)])
    return Adoption(standing, new, keep_decisions(ledger, judge, told))


def _append(
    ledger: "TreatmentLedger", book: Rulebook, proposal: Proposal, now: datetime, told: Told
) -> tuple[Adopted, bool]:
    """The entry, and whether it is ours: of two who take the same step at once, one makes it."""
    while True:
        theirs = _quicker(ledger, book, proposal)
        if theirs is not None:
            return theirs, False
        if before := adoptions(ledger):
            keep_decisions(ledger, judge_over(ledger, [one.fact for one in before]), told)
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
    """An adoption, the ruling that it brought about (None: a text is not at hand), over how many entries its decisions
    are kept; where they are not, `why`.
    """

    adopted: Adopted
    ruling: Ruling | None
    size: int | None
    why: str = ""


def standings(ledger: "TreatmentLedger") -> list[Standing]:
    """Every adoption with what it brought about."""
    found = adoptions(ledger)
    made = []
    at_hand = {book.digest for book in texts_at_hand(ledger.directory)}
    for count, one in enumerate(found, start=1):
        try:
            ruling = ruling_of(judge_over(ledger, [each.fact for each in found[:count]]))
        except AdoptionRefused as refused:
            named = {each.fact.digest.lower(): each.fact.rulebook for each in found[:count]}
            home = ledger.directory / KEPT
            lost = [
                f"put the text of {rulebook} into {home} as {digest}.toml"
                for digest, rulebook in named.items()
                if digest not in at_hand
            ]
            made.append(Standing(one, None, None, "; ".join(lost or refused.problems)))
            continue
        directory = ledger.directory / DECISIONS / ruling.name
        try:
            made.append(Standing(one, ruling, Kept.read(directory).manifest.size))
        except KeptError as error:
            # By `adopt` they are kept; an entry that came in as a fact, or was cut short, has left none.
            none = "it was recorded and not judged, or judging was cut short; adopting the same again ends it"
            made.append(Standing(one, ruling, None, str(error) if (directory / NAME).exists() else none))
    return made
