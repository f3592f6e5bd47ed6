"""What repeats itself too exactly: the same words, the same scores, the same minute.

A record is of one treatment and one patient. What is the same many times in a row may have been copied.
"""

from collections.abc import Hashable, Iterator, Sequence
from functools import partial
from operator import attrgetter

from ledger.treatment.facts import AssessmentRecorded
from ledger.treatment.values import at_home
from projections.exceptions.exceptional import Exceptional, Observed, Question, Source
from projections.exceptions.limits import Limits
from projections.exceptions.performed import Performed
from projections.exceptions.runs import grouped, longest_runs
from projections.exceptions.seen import Seen
from projections.said import Said
from projections.said import acts as acts_said

_TRUE_RECORD = Source(
    "二.4", "逐项登记治疗时间、部位、方法、疗效、治疗医师等信息，确保治疗过程的真实性、有效性和完整性"
)

NOTES = Question("identical-notes", Said("记录内容雷同", "identical notes"), _TRUE_RECORD)
SCORES = Question(
    "identical-scores", Said("评定分数雷同", "identical scores"), Source("附件1 第1项", "经康复综合评定有功能持续改善")
)
MINUTE = Question(
    "same-minute-every-day", Said("每日起止时间相同", "start and stop at the same minute every day"), _TRUE_RECORD
)


