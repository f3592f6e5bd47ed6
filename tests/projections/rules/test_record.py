"""record.*: each clause held and failed, at its edges, for sessions and for assessments."""

from datetime import date

import pytest

from ledger.treatment.facts import (
    AssessmentSigned,
    InstitutionQualified,
    InstitutionReinstated,
    InstitutionSuspended,
    PractitionerQualified,
    PrescriptionStopped,
    SessionSigned,
    SessionStarted,
    SessionStopped,
)
from projections.rules.record import RECORD
from tests.projections.rules.building import LONG_AGO, Journal, moment

DAY = "2021-03-01"


@pytest.fixture
def journal() -> Journal:
    return Journal()


def test_a_sound_session_passes_every_clause_in_order(journal: Journal) -> None:
    decision = journal.decision(journal.session(14, DAY))
    assert decision.payable
    assert [f.clause for f in decision.findings] == [*RECORD, "14.ind", "14.span"]
    assert all(f.quote for f in decision.findings)


def test_an_assessment_has_no_prescription(journal: Journal) -> None:
    decision = journal.decision(journal.assessment(13, DAY))
    assert [f.clause for f in decision.findings] == [
        "record.voided", "record.signed", "record.therapist", "record.institution", "record.stay", "13.gap",
    ]  # fmt: skip


def test_every_clause_is_reported_after_one_failed(journal: Journal) -> None:
    journal.practitioner("X")
    session = journal.session(14, DAY, therapist="X", minutes=None, signed=False, voided=True, setting="inpatient")
    assert journal.denied(session) == (
        "record.voided", "record.stopped", "record.signed", "record.therapist", "record.stay",
    )  # fmt: skip


def test_voided_assessments_fail_too(journal: Journal) -> None:
    assert journal.denied(journal.assessment(13, DAY, voided=True)) == ("record.voided",)


def test_a_stop_has_to_be_later_than_the_start(journal: Journal) -> None:
    missing, at_start = journal.session(14, DAY, minutes=None), journal.session(14, DAY, "10:00", minutes=0)
    assert journal.denied(missing) == ("record.stopped",)
    assert journal.denied(at_start) == ("record.stopped",)
    assert journal.finding(missing, "record.stopped").observed == {"stop": "not recorded"}
    assert journal.finding(at_start, "record.stopped").observed == {"stop": "not later than the start"}


@pytest.mark.parametrize(
    ("who", "clock", "problem"),
    [
        ("T1", "09:30", None),
        ("T1", "09:29", "before the stop"),
        ("T2", "09:30", "not by the session's own therapist"),
        (None, "", "not recorded"),
    ],
)
def test_signed_by_the_own_therapist_not_before_the_stop(
    journal: Journal, who: str | None, clock: str, problem: str | None
) -> None:
    session = journal.session(14, DAY, signed=False)
    if who is not None:
        journal.add(SessionSigned(at=moment(DAY, clock), session=session, practitioner=who))
    assert journal.denied(session) == (("record.signed",) if problem else ())
    if problem:
        assert journal.finding(session, "record.signed").observed == {"signature": problem}


def test_one_good_signature_among_others_is_enough(journal: Journal) -> None:
    session = journal.session(14, DAY, signed=False)
    for who, clock in (("T2", "09:40"), ("T1", "09:10"), ("T1", "09:30")):
        journal.add(SessionSigned(at=moment(DAY, clock), session=session, practitioner=who))
    assert journal.denied(session) == ()


def test_a_signature_without_stop_is_a_signature(journal: Journal) -> None:
    assert journal.denied(journal.session(14, DAY, minutes=None)) == ("record.stopped",)


def test_an_assessment_names_an_assessor(journal: Journal) -> None:
    assert journal.denied(journal.assessment(13, DAY, assessors=[])) == ("record.signed",)


