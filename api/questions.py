"""The questions that the command line and the service both answer: what the ledger holds, put to the projections.

Each is a few lines. Nothing here knows HTTP or a terminal, and nothing decides: facts come from `ledger`, answers
from `projections`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from api.kept_texts import loaded_text, text_of, texts_at_hand
from ledger.treatment.facts import Fact
from projections.history import Row, effective, history
from projections.rules.decision import Decision
from projections.rules.judge import Judge, verdict_of
from projections.rules.profiles import load_profile
from projections.rules.readings import Profile
from projections.rules.rulebook import Rulebook, RulebookRefused
from projections.rules.succession import IN_FORCE, InForce, Succession

if TYPE_CHECKING:  # judging files needs no ledger, and must not wait for one to be imported
    from ledger.application import Recorded, TreatmentLedger
    from projections.eligibility import Standing
    from projections.pricing import Prices, Told
    from projections.verdicts import Tally

DEFAULT_RULEBOOK = "shanghai-2017"


class Rules(NamedTuple):
    """What to judge by: a rulebook, options chosen for some of its readings, and the profile of the others.

    `rulebook` may be the question for whichever was in force: which those are, the facts say (`judging_by`).
    """

    rulebook: Rulebook | InForce
    readings: Mapping[str, str]
    profile: str | Profile = "default"

    def judging_by(self, facts: Iterable[Fact]) -> Rulebook | Succession:
        """What the judge takes. `facts` are effective ones; raises AdoptionRefused where they adopt what cannot be."""
        return self.rulebook.succession(facts) if isinstance(self.rulebook, InForce) else self.rulebook


class Cut(NamedTuple):
    """The two times of a question: only what had happened by `as_of`, and was written down by `as_known_at`."""

    as_of: datetime | None = None
    as_known_at: datetime | None = None


WHOLE = Cut()
"""No cut: everything that is known."""


class Unknown(Exception):
    """The patient or act that was asked about is not there."""


def rules(
    rulebook: str | Path | Rulebook | None = None,
    readings: Mapping[str, str] | None = None,
    profile: str | Profile = "default",
    files: Sequence[str | Path | Rulebook] = (),
    directory: Path | None = None,
    digests: Iterable[str] | None = None,
) -> Rules:
    """Loads what to judge by: a rulebook by its id or file (None: the default), or `in-force`; `files` are further
    texts an id may mean. What is loaded already is taken as it is.

    `directory`: of a ledger, which keeps the texts that were adopted there; `digests`: of those that adoptions name,
    where that is known, for no others are read then. Raises RulebookRefused, or ReadingRefused that lists the right
    names. What no adopted rulebook reads is found out when it is known which were adopted.
    """
    rulebook = DEFAULT_RULEBOOK if rulebook is None else rulebook
    if rulebook == IN_FORCE:
        texts, spoilt = texts_at_hand(directory, files, digests)
        return Rules(InForce(texts, spoilt=spoilt), readings or {}, _profile(profile, texts))
    given = [loaded_text(file) for file in files]
    named = [book for book in given if book.id == rulebook]
    if given and not named:
        wanted = f"--rulebook {IN_FORCE}, or --rulebook with the id of the file"
        raise RulebookRefused(
            [f"{book.path}: id: {book.id} is not asked for by {rulebook}; use {wanted}" for book in given]
        )
    if len({book.digest for book in named}) > 1:
        raise RulebookRefused(
            [f"{book.path}: id: {book.id} has another text in another file; give one of them" for book in named]
        )
    book = named[0] if named else text_of(rulebook)
    chosen = _profile(profile, [book])
    book.choose(readings, chosen)  # refuses what it does not know
    return Rules(book, readings or {}, chosen)


def _profile(profile: str | Profile, books: Sequence[Rulebook]) -> Profile:
    return profile if isinstance(profile, Profile) else load_profile(profile, [book.readings for book in books])


def judge_of(facts: Sequence[Fact], by: Rules, cut: Cut = WHOLE) -> Judge:
    """A judge over the facts as they stand at the cut."""
    standing = effective(facts, as_of=cut.as_of, as_known_at=cut.as_known_at)
    return Judge(standing, by.judging_by(standing), by.readings, profile=by.profile)


def decisions(
    facts: Sequence[Fact], by: Rules, cut: Cut = WHOLE, *, patient: str | None = None, profiles: Sequence[str] = ()
) -> Iterator[Decision]:
    """The decisions on the facts as they stand at the cut, in the order of the acts; of one patient, if named.

    With `profiles`, each decision's verdict says whether the act is payable under all of them, some or none; the
    rest of the decision stays that of the readings chosen. Raises ReadingRefused for a profile there is not.
    """
    chosen = judge_of(facts, by, cut)
    others = judges_under(chosen, profiles)
    if not others:
        return chosen.decisions(patient)
    return (
        msgspec.structs.replace(decision, verdict=verdict_of(payable))
        for decision, *payable in zip(
            chosen.decisions(patient), *(judge.payable(patient) for judge in others), strict=True
        )
    )


def judges_under(chosen: Judge, profiles: Sequence[str]) -> list[Judge]:
    """A judge for each profile (a name, or a file) over the same evidence, the single readings on top of it.

    Raises ReadingRefused for a profile there is not, or that does not fit the rulebooks.
    """
    return [chosen.under(profile) for profile in profiles_of(chosen, profiles)]


def profiles_of(judge: Judge, profiles: Sequence[str]) -> list[Profile]:
    """The profiles of these names and files, checked against what is judged by. Raises ReadingRefused."""
    return [load_profile(profile, [book.readings for book in judge.rulebooks]) for profile in profiles]


def tallied(
    facts: Sequence[Fact], by: Rules, cut: Cut = WHOLE, *, patient: str | None = None, profiles: Sequence[str] = ()
) -> "Tally":
    """The sums of what `decisions` says: acts, money and clauses by verdict."""
    from projections.verdicts import tally  # only now: `judge` must not wait for it

    judge = judge_of(facts, by, cut)
    return tally(judges_under(judge, profiles) or [judge], patient)


def prices(
    facts: Sequence[Fact], by: Rules, cut: Cut = WHOLE, *, profiles: Sequence[str] = (), told: "Told | None" = None
) -> "Prices":
    """What each other option of each reading would move, over the facts as they stand at the cut; profiles as well."""
    from projections.pricing import price  # only now: `judge` must not wait for it

    judge = judge_of(facts, by, cut)
    return price(judge, profiles_of(judge, profiles), told=told)


def case(ledger: "TreatmentLedger", patient: str) -> "list[Recorded]":
    """What the ledger holds of a patient, with the registry facts that judging needs. Raises Unknown for a stranger."""
    recorded = ledger.case(patient)
    if not any(getattr(one.fact, "patient", None) == patient for one in recorded):
        raise Unknown(f"no patient {patient} in this ledger; patients are named by the pseudonym of the journal")
    return recorded


def extent(ledger: "TreatmentLedger", subject: str) -> int:
    """How many entries of the log hold all that the bundle of `patient:P`, or of another subject, is made of."""
    from ledger.application.reading import subject_streams

    streams = subject_streams(ledger.recorder, subject, ledger.size)
    return max((row.position for stream in streams for row in stream.rows), default=0)


def patient_of(ledger: "TreatmentLedger", act: str) -> str:
    """Whose session or assessment it is. Raises Unknown for an act that the ledger does not hold."""
    patient = ledger.subject_of_act(act)
    if patient is None:
        raise Unknown(f"no session or assessment {act} in this ledger")
    return patient


def rows(recorded: "Sequence[Recorded]", patient: str, cut: Cut = WHOLE) -> "list[tuple[Recorded, Row]]":
    """A patient's history at the cut, in the order in which it happened, each row with its entry in the log."""
    found = history(facts(recorded), patient, as_of=cut.as_of, as_known_at=cut.as_known_at)
    return [(recorded[row.place], row) for row in found]


def case_of_act(ledger: "TreatmentLedger", act: str) -> list[Fact]:
    """All that judging an act needs: its patient's case. Raises Unknown for an act that the ledger does not hold."""
    return facts(case(ledger, patient_of(ledger, act)))


def eligible(
    facts: Sequence[Fact],
    patient: str,
    by: Rules,
    *,
    at: datetime,
    item: str | None = None,
    episode: str | None = None,
    institution: str | None = None,
) -> "list[Standing]":
    """A patient's counters at a moment, and whether one more act would be paid; `facts` are the patient's case.

    Raises what `eligibility` raises for an item, an episode or an institution there is not.
    """
    from projections.eligibility import eligibility

    standing = effective(facts)
    return eligibility(
        standing, by.judging_by(standing), patient,
        at=at, item=item, episode=episode, institution=institution, readings=by.readings, profile=by.profile,
    )  # fmt: skip


def facts(recorded: "Iterable[Recorded]") -> list[Fact]:
    """The facts alone, as the projections take them."""
    return [one.fact for one in recorded]
