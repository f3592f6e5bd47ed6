"""One act explained, from a ledger."""

from pathlib import Path

import pytest

from api.clock import parse_instant
from api.explaining import explained
from api.questions import Cut, Unknown, case_of_act, rules
from ledger.application import TreatmentLedger
from ledger.journal import parse_fact


def test_the_decision_and_its_account_belong_together(ledger: Path) -> None:
    with TreatmentLedger.open(ledger) as opened:
        told = explained(case_of_act(opened, "S3"), "S3", rules(), profiles=("default", "strict"))
    assert told.decision.denied_by == ("record.stopped", "record.signed", "1.day")
    assert [reason.clause for reason in told.account.reasons if reason.remedy] == list(told.decision.denied_by)
    assert [under.profile for under in told.account.under] == ["default", "strict"]
    assert told.account.verdict == "violation"


def test_profiles_of_one_name_are_told_apart(ledger: Path, tmp_path: Path) -> None:
    for name, option in (("one", "item_only"), ("two", "included_items")):
        (tmp_path / f"{name}.toml").write_text(
            f'format = "profile/1"\nname = "ours"\n\n[readings]\ncombined = "{option}"\n', encoding="utf-8"
        )
    paths = [str(tmp_path / "one.toml"), str(tmp_path / "two.toml")]
    with TreatmentLedger.open(ledger) as opened:
        told = explained(case_of_act(opened, "S3"), "S3", rules(), profiles=paths)
    assert [under.profile for under in told.account.under] == ["ours", paths[1]]


def test_the_times_of_the_question_are_told(ledger: Path) -> None:
    moment = parse_instant("2021-03-01T15:10:00+08:00")
    with TreatmentLedger.open(ledger) as opened:
        told = explained(case_of_act(opened, "S3"), "S3", rules(), Cut(as_of=moment))
        assert (told.account.as_of, told.account.as_known_at) == (moment, None)
        with pytest.raises(Unknown, match="S3"):
            explained(case_of_act(opened, "S3"), "S3", rules(), Cut(as_of=parse_instant("2021-03-01T14:00:00+08:00")))


def test_an_assessment_that_is_not_charged_is_no_act(ledger: Path) -> None:
    free = (
        b'{"type":"AssessmentRecorded","at":"2021-03-01T12:00:00+08:00","assessment":"A1","patient":"P1",'
        b'"episode":"E1","institution":"H1","assessors":["PT1"],"results":[{"scale":"MBI","score":60}]}'
    )
    with TreatmentLedger.open(ledger) as opened:
        opened.record([parse_fact(free)], now=parse_instant("2021-03-02T08:00:00+08:00"))
        with pytest.raises(Unknown, match="A1 is recorded, but it is no act"):
            explained(case_of_act(opened, "A1"), "A1", rules())


def test_what_is_not_there(ledger: Path) -> None:
    with TreatmentLedger.open(ledger) as opened, pytest.raises(Unknown, match="S9"):
        case_of_act(opened, "S9")
