"""Acts that nobody recorded, to ask the judge about: would one more be paid?

A hypothetical act is judged by the very code that judges real ones; here is only what it is taken to be. Its session,
its prescription, its staff and its parts are presumed to be in order; its institution and its day are known, and asked
about (record.institution). This module may not know what asking is for.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from ledger.treatment.values import Mode, Setting, at_home
from projections.rules.acts import Act
from projections.rules.episode import DeclaredEpisode
from projections.rules.register import Institution

if TYPE_CHECKING:
    from projections.rules.evidence import Evidence
    from projections.rules.rulebook import Rulebook

HYPOTHETICAL = "?"
"""The id of an act that nobody recorded."""


def hypothetical(
    evidence: "Evidence",
    rulebook: "Rulebook",
    patient: str,
    item: str,
    at: datetime,
    *,
    episode: str | None = None,
    institution: str | None = None,
    stay: str | None = None,
    mode: Mode = "individual",
    setting: Setting | None = None,
) -> Act:
    """An act of the patient at the moment.

    Without an `episode`, the patient's latest opened by then; without an `institution`, that episode's; without a
    `stay`, the admission the moment lies in.
    """
    at = at_home(at)
    declared = _episode_at(evidence, patient, at) if episode is None else evidence.episodes.get(episode)
    place = institution or (declared.institution if declared is not None else "")
    act = Act()
    act.id = HYPOTHETICAL
    known = rulebook.by_slug.get(item)
    act.kind = "assessment" if known is not None and known.kind == "assessment" else "session"
    act.patient = patient
    act.item = item
    act.at = act.seen = at
    act.day = at.date()
    act.episode = declared.id if declared is not None else ""
    act.institution = evidence.institutions.get(place) or Institution(place)
    lain = evidence.person(patient).stay_at(place, at)
    act.stay = stay or (lain.id if lain is not None else None)
    act.stay_problem = act.signature_problem = None
    act.staff = ()
    act.voided = False
    act.presumed = True
    act.recorded, act.signed = at, None
    act.order = act.stop = act.outcome = act.serves = None
    act.earlier = act.scales = act.results = 0
    act.setting = setting
    act.mode = mode
    return act


def _episode_at(evidence: "Evidence", patient: str, at: datetime) -> DeclaredEpisode | None:
    """The patient's episode opened last by the moment."""
    opened = [
        episode for episode in evidence.episodes_of(patient) if episode.opened is not None and episode.opened <= at
    ]
    return max(opened, key=lambda episode: episode.opened or at, default=None)
