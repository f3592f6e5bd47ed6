"""When a warning is due: one below, at, one above each threshold; and what it says."""

from datetime import date, timedelta

import pytest

from tests.projections.eligibility.asked import ask, kinds, moment, warned

WHEELCHAIR = "wheelchair-skills-training"
COMPREHENSIVE = "comprehensive-rehabilitation-assessment"
SPAN = "2021-03-01 09:00 S1 occupational-therapy\n"
TRAINED = "adl_disorder severity_adl=severe"


def after(count: int, item: str = WHEELCHAIR) -> str:
    return f"2021-03-01 09:00 W1..W{count} {item}"


@pytest.mark.parametrize(
    ("used", "kind"),
    [(23, None), (24, "limit_near"), (25, "limit_near"), (29, "limit_near"), (30, "limit_reached")],
)
def test_a_limit_from_80_percent_on(used: int, kind: str | None) -> None:
    standing = ask(after(used), WHEELCHAIR, "2021-04-01")
    assert kinds(standing) == (
        {} if kind is None else {"16.days": (kind, "denied" if kind == "limit_reached" else "warning")}
    )


def test_what_a_near_limit_says() -> None:
    warning = warned(ask(after(24), WHEELCHAIR, "2021-04-01"))["16.days"]
    assert warning.values == {"used": 24, "limit": 30, "left": 6, "unit": "day"}
    assert (warning.zh, warning.en) == ("已用 24 天，上限 30 天，还剩 6 天", "24 of 30 days used, 6 left")
    reached = warned(ask(after(30), WHEELCHAIR, "2021-04-01"))["16.days"]
    assert (reached.zh, reached.en) == ("已达上限 30 天（已用 30 天）", "the limit of 30 days is used up (30 used)")


def test_on_a_day_already_counted_a_limit_is_reached_and_denies_nothing() -> None:
    assert kinds(ask(after(30), WHEELCHAIR, "2021-03-30")) == {"16.days": ("limit_reached", "warning")}


def test_a_limit_of_the_day_is_never_warned_of() -> None:
    standing = ask("2021-03-01 09:00 S1..S2 occupational-therapy every=0", "occupational-therapy", "2021-03-01")
    assert (standing.denied_by, standing.warnings) == (("5.day",), ())


def test_two_of_two_assessments_an_episode() -> None:
    found = "neuromuscular_dysfunction"
    assert kinds(ask("2021-03-01 09:00 A1 surface-emg", "surface-emg", "2021-03-02", found)) == {}
    two = ask("2021-03-01 09:00 A1..A2 surface-emg", "surface-emg", "2021-03-03", found)
    assert kinds(two) == {"15.episode": ("limit_reached", "denied")}
    assert warned(two)["15.episode"].en == "the limit of 2 assessments is used up (2 used)"
    assert warned(two)["15.episode"].zh == "已达上限 2 次（已用 2 次）"


@pytest.mark.parametrize(
    ("at", "kind"),
    [
        ("2021-12-17", None),  # 291 of 365 days
        ("2021-12-18", "limit_near"),
        ("2022-02-13", "limit_near"),  # 15 days before the last
        ("2022-02-14", "span_ends"),
        ("2022-02-15", "span_ends"),
        ("2022-02-28", "span_ends"),
        ("2022-03-01", "limit_reached"),
    ],
)
def test_a_span_from_80_percent_on_and_from_14_days_before_its_end(at: str, kind: str | None) -> None:
    found = kinds(ask(SPAN, "occupational-therapy", at))
    severity = "denied" if kind == "limit_reached" else "warning"
    assert found == ({} if kind is None else {"5.span": (kind, severity)})


def test_the_end_of_a_span_says_what_would_extend_it() -> None:
    warning = warned(ask(SPAN, "occupational-therapy", "2022-02-14"))["5.span"]
    assert warning.values == {
        "days": 14, "ends_on": "2022-02-28", "counts_from": "2022-03-01", "reason": "not recorded",
    }  # fmt: skip
    assert warning.en == (
        "the span ends on 2022-02-28, in 14 days; to go on, a comprehensive assessment dated 2022-03-01 or later and "
        "still valid has to find improvement (none is recorded)"
    )
    assert warning.zh == (
        "支付期限至 2022-02-28 止，还有 14 天；继续支付须有 2022-03-01 起、且仍在有效期的康复综合评定"
        "确认功能持续改善（尚无评定记录）"
    )
    earlier = ask(SPAN, "occupational-therapy", "2022-02-14", readings={"extension_from": "30_days_before"})
    assert warned(earlier)["5.span"].values["counts_from"] == "2022-01-30"


