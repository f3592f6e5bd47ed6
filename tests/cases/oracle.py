"""A second, naive judge under the default readings: from the words to the verdict by the shortest way, at any cost.

It exists to disagree. It shares no code and no table with `projections.rules`, looks at every fact anew for every
clause, and says only which clauses deny an act. Where the two differ, one of them reads the rules wrongly.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from ledger.treatment import facts as f
from ledger.treatment.facts import Fact
from ledger.treatment.items import ITEMS
from tests.cases.notice import EXTENDED, GAP, INDICATION, OTHER_SIDE, PAID_DAYS, PER_DAY, PER_EPISODE, PER_STAY, SPAN
from tests.cases.recorded import Act, Recorded

ITEM_10 = "comprehensive-rehabilitation-assessment"


def birthday(born: date, age: int) -> date:
    """The day on which that age is reached; of 29 February, 1 March where the year has none."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def retires(sex: str, category: str | None, born: date) -> date:
    """The statutory retirement day."""
    if sex == "male":
        years, since, each, most = 60, 1965, 4, 36
    elif category == "cadre":
        years, since, each, most = 55, 1970, 4, 36
    else:
        years, since, each, most = 50, 1975, 2, 60
    months = (born.year - since) * 12 + born.month - 1
    later = min(months // each + 1, most) if months >= 0 else 0
    year, month = divmod((born.year + years) * 12 + born.month - 1 + later, 12)
    for day in (born.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(born.day, day))
        except ValueError:
            continue
    raise AssertionError


class Oracle(Recorded):
    """Judges the acts one after another, each against those paid so far."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        super().__init__(facts)
        self.paid: list[Act] = []

    def judge(self) -> dict[str, list[str]]:
        for act in self.acts:
            clauses = [*self.record(act), *(self.rule(act) if act.rule else ())]
            act.denied_by = [name for name, holds in clauses if not holds]
            if not act.denied_by:
                self.paid.append(act)
        return {act.name: act.denied_by for act in self.acts}

    # --- the rules

    def finding(self, act: Act, name: str) -> Any:
        said = []
        for place, x in enumerate(self.facts):
            found = getattr(x, "findings", None)
            voided = isinstance(x, f.AssessmentRecorded) and x.assessment in self.voided
            if found is None or voided or x.episode != act.episode or x.at > act.fact.at:  # type: ignore[attr-defined]
                continue
            value = getattr(found, name)
            if value.__class__.__name__ != "UnsetType":
                said.append((x.at, place, value))
        return max(said, key=lambda line: line[:2])[2] if said else None

    def mine(self, act: Act) -> list[Act]:
        return [p for p in self.paid if p.fact.patient == act.fact.patient and p.rule == act.rule]

    def in_episode(self, act: Act) -> list[Act]:
        return [p for p in self.mine(act) if p.episode == act.episode]

    def supported(self, act: Act, not_before: date) -> bool:
        qualify = [
            a for a in self.of(f.AssessmentRecorded, item=ITEM_10, episode=act.episode)
            if a.assessment not in self.voided and not_before <= a.at.date() and a.at <= act.fact.at
            and a.outcome in ("improved", "unchanged", "declined")
            and len({r.scale for r in a.results}) >= 2
            and len({who for who in a.assessors if self.may(who, a.at.date())}) >= 3
        ]  # fmt: skip
        if not qualify:
            return False
        latest = max(reversed(qualify), key=lambda a: a.at)
        return latest.outcome == "improved" and act.day < birthday(latest.at.date(), 1)

    def file(self, act: Act) -> Any:
        return next(self.of(f.PatientFileOpened, patient=act.fact.patient))

    def rule(self, act: Act) -> Iterator[tuple[str, bool]]:
        n = act.rule
        assert n is not None
        for clause in ORDER.get(n, ("ind", "span", "day", "gap", "stay", "excl", "episode", "days")):
            holds = getattr(self, clause)(act, n)
            if holds is not None:
                yield f"{n}.{clause}", holds

    def ind(self, act: Act, n: int) -> bool | None:
        needed = INDICATION.get(n)
        if needed is None:
            return None
        return all(any(self.finding(act, name) in values for name, values in either) for either in needed)

    goal = ind

    def span(self, act: Act, n: int) -> bool | None:
        if n not in SPAN:
            return None
        paid = self.in_episode(act)
        if not paid:
            return True
        first = paid[0].day
        end = birthday(first, 1) if SPAN[n] == "1 year" else first + timedelta(days=180)
        return act.day < end or (n in EXTENDED and self.supported(act, end))

    def day(self, act: Act, n: int) -> bool | None:
        return None if n not in PER_DAY else len([p for p in self.mine(act) if p.day == act.day]) < PER_DAY[n]

    def gap(self, act: Act, n: int) -> bool | None:
        return None if n not in GAP else all((act.day - p.day).days >= 14 for p in self.mine(act))

    def stay(self, act: Act, n: int) -> bool | None:
        if n not in PER_STAY:
            return None
        return act.stay is None or len([p for p in self.mine(act) if p.stay == act.stay]) < PER_STAY[n]

    def episode(self, act: Act, n: int) -> bool | None:
        return None if n not in PER_EPISODE else len(self.in_episode(act)) < PER_EPISODE[n]

    def excl(self, act: Act, n: int) -> bool | None:
        if n not in OTHER_SIDE:
            return None
        return not any(
            p.rule in OTHER_SIDE[n] and p.day == act.day and p.fact.patient == act.fact.patient for p in self.paid
        )

    def days(self, act: Act, n: int) -> bool | None:
        if n not in PAID_DAYS:
            return None
        limit = PAID_DAYS[n]
        if isinstance(limit, dict):
            severity = self.finding(act, "severity_adl")
            if severity is None:
                return False
            limit = limit[severity]
        used = {p.day for p in self.in_episode(act)}
        return act.day in used or len(used) < limit

    def child(self, act: Act, n: int) -> bool:
        return act.day < birthday(self.file(act).born, 18)

    def year(self, act: Act, n: int) -> bool:
        limit = 6 if act.day < birthday(self.file(act).born, 7) else 3
        used = {p.day.month for p in self.mine(act) if p.day.year == act.day.year}
        return act.day.month in used or len(used) < limit

    def proof(self, act: Act, n: int) -> bool | None:
        return None if act.day < birthday(self.file(act).born, 7) else self.supported(act, date.min)

    def site(self, act: Act, n: int) -> bool:
        at = next(self.of(f.InstitutionRegistered, institution=act.fact.institution))
        return at.kind == "rehabilitation" or ((at.level or 0) >= 2 and "rehabilitation" in at.departments)

    def link(self, act: Act, n: int) -> bool:
        for sheet in self.of(f.PrescriptionIssued, patient=act.fact.patient):
            for order in sheet.orders:
                stops = [
                    s.at
                    for s in self.of(f.PrescriptionStopped, prescription=sheet.prescription)
                    if s.order in (None, order.order)
                ]
                midnight = act.fact.at.replace(hour=0, minute=0, second=0, microsecond=0)
                if (
                    order.item in ITEMS and ITEMS[order.item].kind == "training"
                    and sheet.at.date() <= act.day
                    and (sheet.valid_until is None or act.day <= sheet.valid_until)
                    and all(stop > max(midnight, sheet.at) for stop in stops)
                ):  # fmt: skip
                    return True
        return False

    def month(self, act: Act, n: int) -> bool:
        return not any((p.day.year, p.day.month) == (act.day.year, act.day.month) for p in self.mine(act))

    def staff(self, act: Act, n: int) -> bool:
        if n == 10:
            return len({who for who in act.fact.assessors if self.may(who, act.day)}) >= 3
        person = next(self.of(f.PractitionerRegistered, practitioner=act.fact.therapist))
        if self.holds_on(f.PractitionerQualified, person.practitioner, {"auditory_verbal"}, act.day):
            return True
        return person.profession == "therapist" and self.holds_on(
            f.PractitionerQualified, person.practitioner, {"rehabilitation"}, act.day
        )

    def parts(self, act: Act, n: int) -> bool:
        return len({r.scale for r in act.fact.results}) >= 2

    def age(self, act: Act, n: int) -> bool:
        file = self.file(act)
        if n != 22:
            return act.day < birthday(file.born, 7)
        return birthday(file.born, 16) <= act.day < retires(file.sex, file.employment_category, file.born)

    def mode(self, act: Act, n: int) -> bool:
        together = [*self.in_episode(act), act]
        individual = [p for p in together if p.fact.mode == "individual"]
        return act.fact.mode == "individual" or 2 * len(individual) > len(together)

    def open(self, act: Act, n: int) -> bool:
        return True

    def gate(self, act: Act, n: int) -> bool:
        """The blocks are told again from the paid acts; what opened each stands with the act that it let pass."""
        block: list[date] = []
        spent: list[Any] = []
        for p in self.in_episode(act):
            if p.opens_block:
                block, spent = [], [*spent, p.opened_with]
            if p.day not in block:
                block.append(p.day)
        if len(block) < 14 or act.day in block:
            return True
        able = [
            a for a in self.of(f.AssessmentRecorded, episode=act.episode, outcome="improved")
            if a.assessment not in self.voided and a.results and block[0] <= a.at.date() and a.at <= act.fact.at
            and a not in spent
        ]  # fmt: skip
        if not able:
            return False
        act.opens_block, act.opened_with = True, min(able, key=lambda a: a.at)
        return True


ORDER: dict[int, tuple[str, ...]] = {
    1: ("ind", "span", "day", "excl"), 3: ("child", "year", "proof", "excl"), 8: ("ind", "site", "span"),
    9: ("link", "month"), 10: ("ind", "staff", "parts", "stay", "gap"), 20: ("age", "ind"),
    21: ("ind", "days", "gate"), 22: ("age", "ind", "days"), 24: ("goal", "span"),
    25: ("age", "ind", "staff", "mode", "day"), 41: ("open",),
}  # fmt: skip
"""Where an item's clauses are others, or stand otherwise, than `rule` takes them."""
