"""A case read once says of every size what the log said of it then."""

from itertools import pairwise

import msgspec
import pytest

from api.cases_over_time import CasesOverTime
from api.questions import Unknown
from ledger.application import TreatmentLedger
from ledger.application.reading import case_streams, in_log_order, subject_of_act
from ledger.journal import parse_fact
from projections.history import effective
from projections.rules.judge import Judge
from tests.api.test_adopting import NOW, SHANGHAI, opened

__all__ = ["opened"]

PATIENT_OF_S2 = {"type": "EntryCorrected", "at": "2021-03-02T08:00:00+08:00", "target": "S2", "field": "patient",
                 "old": "P1", "new": "P2", "reason": "r", "practitioner": "DR1"}  # fmt: skip


def other_patient() -> list[dict[str, object]]:
    at = "2021-03-01T08:00:00+08:00"
    return [
        {"type": "PatientFileOpened", "at": at, "patient": "P2", "sex": "male", "born": "1950-01-01",
         "institution": "H1", "file_no": "M2"},
        PATIENT_OF_S2,
    ]  # fmt: skip


def test_over_every_size_it_is_what_reading_at_that_size_gives(opened: TreatmentLedger) -> None:
    """Also where the act was another's, until somebody corrected that."""
    whose = opened.size
    for line in other_patient():
        opened.record([parse_fact(msgspec.json.encode(line))], now=NOW)
    cases = CasesOverTime(opened.recorder, "S2", opened.size)
    patients = []
    for size in range(opened.size + 1):
        patient = subject_of_act(opened.recorder, "S2", size)
        patients.append(patient)
        then = cases.over(size)
        if patient is None:
            assert then.standing == []
            continue
        there = [one.fact for one in in_log_order(case_streams(opened.recorder, patient, size))]
        judge = Judge(effective(there), SHANGHAI)
        assert Judge(then.evidence, SHANGHAI).decision("S2") == judge.decision("S2")
        assert then.positions["S2"] == cases.position
    assert {*patients[cases.position : whose + 1]} == {"P1"}
    assert patients[-1] == "P2"
    assert [one for one, other in pairwise(patients) if one != other] == [None, "P1"]


def test_where_nothing_came_in_it_is_the_same(opened: TreatmentLedger) -> None:
    cases = CasesOverTime(opened.recorder, "S1", opened.size)
    assert cases.over(opened.size + 5) is cases.over(opened.size)
    assert cases.over(cases.position) is not cases.over(opened.size)
    assert cases.over(cases.position - 1).positions == {}


def test_an_act_that_there_is_not(opened: TreatmentLedger) -> None:
    with pytest.raises(Unknown, match="no session or assessment S9"):
        CasesOverTime(opened.recorder, "S9", opened.size)
    before = CasesOverTime(opened.recorder, "S3", opened.size).position - 1
    with pytest.raises(Unknown, match="no session or assessment S3"):
        CasesOverTime(opened.recorder, "S3", before)
