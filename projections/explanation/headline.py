"""The first words: which act, paid or not and why in one sentence, and the verdict over profiles."""

from collections.abc import Mapping, Sequence

from projections.explanation.matter import Matter
from projections.explanation.shortfall import shortfall
from projections.explanation.terms import PROFILES, item_of
from projections.rules.decision import VERDICTS, Decision
from projections.rules.judge import verdict_over
from projections.rules.rulebook import Rulebook
from projections.said import Said, alike, joined, listed

_NAMED = 3  # reasons in the one sentence that leads; all of them follow


def title(decision: Decision, rulebook: Rulebook | None) -> Said:
    """`S3 · 运动疗法 · 第 1 项 · 患者 P1 · 2021-03-01 15:00`"""
    name = item_of(decision.item, rulebook)
    rule = (
        Said(f"第 {decision.rule} 项", f"rule {decision.rule}")
        if decision.rule is not None
        else Said("规范以外", "outside the rulebook")
    )
    item = name.zh if name.zh == name.en else f"{name.zh} {name.en}"
    at = f"{decision.at:%Y-%m-%d %H:%M}"
    return Said(
        f"{decision.act} · {item} · {rule.zh} · 患者 {decision.patient} · {at}",
        f"{decision.act} · {name.en} · {rule.en} · patient {decision.patient} · {at}",
    )


def headline(decision: Decision, told: Sequence[Matter]) -> Said:
    """Payable or not, and the reasons that decide."""
    if decision.payable:
        number = sum(not matter.finding.clause.startswith("rulebook.") for matter in told)
        if decision.rule is None:
            return Said(
                f"应予支付：这个项目没有规范可依，只审核了记录，{number} 条都符合。",
                f"Payable: no rule applies to this item, and its record is in order ({number} clauses).",
            )
        return Said(f"应予支付：{number} 条要求都符合。", f"Payable: all {number} clauses hold.")
    lacking = [shortfall(matter) for matter in told if not matter.finding.holds]
    said = joined(lacking[:_NAMED])
    more = len(lacking) - _NAMED
    if more > 0:
        said += Said(f"；另有 {more} 条不符合", f"; and {more} more {'clause fails' if more == 1 else 'clauses fail'}")
    return Said(f"不予支付：{said.zh}。", f"Not payable: {said.en}.")


def verdict_told(decision: Decision, under: Mapping[str, Decision]) -> Said:
    """The verdict in the words of the fund's offices: over the profiles, or under the readings chosen."""
    if under:
        verdict = verdict_over(under.values())
        return Said(VERDICTS[verdict], verdict)
    return Said(f"{VERDICTS[decision.verdict]}（按所选读法）", f"{decision.verdict} (under the readings chosen)")


def under_profile(name: str, decision: Decision) -> Said:
    """Paid under a profile of readings, or which clauses deny it there."""
    profile = Said(f"{PROFILES[name].zh}（{name}）", name) if name in PROFILES else Said(f"读法组合 {name}", name)
    if decision.payable:
        return Said(f"按{profile.zh}：支付", f"under {profile.en}: paid")
    clauses = listed(map(alike, decision.denied_by))
    return Said(f"按{profile.zh}：不予支付，{clauses.zh} 不符合", f"under {profile.en}: not paid, for {clauses.en}")