@pytest.mark.parametrize(
    ("day", "en", "zh"),
    [
        (26, "on 2022-02-28, in 2 days", "还有 2 天"),
        (27, "tomorrow, 2022-02-28", "还有 1 天"),
        (28, "today, 2022-02-28", "今天为最后一天"),
    ],
)
def test_the_last_days_have_their_names(day: int, en: str, zh: str) -> None:
    warning = warned(ask(SPAN, "occupational-therapy", f"2022-02-{day}"))["5.span"]
    assert warning.en.startswith(f"the span ends {en};")
    assert warning.zh.startswith(f"支付期限至 2022-02-28 止，{zh}；")


def test_where_an_assessment_is_there_already_the_end_is_a_notice() -> None:
    story = f"{SPAN}2022-02-10 10:00 A1 {COMPREHENSIVE} outcome=improved"
    standing = ask(story, "occupational-therapy", "2022-02-20", readings={"extension_from": "30_days_before"})
    assert kinds(standing) == {"5.span": ("span_ends", "notice")}
    assert warned(standing)["5.span"].en.endswith("; A1 supports going on until 2023-02-09")


def test_a_span_that_is_over_says_when_it_ended() -> None:
    warning = warned(ask(SPAN, "occupational-therapy", "2022-06-01"))["5.span"]
    assert warning.en.startswith("the span ended on 2022-02-28; to go on, a comprehensive assessment dated 2022-03-01")
    assert warning.zh.startswith("支付期限已于 2022-02-28 届满；继续支付须有 2022-03-01 起、且仍在有效期的康复综合评定")
    assert (warning.values["used"], warning.values["limit"]) == (457, 365)


def test_a_span_that_nothing_extends() -> None:
    story, findings = "2021-03-01 09:00 S1 endurance-training", "endurance_decline"
    last = moment("2021-08-27")
    for days, kind in ((15, "limit_near"), (14, "span_ends"), (0, "span_ends"), (-1, "limit_reached")):
        standing = ask(story, "endurance-training", f"{last - timedelta(days=days):%Y-%m-%d}", findings)
        (warning,) = standing.warnings
        assert warning.kind == kind
        assert warning.en.endswith("; nothing extends it") == (kind != "limit_near")


def test_paid_days_of_a_span() -> None:
    readings = {"span_measure": "paid_days"}
    for used, kind in ((291, None), (292, "limit_near"), (350, "limit_near"), (351, "span_ends"), (364, "span_ends")):
        story = f"2021-01-01 09:00 S1..S{used} isokinetic-strength-training"
        standing = ask(story, "isokinetic-strength-training", "2022-02-01", readings=readings)
        assert [warning.kind for warning in standing.warnings] == ([] if kind is None else [kind])
        if kind == "span_ends":
            assert standing.warnings[0].values["left"] == 365 - used
            assert standing.warnings[0].en.startswith(f"{365 - used} paid days of the span are left")


@pytest.mark.parametrize(
    ("at", "warns"), [("2023-02-13", False), ("2023-02-14", True), ("2023-02-15", True), ("2023-02-28", True)]
)
def test_an_assessment_that_carries_on_from_14_days_before_it_expires(at: str, warns: bool) -> None:
    story = f"{SPAN}2022-03-01 10:00 A1 {COMPREHENSIVE} outcome=improved"
    found = warned(ask(story, "occupational-therapy", at))
    assert set(found) == ({"5.span"} if warns else set())
    if warns:
        left = (date(2023, 2, 28) - date.fromisoformat(at)).days
        warning = found["5.span"]
        assert (warning.kind, warning.severity, warning.values["days"]) == ("extension_ends", "warning", left)
        assert warning.en.startswith(
            f"A1 supports payment until 2023-02-28, {'today' if left == 0 else f'for {left} more days'};"
        )
        assert "a new comprehensive assessment" in warning.en
        assert "新的康复综合评定" in warning.zh


