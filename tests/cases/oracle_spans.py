"""The naive judge's clocks: spans with their continuation by assessment, and the year of item 3. For `oracle.py`."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.treatment import facts as f
from tests.cases.ages import a_year_after, birthday, days_after
from tests.cases.notice import EXTENDED, SPAN
from tests.cases.oracle_counts import Counted
from tests.cases.recorded import Act

ITEM_10 = "comprehensive-rehabilitation-assessment"


@dataclass
class Clocked(Counted):
    """The clauses that look at how much time has gone by."""

    def file(self, act: Act) -> Any:
        return next(self.of(f.PatientFileOpened, patient=act.patient))

    def span(self, act: Act, n: int) -> bool | None:
        if n not in SPAN:
            return None
        past = self._first_day_past(act, n)
        if past is None or act.day < past:
            return True
        if n not in EXTENDED:
            return False
        wanted = self.reading("extension_from")
        if wanted == "any":
            return self.supported(act, date.min)
        return self.supported(act, past if wanted == "after_limit" else days_after(past, -30))

    def _first_day_past(self, act: Act, n: int) -> date | None:
        year = SPAN[n] == "1 year"
        if self.reading("span_measure") == "paid_days":
            limit, days = 365 if year else 180, sorted({p.day for p in self.in_container(act)})
            # An act on a day already paid uses no new day, whichever of the days it is.
            return days_after(days[limit - 1], 1) if len(days) >= limit and act.day not in days else None
        anchor = self._anchor(act)
        if anchor is None:
            return None
        return a_year_after(anchor) if year else days_after(anchor, 180)

    def _anchor(self, act: Act) -> date | None:
        if self.reading("span_anchor") == "episode_onset":
            opened = next(self.of(f.EpisodeOpened, episode=act.episode))
            return opened.onset or opened.at.date()  # type: ignore[no-any-return]
        earlier = self.mine(act) if self.reading("span_anchor") == "first_paid" else self.performed(act)
        within = [a.day for a in earlier if self.container(a) == self.container(act)]
        return within[0] if within else None

    def supported(self, act: Act, not_before: date) -> bool:
        """A comprehensive assessment of the same declared episode says so, and is still valid."""
        qualify = [
            a for a in self.of(f.AssessmentRecorded, item=ITEM_10, episode=act.episode)
            if a.assessment not in self.voided and not_before <= a.at.date() and a.at <= act.at
            and a.outcome in ("improved", "unchanged", "declined")
            and self._is_source(act, a)
        ]  # fmt: skip
        if self.reading("improvement") == "latest" and qualify:
            qualify = [max(reversed(qualify), key=lambda a: a.at)]
        return any(a.outcome == "improved" and self._still_valid(a, act.day) for a in qualify)

    def _is_source(self, act: Act, a: Any) -> bool:
        if self.reading("extension_source") == "paid":
            return any(p.fact is a and p.patient == act.patient for p in self.paid)  # clauses count per patient
        if self.reading("extension_source") == "performed":
            return True
        return self.enough_scales(a) and self.enough_persons(a)

    def enough_scales(self, a: Any) -> bool:
        return len({r.scale for r in a.results}) >= 2

    def enough_persons(self, a: Any) -> bool:
        who = {who for who in a.assessors if self.may(who, a.at.date())}
        return len(who) >= 3 if self.reading("persons_3") == "at_least_3" else len(who) > 3

    def _still_valid(self, a: Any, day: date) -> bool:
        made, valid = a.at.date(), self.reading("extension_valid")
        if valid == "forever":
            return True
        return day < (a_year_after(made) if valid == "P1Y" else days_after(made, {"P90D": 90, "P14D": 14}[valid]))

    # --- item 3

    def year(self, act: Act, n: int) -> bool:
        seventh = birthday(self.file(act).born, 7)
        months = 6 if act.day < seventh else 3
        days = [p.day for p in self.mine(act) if self._same_year(p.day, act.day)]
        if act.day >= seventh and self.reading("turning_7") == "fresh_counter":
            days = [day for day in days if day >= seventh]
        if self.reading("month_unit") == "30_paid_days":
            return act.day in days or len(set(days)) < 30 * months
        used = {(day.year, day.month) for day in days}
        return (act.day.year, act.day.month) in used or len(used) < months

    def _same_year(self, day: date, act: date) -> bool:
        match self.reading("year"):
            case "calendar_year":
                return day.year == act.year
            case "rolling_365":
                return 0 <= (act - day).days < 365
            case _:
                return (day.year, day.month >= 7) in (
                    {(act.year, True), (act.year + 1, False)}
                    if act.month >= 7
                    else {(act.year - 1, True), (act.year, False)}
                )

    def proof(self, act: Act, n: int) -> bool | None:
        if act.day < birthday(self.file(act).born, 7):
            return None
        return self.supported(act, date.min)
