"""How long data must be kept: each period at its boundary, leap days, stays, corrections, and longer periods."""

from datetime import date
from typing import Any

import pytest

from ledger.journal import parse_fact
from ledger.people import Periods, Retention, retention
from ledger.people.retention import years_after
from ledger.treatment.facts import Fact, PersonCommitted
from tests.application.world import line


def at(day: str, type: str, *, time: str = "09:00:00+08:00", **fields: Any) -> Fact:
    """A fact of the day."""
    return parse_fact(line(type, **(fields | {"at": f"{day}T{time}"})).encode())


def opened(day: str = "2021-03-01", patient: str = "P1", **more: Any) -> Fact:
    return at(day, "PatientFileOpened", patient=patient, sex="female", born="1956-04-02", institution="H1",
              file_no="M1", **more)  # fmt: skip


def session(day: str, name: str = "S1", patient: str = "P1", setting: str = "outpatient", **more: Any) -> Fact:
    return at(day, "SessionStarted", session=name, patient=patient, prescription="R1", order="1", therapist="PT1",
              institution="H1", setting=setting, **more)  # fmt: skip


def admitted(day: str, stay: str = "ST1", kind: str = "inpatient", patient: str = "P1") -> Fact:
    return at(day, "PatientAdmitted", patient=patient, stay=stay, institution="H1", kind=kind, file_no="M1")


def discharged(day: str, stay: str = "ST1", patient: str = "P1") -> Fact:
    return at(day, "PatientDischarged", patient=patient, stay=stay)


def kept(*facts: Fact, periods: Periods = Periods()) -> Retention:  # noqa: B008 - immutable
    found = retention("P1", facts, periods)
    assert found is not None
    return found


class TestOutPatients:
    def test_the_day_before_the_day_and_the_day_after(self) -> None:
        found = kept(opened(), session("2021-03-05"))
        assert found.until == date(2036, 3, 5)
        assert not found.is_over(date(2036, 3, 4))
        assert not found.is_over(date(2036, 3, 5)), "the last day is inside"
        assert found.is_over(date(2036, 3, 6))

    def test_from_the_last_act_or_visit_in_any_order(self) -> None:
        facts = [session("2024-01-10", "S2"), session("2021-03-05"), opened()]
        assert kept(*facts).last_seen == kept(*reversed(facts)).last_seen == date(2024, 1, 10)

    def test_a_file_alone_is_a_visit(self) -> None:
        assert kept(opened("2021-03-01")).until == date(2036, 3, 1)

    def test_the_day_is_the_natural_day_at_eight_hours(self) -> None:
        late = session("2021-03-05", time="16:30:00Z")
        assert kept(opened(), late).last_seen == date(2021, 3, 6)

    def test_a_session_that_stops_after_midnight(self) -> None:
        stop = at("2021-03-06", "SessionStopped", time="00:10:00+08:00", session="S1", effect="better")
        assert kept(opened(), session("2021-03-05"), stop).last_seen == date(2021, 3, 6)

    @pytest.mark.parametrize(
        "fact",
        [
            at("2021-04-01", "EpisodeOpened", episode="E1", patient="P1", institution="H1", diagnosis={"code": "I63"}),
            at("2021-04-01", "FindingsRecorded", patient="P1", episode="E1", findings={"organic_lesion": True}),
            at("2021-04-01", "StageSummaryWritten", patient="P1", episode="E1", practitioner="DR1", text="better"),
            at("2021-04-01", "PrescriptionIssued", prescription="R1", patient="P1", episode="E1", institution="H1",
               physician="DR1", orders=[{"order": "1", "item": "exercise-therapy", "site": "leg", "method": "walk"}]),
            at("2021-04-01", "AssessmentRecorded", assessment="A1", patient="P1", episode="E1", institution="H1",
               assessors=["DR1"], results=[]),
        ],
    )  # fmt: skip
    def test_what_counts_as_a_visit(self, fact: Fact) -> None:
        assert kept(opened(), fact).last_seen == date(2021, 4, 1)

    @pytest.mark.parametrize(
        "fact",
        [
            at("2022-04-01", "SessionSigned", session="S1", practitioner="PT1"),
            at("2022-04-01", "FeeConfirmed", act="S1", amount_fen=5000),
            at("2022-04-01", "ViolationFound", inspection="I1", act="S1", clause="1.day", amount_fen=5000),
            at("2022-04-01", "InspectionOpened", inspection="I1", institution="H1", reason="routine"),
            PersonCommitted(at=session("2022-04-01").at, patient="P1", commitment="x"),
        ],
    )  # fmt: skip
    def test_what_does_not(self, fact: Fact) -> None:
        assert kept(opened(), session("2021-03-05"), fact).last_seen == date(2021, 3, 5)

    def test_a_voided_session_was_no_visit(self) -> None:
        void = at("2023-01-02", "SessionVoided", session="S2", reason="mistaken")
        assert kept(opened(), session("2021-03-05"), session("2023-01-01", "S2"), void).last_seen == date(2021, 3, 5)

    def test_another_patients_acts_do_not_count(self) -> None:
        others = [session("2030-01-01", "S9", patient="P2"), admitted("2030-01-01", "ST9", patient="P2")]
        assert kept(opened(), session("2021-03-05"), *others).until == date(2036, 3, 5)

    def test_nothing_is_known_of_the_patient(self) -> None:
        assert retention("P1", [opened(patient="P2")], Periods()) is None
        assert retention("P1", [], Periods()) is None


