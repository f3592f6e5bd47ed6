"""Who was where: a therapist or a patient in two places at a time, and a group charged as if it were none.

Only sessions with a stop are compared: nobody knows how long another lasted. An assessment notes an instant alone.
"""

from collections.abc import Hashable, Iterator, Sequence
from datetime import datetime, timedelta
from heapq import heappop, heappush
from operator import attrgetter

from ledger.treatment.facts import AssessmentRecorded
from ledger.treatment.values import at_home
from projections.exceptions.exceptional import Exceptional, Observed, Question, Source
from projections.exceptions.limits import Limits
from projections.exceptions.overlaps import Overlap, clashing, crowded
from projections.exceptions.performed import Performed
from projections.exceptions.runs import grouped
from projections.exceptions.seen import Seen
from projections.said import Said, alike, named
from projections.said import acts as acts_said

_MINUTE = timedelta(minutes=1)
_TRUE_RECORD = Source(
    "二.4", "逐项登记治疗时间、部位、方法、疗效、治疗医师等信息，确保治疗过程的真实性、有效性和完整性"
)

THERAPIST = Question(
    "therapist-in-two-places", Said("治疗师同时在两处", "therapist in two places at once"), _TRUE_RECORD
)
PATIENT = Question("patient-in-two-places", Said("患者同时在两处", "patient in two places at once"), _TRUE_RECORD)
ASSESSING = Question(
    "assessing-while-treating", Said("治疗时又在评定他人", "assessing one patient while treating another"), _TRUE_RECORD
)
GROUP = Question(
    "group-charged-as-individual",
    Said("集体治疗按个别治疗收费", "group charged as individual"),
    Source("二.3", "项目内涵、限定支付范围进行医保结算，防止基金浪费和治疗过度"),
)


