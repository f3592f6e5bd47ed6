"""Sheets that do not cover what was done: `record.prescription`, `record.times`, `record.physician`."""

from datetime import date

from api.demo.chart import Chart
from api.demo.mistakes.finding import clean, temporary, visits
from api.demo.sessions import hold_session
from api.demo.visit import Slip
from api.demo.workdays import instant
from ledger.treatment.facts import PrescriptionStopped

_EXPIRED = ("record.prescription",)


def expired(chart: Chart) -> bool:
    """A session on a sheet of weeks ago that had times left."""
    for done in visits(chart):
        for slip in chart.slips:
            left = slip.times > slip.done and slip.done > 0 and slip.last < done.day < slip.last + 40
            if left and slip.number == done.number and clean(chart, slip.number, done.day):
                return bool(
                    hold_session(
                        chart, done.day, slip, done.place, denied=_EXPIRED, story="the sheet was no longer valid"
                    )
                )
    return False


def stopped(chart: Chart) -> bool:
    """A session in the afternoon on an order that was stopped at noon."""
    for done in visits(chart):
        if clean(chart, done.number, done.day) and chart.free(done.day) >> 5:
            slip = temporary(chart, done.day, done.slug, done.place)
            chart.scene.facts.append(
                PrescriptionStopped(
                    at=instant(date.fromordinal(done.day), 725),
                    prescription=slip.sheet,
                    order=slip.order if chart.number % 2 else None,
                    reason="患者血压偏高，暂停",
                )
            )
            return bool(
                hold_session(
                    chart, done.day, slip, done.place, after=4, denied=_EXPIRED, story="stopped at noon, treated on"
                )
            )
    return False


def written_afterwards(chart: Chart) -> bool:
    """A session before its sheet was written."""
    for done in visits(chart):
        if clean(chart, done.number, done.day):
            slip = temporary(chart, done.day, done.slug, done.place, minute=1005)
            return bool(
                hold_session(
                    chart, done.day, slip, done.place, denied=_EXPIRED, story="the sheet was written afterwards"
                )
            )
    return False


def anothers_sheet(chart: Chart) -> bool:
    """A session on the sheet of another patient, for Chinese medicine (the indications would be the other's)."""
    others: list[tuple[str, Slip]] = chart.scene.needle_slips
    for done in visits(chart):
        if done.number == 0:
            for patient, slip in others:
                if patient != chart.id and slip.times > slip.done + 1:
                    return bool(
                        hold_session(
                            chart, done.day, slip, done.place, denied=_EXPIRED, story="on another patient's sheet"
                        )
                    )
    return False


def more_than_ordered(chart: Chart) -> bool:
    """One session more than the sheet ordered, at the end of it."""
    for slip in chart.slips:
        if not 0 < slip.times == slip.done:
            continue
        day, slot = slip.last_done
        last = next((done for done in chart.paid if done.slip is slip and (done.day, done.slot) == (day, slot)), None)
        if last and slot < 9 and clean(chart, slip.number, day):
            denied = ("record.times",)
            return bool(
                hold_session(chart, day, slip, last.place, after=slot, denied=denied, story="one more than ordered")
            )
    return False


def prescribed_by_another(chart: Chart) -> bool:
    """A sheet by a nurse, or by the physician whose training no longer counts."""
    for done in visits(chart):
        institution = done.place.institution.id
        doctors = chart.scene.with_group(institution, "DR")
        lapsed = [p for p in doctors if p.last < done.day]
        who = (lapsed or chart.scene.with_group(institution, "NS"))[:1]
        if who and clean(chart, done.number, done.day):
            slip = temporary(chart, done.day, done.slug, done.place, physician=who[0].id)
            story = "prescribed by a physician without qualification" if lapsed else "prescribed by a nurse"
            return bool(hold_session(chart, done.day, slip, done.place, denied=("record.physician",), story=story))
    return False
