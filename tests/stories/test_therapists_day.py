"""A therapist's day: may I treat, treat, sign, mistype, correct; and what the record says afterwards."""

from datetime import datetime

import msgspec
import pytest

from ledger.application import Refused, TreatmentLedger
from ledger.journal import parse_fact
from projections.eligibility import eligibility
from projections.history import effective, history
from projections.rules.judge import judge
from projections.rules.rulebook import load_rulebook

RULEBOOK = load_rulebook("shanghai-2017")


def instant(hour_and_minute):
    """On the first working day of the new year."""
    return datetime.fromisoformat(f"2022-01-04T{hour_and_minute}:00+08:00")


def line(type, at, **fields):
    return parse_fact(msgspec.json.encode({"type": type, "at": instant(at), **fields}))


# An invented patient comes with a sore knee.
MORNING = [
    line(
        "PatientFileOpened",
        "07:50",
        patient="NEW",
        sex="male",
        born="1960-05-01",
        institution="H1",
        file_no="MZ202201001",
    ),
    line(
        "EpisodeOpened",
        "07:55",
        episode="NEW-E1",
        patient="NEW",
        institution="H1",
        diagnosis={"code": "M17.9", "text": "膝关节骨性关节炎"},
        findings={"organic_lesion": True, "deficit_rom": True},
    ),
    line(
        "PrescriptionIssued",
        "08:00",
        prescription="NEW-R1",
        patient="NEW",
        episode="NEW-E1",
        institution="H1",
        physician="DR11",
        orders=[{"order": "1", "item": "exercise-therapy", "site": "右膝", "method": "渐进抗阻", "times": 10}],
    ),
]


def session(name, begins, ends, signed):
    """Start, stop and signature, as a therapist's screen sends them."""
    place = {"prescription": "NEW-R1", "order": "1", "therapist": "PT11", "institution": "H1", "setting": "outpatient"}
    return [
        line("SessionStarted", begins, session=name, patient="NEW", **place),
        line("SessionStopped", ends, session=name, effect="耐受良好"),
        line("SessionSigned", signed, session=name, practitioner="PT11"),
    ]


def facts_about(ledger, patient):
    return sorted((entry.fact for entry in ledger.case(patient)), key=lambda fact: fact.at)


def may_treat(ledger, at):
    facts = effective(facts_about(ledger, "NEW"))
    (standing,) = eligibility(facts, RULEBOOK, "NEW", at=instant(at), item="exercise-therapy")
    return standing


def test_a_day(hospital):
    with TreatmentLedger.open(hospital.directory) as ledger:
        ledger.record(MORNING, now=instant("08:01"))
        assert may_treat(ledger, "08:30").payable

        first = session("T1", "08:30", "09:00", "09:01")
        receipts = ledger.record(first, now=instant("09:01"))
        assert [receipt.index for receipt in receipts] == list(range(ledger.size - 3, ledger.size))

        # The network was slow and the screen sends it again: the same receipts, nothing twice.
        again = ledger.record(first, now=instant("09:02"))
        assert [receipt._replace(known=False) for receipt in again] == receipts
        assert all(receipt.known for receipt in again)

        # A session is stopped once.
        with pytest.raises(Refused) as refused:
            ledger.record(session("T1", "08:30", "09:05", "09:06")[1:2], now=instant("09:06"))
        assert [problem.line for problem in refused.value.problems] == [0]

        ledger.record(session("T2", "13:30", "14:00", "14:01"), now=instant("14:01"))
        third = may_treat(ledger, "15:00")
        assert (third.payable, third.denied_by, str(third.next_payable_on)) == (False, ("1.day",), "2022-01-05")

        # What happened but is not payable is recorded all the same.
        ledger.record(session("T3", "15:00", "15:30", "15:31"), now=instant("15:31"))
        decisions = judge(effective(facts_about(ledger, "NEW")), RULEBOOK, patient="NEW")
        assert {made.act: made.denied_by for made in decisions} == {"T1": (), "T2": (), "T3": ("1.day",)}


def test_a_slip_of_the_pen(hospital):
    correction = line(
        "EntryCorrected",
        "16:00",
        target="T1",
        field="effect",
        old="耐受良好",
        new="训练后膝痛",
        reason="录入有误",
        practitioner="PT11",
    )
    with TreatmentLedger.open(hospital.directory) as ledger:
        ledger.record(MORNING + session("T1", "08:30", "09:00", "09:01"), now=instant("09:01"))
        ledger.record([correction], now=instant("16:00"))
        facts = facts_about(ledger, "NEW")

    def stop(**cut):
        return next(row for row in history(facts, "NEW", **cut) if row.what == "SessionStopped")

    # Both stay readable: what is written now, what it was, and who changed it why.
    assert stop().fact.effect == "训练后膝痛"
    (change,) = stop().changes
    assert (change.old, change.practitioner, change.reason) == ("耐受良好", "PT11", "录入有误")
    assert stop(as_known_at=instant("15:59")).fact.effect == "耐受良好"
