"""A second, naive judge for every reading: from the words to the verdict by the shortest way, at any cost.

It exists to disagree. It shares no code and no table with `projections.rules`, looks at every fact anew for every
clause, and says only which clauses deny an act. Where the two differ, one of them reads the rules wrongly.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.treatment import facts as f
from ledger.treatment.facts import Fact
from ledger.treatment.items import ITEMS
from tests.cases.ages import birthday, retires
from tests.cases.notice import GAP, INDICATION, OTHER_SIDE, PAID_DAYS, PER_DAY, PER_EPISODE, PER_STAY, SPAN
from tests.cases.oracle_spans import Clocked
from tests.cases.readings import DEFAULT
from tests.cases.recorded import Act

LISTED = {1, 5}
"""Where several deficits are listed in a row (肌力、关节活动度和平衡; 生活、工作能力障碍)."""


def verdicts(facts: Sequence[Fact], readings: Mapping[str, str] | None = None) -> dict[str, list[str]]:
    """Every act with the clauses that deny it, under the readings given and the default of the others.

    `facts` are those that stand: corrections applied, in journal order.
    """
    return Oracle(facts, {**DEFAULT, **(readings or {})}).judge()


@dataclass
class Oracle(Clocked):
    """Judges the acts one after another, each against those paid so far."""

    def judge(self) -> dict[str, list[str]]:
        for act in self.acts:
            clauses = [*self.record(act), *self.rule(act)]
            act.denied_by = [name for name, holds in clauses if not holds]
            if not act.denied_by:
                self.paid.append(act)
        return {act.name: act.denied_by or [] for act in self.acts}

    def rule(self, act: Act) -> Iterator[tuple[str, bool]]:
        n = act.rule
        if n is None:
            return
        for clause in ORDER.get(n, USUAL):
            holds = None if clause == "excl" and not self.excluding else getattr(self, clause)(act, n)
            if holds is not None:
                yield f"{n}.{clause}", holds

    # --- who, where, by whom

    def ind(self, act: Act, n: int) -> bool | None:
        if n not in INDICATION:
            return None
        every = n in LISTED and self.reading("and_list") == "all"
        return all(
            (all if every else any)(self.finding(act, name) in values for name, values in group)
            for group in INDICATION[n]
        )

    goal = ind

    def child(self, act: Act, n: int) -> bool:
        return act.day < birthday(self.file(act).born, 18 if self.reading("child") == "under_18" else 15)

    def age(self, act: Act, n: int) -> bool:
        file = self.file(act)
        if n != 22:
            return act.day < birthday(file.born, 7 if self.reading("age_6") == "includes_6" else 6)
        fixed = self.reading("working_age") == "fixed"
        last = retires(file.sex, file.employment_category, file.born, fixed=fixed)
        return birthday(file.born, 16) <= act.day < last

    def site(self, act: Act, n: int) -> bool:
        at = next(self.of(f.InstitutionRegistered, institution=act.fact.institution))
        high = (at.level or 0) >= 2
        if at.kind == "rehabilitation" and (high or self.reading("site_level") == "hospital"):
            return True
        return high and "rehabilitation" in at.departments

    def link(self, act: Act, n: int) -> bool:
        if self.reading("adl_link") == "named":
            return self._is_training(act.fact.serves)
        midnight = act.at.replace(hour=0, minute=0, second=0, microsecond=0)
        return any(
            self._is_training(order.item)
            and sheet.at.date() <= act.day
            and (sheet.valid_until is None or act.day <= sheet.valid_until)
            and all(stop > max(midnight, sheet.at) for stop in self._stops(sheet, order))
            for sheet in self.of(f.PrescriptionIssued, patient=act.patient)
            for order in sheet.orders
        )

    def _is_training(self, slug: str | None) -> bool:
        return slug in ITEMS and ITEMS[slug].kind == "training"

    def _stops(self, sheet: Any, order: Any) -> list[Any]:
        stops = self.of(f.PrescriptionStopped, prescription=sheet.prescription)
        return [s.at for s in stops if s.order in (None, order.order)]

    def staff(self, act: Act, n: int) -> bool:
        if n == 10:
            return self.enough_persons(act.fact)
        person = next(self.of(f.PractitionerRegistered, practitioner=act.fact.therapist))
        if self.holds_on(f.PractitionerQualified, person.practitioner, {"auditory_verbal"}, act.day):
            return True
        return person.profession == "therapist" and self.holds_on(
            f.PractitionerQualified, person.practitioner, {"rehabilitation"}, act.day
        )

    def parts(self, act: Act, n: int) -> bool:
        return self.enough_scales(act.fact)

    def mode(self, act: Act, n: int) -> bool:
        if act.fact.mode == "individual" or self.reading("individual") == "each":
            return act.fact.mode == "individual"
        counted = [*(p for p in self.mine(act) if p.course == act.course), act]
        return 2 * len([p for p in counted if p.fact.mode == "individual"]) > len(counted)

    def open(self, act: Act, n: int) -> bool:
        return self.reading("no_text") == "payable"


ORDER: dict[int, tuple[str, ...]] = {
    1: ("ind", "span", "day", "excl"), 3: ("child", "year", "proof", "excl"), 8: ("ind", "site", "span"),
    9: ("link", "month"), 10: ("ind", "staff", "parts", "stay", "gap"), 20: ("age", "ind"),
    21: ("ind", "days", "gate"), 22: ("age", "ind", "days"), 24: ("goal", "span"),
    25: ("age", "ind", "staff", "mode", "day"), 41: ("open",),
}  # fmt: skip
"""Where an item's clauses are others, or stand otherwise, than most rules take them."""

USUAL = {
    "ind": INDICATION, "span": SPAN, "day": PER_DAY, "gap": GAP, "stay": PER_STAY, "excl": OTHER_SIDE,
    "episode": PER_EPISODE, "days": PAID_DAYS,
}  # fmt: skip
"""Clauses that many rules have, in their order, with a table by rule of what each asks."""

RECORD = ("voided", "stopped", "signed", "prescription", "times", "physician", "therapist", "institution", "stay")
CLAUSES = [f"record.{name}" for name in RECORD] + [
    f"{n}.{clause}"
    for n in range(1, 44)
    for clause in ORDER.get(n, [name for name, table in USUAL.items() if n in table])
]
"""Every clause there is."""