def therapist_in_two_places(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """A therapist treats two patients at once at two institutions, or with two items, or a group larger than allowed.

    Patients treated at once with one item at one institution may have been a group: where it is charged as one, that
    is in order; where it is not, `group_charged_as_individual` asks.

    May be innocent: a stop noted late, two clocks, a wrong name chosen on the screen, a student treating under the
    therapist's name, an item that runs without hands (a tilt table). Look at: the day's other records of the therapist,
    who signed, the attendance list, corrections that came later.
    """
    for therapist, sessions in seen.by_therapist.items():
        found = list(clashing(sessions, attrgetter("patient"), _room, limits.overlap))
        for members in grouped((act for act in sessions if act.is_group), _room).values():
            found += crowded(members, limits.group_size, limits.overlap)
        for overlap in found:
            houses = dict.fromkeys(act.institution for act in overlap.acts)
            where = named(houses)
            what = Said(
                f"治疗师 {therapist} 在 {where.zh} 同时治疗 {overlap.at_once} 名患者，重叠 {overlap.minutes} 分钟",
                f"therapist {therapist} treats {overlap.at_once} patients at once at {where.en}, "
                f"for {overlap.minutes} minutes",
            )
            yield THERAPIST.about(
                overlap.acts, what + acts_said(act.id for act in overlap.acts), _observed(overlap, limits)
            )


def assessing_while_treating(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """The instant of an assessment lies in a session that one of its assessors gives to another patient, by more than
    the tolerance from either end.

    May be innocent: an assessment written down during the next session, or signed in by the whole team though not all
    were there. Look at: the other assessors, and how long before the instant the assessment was.
    """
    assessed = grouped(((who, one) for one in seen.assessments for who in dict.fromkeys(one.assessors)), _first)
    for assessor, pairs in assessed.items():
        coming = iter(seen.by_therapist.get(assessor, []))
        following = next(coming, None)
        going: list[tuple[datetime, str, Performed]] = []
        for _, assessment in pairs:
            at = at_home(assessment.at)
            while following is not None and at - following.at > limits.overlap:
                if following.end is not None and following.end - following.at > limits.overlap:
                    heappush(going, (following.end - limits.overlap, following.id, following))
                following = next(coming, None)
            while going and going[0][0] <= at:
                heappop(going)
            sessions = sorted((act for _, _, act in going if act.patient != assessment.patient), key=_by_start)
            if sessions:
                yield _assessing(assessor, assessment, at, sessions, limits)


def _assessing(
    assessor: str, assessment: AssessmentRecorded, at: datetime, sessions: Sequence[Performed], limits: Limits
) -> Exceptional:
    ids = [*(act.id for act in sessions), assessment.assessment]
    patients = tuple(dict.fromkeys(act.patient for act in sessions))
    what = Said(
        f"{assessor} {at:%Y-%m-%d %H:%M} 参与患者 {assessment.patient} 的评定，同时在治疗 {named(patients).zh}",
        f"{assessor} assesses patient {assessment.patient} at {at:%Y-%m-%d %H:%M}, while treating {named(patients).en}",
    )
    evidence: Observed = {
        "assessment_at": at.isoformat(),
        "assessors": tuple(assessment.assessors),
        "times": tuple(f"{act.at:%H:%M}–{act.end:%H:%M}" for act in sessions if act.end is not None),
        "tolerated_minutes": limits.overlap // _MINUTE,
    }
    return ASSESSING.about(
        sessions,
        what + acts_said(ids),
        evidence,
        patients=(*patients, assessment.patient),
        practitioners=(assessor,),
        institutions=(*(act.institution for act in sessions), assessment.institution),
        ids=ids,
    )


def patient_in_two_places(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """A patient has two sessions at once: at two institutions, in two settings, by two therapists, or written twice.

    May be innocent: two therapists who work on one patient together, an item that runs beside another, a stop noted
    late. Look at: whether both sessions were charged in full; at two institutions, who confirmed the patient's
    presence.
    """
    for patient, acts in seen.by_patient.items():
        sessions = [act for act in acts if act.act.kind == "session"]
        for overlap in clashing(sessions, attrgetter("id"), attrgetter("id"), limits.overlap):
            where = named(dict.fromkeys(act.institution for act in overlap.acts))
            what = Said(
                f"患者 {patient} 在 {where.zh} 的 {len(overlap.acts)} 次治疗时间重叠，共 {overlap.minutes} 分钟",
                f"patient {patient} has {len(overlap.acts)} sessions that overlap at {where.en}, "
                f"for {overlap.minutes} minutes",
            )
            yield PATIENT.about(
                overlap.acts, what + acts_said(act.id for act in overlap.acts), _observed(overlap, limits)
            )


def group_charged_as_individual(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """One therapist treats several patients at once with one item at one institution, and not all are noted as a group.

    May be innocent: a stop noted late, so that one patient after another looks like two at once; a wrong name chosen on
    the screen. Look at: whether the starts fall together, as in a group, or follow each other; the room and the plan
    of the day; the price charged.
    """
    for therapist, sessions in seen.by_therapist.items():
        for members in grouped(sessions, _room).values():
            for overlap in clashing(members, attrgetter("patient"), _one_to_one, limits.overlap):
                alone = sum(not act.is_group for act in overlap.acts)
                item, where = alike(overlap.acts[0].item), overlap.acts[0].institution
                what = Said(
                    f"治疗师 {therapist} 在 {where} 同时为 {overlap.at_once} 名患者做 {item.zh}，"
                    f"重叠 {overlap.minutes} 分钟，其中 {alone} 次按个别治疗登记",
                    f"therapist {therapist} treats {overlap.at_once} patients at once with {item.en} at {where}, "
                    f"for {overlap.minutes} minutes, {alone} of them as individual sessions",
                )
                evidence = _observed(overlap, limits) | {"individual": alone}
                yield GROUP.about(overlap.acts, what + acts_said(act.id for act in overlap.acts), evidence)


def _first(pair: tuple[str, AssessmentRecorded]) -> str:
    return pair[0]


def _by_start(act: Performed) -> tuple[datetime, str]:
    return act.at, act.id


def _room(act: Performed) -> Hashable:
    """What patients of a group share."""
    return act.institution, act.item


def _one_to_one(act: Performed) -> Hashable:
    """A group is one room; whoever is treated alone has one of their own."""
    return "" if act.is_group else act.id


def _observed(overlap: Overlap, limits: Limits) -> Observed:
    return {
        "patients_at_once": overlap.at_once,
        "minutes": overlap.minutes,
        "items": tuple(dict.fromkeys(act.item for act in overlap.acts)),
        "settings": tuple(dict.fromkeys(str(act.act.setting) for act in overlap.acts)),
        "times": tuple(f"{act.at:%H:%M}–{act.end:%H:%M}" for act in overlap.acts if act.end is not None),
        "tolerated_minutes": limits.overlap // _MINUTE,
        "group_size": limits.group_size,
    }
