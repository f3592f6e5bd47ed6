"""What a signer is shown: every value that is signed, in both languages, within the terminal's width."""

import pytest

from api.cli.shown_statement import KINDS, LABELS, statement_lines
from ledger.treatment.facts import AssessmentRecorded, PrescriptionIssued
from ledger.treatment.statements import FORMAT, Statement
from ledger.treatment.subjects import ATTRIBUTES
from ledger.treatment.values import Order, Result
from projections.explanation.lines import columns

SAYS = {
    "session": {
        "session": "S1", "patient": "P1", "prescription": "R1", "order": "1", "item": "exercise-therapy",
        "site": "左下肢（膝、踝）" * 6, "method": "progressive resistance, from little to much, as it is borne",
        "therapist": "PT1", "institution": "H1", "started": "2021-03-01T15:00:00+08:00",
        "stopped": "2021-03-01T15:30:00+08:00", "effect": "耐受良好，步态较前平稳，疼痛无加重。" * 3,
    },
    "prescription": {
        "type": "PrescriptionIssued", "at": "2021-03-01T08:00:00+08:00", "prescription": "R1", "patient": "P1",
        "episode": "E1", "institution": "H1", "physician": "DR1", "orders": [
            {"order": "1", "item": "cupping", "site": "", "method": "留罐" * 20, "minutes": 30, "times": 10},
            {"order": "2", "item": "exercise-therapy", "site": "leg", "method": "walking", "frequency": "每日一次"},
        ], "valid_until": "2021-04-01", "remark": "复诊",
    },
    "assessment": {
        "type": "AssessmentRecorded", "at": "2021-03-01T08:00:00+08:00", "assessment": "A1", "patient": "P1",
        "episode": "E1", "item": "balance-test", "institution": "H1", "stay": "Z1", "assessors": ["PT1", "DR1"],
        "results": [{"scale": "BBS", "score": 40.5, "max": 56}, {"scale": "FIM", "score": -1}], "outcome": "improved",
        "findings": {"deficit_balance": True, "severity_adl": "mild"}, "serves": "balance-training",
    },
    "erasure": {"patient": "P1", "retained_until": "2036-03-01", "ground": "个人信息保护法 第四十七条"},
}  # fmt: skip


def lines(kind, width=80, **says):
    statement = Statement(
        format=FORMAT, kind=kind, signer="PT1", key_id="K1", counter=7, previous="A" * 43 + "=",
        says={**SAYS[kind], **says},
    )  # fmt: skip
    return list(statement_lines(statement, width))


def values(said):
    if isinstance(said, dict):
        return [value for key, one in said.items() if key != "type" for value in values(one)]
    return [value for one in said for value in values(one)] if isinstance(said, list) else [said]


@pytest.mark.parametrize("kind", SAYS)
def test_every_value_that_is_signed_is_shown(kind):
    shown = "".join("".join(line.split()) for line in lines(kind))
    for value in values(SAYS[kind]):
        told = {"": "—", True: "true"}.get(value, str(value))
        assert "".join(told.split()) in shown, value
    assert "PT1·K1·#7" in shown


@pytest.mark.parametrize("kind", SAYS)
@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_lines_fit_the_terminal(kind, width):
    assert max(columns(line) for line in lines(kind, width)) <= width


def test_the_values_stand_under_one_another():
    shown = lines("session")
    assert {columns(line.partition("2021")[0]) for line in shown if "2021" in line} == {26}


def test_every_field_that_can_be_signed_has_both_words():
    assert set(KINDS) == set(SAYS)
    signed = {"recorded_at", "actor", "id", "signature"}
    for line in (PrescriptionIssued, AssessmentRecorded):
        assert set(ATTRIBUTES[line]) - signed <= set(LABELS)
    assert {*Order.__struct_fields__, *Result.__struct_fields__} <= set(LABELS)
    assert {field for says in SAYS.values() for field in says if field != "type"} <= set(LABELS)


def test_what_was_left_empty_is_shown_as_empty_and_what_is_not_there_is_not():
    shown = "\n".join(lines("session", effect=""))
    assert "疗效 effect             —" in shown
    assert "ground" not in "\n".join(lines("erasure", ground=None))


def test_a_field_without_words_is_shown_by_its_name():
    assert any("unheard_of" in line and "12" in line for line in lines("session", unheard_of=12))