@pytest.mark.parametrize(
    ("used", "kind"), [(11, None), (12, "gate_near"), (13, "gate_near"), (14, "gate_near"), (15, "gate_closed")]
)
def test_a_gate_from_two_training_days_before_it_on(used: int, kind: str | None) -> None:
    """15: the day after the fourteenth."""
    standing = ask(after(min(used, 14), "adl-training"), "adl-training", f"2021-03-{used:02}", TRAINED)
    severity = "denied" if kind == "gate_closed" else "warning"
    assert kinds(standing) == ({} if kind is None else {"21.gate": (kind, severity)})


def test_an_assessment_that_opens_it_takes_the_warning_away() -> None:
    story = after(13, "adl-training") + "\n2021-03-05 10:00 A1 - outcome=improved"
    assert ask(story, "adl-training", "2021-03-13", TRAINED).warnings == ()


def test_what_a_gate_says() -> None:
    near = warned(ask(after(13, "adl-training"), "adl-training", "2021-03-13", TRAINED))["21.gate"]
    assert near.values == {"used": 13, "limit": 14, "left": 1, "began_on": "2021-03-01", "reason": "not recorded"}
    assert near.en == (
        "1 training day left before the gate; to go on, an assessment dated 2021-03-01 or later has to find clear "
        "progress (none is recorded)"
    )
    assert near.zh == (
        "本阶段还剩 1 个训练日；继续支付须有 2021-03-01 起的功能量表评定取得明确功能进步（尚无评定记录）"
    )
    last = warned(ask(after(14, "adl-training"), "adl-training", "2021-03-14", TRAINED))["21.gate"]
    assert (last.en.split(";")[0], last.zh.split("；")[0]) == (
        "no other training day is left before the gate", "本阶段训练日已满，仅当天可再做",
    )  # fmt: skip
    closed = warned(ask(after(14, "adl-training"), "adl-training", "2021-03-15", TRAINED))["21.gate"]
    assert (closed.en.split(";")[0], closed.zh.split("；")[0]) == (
        "the block of 14 days is full",
        "本阶段 14 个训练日已满",
    )


@pytest.mark.parametrize(
    ("at", "warns"), [("2021-05-30", False), ("2021-05-31", True), ("2021-06-14", True), ("2021-06-15", False)]
)
def test_the_birthday_from_which_a_proof_is_asked_for(at: str, warns: bool) -> None:
    """From the birthday on its want denies the act, and is no warning ahead any more."""
    standing = ask("", "cerebral-palsy-limb-training", at, patient="born=2014-06-15")
    assert [warning.kind for warning in standing.warnings] == (["proof_needed"] if warns else [])


def test_what_is_said_ahead_of_a_proof() -> None:
    (warning,) = ask("", "cerebral-palsy-limb-training", "2021-06-08", patient="born=2014-06-15").warnings
    assert warning.zh.startswith("7 岁以前不需要评定（至 2021-06-14，还有 6 天）；此后继续支付须有")
    assert warning.en.startswith("no assessment is asked for until 2021-06-14 (6 more days); from then on, to go on,")
    assert warning.values["until_age"] == 7


def test_a_childs_months() -> None:
    story = "\n".join(f"2021-{month:02}-10 09:00 S{month} cerebral-palsy-limb-training" for month in range(1, 7))
    born, item = "born=2016-06-15", "cerebral-palsy-limb-training"
    assert kinds(ask(story, item, "2021-04-20", patient=born)) == {}
    assert kinds(ask(story, item, "2021-05-20", patient=born)) == {"3.year": ("limit_near", "warning")}
    assert kinds(ask(story, item, "2021-06-20", patient=born)) == {"3.year": ("limit_reached", "warning")}
    reached = ask(story, item, "2021-07-20", patient=born)
    assert kinds(reached) == {"3.year": ("limit_reached", "denied")}
    assert warned(reached)["3.year"].zh == "已达上限 6 个月（已用 6 个月）"


def test_every_clause_has_one_warning_at_most_and_both_languages() -> None:
    story = after(30) + "\n" + SPAN
    for at in ("2021-03-31", "2022-02-20", "2022-06-01"):
        for item in (WHEELCHAIR, "occupational-therapy"):
            for warning in warned(ask(story, item, at)).values():
                assert warning.zh
                assert warning.en
                assert "{" not in warning.zh + warning.en
                assert "None" not in warning.zh + warning.en
