from datetime import date

from projections.explanation import Account, account
from projections.rules.judge import Judge
from tests.cases.story import build
from tests.projections.explanation.telling import SHANGHAI, account_of

TOGETHER = "2021-03-01 09:00 S1 exercise-therapy\n2021-03-01 10:00 S2 hemiplegia-limb-training\n"
FOUND = "organic_lesion deficit_rom"


def zh(told: Account) -> list[str]:
    return [said.zh for said in told.closing]


def test_a_payable_act() -> None:
    told = account_of("S1", TOGETHER, FOUND)
    assert [(said.zh, said.en) for said in told.closing] == [
        ("不需要做什么：这一次应予支付。", "Nothing has to be done: the act is payable.")
    ]


def test_the_remedy_the_day_and_the_reading() -> None:
    told = account_of("S2", TOGETHER, FOUND)
    assert zh(told) == [
        "2.excl：不与 S1 在同一天做；如果 S1 实际没有做，应作废，作废后重新判定。",
        "如果只是等：在那之前不再做、记录也不变，同样的治疗从 2021-03-02 起可以支付。",
        "如果把“同时使用”读作“两次治疗的起止时间有重叠”（together=overlapping），这一次就可以支付。",
        "按从宽读法（lenient）可以支付。",
    ]
    assert [said.en for said in told.closing] == [
        "2.excl: another day than S1; what was not performed is voided, and the act is judged again.",
        "By waiting alone: if nothing else is done or recorded until then, the same session would be payable from "
        "2021-03-02 on.",
        "It would be payable if “同时使用” were read as “the two half-open intervals meet” (together=overlapping).",
        "It is payable under the lenient readings.",
    ]


def test_where_no_reading_helps_it_is_said_which_were_tried() -> None:
    third = "".join(f"2021-03-01 {hour}:00 S{hour} exercise-therapy\n" for hour in (10, 11, 12))
    assert zh(account_of("S12", third, FOUND))[-1] == ("只换其中一种读法不能支付（已逐一试过 combined 的其他选项）。")


def test_where_waiting_never_helps_it_is_said() -> None:
    told = account_of("S1", "2021-03-01 09:00 S1 balance-training")
    assert zh(told)[-1] == "单靠等待是不够的。"
    assert told.closing[-1].en == "Waiting alone does not help."


def test_several_clauses_all_have_to_be_met_each_with_its_own_day() -> None:
    third = "".join(f"2021-03-01 {hour}:00 S{hour} exercise-therapy\n" for hour in (10, 11)) + (
        "2021-03-01 12:00 S12 exercise-therapy sign=none"
    )
    lines = zh(account_of("S12", third, FOUND))
    assert lines[0] == "以下各条都要解决："
    assert lines[1].startswith("record.signed：请本次的治疗师签名")
    assert lines[2].startswith("1.day：换一天做")
    assert lines[2].endswith("（只看这一条，2021-03-02 起符合）。")
    assert lines[3:] == ["没有试其他读法：记录不符合时，换读法也不能支付。"]


def test_what_nothing_can_change_is_said_kindly_and_plainly() -> None:
    voided = account_of("S1", "2021-03-01 09:00 S1 balance-training\n2021-03-02 09:00 SessionVoided S1", "")
    assert zh(voided)[-1] == "很抱歉：只要登记无误，按 record.voided 这一次不能支付。"
    assert voided.closing[-1].en == (
        "We are sorry: unless the record is wrong, the act cannot be paid under record.voided."
    )
    grown = account_of("A1", "2021-03-01 09:00 A1 autism-diagnostic-interview", "suspected_autism", "born=2000-01-01")
    assert zh(grown)[0].startswith("20.age：很抱歉，这一条只看患者的年龄")
    assert not any(line.startswith("很抱歉：只要登记无误") for line in zh(grown))  # age_6 was tried, and is said so


def test_several_readings_together_are_tried_as_the_built_in_profiles_choose_them() -> None:
    """Neither age_6 nor individual helps alone; both do, and nothing may be said to be hopeless."""
    told = account_of(
        "S1", "2021-03-01 09:00 S0 pediatric-hearing-speech-training\n2021-03-02 09:00 S2 "
        "pediatric-hearing-speech-training\n2021-03-03 09:00 S1 pediatric-hearing-speech-training mode=group",
        "hearing_impaired", "born=2014-06-01", age_6="under_6", individual="each",
    )  # fmt: skip
    assert told.outlook.reread == ()
    assert told.outlook.profiles == ("default", "lenient")
    assert zh(told)[-2:] == [
        "只换其中一种读法不能支付（已逐一试过 age_6、individual 的其他选项）。",
        "按默认读法（default）、从宽读法（lenient）可以支付。",
    ]


def test_readings_that_were_not_tried_are_not_called_hopeless() -> None:
    told = account_of(
        "A1", "2021-03-01 09:00 A1 autism-diagnostic-interview assessors=", "suspected_autism", "born=2014-06-01",
        age_6="under_6",
    )  # fmt: skip
    assert zh(told)[-1] == "没有试其他读法：记录不符合时，换读法也不能支付。"
    assert told.closing[-1].en == (
        "Other readings were not tried: while the record fails, none of them makes it payable."
    )


def test_who_is_too_young_waits_and_a_woman_without_a_post_may_yet_have_one() -> None:
    session, found = "2021-03-01 09:00 S1 vocational-training", "work_willing parq_cleared"
    young = account_of("S1", session, found, "born=2010-01-01")
    assert young.outlook.waiting == date(2026, 1, 1)
    assert not any("很抱歉" in line for line in zh(young))
    woman = account_of("S1", session, found, "born=1969-01-01 sex=female")
    assert "岗位类别未登记的，如实登记" in zh(woman)[0]
    assert not any("很抱歉" in line for line in zh(woman))


def test_a_reading_that_changes_an_age_is_not_the_end_of_it() -> None:
    six = account_of(
        "A1", "2021-03-01 09:00 A1 autism-diagnostic-interview", "suspected_autism", "born=2014-06-01", age_6="under_6"
    )
    assert zh(six)[-2] == ("如果把“6岁以下”读作“7岁生日以前”（age_6=includes_6），这一次就可以支付。")


def test_without_the_judge_nothing_is_promised() -> None:
    decision = Judge(build(TOGETHER, findings=FOUND), SHANGHAI).decision("S2")
    assert decision is not None
    assert zh(account(decision, SHANGHAI)) == [
        "2.excl：不与 S1 在同一天做；如果 S1 实际没有做，应作废，作废后重新判定（只看这一条，2021-03-02 起符合）。"
    ]


def test_the_day_is_that_of_the_whole_act_and_not_of_one_clause() -> None:
    """The day alone would be free again on 2 March; by then the span is over, and begins anew with no day."""
    story = "2021-03-01 09:00 S1 endurance-training\n2021-08-27 09:00 S2 endurance-training\n"
    told = account_of("S2", story, "")
    assert told.outlook.waiting is None
    joint = account_of("S2", "2021-03-01 09:00 S1 exercise-therapy\n" + TOGETHER.replace("S1", "S3"), FOUND)
    assert joint.outlook.waiting == date(2021, 3, 2)
