from projections.explanation import Account
from tests.projections.explanation.telling import account_of


def counted(told: Account, clause: str) -> tuple[str, str] | None:
    (reason,) = [reason for reason in told.reasons if reason.clause == clause]
    return None if reason.counted is None else (reason.counted.zh, reason.counted.en)


def test_acts_on_a_day() -> None:
    story = "2021-03-01 09:00 S1 exercise-therapy\n2021-03-01 10:00 S2 exercise-therapy\n"
    told = account_of("S2", story, "organic_lesion deficit_rom")
    assert counted(told, "1.day") == (
        "2021-03-01 这一天已用 1 次，最多 2 次（S1）",
        "used 1 of 2 sessions on 2021-03-01 (S1)",
    )


def test_days_of_a_span() -> None:
    story = "2021-03-01 09:00 S1 balance-training\n2021-03-11 09:00 S2 balance-training\n"
    assert counted(account_of("S2", story, "documented_balance"), "14.span") == (
        "2021-03-01 至 2022-02-28，第 11 天，共 365 天，自 S1 起算",
        "from 2021-03-01 to 2022-02-28, day 11 of 365, counted from S1",
    )
    assert counted(account_of("S2", story, "documented_balance", span_measure="paid_days"), "14.span") == (
        "2021-03-01 这一天已用 1 天，最多 365 天（S1）",
        "used 1 of 365 days on 2021-03-01 (S1)",
    )
    assert counted(account_of("S1", story, "documented_balance"), "14.span") == (
        "已用 0 天，最多 365 天",
        "used 0 of 365 days",
    )


def test_days_since_the_last() -> None:
    story = "2021-03-01 09:00 A1 balance-test\n2021-03-21 09:00 A2 balance-test\n"
    assert counted(account_of("A2", story), "13.gap") == (
        "上一次在 2021-03-01（A1），相隔 20 天",
        "the last on 2021-03-01 (A1), 20 days before",
    )
    assert counted(account_of("A1", story), "13.gap") is None


def test_many_acts_are_not_all_named() -> None:
    story = "2021-03-01 09:00 W1..W30 wheelchair-skills-training\n2021-03-30 10:00 X wheelchair-skills-training\n"
    said = counted(account_of("X", story, "wheelchair_long_term wheelchair_self_operate"), "16.days")
    assert said is not None
    assert said[0].endswith("W12 等 30 次）")
    assert said[1].endswith("W12 and 18 more)")
