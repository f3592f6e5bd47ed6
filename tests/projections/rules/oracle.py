"""A second evaluator, slow and naive: every clause computed anew from the list of paid acts, straight from the words.

It shares with the judge only how acts are put together from their lines. No state, no rulebook file, no cleverness:
for every act, every earlier act is looked at again. `tests` compare the two on random journals, under all readings.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from itertools import pairwise

from projections.rules.acts import Act
from projections.rules.evidence import Evidence
from tests.projections.rules.words import (
    DAY,
    HALF_YEAR,
    IND,
    NUMBER,
    ORDER,
    TRAININGS,
    YEAR_EXTENDABLE,
    birthday,
    insurance_year,
    year_end,
)


class Oracle:
    """Judges the acts of one patient's journal. `payable` and `denied_by` are all it says."""

    def __init__(self, evidence: Evidence, readings: Mapping[str, str], record: Callable[[Act], Iterable[str]]) -> None:
        self.evidence = evidence
        self.r = readings
        self.record = record
        self.acts = evidence.acts
        self.person = evidence.persons["P1"]
        self.assessments = [
            act for episode in evidence.episodes.values() for _, _, _, act in episode.events if act is not None
        ]

    def run(self) -> dict[str, tuple[str, ...]]:
        """denied_by of every act."""
        self.paid: list[Act] = []
        self.done: list[Act] = []
        self.spent: list[str] = []
        self.winners: dict[object, Act | None] = {}
        answers = {}
        for k, act in enumerate(self.acts):
            answers[act.id] = self.step(k, act)
        return answers

    def step(self, k: int, act: Act, without: frozenset[int] = frozenset()) -> tuple[str, ...]:
        denied = [*self.record(act), *self.denied(k, act, without)]
        if not act.voided:
            if not denied:
                self.spend(act)
                self.paid.append(act)
            self.done.append(act)
        return tuple(denied)

    def denied(self, k: int, act: Act, without: frozenset[int]) -> list[str]:
        number = NUMBER.get(act.item)
        if number is None:
            return []
        names = ORDER[number].split()
        if number in without:
            names = [name for name in names if name != "excl"]
        return [f"{number}.{name}" for name in names if not getattr(self, f"is_{name}")(act, number, k)]

    # --- what counts together -----------------------------------------------------------------------------

    def derived(self, act: Act) -> int:
        """gap_90: how many new episodes have begun by this act."""
        days = [other.day for other in self.done if self.before(other, act)] + [act.day]
        return sum((b - a).days >= 90 for a, b in pairwise(days))

    def before(self, a: Act, b: Act) -> bool:
        return self.acts.index(a) < self.acts.index(b)

    def episode(self, act: Act) -> object:
        if self.r["episode"] == "declared":
            return act.episode
        return act.stay if self.r["episode"] == "admission" else self.derived(act)

    def container(self, act: Act) -> object:
        option = self.r["container"]
        return self.episode(act) if option == "episode" else None if option == "lifetime" else act.day.year

    def of(self, acts: Iterable[Act], number: int) -> list[Act]:
        return [act for act in acts if NUMBER.get(act.item) == number]

    def found(self, act: Act, name: str, at: Act | None = None) -> object:
        """What was last said of a finding in the act's declared episode, by its moment."""
        value = None
        for when, _, findings, _ in self.evidence.episodes[act.episode].events:
            if when <= (at or act).at and name in findings:
                value = findings[name]
        return value

    # --- clauses ------------------------------------------------------------------------------------------

    def is_ind(self, act: Act, n: int, k: int) -> bool:
        def has(name: str) -> bool:
            return self.found(act, name) is True

        among = all if self.r["and_list"] == "all" else any
        if n == 1:
            return has("organic_lesion") and among(
                [has("deficit_strength"), has("deficit_rom"), has("deficit_balance")]
            )
        if n == 5:
            return has("organic_lesion") and among([has("deficit_living"), has("deficit_work")])
        if n in (7, 43):
            severe = self.found(act, "severity_language") in ("moderate", "severe")
            return has("organic_lesion") and has("deficit_language") and severe
        if n == 8:
            return has("deficit_swallowing") and self.found(act, "severity_swallowing") in ("moderate", "severe")
        return all([has(name) for name in IND[n]])

    def is_goal(self, act: Act, n: int, k: int) -> bool:
        return self.found(act, "goal_less_bedrest") is True or self.found(act, "goal_upright") is True

    def is_span(self, act: Act, n: int, k: int) -> bool:
        key = self.container if n in (23, 24) else self.episode
        paid = [other for other in self.of(self.paid, n) if key(other) == key(act)]
        limit = 180 if n in HALF_YEAR else 365
        if self.r["span_measure"] == "paid_days":
            days = sorted({other.day for other in paid})
            if len(days) < limit or act.day in days:
                return True
            past = days[limit - 1] + DAY
        else:
            if self.r["span_anchor"] == "episode_onset":
                anchor = self.evidence.episodes[act.episode].anchor
            else:
                performed = self.r["span_anchor"] == "first_performed"
                pool = [o for o in self.of(self.done, n) if key(o) == key(act)] if performed else paid
                anchor = pool[0].day if pool else None
            if anchor is None:
                return True
            past = anchor + timedelta(180) if n in HALF_YEAR else year_end(anchor) + DAY
            if act.day < past:
                return True
        return n in YEAR_EXTENDABLE and self.supported(act, past)

    def supported(self, act: Act, past: date | None) -> bool:
        proofs = []
        for a in self.assessments:
            if a.item != "comprehensive-rehabilitation-assessment" or a.voided or a.episode != act.episode:
                continue
            if a.at > act.at or a.outcome not in ("improved", "unchanged", "declined"):
                continue
            source = self.r["extension_source"]
            if source == "valid" and not (self.is_staff(a, 10, 0) and self.is_parts(a, 10, 0)):
                continue
            if source == "paid" and a not in self.paid:
                continue
            if past is not None and self.r["extension_from"] == "after_limit" and a.day < past:
                continue
            if past is not None and self.r["extension_from"] == "30_days_before" and a.day < past - timedelta(30):
                continue
            proofs.append(a)
        if self.r["improvement"] == "latest":
            proofs = proofs[-1:]
        return any(a.outcome == "improved" and self.valid(a.day, act.day) for a in proofs)

    def valid(self, assessed: date, day: date) -> bool:
        option = self.r["extension_valid"]
        if option == "forever":
            return True
        if option == "P1Y":
            return day <= year_end(assessed)
        return day < assessed + timedelta(int(option[1:-1]))

    def is_day(self, act: Act, n: int, k: int) -> bool:
        today = [other for other in self.paid if other.day == act.day]
        if n == 1 and self.r["combined"] == "item_only":
            return sum(other.item == act.item for other in today) < 2
        if n == 1 and self.r["combined"] == "limb_training":
            return sum(NUMBER.get(other.item) in (1, 2, 3, 4) for other in today) < 2
        return len(self.of(today, n)) < (1 if n == 25 else 2)

    def is_child(self, act: Act, n: int, k: int) -> bool:
        return act.day < birthday(self.person.born, 18 if self.r["child"] == "under_18" else 15)

    def is_year(self, act: Act, n: int, k: int) -> bool:
        seven = birthday(self.person.born, 7)
        pool = self.of(self.paid, 3)
        if self.r["year"] == "calendar_year":
            pool = [o for o in pool if o.day.year == act.day.year]
        elif self.r["year"] == "rolling_365":
            pool = [o for o in pool if (act.day - o.day).days < 365]
        else:
            pool = [o for o in pool if insurance_year(o.day) == insurance_year(act.day)]
        if self.r["turning_7"] == "fresh_counter":
            pool = [o for o in pool if (o.day >= seven) == (act.day >= seven)]
        by_month = self.r["month_unit"] == "calendar_month"
        unit: Callable[[date], object] = (lambda d: (d.year, d.month)) if by_month else (lambda d: d)
        used = {unit(o.day) for o in pool}
        limit = (3 if act.day >= seven else 6) * (1 if by_month else 30)
        return unit(act.day) in used or len(used) < limit

    def is_proof(self, act: Act, n: int, k: int) -> bool:
        return act.day < birthday(self.person.born, 7) or self.supported(act, None)

    def is_excl(self, act: Act, n: int, k: int) -> bool:
        sides = (({1}, {2, 3, 4}), ({27}, {28}))
        ours, theirs = next((a, b) for x, y in sides for a, b in ((x, y), (y, x)) if n in a)
        theirs_paid = [o for o in self.paid if NUMBER.get(o.item) in theirs and self.together(o, act)]
        if theirs_paid:
            return False
        if self.r["winner"] == "dearest":
            winner = self.winner(act, k, ours | theirs)
            if winner is not None and NUMBER.get(winner.item) in theirs and self.acts.index(winner) > k:
                return False
        return True

    def together(self, a: Act, b: Act) -> bool:
        option = self.r["together"]
        if option == "same_day":
            return a.day == b.day
        if option == "same_episode":
            return self.episode(a) == self.episode(b)
        first, second = (a, b) if self.acts.index(a) < self.acts.index(b) else (b, a)
        if first.at == second.at:
            return True
        return first.end is not None and second.at < first.end

    def winner(self, act: Act, k: int, sides: set[int]) -> Act | None:
        """For a day or an episode: settled at the first act of either side, from there on without the exclusion."""
        group = (tuple(sorted(sides)), act.day if self.r["together"] == "same_day" else self.episode(act))
        if group not in self.winners:
            saved = (list(self.paid), list(self.done), list(self.spent), dict(self.winners))
            payable = []
            for j in range(k, len(self.acts)):
                other = self.acts[j]
                alike = self.together(act, other)
                denied = self.step(j, other, frozenset(sides))
                if alike and NUMBER.get(other.item) in sides and not denied:
                    payable.append(other)
            self.paid, self.done, self.spent, self.winners = saved
            fees = [self.evidence.fee_of(other.id) for other in payable]
            if not payable:
                self.winners[group] = None
            elif None in fees:
                self.winners[group] = payable[0]
            else:
                self.winners[group] = payable[fees.index(max(fees))]
        return self.winners[group]

    def is_site(self, act: Act, n: int, k: int) -> bool:
        level = (act.institution.level or 0) >= 2
        special = act.institution.kind == "rehabilitation"
        if self.r["site_level"] == "both":
            special = special and level
        return special or (level and "rehabilitation" in act.institution.departments)

    def is_link(self, act: Act, n: int, k: int) -> bool:
        if self.r["adl_link"] == "named":
            return act.serves in TRAININGS
        for order in self.person.orders:
            sheet = order.sheet
            in_force = sheet.issued.date() <= act.day and (sheet.valid_until is None or act.day <= sheet.valid_until)
            if order.stopped is not None:
                in_force = in_force and order.stopped > sheet.issued and order.stopped.date() >= act.day
                at_midnight = order.stopped.date() == act.day and order.stopped.time().isoformat() == "00:00:00"
                in_force = in_force and not at_midnight
            if in_force and order.item in TRAININGS:
                return True
        return False

    def is_month(self, act: Act, n: int, k: int) -> bool:
        pool = self.of(self.paid, n)
        if self.r["month"] == "calendar_month":
            return not [o for o in pool if (o.day.year, o.day.month) == (act.day.year, act.day.month)]
        return not [o for o in pool if (act.day - o.day).days < 30]

    def is_staff(self, act: Act, n: int, k: int) -> bool:
        if n == 25:
            return all(
                p.holds("auditory_verbal", act.day)
                or (p.profession == "therapist" and p.holds("rehabilitation", act.day))
                for p in act.staff
            )
        return len({p.id for p in act.staff if p.treats(act.day)}) >= (3 if self.r["persons_3"] == "at_least_3" else 4)

    def is_parts(self, act: Act, n: int, k: int) -> bool:
        return act.scales >= 2

    def is_stay(self, act: Act, n: int, k: int) -> bool:
        pool = self.of(self.paid, n)
        if act.stay is not None:
            return len([o for o in pool if o.stay == act.stay]) < 3
        if self.r["outpatient_cap"] == "none":
            return True
        return len([o for o in pool if o.stay is None and self.episode(o) == self.episode(act)]) < 3

    def is_gap(self, act: Act, n: int, k: int) -> bool:
        pool = self.of(self.done if self.r["gap_from"] == "last_performed" else self.paid, n)
        if self.r["gap_scope"] == "institution":
            pool = [o for o in pool if o.institution is act.institution]
        if not pool:
            return True
        return (act.day - pool[-1].day).days >= (14 if self.r["gap_measure"] == "date_difference" else 15)

    def is_episode(self, act: Act, n: int, k: int) -> bool:
        return len([o for o in self.of(self.paid, n) if self.episode(o) == self.episode(act)]) < 2

    def is_days(self, act: Act, n: int, k: int) -> bool:
        pool = [o for o in self.of(self.paid, n) if self.container(o) == self.container(act)]
        limit = {16: 30, 22: 90}.get(n)
        if n == 21:
            source = pool[0] if pool and self.r["severity_at"] == "first_session" else act
            tier = self.found(source, "severity_adl")
            if tier is None:
                return False
            limit = {"severe": 90, "moderate": 60, "mild": 30}[str(tier)]
        assert limit is not None
        if self.r["day_unit"] == "elapsed":
            return not pool or (act.day - pool[0].day).days < limit
        days = {o.day for o in pool}
        return act.day in days or len(days) < limit

    def is_age(self, act: Act, n: int, k: int) -> bool:
        born = self.person.born
        if n in (20, 25):
            return act.day < birthday(born, 7 if self.r["age_6"] == "includes_6" else 6)
        if self.person.sex == "male":
            years, since, step, most = 60, (1965, 1), 4, 36
        elif self.person.category == "cadre":
            years, since, step, most = 55, (1970, 1), 4, 36
        else:
            years, since, step, most = 50, (1975, 1), 2, 60
        months = (born.year - since[0]) * 12 + born.month - since[1]
        later = 0 if months < 0 or self.r["working_age"] == "fixed" else min(months // step + 1, most)
        total = born.year * 12 + born.month - 1 + years * 12 + later
        year, month = total // 12, total % 12 + 1
        day = born.day
        while True:
            try:
                retired = date(year, month, day)
                break
            except ValueError:
                day -= 1
        return birthday(born, 16) <= act.day < retired

    def is_mode(self, act: Act, n: int, k: int) -> bool:
        if act.mode == "individual":
            return True
        if self.r["individual"] == "each":
            return False
        pool = [o for o in self.of(self.paid, n) if self.episode(o) == self.episode(act)]
        return sum(o.mode == "individual" for o in pool) > (len(pool) + 1) / 2

    def is_open(self, act: Act, n: int, k: int) -> bool:
        return self.r["no_text"] == "payable"

    # --- the gate: blocks built anew from the paid acts, with what opened each -------------------------------

    def is_gate(self, act: Act, n: int, k: int) -> bool:
        block = self.block(act)
        return not self.full(block, act) or self.opener(block, act) is not None

    def block(self, act: Act) -> list[Act]:
        """The paid acts of the current block."""
        block: list[Act] = []
        for o in self.of(self.paid, 21):
            if self.container(o) == self.container(act):
                block = [o] if block and self.full(block, o) else [*block, o]
        return block

    def full(self, block: list[Act], act: Act) -> bool:
        if not block:
            return False
        if self.r["gate_block"] == "elapsed":
            return (act.day - block[0].day).days >= 14
        days = {o.day for o in block}
        return len(days) >= 14 and act.day not in days

    def opener(self, block: list[Act], act: Act) -> Act | None:
        for a in self.assessments:
            if a.episode == act.episode and not a.voided and a.results >= 1 and a.outcome == "improved":
                if self.r["gate_source"] == "item_9" and a.item != "adl-assessment":
                    continue
                if block[0].day <= a.day and a.at <= act.at and a.id not in self.spent:
                    return a
        return None

    def spend(self, act: Act) -> None:
        if NUMBER.get(act.item) == 21:
            block = self.block(act)
            if self.full(block, act):
                opener = self.opener(block, act)
                assert opener is not None
                self.spent.append(opener.id)
