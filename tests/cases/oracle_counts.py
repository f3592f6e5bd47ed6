"""The naive judge's counts: per day, month, stay, episode and container; gaps, exclusion, paid days and the gate.

For `oracle.py`. Every clause goes through everything that was paid again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from ledger.treatment import facts as f
from tests.cases.notice import GAP, OTHER_SIDE, PAID_DAYS, PER_DAY, PER_EPISODE, PER_STAY
from tests.cases.recorded import Act, Recorded

NO_EPISODE_NAMED = {16, 21, 22, 23, 24}


@dataclass
class Counted(Recorded):
    """What was paid so far, and the clauses that count it."""

    paid: list[Act] = field(default_factory=list)
    excluding: bool = True
    contests: dict[tuple[Act, ...], list[Act]] = field(default_factory=dict)

    def rule(self, act: Act) -> Iterator[tuple[str, bool]]:
        """The clauses of the act's rule, in the order of its words."""
        raise NotImplementedError

    def mine(self, act: Act) -> list[Act]:
        """Paid acts of the patient and the rule."""
        return [p for p in self.paid if p.patient == act.patient and p.rule == act.rule]

    def performed(self, act: Act) -> list[Act]:
        """Acts of the patient and the rule before this one, paid or not."""
        return [
            a for a in self.acts
            if a.patient == act.patient and a.rule == act.rule and not a.voided and a.before(act)
        ]  # fmt: skip

    def container(self, act: Act) -> object:
        """Within what the rule's span or days are counted."""
        if act.rule not in NO_EPISODE_NAMED or self.reading("container") == "episode":
            return act.course
        return None if self.reading("container") == "lifetime" else act.day.year

    def in_container(self, act: Act) -> list[Act]:
        return [p for p in self.mine(act) if self.container(p) == self.container(act)]

    def day(self, act: Act, n: int) -> bool | None:
        if n not in PER_DAY:
            return None
        today = [p for p in self.paid if p.patient == act.patient and p.day == act.day]
        if n != 1 or self.reading("combined") == "included_items":
            used = [p for p in today if p.rule == n]
        elif self.reading("combined") == "item_only":
            used = [p for p in today if p.item == act.item]
        else:
            used = [p for p in today if p.rule in (1, 2, 3, 4)]
        return len(used) < PER_DAY[n]

    def month(self, act: Act, n: int) -> bool:
        if self.reading("month") == "calendar_month":
            return not any((p.day.year, p.day.month) == (act.day.year, act.day.month) for p in self.mine(act))
        return not any(0 <= (act.day - p.day).days < 30 for p in self.mine(act))

    def gap(self, act: Act, n: int) -> bool | None:
        if n not in GAP:
            return None
        earlier = self.mine(act) if self.reading("gap_from") == "last_paid" else self.performed(act)
        if self.reading("gap_scope") == "institution":
            earlier = [p for p in earlier if p.fact.institution == act.fact.institution]
        least = 14 if self.reading("gap_measure") == "date_difference" else 15
        return all((act.day - p.day).days >= least for p in earlier)

    def stay(self, act: Act, n: int) -> bool | None:
        if n not in PER_STAY:
            return None
        if act.stay is None and self.reading("outpatient_cap") == "none":
            return True
        used = [p for p in self.mine(act) if p.stay == act.stay]
        if act.stay is None:
            used = [p for p in used if p.course == act.course]
        return len(used) < PER_STAY[n]

    def episode(self, act: Act, n: int) -> bool | None:
        if n not in PER_EPISODE:
            return None
        return len([p for p in self.mine(act) if p.course == act.course]) < PER_EPISODE[n]

    # --- exclusion

    def together(self, one: Act, other: Act) -> bool:
        if self.reading("together") == "same_day":
            return one.day == other.day
        if self.reading("together") == "same_episode":
            return one.course == other.course
        return one.at == other.at or (one.at < other.ends and other.at < one.ends)

    def excl(self, act: Act, n: int) -> bool | None:
        """Fails where one of the other side was paid, or where the dearest is of the other side.

        What was denied already is out of the running, and what was paid was taken. Of the rest the dearest is taken,
        then the next that none taken forbids, and so on down to this act; where a fee is missing, by start.
        """
        if n not in OTHER_SIDE:
            return None
        if any(self._forbids(p, act) for p in self.paid):
            return False
        if self.reading("winner") == "first":
            return True
        able = self._able(act)
        if all(self._fee(a) is not None for a in able):
            able = sorted(able, key=lambda a: self._fee(a) or 0, reverse=True)  # stable: of equal fees the first
        taken = [p for p in self.paid if self._same_contest(p, act)]
        for a in able:
            if a is act:
                break
            if not a.before(act) and not any(self._forbids(t, a) for t in taken):
                taken.append(a)
        return not any(self._forbids(t, act) for t in taken)

    def _forbids(self, one: Act, other: Act) -> bool:
        return one.rule in OTHER_SIDE.get(other.rule or 0, ()) and self._same_contest(one, other)

    def _same_contest(self, one: Act, other: Act) -> bool:
        family = {1, 2, 3, 4} if other.rule in (1, 2, 3, 4) else {27, 28}
        return one.patient == other.patient and one.rule in family and self.together(one, other)

    def _able(self, act: Act) -> list[Act]:
        """The acts together with this one that would be paid if, from the first of them on, no exclusion denied any."""
        contest = [a for a in self.acts if self._same_contest(a, act)]
        if tuple(contest) in self.contests:
            return self.contests[*contest]
        really_paid, self.excluding = self.paid, False
        self.paid = [p for p in self.paid if p.before(contest[0])]
        for a in self.acts:
            meanwhile = a.patient == act.patient and not a.before(contest[0]) and not contest[-1].before(a)
            if meanwhile and all(holds for _, holds in [*self.record(a), *self.rule(a)]):
                self.paid.append(a)
        supposed, self.paid, self.excluding = self.paid, really_paid, True
        self.contests[*contest] = [a for a in supposed if a in contest]
        return self.contests[*contest]

    def _fee(self, act: Act) -> int | None:
        confirmed = [(x.at, place, x.amount_fen) for place, x in enumerate(self.of(f.FeeConfirmed, act=act.name))]
        return max(confirmed)[2] if confirmed else None

    # --- days, and the gate of item 21

    def days(self, act: Act, n: int) -> bool | None:
        if n not in PAID_DAYS:
            return None
        paid, limit = self.in_container(act), PAID_DAYS[n]
        if isinstance(limit, dict):
            first = self.reading("severity_at") == "first_session"
            severity = self.finding(paid[0] if first and paid else act, "severity_adl")
            if severity is None:
                return False
            limit = limit[severity]
        if self.reading("day_unit") == "elapsed":
            return not paid or (act.day - paid[0].day).days < limit
        used = {p.day for p in paid}
        return act.day in used or len(used) < limit

    def gate(self, act: Act, n: int) -> bool:
        """The block is told again from the paid acts; what opened each stands with the act that it let pass."""
        block: list[date] = []
        for p in self.in_container(act):
            if p.opens_block:
                block = []
            if p.day not in block:
                block.append(p.day)
        if not block or act.day in block:
            return True
        if self.reading("gate_block") == "paid_days":
            if len(block) < 14:
                return True
        elif act.day - block[0] < timedelta(days=14):
            return True
        spent = [p.opened_with for p in self.mine(act)]
        able = [a for a in self._improved(act) if block[0] <= a.at.date() and a.at <= act.at and a not in spent]
        if not able:
            return False
        act.opens_block, act.opened_with = True, min(able, key=lambda a: a.at)
        return True

    def _improved(self, act: Act) -> list[Any]:
        found = [a for a in self.of(f.AssessmentRecorded, episode=act.episode, outcome="improved") if a.results]
        if self.reading("gate_source") == "item_9":
            found = [a for a in found if a.item == "adl-assessment"]
        return [a for a in found if a.assessment not in self.voided]
