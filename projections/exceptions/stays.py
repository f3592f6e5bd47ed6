"""Acts outside the stay, and a stay that was divided in two (分解住院)."""

from collections.abc import Iterator
from operator import attrgetter

from ledger.treatment.facts import PatientAdmitted
from ledger.treatment.values import at_home
from projections.exceptions.exceptional import Exceptional, Question, Source
from projections.exceptions.limits import Limits
from projections.exceptions.performed import Performed
from projections.exceptions.runs import grouped
from projections.exceptions.seen import Seen
from projections.said import Said, amount
from projections.said import acts as acts_said

OUTSIDE = Question("outside-stay", Said("住院之外的治疗", "outside the stay"), Source("二.4", "住院：治疗记录单入病史"))
SPLIT = Question("split-stays", Said("分解住院", "divided stays"), Source("附件1 第11项", "1次住院支付不超过3次"))

_ZH = {
    "unknown stay": "所记住院不存在",
    "a stay of another patient": "所记住院属于另一患者",
    "started outside the stay": "不在该次住院期间",
    "not recorded": "无对应住院记录",
}
_EN = {
    "unknown stay": "the stay named is unknown",
    "a stay of another patient": "the stay named is another patient's",
    "started outside the stay": "outside that stay",
    "not recorded": "no stay is recorded",
}


def outside_stay(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """Acts that name a stay and lie outside it, or that are a ward's and belong to none: `record.stay` fails for this.

    One exception for a patient, an institution, a stay and a problem.

    May be innocent: the discharge was noted for the morning and the last treatment for the afternoon, an admission
    noted late, a misspelled stay. Look at: the ward's own times, and whether the days after the discharge were treated.
    """
    outside = [act for act in seen.acts if act.act.stay_problem is not None]
    for (patient, house, stay, problem), acts in grouped(outside, _stay_and_problem).items():
        which = Said(f"（住院 {stay}）", f" (stay {stay})") if stay else Said("", "")
        what = Said(
            f"患者 {patient} 在 {house} 的 {len(acts)} 次",
            f"{amount(len(acts), None).en} of patient {patient} at {house}",
        )
        what += which + Said(f"：{_ZH[problem]}", f": {_EN[problem]}") + acts_said(act.id for act in acts)
        yield OUTSIDE.about(acts, what, {"problem": problem, "stay": stay, "acts": len(acts)})


def split_stays(seen: Seen, limits: Limits) -> Iterator[Exceptional]:
    """A patient is admitted again at the same institution, to the same kind of stay, within `stay_gap` days of the
    discharge, or before it. The acts are those of the later stay, as far as they lie in it.

    Limits that count per stay begin anew with it. May be innocent: a relapse, an operation elsewhere in between,
    planned courses. Look at: whether the diagnosis and the treatment went on unchanged, and what the stay's limits
    would have denied.
    """
    acts_of = grouped(
        (act for act in seen.acts if act.act.stay is not None and act.act.stay_problem is None), attrgetter("act.stay")
    )
    for admissions in grouped(seen.admissions, attrgetter("patient", "institution", "kind")).values():
        before: PatientAdmitted | None = None
        for stay in sorted(admissions, key=attrgetter("at", "stay")):
            ended = seen.discharges.get(before.stay) if before is not None else None
            if before is not None and ended is not None:
                days = (at_home(stay.at).date() - at_home(ended).date()).days
                if days <= limits.stay_gap:
                    yield _split(before, stay, days, acts_of.get(stay.stay, []), limits)
            before = stay


def _split(
    before: PatientAdmitted, stay: PatientAdmitted, days: int, acts: list[Performed], limits: Limits
) -> Exceptional:
    when = (
        Said(f"出院后 {days} 天", f"{amount(days, 'day').en} after its end")
        if days >= 0
        else Said("出院之前", "before its end")
    )
    what = Said(
        f"患者 {stay.patient} 在 {stay.institution} 的住院 {before.stay} {when.zh}又办理住院 {stay.stay}",
        f"patient {stay.patient} at {stay.institution}: stay {before.stay}, and {when.en} stay {stay.stay}",
    )
    return SPLIT.about(
        acts,
        what + acts_said(act.id for act in acts),
        {"stays": (before.stay, stay.stay), "days": days, "limit_days": limits.stay_gap, "kind": stay.kind},
        begin=at_home(before.at),
        end=max((act.end or act.at for act in acts), default=at_home(stay.at)),
        patients=(stay.patient,),
        institutions=(stay.institution, *(act.institution for act in acts)),
    )


def _stay_and_problem(act: Performed) -> tuple[str, str, str, str]:
    return act.patient, act.institution, act.act.stay or "", act.act.stay_problem or ""
