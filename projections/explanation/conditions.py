"""Why a condition is not met: what was not found of the patient, who was not qualified, where it was not the place.

The sentences of the clauses that ask for something to be so: findings, ages, staff, places, assessments at a gate.
"""

from datetime import timedelta

from projections.explanation.matter import Matter
from projections.explanation.observed import shown
from projections.explanation.record import PRESCRIPTION
from projections.explanation.terms import FINDINGS, KINDS, LEVELS, PROFESSIONS, SCOPES, SEVERITIES, term
from projections.rules import schema
from projections.rules.decision import ABSENT, NOT_RECORDED, RECORDED
from projections.said import Said, acts, joined, listed


def findings(matter: Matter, clause: schema.FindingsClause) -> Said:
    """Each finding that is asked for and not there, with whether it was never recorded or recorded as absent."""
    seen = matter.finding.observed
    every = clause.reading is not None and matter.option(clause.reading) == "all"
    lacking = [name for name in clause.all if seen.get(name) != RECORDED]
    if clause.some and every:
        lacking += [name for name in clause.some if seen.get(name) != RECORDED]
    parts = [_seen(name, str(seen.get(name, NOT_RECORDED))) for name in lacking]
    if clause.severity is not None and seen.get(clause.severity) not in clause.among:
        degree = str(seen.get(clause.severity, NOT_RECORDED))
        word = term(FINDINGS, clause.severity)
        asked = Said("或".join(SEVERITIES[d].zh for d in clause.among), " or ".join(clause.among))
        told = shown(matter, clause.severity, degree)
        parts.append(
            Said(f"{word.zh}{told.zh}", f"{word.en} is {told.en}")
            if degree == NOT_RECORDED
            else Said(f"{word.zh}为{told.zh}，须为{asked.zh}", f"{word.en} is {told.en}, and has to be {asked.en}")
        )
    if clause.some and not every and not any(seen.get(name) == RECORDED for name in clause.some):
        some = listed(_seen(name, str(seen.get(name, NOT_RECORDED))) for name in clause.some)
        parts.append(Said(f"须有其一而都没有：{some.zh}", f"one is asked for and there is none: {some.en}"))
    return joined(parts)


def _seen(name: str, value: str) -> Said:
    word = term(FINDINGS, name)
    if value == ABSENT:
        return Said(f"{word.zh}记录为无", f"{word.en} is recorded as absent")
    return Said(f"{word.zh}未记录", f"{word.en} is not recorded")


def working_age(matter: Matter, age: int) -> Said:
    """Not yet of that age, or past the day of retirement; or no date of birth."""
    window = matter.finding.window
    if window is None or window[1] is None:
        return born_not_recorded()
    begin, end = window[0], window[1] + timedelta(days=1)
    if matter.day < begin:
        return Said(f"患者要到 {begin} 才满 {age} 岁", f"the patient does not reach the age of {age} before {begin}")
    if matter.option("working_age") == "fixed":
        years = end.year - int(matter.seen("born")[:4])
        return Said(
            f"患者在 {end} 已满 {years} 岁，到了固定的退休年龄",
            f"the patient reached the fixed age of retirement, {years}, on {end}",
        )
    return Said(f"患者在 {end} 已到法定退休年龄", f"the patient reached the statutory retirement age on {end}")


def site(matter: Matter) -> Said:
    """What kind of institution it was, level, kind and departments, where another is asked for."""
    level, kind = matter.finding.observed.get("level"), matter.seen("kind")
    rooms = shown(matter, "departments", matter.seen("departments"))
    told = term(KINDS, kind) if kind != NOT_RECORDED else shown(matter, "kind", kind)
    has = (
        Said(LEVELS.get(level, f"{level} 级"), f"of level {level}")
        if isinstance(level, int)
        else Said("级别未记录", "of a level that is not recorded")
    )
    return Said(
        f"本机构（{has.zh}，{told.zh}，科室：{rooms.zh}）不是规定的医院",
        f"the institution ({has.en}, {told.en}, departments: {rooms.en}) is not a hospital of the kind asked for",
    )


