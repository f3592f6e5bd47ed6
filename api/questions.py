"""The questions that the command line and the service both answer: what the ledger holds, put to the projections.

Each is a few lines. Nothing here knows HTTP or a terminal, and nothing decides: facts come from `ledger`, answers
from `projections`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ledger.treatment.facts import Fact
from projections.history import Row, effective, history
from projections.rules.decision import Decision
from projections.rules.judge import Judge, verdict_over
from projections.rules.rulebook import Rulebook, load_rulebook

if TYPE_CHECKING:  # judging files needs no ledger, and must not wait for one to be imported
    from ledger.application import Recorded, TreatmentLedger
    from projections.eligibility import Standing

DEFAULT_RULEBOOK = "shanghai-2017"


class Rules(NamedTuple):
    """What to judge by: a rulebook, options chosen for some of its readings, and the profile of the others."""

    rulebook: Rulebook
    readings: Mapping[str, str]
    profile: str = "default"


class Cut(NamedTuple):
    """The two times of a question: only what had happened by `as_of`, and was written down by `as_known_at`."""

    as_of: datetime | None = None
    as_known_at: datetime | None = None


WHOLE = Cut()
"""No cut: everything that is known."""


class Unknown(Exception):
    """The patient or act that was asked about is not there."""


def rules(
    rulebook: str | Path = DEFAULT_RULEBOOK,
    readings: Mapping[str, str] | None = None,
    profile: str = "default",
    files: Sequence[str | Path] = (),
) -> Rules:
    """Loads what to judge by. Raises RulebookRefused, or ReadingRefused that lists the right names."""
    book = load_rulebook(rulebook)
    book.choose(readings, profile)  # refuses what it does not know
    return Rules(book, readings or {}, profile)


def judge_of(facts: Sequence[Fact], by: Rules, cut: Cut = WHOLE) -> Judge:
    """A judge over the facts as they stand at the cut."""
    return Judge(
        effective(facts, as_of=cut.as_of, as_known_at=cut.as_known_at), by.rulebook, by.readings, profile=by.profile
    )


def decisions(
    facts: Sequence[Fact], by: Rules, cut: Cut = WHOLE, *, patient: str | None = None, profiles: Sequence[str] = ()
) -> Iterator[Decision]:
    """The decisions on the facts as they stand at the cut, in the order of the acts; of one patient, if named.

    With `profiles`, each decision's verdict says whether the act is payable under all of them, some or none; the
    rest of the decision stays that of the readings chosen. Raises ReadingRefused for a profile there is not.
    """
    chosen = judge_of(facts, by, cut)
    others = [Judge(chosen.evidence, by.rulebook, by.readings, profile=profile) for profile in profiles]
    if not others:
        return chosen.decisions(patient)
    return (
        msgspec.structs.replace(decision, verdict=verdict_over(under_each))
        for decision, *under_each in zip(
            chosen.decisions(patient), *(judge.decisions(patient) for judge in others), strict=True
        )
    )


def case(ledger: "TreatmentLedger", patient: str) -> "list[Recorded]":
    """What the ledger holds of a patient, with the registry facts that judging needs. Raises Unknown for a stranger."""
    recorded = ledger.case(patient)
    if not any(getattr(one.fact, "patient", None) == patient for one in recorded):
        raise Unknown(f"no patient {patient} in this ledger; patients are named by the pseudonym of the journal")
    return recorded


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


def decision(ledger: "TreatmentLedger", act: str, by: Rules) -> Decision:
    """The decision on one act of the ledger, against everything its patient had before. Raises Unknown."""
    made = judge_of(facts(case(ledger, patient_of(ledger, act))), by).decision(act)
    if made is None:
        raise Unknown(f"{act} is recorded, but it is no act: an assessment that is not charged is not judged")
    return made


def eligible(
    ledger: "TreatmentLedger", patient: str, by: Rules, *, at: datetime, item: str | None = None
) -> "list[Standing]":
    """A patient's counters at a moment, and whether one more act would be paid. Raises Unknown, UnknownItem."""
    from projections.eligibility import eligibility

    standing = effective(facts(case(ledger, patient)))
    return eligibility(standing, by.rulebook, patient, at=at, item=item, readings=by.readings)


def facts(recorded: "Iterable[Recorded]") -> list[Fact]:
    """The facts alone, as the projections take them."""
    return [one.fact for one in recorded]