class TestCorrections:
    def test_a_day_mistaken_and_corrected(self) -> None:
        wrong = session("2091-03-05", id="L1")
        mended = at("2021-03-06", "EntryCorrected", target="L1", field="at", old="2091-03-05T09:00:00+08:00",
                    new="2021-03-05T09:00:00+08:00", reason="mistyped", practitioner="DR1")  # fmt: skip
        assert kept(opened(), wrong).until == date(2106, 3, 5)
        assert kept(opened(), wrong, mended).until == date(2036, 3, 5)

    def test_a_session_moved_to_another_patient_and_onto_this_one(self) -> None:
        away = at("2022-01-01", "EntryCorrected", target="S1", field="patient", old="P1", new="P2", reason="mistaken",
                  practitioner="DR1")  # fmt: skip
        stop = at("2022-03-06", "SessionStopped", session="S1", effect="better")
        facts = [opened("2021-03-01"), opened("2021-03-01", "P2"), session("2021-12-01"), stop, away]
        assert kept(*facts).last_seen == date(2021, 3, 1)
        moved = retention("P2", facts, Periods())
        assert moved is not None
        assert moved.last_seen == date(2022, 3, 6), "its stop as well"

    def test_a_correction_of_something_that_is_not_here(self) -> None:
        foreign = at("2022-01-01", "EntryCorrected", target="S77", field="patient", old="P1", new="P2", reason="x",
                     practitioner="DR1")  # fmt: skip
        assert kept(opened(), foreign).until == date(2036, 3, 1)