@pytest.mark.parametrize(
    ("sheet", "stopped", "problem"),
    [
        ({}, None, None),
        ({"day": DAY, "clock": "09:00"}, None, None),
        ({"day": DAY, "clock": "09:01"}, None, "issued after the start"),
        ({"valid_until": date(2021, 3, 1)}, None, None),
        ({"valid_until": date(2021, 2, 28)}, None, "past valid_until"),
        ({}, ("09:01", "1"), None),
        ({}, ("09:00", "1"), "stopped"),
        ({}, ("09:00", None), "stopped"),
        ({}, ("09:00", "2"), None),
        ({"patient": "P2", "episode": "E2"}, None, "of another patient"),
    ],
)
def test_the_prescription_carries_the_session(
    journal: Journal, sheet: dict[str, object], stopped: tuple[str, str | None] | None, problem: str | None
) -> None:
    journal.patient("P2", "1960-01-01")
    journal.episode("E2", patient="P2", findings={"documented_balance": True})
    journal.prescription("R", 14, **({"day": "2021-01-01"} | sheet))
    if stopped is not None:
        journal.add(PrescriptionStopped(at=moment(DAY, stopped[0]), prescription="R", order=stopped[1]))
    session = journal.session(14, DAY, prescription="R")
    assert journal.denied(session) == (("record.prescription",) if problem else ())
    if problem:
        assert journal.finding(session, "record.prescription").observed == {"prescription": problem}


def test_of_two_stops_the_first_counts(journal: Journal) -> None:
    journal.prescription("R", 14)
    session = journal.session(14, DAY, prescription="R")
    journal.add(
        PrescriptionStopped(at=moment("2021-04-01"), prescription="R", order="1"),
        PrescriptionStopped(at=moment(DAY, "08:00"), prescription="R"),
    )
    assert journal.denied(session) == ("record.prescription",)


def test_the_item_is_the_orders_also_on_another_patients_sheet(journal: Journal) -> None:
    journal.patient("P2", "1960-01-01")
    journal.episode("E2", patient="P2")
    journal.prescription("R", 14, patient="P2", episode="E2")
    decision = journal.decision(journal.session(14, DAY, prescription="R"))
    assert decision.item == "balance-training"
    assert decision.denied_by == ("record.prescription", "14.ind")  # the findings are those of the sheet's episode


@pytest.mark.parametrize(("times", "payable"), [(0, 0), (1, 1), (2, 2), (3, 3), (None, 3)])
def test_no_more_sessions_than_ordered(journal: Journal, times: int | None, payable: int) -> None:
    journal.prescription("R", 14, times=times)
    sessions = [journal.session(14, f"2021-03-0{n}", prescription="R") for n in (1, 2, 3)]
    decisions = journal.decisions()
    assert [decisions[s].payable for s in sessions] == [n < payable for n in range(3)]


def test_performed_sessions_count_whatever_else_is_wrong_voided_ones_do_not(journal: Journal) -> None:
    journal.prescription("R", 14, times=2)
    journal.session(14, "2021-03-01", prescription="R", signed=False)
    journal.session(14, "2021-03-02", prescription="R", voided=True)
    second = journal.session(14, "2021-03-03", prescription="R")
    third = journal.session(14, "2021-03-04", prescription="R")
    assert journal.denied(second) == ()
    assert journal.denied(third) == ("record.times",)
    finding = journal.finding(third, "record.times")
    assert (finding.used, finding.limit, finding.counted) == (2, 2, ("S1", "S3"))


def test_sessions_of_another_patient_on_the_order_count(journal: Journal) -> None:
    journal.patient("P2", "1960-01-01")
    journal.prescription("R", 14, times=1)
    journal.session(14, "2021-03-01", prescription="R", patient="P2")
    assert journal.denied(journal.session(14, "2021-03-02", prescription="R")) == ("record.times",)


@pytest.mark.parametrize(
    ("profession", "scopes", "default", "both"),
    [
        ("physician", ("rehabilitation",), True, False),
        ("physician", ("tcm",), True, False),
        ("physician", ("training",), True, False),
        ("physician", ("tcm", "training"), True, True),
        ("physician", ("auditory_verbal",), False, False),
        ("physician", (), False, False),
        ("therapist", ("rehabilitation", "training"), False, False),
    ],
)
def test_the_prescriber(journal: Journal, profession: str, scopes: tuple[str, ...], default: bool, both: bool) -> None:
    journal.practitioner("D9", profession, *scopes)
    journal.prescription("R", 14, physician="D9")
    session = journal.session(14, DAY, prescription="R")
    assert journal.denied(session) == (() if default else ("record.physician",))
    assert journal.denied(session, physician_scope="both") == (() if both else ("record.physician",))