def mode(matter: Matter) -> Said:
    """In a group, where each session, or most of them, has to be individual."""
    finding = matter.finding
    if matter.option("individual") == "each":
        return Said("这一次是小组训练，须为个别化训练", "the session was given in a group, and has to be individual")
    individual, paid = finding.observed.get("paid_individual", 0), finding.observed.get("paid", 0)
    if not paid:
        return Said(
            "这一次是小组训练，在它之前还没有支付过个别化训练",
            "the session was given in a group, and no individual one was paid before it",
        )
    return Said(
        f"这一次是小组训练，此前支付的 {paid} 次中有 {individual} 次是个别化训练，连这一次不过半数",
        f"the session was given in a group, and {individual} of the {paid} paid before were individual: "
        "with this one not more than half",
    )


def gate(matter: Matter, days: int) -> Said:
    """Which block of training is full, and why no assessment opens the next."""
    since = matter.finding.window[0] if matter.finding.window is not None else matter.day
    full = Said(
        f"自 {since} 开始的这一段训练已满 {days} 天",
        f"the block of training that began on {since} has had its {days} days",
    )
    problem = matter.seen("problem")
    if not problem:
        return Said(f"{full.zh}，其间的量表评定未记录", f"{full.en}, and no assessment in it is recorded")
    act, day, told = matter.seen("assessment"), matter.seen("assessed_on"), shown(matter, "problem", problem)
    return Said(
        f"{full.zh}，评定 {act}（{day}）{told.zh}",
        f"{full.en}, and the assessment {act} of {day} opens no other: {told.en}",
    )


def link(matter: Matter) -> Said:
    """No training of the rulebook that the assessment belongs to, and what came nearest."""
    if matter.option("adl_link") == "named":
        return Said(
            "评定没有写明它所服务的本目录训练项目",
            "the assessment does not name a training of this rulebook that it serves",
        )
    problem = matter.seen("problem")
    if not problem:
        return Said(
            "本目录训练项目的处方未记录", "no prescription of a training of this rulebook is recorded for that day"
        )
    sheet, told = matter.seen("prescription"), shown(matter, "problem", problem)
    lacks = PRESCRIPTION.get(problem, f"is {told.en}")
    return Said(
        f"当天没有有效的本目录训练项目处方：{sheet} {told.zh}",
        f"no prescription of a training of this rulebook was in force that day: {sheet} {lacks}",
    )


def staff(matter: Matter, asked: int) -> Said:
    """How many qualified persons assessed, by their ids, of so many asked for."""
    if "assessors" in matter.finding.observed:
        return Said("评定人员未记录", "the assessors are not recorded")
    number = int(matter.finding.observed.get("persons", 0))
    named = acts(name for name in matter.seen("qualified").split(", ") if name not in ("", "none"))
    return Said(
        f"当天有资质的评定人员只有 {number} 名{named.zh}，至少要 {asked} 名",
        f"{number} qualified {'person' if number == 1 else 'persons'} assessed{named.en}, and {asked} are asked for",
    )


def provider(matter: Matter, clause: schema.ProviderClause) -> Said:
    """Of each person who treated: neither of the qualifications that the rule names."""
    scope, other = term(SCOPES, clause.scope), term(SCOPES, clause.profession_scope)
    profession = term(PROFESSIONS, clause.profession)
    zh = f"当天没有{scope.zh}，也不是有{other.zh}的{profession.zh}"
    en = f"was on that day neither qualified for {scope.en} nor a {profession.en} qualified for {other.en}"
    return joined(
        Said(f"{person} 的资格未记录", f"no qualification of {person} is recorded")
        if problem == NOT_RECORDED
        else Said(f"{person} {zh}", f"{person} {en}")
        for person, problem in matter.finding.observed.items()
    )


def born_not_recorded() -> Said:
    """No age can be told."""
    return Said("患者的出生日期未记录", "the patient's date of birth is not recorded")
