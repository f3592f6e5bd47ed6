"""The last words: what would make the act payable: the record, waiting, other readings, or that none of them was found.

Readings are tried one at a time and as the built-in profiles choose them, not in every combination: nothing is said
of those that were not tried.
"""

from collections.abc import Iterator, Sequence

from projections.explanation.matter import Matter
from projections.explanation.outlook import Outlook
from projections.explanation.remedies import remedy
from projections.explanation.terms import PROFILES, term, worded
from projections.rules.decision import Decision
from projections.said import NOTHING, Said, alike, listed

_COUNTS_PERFORMED = (("gap_from", "last_performed"), ("span_anchor", "first_performed"), ("episode", "gap_90"))


def closing(decision: Decision, told: Sequence[Matter], ahead: Outlook, *, known: bool) -> Iterator[Said]:
    """A sentence each, full stop included. `known`: whether the judge was asked for the outlook."""
    if decision.payable:
        yield Said("不需要做什么：这一次应予支付。", "Nothing has to be done: the act is payable.")
        return
    failing = [matter for matter in told if not matter.finding.holds]
    remedies = [(matter.finding.clause, remedy(matter)) for matter in failing]
    if len(failing) > 1:
        yield Said("以下各条都要解决：", "All of these have to be met:")
    for matter, (clause, said) in zip(failing, remedies, strict=True):
        alone = _alone(matter) if matter.finding.next_payable_on != ahead.waiting else NOTHING
        yield Said(f"{clause}：{said.said.zh}{alone.zh}。", f"{clause}: {said.said.en}{alone.en}.")
    lasting = [clause for clause, said in remedies if not said.possible]
    record = any(clause.startswith("record.") for clause in decision.denied_by)
    if ahead.waiting is not None:
        yield Said(
            f"如果只是等：在那之前不再做、记录也不变，同样的{_kind(decision).zh}从 {ahead.waiting} 起可以支付。",
            f"By waiting alone: if nothing else is done or recorded until then, the same {_kind(decision).en} "
            f"would be payable from {ahead.waiting} on.",
        )
    elif known and not record:
        yield Said("单靠等待是不够的。", "Waiting alone does not help.")
    for reread in ahead.reread:
        yield _reread(reread.reading, reread.option, failing)
    if ahead.tried and not ahead.reread:
        names = listed(map(alike, ahead.tried))
        yield Said(
            f"只换其中一种读法不能支付（已逐一试过 {names.zh} 的其他选项）。",
            f"No other single reading makes it payable (every option of {names.en} was tried).",
        )
    if ahead.profiles:
        yield _profiles(ahead.profiles)
    if known and record and not ahead.tried and any(map(_is_open, failing)):
        yield Said(
            "没有试其他读法：记录不符合时，换读法也不能支付。",
            "Other readings were not tried: while the record fails, none of them makes it payable.",
        )
    if lasting and ahead.waiting is None and not any(map(_is_open, failing)):
        clauses = listed(map(alike, lasting))
        yield Said(
            f"很抱歉：只要登记无误，按 {clauses.zh} 这一次不能支付。",
            f"We are sorry: unless the record is wrong, the act cannot be paid under {clauses.en}.",
        )


def _alone(matter: Matter) -> Said:
    """From which day a clause would hold by itself, where the whole act has to wait longer, or has more to mend.

    That day is of the act as if it had been given then instead. Where a reading counts what was performed, paid or
    not, one more such act would meet this one, and the day would mislead.
    """
    day = matter.finding.next_payable_on
    if day is None or any(matter.finding.readings.get(name) == option for name, option in _COUNTS_PERFORMED):
        return NOTHING
    return Said(f"（只看这一条，{day} 起符合）", f" (this clause alone holds from {day} on)")


def _is_open(matter: Matter) -> bool:
    """Whether the clause rests on words that can be read otherwise."""
    readings = matter.rulebook.readings if matter.rulebook is not None else {}
    return any(len(readings[name].options) > 1 for name in matter.finding.readings if name in readings)


def _profiles(names: Sequence[str]) -> Said:
    """`按默认读法（default）、从宽读法（lenient）可以支付。`"""
    zh = "、".join(f"{term(PROFILES, name).zh}（{name}）" for name in names)
    en = " and under ".join(term(PROFILES, name).en for name in names)
    return Said(f"按{zh}可以支付。", f"It is payable under {en}.")


def _kind(decision: Decision) -> Said:
    return Said("治疗", "session") if decision.kind == "session" else Said("评定", "assessment")


def _reread(name: str, option: str, failing: Sequence[Matter]) -> Said:
    """`如果把“同时使用”读作“两次治疗的起止时间有重叠”（together=overlapping），这一次就可以支付。`"""
    named = next(matter for matter in failing if name in matter.finding.readings)
    words = _phrase(named, name)
    told = worded(name, option, named.rulebook) or alike(option)
    return Said(
        f"如果把{f'“{words}”' if words else f' {name} '}读作“{told.zh}”（{name}={option}），这一次就可以支付。",
        f"It would be payable if {f'“{words}”' if words else name} were read as “{told.en}” ({name}={option}).",
    )


def _phrase(matter: Matter, name: str) -> str:
    """The words that the reading is about: those that the clause quotes, of several."""
    phrases = matter.rulebook.readings[name].phrase if matter.rulebook is not None else []
    quoted = [phrase for phrase in phrases if phrase in (matter.finding.quote or "")]
    return next(iter(quoted or phrases), "")
