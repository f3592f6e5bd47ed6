"""The clauses of the record, told: what each asks, what is wrong where it fails, and what would put it right.

Said of the facts, never of a way around them: a stop that was forgotten can be recorded late, an act that was not
performed cannot be performed by correcting it.

Source: the notice 二.1, 二.2, 二.4, annexes 2 and 3; spec/rules.md, "record.*".
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from projections.explanation.matter import Matter, Remedy
from projections.explanation.observed import shown
from projections.explanation.terms import PROFESSIONS, term
from projections.rules.decision import NOT_RECORDED
from projections.said import Said, acts, amount, joined


class Told(NamedTuple):
    """One clause of the record: its meaning, what is wrong where it fails, what would put it right."""

    meaning: Said
    shortfall: Callable[[Matter], Said]
    remedy: Remedy


def _voided(matter: Matter) -> Said:
    return Said("这一次已经作废，视为没有做过", "the act was voided: it counts as not performed")


def _stopped(matter: Matter) -> Said:
    if matter.seen("stop") == NOT_RECORDED:
        return Said("治疗的结束时间未记录", "the session's stop is not recorded")
    return Said("治疗的结束时间不晚于开始时间", "the session's stop is not later than its start")


def _signed(matter: Matter) -> Said:
    if "assessors" in matter.finding.observed:
        return Said("评定人员未记录", "the assessors are not recorded")
    match matter.seen("signature"):
        case "not recorded":
            return Said("治疗师的签名未记录", "the therapist's signature is not recorded")
        case "before the stop":
            return Said("签名早于治疗的结束时间", "the signature is earlier than the session's stop")
        case problem:
            told = shown(matter, "signature", problem)
            return Said(f"签名{told.zh}", f"the signature is {told.en}")


def _prescription(matter: Matter) -> Said:
    if matter.seen("prescription") == "no such order":
        return Said("处方上没有这条医嘱", "the sheet has no such order")
    told = shown(matter, "prescription", matter.seen("prescription"))
    return Said(f"处方{told.zh}", f"the prescription {PRESCRIPTION.get(matter.seen('prescription'), told.en)}")


PRESCRIPTION: Mapping[str, str] = {
    "of another patient": "is another patient's",
    "issued after the start": "was issued after the start",
    "stopped": "had been stopped",
    "past valid_until": "was past its last day",
}
"""What is wrong with a prescription, as a sentence of it."""


def _times(matter: Matter) -> Said:
    finding = matter.finding
    used, limit = amount(finding.used or 0, "session"), amount(finding.limit or 0, "session")
    named = acts(finding.counted)
    return Said(
        f"医嘱只开了 {limit.zh}{named.zh}，在这一次之前已经做了 {used.zh}",
        f"the order is for {limit.en}{named.en}, and {used.en} on it came before this one",
    )


def _physician(matter: Matter) -> Said:
    """Profession first; then what is missing, of the two that may be missing."""
    who, profession = matter.seen("physician"), matter.seen("profession")
    if profession == NOT_RECORDED:
        return Said(f"开方人员 {who} 的职业未记录", f"the profession of the prescriber {who} is not recorded")
    if profession != "physician":
        told = term(PROFESSIONS, profession)
        return Said(f"开方人员 {who} 是{told.zh}，不是医师", f"the prescriber {who} is no physician ({told.en})")
    treats = matter.finding.observed.get("rehabilitation or tcm") is True
    trained = matter.finding.observed.get("training") is True
    lacking = [
        Said("没有康复或中医资质", "was not qualified in rehabilitation or Chinese medicine") if not treats else None,
        Said("没有参加相关培训", "did not have the training") if not trained else None,
    ]
    said = [part for part in lacking if part is not None]
    both = Said("，也".join(part.zh for part in said), " and ".join(part.en for part in said))
    return Said(f"医师 {who} 在开方当天{both.zh}", f"the physician {who} {both.en} on the day of issue")


def _therapist(matter: Matter) -> Said:
    """Of each person who lacks it."""
    return joined(
        Said(f"{person} 的资质未记录", f"no qualification of {person} is recorded")
        if problem == NOT_RECORDED
        else Said(
            f"{person} 当天没有康复或中医资质",
            f"{person} was qualified in neither rehabilitation nor Chinese medicine on that day",
        )
        for person, problem in matter.finding.observed.items()
    )


def _institution(matter: Matter) -> Said:
    if matter.seen("institution") == "suspended":
        return Said("机构当天处于暂停服务协议期间", "the institution was suspended on that day")
    if matter.seen("institution") == NOT_RECORDED:
        return Said("机构的资质未记录", "no qualification of the institution is recorded")
    return Said(
        "机构当天没有康复或中医资质",
        "the institution was qualified in neither rehabilitation nor Chinese medicine on that day",
    )


def _stay(matter: Matter) -> Said:
    match matter.seen("stay"):
        case "unknown stay":
            return Said("这一次所写的住院在病历中没有", "the stay that the act names is not in the record")
        case "a stay of another patient":
            return Said("这一次所写的住院是另一位患者的", "the stay that the act names is another patient's")
        case "started outside the stay":
            return Said("开始时间不在所写的住院期间之内", "the act started outside the stay that it names")
        case _:
            return Said(
                "这一次记为住院或家庭病床，但相应的住院未记录",
                "the act was given in hospital or in a home bed, and no such stay is recorded",
            )


TOLD: Mapping[str, Told] = {
    "record.voided": Told(
        Said("治疗确实做过，没有作废", "the act was performed: nobody voided it"),
        _voided,
        Remedy(
            Said(
                "作废的治疗没有做过，不能再支付；如果实际做过而误作废，请重新如实登记一次",
                "a voided act was not performed and cannot be paid; one that was voided by mistake is recorded anew",
            ),
            possible=False,
        ),
    ),
    "record.stopped": Told(
        Said("治疗有结束时间，晚于开始时间", "the session has a stop, later than its start"),
        _stopped,
        Remedy(
            Said(
                "如实补记结束时间，晚于开始时间；时间写错的，用更正来改",
                "the stop is recorded as it was, later than the start; a wrong instant is corrected",
            )
        ),
    ),
    "record.signed": Told(
        Said(
            "本次的治疗师签名，不早于结束时间",
            "the session's own therapist signed it, not before its stop",
        ),
        _signed,
        Remedy(
            Said(
                "请本次的治疗师签名，不早于结束时间",
                "the session's own therapist signs it, not before its stop",
            )
        ),
    ),
    "record.prescription": Told(
        Said(
            "有本患者的医嘱：在治疗开始前开出，没有停止，没有过有效期",
            "an order of this patient stood: issued by then, not stopped, not past its last day",
        ),
        _prescription,
        Remedy(
            Said(
                "这一次须有本患者的医嘱：开始前已开出，没有停止，没有过有效期；登记有误的可以更正",
                "an order of this patient for this item: issued by then, not stopped, its last day not past; "
                "what was written down wrong is corrected",
            )
        ),
    ),
    "record.times": Told(
        Said("治疗次数不超过医嘱开出的次数", "no more sessions on the order than it orders"),
        _times,
        Remedy(
            Said(
                "次数已经用完；再做要由医师另开医嘱",
                "the order is used up; more sessions need another order of a physician",
            )
        ),
    ),
    "record.physician": Told(
        Said(
            "开方的是医师，开方当天有康复或中医资质，或者参加过相关培训",
            "the prescriber is a physician, qualified or trained on the day of issue",
        ),
        _physician,
        Remedy(
            Said(
                "处方由开方当天有康复或中医资质，或者参加过相关培训的医师开出；登记有遗漏的可以补记",
                "a physician who is qualified or trained on the day of issue prescribes; "
                "what was held and not recorded can be recorded",
            )
        ),
    ),
    "record.therapist": Told(
        Said(
            "治疗或评定人员当天有康复或中医资质",
            "whoever treated or assessed is qualified in rehabilitation or Chinese medicine on the day",
        ),
        _therapist,
        Remedy(
            Said(
                "由当天有康复或中医资质的人员治疗或评定；资质登记有遗漏的可以补记",
                "somebody qualified in rehabilitation or Chinese medicine on that day treats or assesses; "
                "a qualification that was held and not recorded can be recorded",
            )
        ),
    ),
    "record.institution": Told(
        Said(
            "机构当天有康复或中医资质，没有被暂停",
            "the institution is qualified in rehabilitation or Chinese medicine on the day, and not suspended",
        ),
        _institution,
        Remedy(
            Said(
                "由当天有资质、没有被暂停的机构开展；资质登记有遗漏的可以补记",
                "an institution that is qualified on that day and not suspended gives it; "
                "a qualification that was held and not recorded can be recorded",
            )
        ),
    ),
    "record.stay": Told(
        Said(
            "住院或家庭病床的治疗，在患者该次住院或家庭病床建床期间之内",
            "an act in hospital or in a home bed lies within that stay of the patient",
        ),
        _stay,
        Remedy(
            Said(
                "补记或更正住院或家庭病床的登记（起止时间、编号），使这一次在该期间之内",
                "the stay is recorded or corrected, so that the act lies within an admission of this patient",
            )
        ),
    ),
}
"""Every clause of the record, by its name."""

_NOT_ASSESSED = Remedy(
    Said(
        "作废的评定视为没有做过，不能支付；误作废的，如实重新登记",
        "a voided act was not performed and cannot be paid; one that was voided by mistake is recorded anew",
    ),
    possible=False,
)
_ASSESSORS = Said("评定写明评定人员", "the assessment names its assessors")
_BOTH = Said(
    "开方的是医师，开方当天有康复或中医资质，并且参加过相关培训",
    "the prescriber is a physician, qualified and trained on the day of issue",
)
_BOTH_NEEDED = Said(
    "处方由开方当天有康复或中医资质，并且参加过相关培训的医师开出；登记有遗漏的可以补记",
    "a physician who is qualified and trained on the day of issue prescribes; "
    "what was held and not recorded can be recorded",
)


def record_meaning(matter: Matter) -> Said:
    """What the clause asks of this act: an assessment has no signature, and physician_scope has two readings."""
    match matter.finding.clause:
        case "record.voided" if matter.decision.kind == "assessment":
            return Said("评定确实做过，没有作废", "the act was performed: nobody voided it")
        case "record.signed" if matter.decision.kind == "assessment":
            return _ASSESSORS
        case "record.physician" if matter.option("physician_scope") == "both":
            return _BOTH
        case name:
            return TOLD[name].meaning


def record_remedy(matter: Matter) -> Remedy:
    """What would put it right for this act."""
    match matter.finding.clause:
        case "record.voided" if matter.decision.kind == "assessment":
            return _NOT_ASSESSED
        case "record.signed" if matter.decision.kind == "assessment":
            return Remedy(_ASSESSORS)
        case "record.physician" if matter.option("physician_scope") == "both":
            return Remedy(_BOTH_NEEDED)
        case name:
            return TOLD[name].remedy
