"""record.*: was it really, and rightly, done — asked of every act, whatever its item.

The words are those of the notice itself (二.1, 二.2, 二.4, annexes 2 and 3). Clauses that hold answer with findings
made once; what failed says what the record shows.

Source: spec/rules.md, "record.*".
"""

from collections.abc import Mapping
from datetime import date

from projections.rules.acts import Act, Order
from projections.rules.decision import NOT_RECORDED, Finding, Observed
from projections.rules.register import Practitioner, all_treating
from projections.rules.stretches import Stretches

RECORD = (
    "record.voided",
    "record.stopped",
    "record.signed",
    "record.prescription",
    "record.times",
    "record.physician",
    "record.therapist",
    "record.institution",
    "record.stay",
)
"""The clauses of the record, in the order in which they are reported."""


class Record:
    """The clauses of the record under one choice of readings, with the words they come from."""

    def __init__(self, quotes: Mapping[str, str], physician_scope: str) -> None:
        self._quotes = quotes
        self._needs_both = physician_scope == "both"
        self._readings = {"physician_scope": physician_scope}
        self._together: dict[tuple[Practitioner, ...], Stretches] = {}  # when all of a denied act's staff may treat
        self._physicians: dict[str, Finding] = {}  # by sheet: prescriber and day of issue are the sheet's
        (
            self._voided,
            self._stopped,
            self._signed,
            self._prescription,
            self._times,
            _,
            self._therapist,
            self._institution,
            self._stay,
        ) = (Finding(clause, True, quote=quotes[clause]) for clause in RECORD)

    def judge(self, act: Act, staffed: bool) -> list[Finding]:
        """The findings on an act, in order; record.therapist is left out where a clause of its rule stands for it."""
        findings = [self._voided if not act.voided else self._fails("record.voided", {"voided": True})]
        order = act.order
        if act.kind == "session":
            stop = act.stop
            if stop is not None and stop > act.at:
                findings.append(self._stopped)
            else:
                seen = NOT_RECORDED if stop is None else "not later than the start"
                findings.append(self._fails("record.stopped", {"stop": seen}))
        if act.signature_problem is None:
            findings.append(self._signed)
        elif act.kind == "session":
            findings.append(self._fails("record.signed", {"signature": act.signature_problem}))
        else:
            findings.append(self._fails("record.signed", {"assessors": NOT_RECORDED}))
        if act.kind == "session":
            if order is None:
                findings.append(self._fails("record.prescription", {"prescription": "no such order"}))
            else:
                problem = _prescription_problem(act, order)
                findings.append(
                    self._prescription
                    if problem is None
                    else self._fails("record.prescription", {"prescription": problem})
                )
                findings.append(self._times if order.times is None else self._count(act, order, order.times))
                findings.append(self._physicians.get(order.sheet.id) or self._physician(order))
        if staffed:
            findings.append(self._judge_staff(act))
        findings.append(self.institution(act))
        problem = act.stay_problem
        findings.append(self._stay if problem is None else self._fails("record.stay", {"stay": problem}))
        return findings

    def institution(self, act: Act) -> Finding:
        """record.institution: all of the record that can be asked of an act which nobody has given yet."""
        problem = _institution_problem(act, act.day)
        if problem is None:
            return self._institution
        # Dates of the register count whenever they were written; a reinstatement lifts from an instant, and one later
        # than the act is not seen from there.
        free = act.institution.first_free(act.seen, act.day)
        return self._fails("record.institution", {"institution": problem}, free)

    def _fails(self, clause: str, observed: Observed, next_payable_on: date | None = None) -> Finding:
        return Finding(clause, False, quote=self._quotes[clause], observed=observed, next_payable_on=next_payable_on)

    def _count(self, act: Act, order: Order, times: int) -> Finding:
        holds = act.earlier < times
        return Finding(
            "record.times",
            holds,
            used=act.earlier,
            limit=times,
            unit="session",
            counted=() if holds else tuple(order.sessions[: min(times, act.earlier)]),
            quote=self._quotes["record.times"],
        )

    def _physician(self, order: Order) -> Finding:
        sheet = order.sheet
        physician, day = sheet.physician, sheet.issued_day
        trained = physician.holds("training", day)
        treats = physician.treats(day)
        observed: Observed = {
            "physician": physician.id,
            "profession": physician.profession or NOT_RECORDED,
            "rehabilitation or tcm": treats,
            "training": trained,
        }
        finding = self._physicians[sheet.id] = Finding(
            "record.physician",
            physician.profession == "physician" and ((treats and trained) if self._needs_both else (treats or trained)),
            quote=self._quotes["record.physician"],
            readings=self._readings,
            observed=observed,
        )
        return finding

    def _judge_staff(self, act: Act) -> Finding:
        lacking = _lacking(act, act.day)
        if lacking is None:
            return self._therapist
        together = self._together.get(act.staff)
        if together is None:
            together = self._together[act.staff] = all_treating(act.staff)
        return self._fails("record.therapist", lacking, together.first(act.day))


def may_give(act: Act) -> bool:
    """Whether the act's institution may give it on its day: what record.institution asks, without a finding."""
    return _institution_problem(act, act.day) is None


def _lacking(act: Act, day: date) -> Observed | None:
    """Who of the staff may not treat on the day, and why; None where all may."""
    lacking: Observed = {
        person.id: "neither rehabilitation nor tcm on the day" if person.scopes else NOT_RECORDED
        for person in act.staff
        if not person.treats(day)
    }
    return lacking or None


def _institution_problem(act: Act, day: date) -> str | None:
    """Why the institution may not give the act on the day; None where it may."""
    institution = act.institution
    if not institution.is_qualified(day):
        return "not qualified on the day" if institution.qualified else NOT_RECORDED
    if institution.suspended and institution.is_suspended(act.seen, day):
        return "suspended"
    return None


def _prescription_problem(act: Act, order: Order) -> str | None:
    """Why the order does not carry the session; None when it does."""
    sheet = order.sheet
    if sheet.patient != act.patient:
        return "of another patient"
    if sheet.issued > act.at:
        return "issued after the start"
    if order.stopped is not None and order.stopped <= act.at:
        return "stopped"
    if sheet.valid_until is not None and sheet.valid_until < act.day:
        return "past valid_until"
    return None