def identical_notes(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """The same effect, or the same remark, in many sessions in a row: of one patient and item, or of one therapist
    and several patients. White space is left out; an empty text is no note.

    May be innocent: a list to choose from on the screen, a patient who does not change, a short phrase in common use.
    Look at: whether scores and stage summaries changed meanwhile, and what other therapists write of the patient.
    """
    for field in ("effect", "remark"):
        note = partial(_note, field)
        for (patient, item), sessions in grouped(seen.sessions, _course).items():
            for run in longest_runs(sessions, note, limits.notes_of_patient):
                about = Said(f"患者 {patient} 的 {item}", f"patient {patient}, {item}")
                yield _noted(run, field, about, limits.notes_of_patient)
        for therapist, sessions in seen.by_therapist.items():
            for run in longest_runs(sessions, note, limits.notes_of_therapist):
                if len({act.patient for act in run}) > 1:
                    about = Said(f"治疗师 {therapist}", f"therapist {therapist}")
                    yield _noted(run, field, about, limits.notes_of_therapist)


def identical_scores(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """The same score of one patient on one scale many times in a row; or the same scores on all of several scales for
    several patients, in a row by one first assessor on those scales.

    Left out are scales of few grades, a score of 0 and the best score: there is nothing below or above. Assessments
    that are not charged are looked at as well.

    May be innocent: a patient on a plateau; a chronic condition assessed as a matter of form. Look at: the
    conclusions (`outcome`) beside the scores, and whether payment went on because of them.
    """
    yield from _of_one_patient(seen, limits)
    yield from _of_several_patients(seen, limits)


def same_minute_every_day(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """Sessions of one patient and item start and stop at the same minute on many treated days in a row. Where there are
    several a day, the first of each day is compared with the first, the second with the second.

    May be innocent: a system that notes the appointment instead of the start. Look at: whether all patients of the
    institution have round times, then it is the system; else at the sheet on paper.
    """
    for (patient, item), sessions in grouped(seen.sessions, _course).items():
        rows: list[list[Performed]] = []
        for day in grouped(sessions, attrgetter("act.day")).values():
            for place, act in enumerate(day):
                if place == len(rows):
                    rows.append([])
                rows[place].append(act)
        for row in rows:
            for run in longest_runs(row, _clock, limits.same_minute):
                times = f"{run[0].at:%H:%M}–{run[0].end:%H:%M}"
                what = Said(
                    f"患者 {patient} 的 {item} 连续 {len(run)} 个治疗日均为 {times}",
                    f"{item} of patient {patient} is recorded as {times} on {len(run)} treated days in a row",
                )
                yield MINUTE.about(
                    run,
                    what + acts_said(act.id for act in run),
                    {"time": times, "days": len(run), "limit": limits.same_minute},
                )


def _of_one_patient(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    measured = [
        (assessment, result)
        for assessment in seen.assessments
        for result in {one.scale: one for one in assessment.results}.values()
    ]
    for (patient, scale), pairs in grouped(measured, lambda pair: (pair[0].patient, pair[1].scale)).items():
        for same in longest_runs(pairs, lambda pair: (pair[1].score, pair[1].max), limits.scores_of_patient):
            score, best = same[0][1].score, same[0][1].max
            if score == 0 or score == best or (best is not None and best <= limits.coarse):
                continue
            what = Said(
                f"患者 {patient} 的 {scale} 连续 {len(same)} 次均为 {score:g}",
                f"patient {patient} scores {score:g} on {scale} {len(same)} times in a row",
            )
            evidence: Observed = {
                "scale": scale, "score": f"{score:g}", "times": len(same), "limit": limits.scores_of_patient,
                "outcomes": tuple(one.outcome or "" for one, _ in same),
            }  # fmt: skip
            yield _scored([one for one, _ in same], what, evidence)


def _of_several_patients(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    for (assessor, _), group in grouped(filter(_has_profile, seen.assessments), _assessor_and_scales).items():
        for same in longest_runs(group, _profile, limits.scores_of_patients):
            patients = {one.patient for one in same}
            if len(patients) > 1:
                scores = tuple(f"{result.scale} {result.score:g}" for result in same[0].results)
                zh, en = "、".join(scores), ", ".join(scores)
                what = Said(
                    f"{assessor} 对 {len(patients)} 名患者连续 {len(same)} 次评定的分数完全相同（{zh}）",
                    f"{assessor} records the same scores in {len(same)} assessments of {len(patients)} patients in a "
                    f"row ({en})",
                )
                yield _scored(same, what, {"scores": scores, "times": len(same), "limit": limits.scores_of_patients})


def _course(act: Performed) -> tuple[str, str]:
    return act.patient, act.item


def _note(field: str, act: Performed) -> str | None:
    """What stands in the field, white space left out; None for nothing."""
    text = getattr(act.stopped, field, None) or ""
    return "".join(text.split()) or None


def _noted(run: list[Performed], field: str, about: Said, limit: int) -> Exceptional:
    text = str(getattr(run[0].stopped, field)).strip()
    zh = {"effect": "疗效", "remark": "备注"}[field]
    what = about + Said(
        f" 连续 {len(run)} 次的{zh}相同：“{text}”", f": the same {field} {len(run)} times in a row, “{text}”"
    )
    evidence: Observed = {"field": field, "text": text, "times": len(run), "limit": limit}
    return NOTES.about(run, what + acts_said(act.id for act in run), evidence)


def _has_profile(assessment: AssessmentRecorded) -> bool:
    """Whether there is an assessor, and scores that could differ: two scales, not all at an end."""
    fine = [one for one in assessment.results if one.score not in (0, one.max)]
    return bool(assessment.assessors) and bool(fine) and len({one.scale for one in assessment.results}) > 1


def _assessor_and_scales(assessment: AssessmentRecorded) -> tuple[str, tuple[str, ...]]:
    return assessment.assessors[0], tuple(sorted(one.scale for one in assessment.results))


def _profile(assessment: AssessmentRecorded) -> Hashable:
    return tuple(sorted((one.scale, one.score) for one in assessment.results))


def _scored(them: Sequence[AssessmentRecorded], what: Said, evidence: Observed) -> Exceptional:
    """Over assessments that need not be acts."""
    ids = [one.assessment for one in them]
    return SCORES.about(
        (),
        what + acts_said(ids),
        evidence,
        begin=at_home(them[0].at),
        end=at_home(them[-1].at),
        patients=(one.patient for one in them),
        practitioners=(person for one in them for person in one.assessors),
        institutions=(one.institution for one in them),
        ids=ids,
    )


def _clock(act: Performed) -> Hashable:
    """Start and stop to the minute; None without a stop."""
    return None if act.end is None else (act.at.hour, act.at.minute, act.end.hour, act.end.minute)
