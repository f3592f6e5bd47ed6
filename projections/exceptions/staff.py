"""Who might not have treated: without qualification, departed, at an institution that may not.

`rules.record` decides who is qualified on a day; here it is told once for a person and an institution.
"""

from collections.abc import Iterator

from ledger.treatment.values import at_home
from projections.exceptions.exceptional import Exceptional, Observed, Question, Source
from projections.exceptions.limits import Limits
from projections.exceptions.performed import Performed
from projections.exceptions.runs import grouped
from projections.exceptions.seen import Seen
from projections.rules.decision import Finding
from projections.said import Said, amount
from projections.said import acts as acts_said

UNQUALIFIED = Question(
    "unqualified-staff", Said("无资质人员治疗", "unqualified staff"), Source("二.2", "不得超范围执业")
)
PRESCRIBER = Question(
    "unqualified-prescriber",
    Said("无资质人员开具处方", "prescribed without qualification"),
    Source("二.2", "未取得康复治疗、中医资质或参加相关培训的医保医师，不得超范围执业"),
)
INSTITUTION = Question(
    "unqualified-institution",
    Said("无资质或被暂停的机构", "institution not qualified or suspended"),
    Source("二.1", "未取得康复治疗或中医资质的定点医疗机构、内设医疗机构，不得超范围执业"),
)
DEPARTED = Question(
    "departed-staff",
    Said("离职人员治疗", "departed staff"),
    Source("二.4", "逐项登记治疗时间、部位、方法、疗效、治疗医师等信息，确保治疗过程的真实性"),
)

SPOKEN = "pediatric-hearing-speech-training"
"""Item 25 is taught by whoever holds `auditory_verbal`: annex 1 says so, clause 25.staff."""


def unqualified_staff(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """Therapists and assessors who held neither rehabilitation nor tcm on the day: `record.therapist` fails for this.
    Item 25 may be taught by an auditory-verbal teacher as well.

    May be innocent: a renewal that was granted and not yet recorded, a nurse who wrote for the therapist. Look at: the
    certificate itself with its dates.
    """
    lacking: dict[tuple[str, str, str], list[Performed]] = {}
    for act, failed in seen.failing:
        for person, reason in _observed(failed.get("record.therapist")).items():
            held = seen.evidence.practitioners[person]
            if act.item == SPOKEN and held.holds("auditory_verbal", act.act.day):
                continue
            lacking.setdefault((person, act.institution, str(reason)), []).append(act)
    for (person, house, reason), acts in lacking.items():
        what = Said(
            f"{person} 在 {house} 的 {len(acts)} 次当日不具备康复或中医资质",
            f"{amount(len(acts), None).en} by {person} at {house} without rehabilitation or tcm on the day",
        )
        profession = seen.evidence.practitioners[person].profession or ""
        yield UNQUALIFIED.about(
            acts,
            what + acts_said(act.id for act in acts),
            {"practitioner": person, "profession": profession, "problem": reason, "acts": len(acts)},
            practitioners=(person,),
        )


def unqualified_prescriber(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """Sheets by somebody who is no physician, or a physician without qualification and training on the day of issue:
    `record.physician` fails for this, under the default of `physician_scope`.

    May be innocent: a nurse who typed the sheet for the physician, training recorded late. Look at: the signature on
    the sheet, the certificate with its dates.
    """
    faulty: dict[str, list[tuple[Performed, Finding]]] = {}
    for act, failed in seen.failing:
        finding = failed.get("record.physician")
        if finding is not None:
            faulty.setdefault(str(_observed(finding)["physician"]), []).append((act, finding))
    for person, pairs in faulty.items():
        acts = [act for act, _ in pairs]
        sheets = tuple(dict.fromkeys(act.started.prescription for act in acts))
        what = Said(
            f"{person} 开具处方 {len(sheets)} 张时不具备相应资质，涉及治疗 {len(acts)} 次",
            f"{amount(len(acts), 'session').en} prescribed by {person}, who was not qualified; sheets: {len(sheets)}",
        )
        profession = str(_observed(pairs[0][1])["profession"])
        yield PRESCRIBER.about(
            acts,
            what + acts_said(act.id for act in acts),
            {"physician": person, "profession": profession, "prescriptions": sheets, "sessions": len(acts)},
            practitioners=(person,),
        )


def unqualified_institution(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """Acts at an institution that held no qualification on the day, or was suspended: `record.institution` fails for
    this.

    May be innocent: a renewal or a reinstatement not yet recorded; treatment that the patient paid alone. Look at: the
    decision that suspended it, and whether the acts were charged to the fund.
    """
    faulty: dict[tuple[str, str], list[Performed]] = {}
    for act, failed in seen.failing:
        finding = failed.get("record.institution")
        if finding is not None:
            faulty.setdefault((act.institution, str(_observed(finding)["institution"])), []).append(act)
    for (house, problem), acts in faulty.items():
        zh = "被暂停期间" if problem == "suspended" else "不具备资质时"
        en = "while it was suspended" if problem == "suspended" else "without qualification"
        what = Said(f"{house} {zh}的 {len(acts)} 次", f"{amount(len(acts), None).en} at {house} {en}")
        evidence: Observed = {"problem": problem, "acts": len(acts)}
        yield INSTITUTION.about(acts, what + acts_said(act.id for act in acts), evidence)


def departed_staff(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """Acts at an institution by somebody who had left it, and sessions on sheets that somebody who had left wrote
    there afterwards.

    No clause asks for this. May be innocent: a departure noted before the last day of work, help for some weeks after
    it. Look at: the contract, who signed, and with which key.
    """
    if not seen.departures:
        return
    after: list[tuple[tuple[str, str, str], Performed]] = []
    for act in seen.acts:
        for person in dict.fromkeys(act.staff):
            left = seen.departures.get((person, act.institution))
            if left is not None and act.at > left:
                after.append(((person, act.institution, "treated"), act))
        sheet = seen.sheets.get(act.started.prescription) if act.act.kind == "session" else None
        if sheet is not None:
            left = seen.departures.get((sheet.physician, sheet.institution))
            if left is not None and sheet.at > left:
                after.append(((sheet.physician, sheet.institution, "prescribed"), act))
    for (person, house, role), pairs in grouped(after, lambda pair: pair[0]).items():
        acts = [act for _, act in pairs]
        left = at_home(seen.departures[person, house])
        zh, en = ("治疗或评定", "by") if role == "treated" else ("依其处方的治疗", "prescribed by")
        what = Said(
            f"{person} 已于 {left.date()} 离开 {house}，此后仍有 {len(acts)} 次{zh}",
            f"{amount(len(acts), None).en} {en} {person} at {house}, who had left on {left.date()}",
        )
        yield DEPARTED.about(
            acts,
            what + acts_said(act.id for act in acts),
            {"practitioner": person, "departed": left.isoformat(), "role": role, "acts": len(acts)},
            practitioners=(person,),
            institutions=(house,),
        )


def _observed(finding: Finding | None) -> dict[str, object]:
    return dict((finding.observed or {}).items()) if finding is not None else {}
