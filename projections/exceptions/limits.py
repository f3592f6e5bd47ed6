"""What an exception is measured by: every threshold in one place, with its default and the reason for it.

The notice gives almost none of them. They are starting points of this project, to be set by whoever inspects; a
lower one shows more and accuses nobody: an exception is a question.
"""

from datetime import timedelta

from msgspec import Struct

Twins = tuple[frozenset[str], frozenset[str]]
"""Items of the one side are not paid beside items of the other; sub-items count as their item."""

_LIMB_TRAININGS = frozenset({"hemiplegia-limb-training", "cerebral-palsy-limb-training", "paraplegia-limb-training"})


class Limits(Struct, frozen=True, kw_only=True):
    """Thresholds. "More than" and "within" are meant as they are written; times are lengths, days are natural days."""

    overlap: timedelta = timedelta(minutes=5)
    """Two sessions overlap when they share more than this: the next start is often noted before the last stop."""
    group_size: int = 6
    """Patients that one group session may hold. The notice names no number: set what the price list says."""
    day: timedelta = timedelta(hours=24)
    """Nobody treats for more than this on one natural day."""
    shift: timedelta = timedelta(hours=12)
    """Treating for more than this on one day is asked about: a usual shift of eight hours, and half as much again."""
    batch_window: timedelta = timedelta(minutes=2)
    batch_size: int = 5
    """So many signatures of one person within the window: half a sheet of annex 3, which has ten lines, at one go."""
    instant_size: int = 3
    """So many signatures at the very same instant. Two may fall on one minute where a system notes no seconds."""
    late_days: int = 1
    """A line written down more than so many natural days after it is claimed to have happened. The next day is
    common after a failure of the system."""
    ahead: timedelta = timedelta(minutes=5)
    """A line written down more than this before it is claimed to have happened: what clocks may differ by."""
    notes_of_patient: int = 10
    """So many sessions of one patient and item in a row with the same words: a whole sheet of annex 3."""
    notes_of_therapist: int = 30
    """So many sessions of one therapist in a row with the same words, whoever the patient: about three days' work."""
    scores_of_patient: int = 4
    """So many assessments of one patient in a row with the same score on a scale: with 14 days between, two months."""
    scores_of_patients: int = 4
    """So many assessments in a row by one first assessor with the same scores on all of two or more scales, of more
    than one patient."""
    coarse: int = 10
    """A scale whose best score is at most this has too few grades for equal scores to mean anything."""
    same_minute: int = 10
    """So many days of one patient and item in a row with start and stop at the same minute: a whole sheet of
    annex 3."""
    episode_gap: int = 90
    """A new episode of the same diagnosis is looked at when it is opened fewer than so many days after the patient
    was last treated in the one before: the reading `episode`, option `gap_90`, begins a new one after 90."""
    stay_gap: int = 15
    """Admitted again within so many days of the discharge: the notice names no number, half a month is this
    project's."""
    twins: tuple[Twins, ...] = (
        (frozenset({"exercise-therapy"}), _LIMB_TRAININGS),
        (frozenset({"manual-balance-examination"}), frozenset({"instrumented-balance-assessment"})),
    )
    """Items that exclude one another, as annex 1 has it for items 1 with 2, 3, 4 and 27 with 28."""