@pytest.mark.parametrize(("issued", "holds"), [("2021-01-31", False), ("2021-02-01", True), ("2021-02-28", True)])
def test_the_prescriber_is_qualified_on_the_day_of_issue(journal: Journal, issued: str, holds: bool) -> None:
    journal.practitioner("D9", "physician")
    journal.add(
        PractitionerQualified(
            at=moment("2021-06-01"), practitioner="D9", scope="training", valid_from=date(2021, 2, 1),
            valid_until=date(2021, 2, 28),
        )
    )  # fmt: skip
    journal.prescription("R", 14, issued, physician="D9")
    assert journal.decision(journal.session(14, DAY, prescription="R")).payable is holds


@pytest.mark.parametrize(
    ("day", "holds"),
    [("2021-02-28", False), ("2021-03-01", True), ("2021-03-31", True), ("2021-04-01", False)],
)
def test_the_therapist_is_qualified_on_the_day_not_when_it_was_written(journal: Journal, day: str, holds: bool) -> None:
    journal.practitioner("X")
    journal.add(
        PractitionerQualified(
            at=moment("2022-01-01"), practitioner="X", scope="tcm", valid_from=date(2021, 3, 1),
            valid_until=date(2021, 3, 31),
        )
    )  # fmt: skip
    expected = () if holds else ("record.therapist",)
    assert journal.denied(journal.session(14, day, therapist="X")) == expected
    assert journal.denied(journal.assessment(13, day, assessors=["T1", "X"])) == expected


def test_training_and_auditory_verbal_do_not_let_a_therapist_treat(journal: Journal) -> None:
    journal.practitioner("X", "therapist", "training", "auditory_verbal")
    assert journal.denied(journal.session(14, DAY, therapist="X")) == ("record.therapist",)


def test_for_item_25_another_clause_decides_on_the_therapist() -> None:
    journal = Journal(born="2017-01-01")
    journal.practitioner("X", "therapist")
    decision = journal.decision(journal.session(25, DAY, therapist="X"))
    assert decision.denied_by == ("25.staff",)
    assert "record.therapist" not in [finding.clause for finding in decision.findings]


@pytest.mark.parametrize(
    ("day", "holds"),
    [("2021-02-28", False), ("2021-03-01", True), ("2021-03-31", True), ("2021-04-01", False)],
)
def test_the_institution_is_qualified_on_the_day(journal: Journal, day: str, holds: bool) -> None:
    journal.institution("H2", scope=None)
    journal.add(
        InstitutionQualified(
            at=LONG_AGO, institution="H2", scope="tcm", valid_from=date(2021, 3, 1), valid_until=date(2021, 3, 31)
        )
    )
    assert journal.denied(journal.session(14, day, institution="H2")) == (() if holds else ("record.institution",))


@pytest.mark.parametrize(
    ("day", "clock", "holds"),
    [
        ("2021-03-01", "23:59", True),
        ("2021-03-02", "00:00", False),
        ("2021-03-10", "23:59", False),
        ("2021-03-11", "00:00", True),
    ],
)
def test_a_suspension_has_inclusive_days(journal: Journal, day: str, clock: str, holds: bool) -> None:
    journal.add(InstitutionSuspended(at=LONG_AGO, institution="H1", from_=date(2021, 3, 2), until=date(2021, 3, 10)))
    session = journal.session(14, day, clock)
    assert journal.denied(session) == (() if holds else ("record.institution",))


@pytest.mark.parametrize(("clock", "holds"), [("08:59", False), ("09:00", True), ("09:01", True)])
def test_a_reinstatement_lifts_from_its_moment_on(journal: Journal, clock: str, holds: bool) -> None:
    journal.add(
        InstitutionReinstated(at=moment("2021-03-05", "09:00"), institution="H1"),
        InstitutionSuspended(at=moment("2021-03-01"), institution="H1", from_=date(2021, 3, 2)),
    )
    assert journal.decision(journal.session(14, "2021-03-05", clock)).payable is holds