class TestInPatients:
    def test_the_day_before_the_day_and_the_day_after(self) -> None:
        found = kept(opened(), admitted("2021-03-02"), discharged("2021-03-20"))
        assert found.until == date(2051, 3, 20)
        assert not found.is_over(date(2051, 3, 19))
        assert not found.is_over(date(2051, 3, 20))
        assert found.is_over(date(2051, 3, 21))

    def test_an_open_stay_is_never_over(self) -> None:
        found = kept(opened(), admitted("2021-03-02"))
        assert (found.until, found.open_stays) == (None, ("ST1",))
        assert not found.is_over(date.max)
        assert kept(opened(), admitted("2021-03-02"), discharged("2021-03-20")).open_stays == ()

    def test_one_of_two_stays_is_open(self) -> None:
        facts = [opened(), admitted("2021-03-02"), discharged("2021-03-20"), admitted("2022-03-02", "ST2")]
        assert kept(*facts).open_stays == ("ST2",)

    def test_the_last_discharge_counts(self) -> None:
        facts = [admitted("2021-03-02"), discharged("2021-03-20"), admitted("2022-03-02", "ST2"),
                 discharged("2022-03-09", "ST2")]  # fmt: skip
        assert kept(opened(), *facts).until == kept(opened(), *reversed(facts)).until == date(2052, 3, 9)

    def test_a_home_bed_is_a_stay(self) -> None:
        found = kept(opened(), admitted("2021-03-02", kind="home_bed"), discharged("2021-03-20"))
        assert found.until == date(2051, 3, 20)

    def test_the_out_patient_period_decides_where_it_is_longer(self) -> None:
        found = kept(opened(), admitted("2021-03-02"), discharged("2021-03-20"), session("2040-01-01"))
        assert found.until == date(2055, 1, 1)

    def test_the_longer_of_both_is_one_day_apart(self) -> None:
        stay = [opened(), admitted("2021-03-02"), discharged("2021-03-20")]
        assert kept(*stay, session("2036-03-20")).until == date(2051, 3, 20)
        assert kept(*stay, session("2036-03-21")).until == date(2051, 3, 21)

    @pytest.mark.parametrize(
        "session_in_bed",
        [
            session("2021-03-05", setting="inpatient"),
            session("2021-03-05", setting="home_bed"),
            session("2021-03-05", setting="inpatient", stay="never-admitted"),
            session("2021-03-05", stay="never-admitted"),
            at("2021-03-05", "AssessmentRecorded", assessment="A1", patient="P1", episode="E1", institution="H1",
               assessors=[], results=[], stay="never-admitted"),
        ],
    )  # fmt: skip
    def test_an_act_as_an_in_patient_whose_stay_nobody_recorded(self, session_in_bed: Fact) -> None:
        assert kept(opened(), session_in_bed).until == date(2051, 3, 5)

    @pytest.mark.parametrize("setting", ["outpatient", "home", "internet"])
    def test_an_act_elsewhere(self, setting: str) -> None:
        assert kept(opened(), session("2021-03-05", setting=setting)).until == date(2036, 3, 5)

    def test_an_act_after_the_discharge_moves_the_end(self) -> None:
        late = session("2021-04-01", setting="inpatient", stay="ST1")
        assert kept(opened(), admitted("2021-03-02"), discharged("2021-03-20"), late).until == date(2051, 4, 1)

    def test_a_voided_act_as_an_in_patient(self) -> None:
        void = at("2021-03-06", "SessionVoided", session="S1", reason="mistaken")
        assert kept(opened(), session("2021-03-05", setting="inpatient"), void).until == date(2036, 3, 1)


@pytest.mark.parametrize(
    ("day", "years", "last"),
    [
        ("2021-03-01", 15, "2036-03-01"),
        ("2020-02-29", 15, "2035-02-28"),
        ("2020-02-29", 4, "2024-02-29"),
        ("2020-02-28", 15, "2035-02-28"),
        ("2021-02-28", 3, "2024-02-28"),
        ("2020-12-31", 30, "2050-12-31"),
        ("9990-01-01", 30, "9999-12-31"),
    ],
)
def test_years_later(day: str, years: int, last: str) -> None:
    assert years_after(date.fromisoformat(day), years) == date.fromisoformat(last)


def test_a_leap_day_at_its_boundary() -> None:
    found = kept(opened("2020-02-29"))
    assert not found.is_over(date(2035, 2, 28))
    assert found.is_over(date(2035, 3, 1))


class TestPeriods:
    def test_each_is_used_for_its_own(self) -> None:
        stay = [opened(), admitted("2021-03-02"), discharged("2021-03-20"), session("2021-05-01")]
        assert kept(*stay, periods=Periods(3, 3, 3)).until == date(2024, 5, 1)
        assert kept(*stay, periods=Periods(40, 3, 3)).until == date(2061, 5, 1)
        assert kept(*stay, periods=Periods(3, 41, 3)).until == date(2062, 5, 1)
        assert kept(*stay, periods=Periods(3, 3, 42)).until == date(2063, 3, 20)
        assert [row[0] for row in kept(*stay).ends] == ["notice", "out-patient", "in-patient"]
        assert [row[0] for row in kept(opened()).ends] == ["notice", "out-patient"]