def test_a_reinstatement_lifts_no_suspension_written_after_it(journal: Journal) -> None:
    journal.add(
        InstitutionReinstated(at=moment("2021-03-05"), institution="H1"),
        InstitutionSuspended(at=moment("2021-03-06"), institution="H1", from_=date(2021, 3, 2)),
    )
    session = journal.session(14, "2021-03-07")
    assert journal.finding(session, "record.institution").observed == {"institution": "suspended"}


@pytest.mark.parametrize(
    ("day", "clock", "holds"),
    [
        ("2021-03-01", "07:59", False),
        ("2021-03-01", "08:00", True),
        ("2021-03-10", "18:00", True),
        ("2021-03-10", "18:01", False),
    ],
)
def test_an_act_that_names_a_stay_started_within_it(journal: Journal, day: str, clock: str, holds: bool) -> None:
    journal.admitted("Z1", "2021-03-01", "2021-03-10")
    session = journal.session(14, day, clock, stay="Z1")
    assert journal.denied(session) == (() if holds else ("record.stay",))
    assert journal.denied(journal.assessment(11, day, clock, stay="Z1")) == (() if holds else ("record.stay",))


def test_an_unknown_stay_and_one_of_another_patient_fail(journal: Journal) -> None:
    journal.patient("P2", "1960-01-01")
    journal.admitted("Z2", "2021-02-01", patient="P2")
    unknown, others = journal.session(14, DAY, stay="Z9"), journal.session(14, DAY, "10:00", stay="Z2")
    assert journal.finding(unknown, "record.stay").observed == {"stay": "unknown stay"}
    assert journal.finding(others, "record.stay").observed == {"stay": "a stay of another patient"}


@pytest.mark.parametrize(
    ("setting", "institution", "holds"),
    [
        ("inpatient", "H1", True),
        ("home_bed", "H1", True),
        ("inpatient", "H2", False),
        ("home_bed", "H2", False),
        ("outpatient", "H2", True),
        ("home", "H2", True),
        ("internet", "H2", True),
    ],
)
def test_inpatients_belong_to_a_stay_at_the_same_institution(
    journal: Journal, setting: str, institution: str, holds: bool
) -> None:
    journal.institution("H2")
    journal.admitted("Z1", "2021-02-01")
    session = journal.session(14, DAY, setting=setting, institution=institution)
    assert journal.denied(session) == (() if holds else ("record.stay",))


def test_lines_may_stand_in_any_order(journal: Journal) -> None:
    journal.prescription("R", 14)
    journal.add(
        SessionSigned(at=moment(DAY, "09:30"), session="S", practitioner="T1"),
        SessionStopped(at=moment(DAY, "09:30"), session="S", effect="better"),
        SessionStarted(
            at=moment(DAY), session="S", patient="P1", prescription="R", order="1", therapist="T1", institution="H1",
            setting="outpatient",
        ),
    )  # fmt: skip
    assert journal.denied("S") == ()


def test_a_session_whose_order_is_on_no_sheet_is_not_paid(journal: Journal) -> None:
    journal.prescription("R", 14)
    session = journal.session(14, DAY, prescription="R", order="7")
    decision = journal.decisions()[session]
    assert (decision.item, decision.rule) == ("unknown", None)
    assert decision.denied_by == ("record.prescription",)


def test_the_signatures_of_assessments_decide_nothing(journal: Journal) -> None:
    """The journal says who assessed; that they signed is proven of the bytes, and asked for by no clause."""
    comprehensive = journal.assessment("comprehensive-rehabilitation-assessment", DAY, outcome="improved")
    journal.session(14, DAY, "10:00")
    before = journal.decisions()
    journal.add(
        AssessmentSigned(at=moment(DAY, "09:30"), assessment=comprehensive, practitioner="T1", signature="scanned"),
        AssessmentSigned(at=moment(DAY, "09:00"), assessment=comprehensive, practitioner="nobody"),
    )
    assert journal.decisions() == before
