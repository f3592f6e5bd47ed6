from tests.projections.explanation.telling import account_of

THIRD = """
2021-03-01 09:00  S1  exercise-therapy
2021-03-01 10:00  S2  exercise-therapy/breathing
2021-03-01 11:00  S3  exercise-therapy/strength
"""
FOUND = "organic_lesion deficit_rom"


def test_the_title_names_the_act() -> None:
    title = account_of("S3", THIRD, FOUND).title
    assert title.zh == "S3 · 运动疗法 exercise-therapy/strength · 第 1 项 · 患者 P1 · 2021-03-01 11:00"
    assert title.en == "S3 · exercise-therapy/strength · rule 1 · patient P1 · 2021-03-01 11:00"


def test_one_sentence_says_that_it_is_not_paid_and_why() -> None:
    headline = account_of("S3", THIRD, FOUND).headline
    assert headline.zh == "不予支付：2021-03-01 这一天运动疗法已支付 2 次（S1、S2），本规范每日最多支付 2 次。"
    assert headline.en == (
        "Not payable: on 2021-03-01 2 sessions of exercise-therapy have been paid already (S1, S2), "
        "and no more than 2 a day can be."
    )


def test_one_sentence_says_that_it_is_paid() -> None:
    headline = account_of("S2", THIRD, FOUND).headline
    assert (headline.zh, headline.en) == ("应予支付：13 条要求都符合。", "Payable: all 13 clauses hold.")


def test_three_reasons_are_named_and_the_others_counted() -> None:
    third = THIRD.replace("strength\n", "strength sign=none stop=none setting=inpatient\n")
    headline = account_of("S3", third, FOUND + " organic_lesion=false").headline
    assert headline.zh.startswith("不予支付：治疗的结束时间未记录；治疗师的签名未记录；这一次记为住院或家庭病床")
    assert headline.zh.endswith("；另有 1 条不符合。")
    assert headline.en.endswith("; and 1 more clause fails.")


def test_an_item_outside_the_rulebook() -> None:
    told = account_of("S1", "2021-03-01 09:00 S1 acupuncture sheet=P1/E1/acupuncture")
    assert told.title.zh == "S1 · acupuncture · 规范以外 · 患者 P1 · 2021-03-01 09:00"
    assert told.title.en == "S1 · acupuncture · outside the rulebook · patient P1 · 2021-03-01 09:00"
    assert told.headline.zh == "应予支付：这个项目没有规范可依，只审核了记录，9 条都符合。"


def test_the_verdict_is_in_the_words_of_the_offices() -> None:
    assert account_of("S3", THIRD, FOUND).verdict_told.zh == "明确违规（按所选读法）"
    assert account_of("S2", THIRD, FOUND).verdict_told.zh == "合规（按所选读法）"
    profiles = ("default", "strict", "lenient")
    told = account_of("S3", THIRD, FOUND, profiles=profiles)
    assert (told.verdict, told.verdict_told.zh, told.verdict_told.en) == ("suspected", "可疑", "suspected")
    assert [(one.profile, one.payable) for one in told.under] == [
        ("default", False),
        ("strict", False),
        ("lenient", True),
    ]
    assert told.under[0].told.zh == "按默认读法（default）：不予支付，1.day 不符合"
    assert told.under[0].told.en == "under default: not paid, for 1.day"
    assert told.under[2].told.zh == "按从宽读法（lenient）：支付"


def test_the_verdict_over_profiles_that_agree() -> None:
    alone = "2021-03-01 09:00 S1 balance-training\n2021-03-02 09:00 SessionVoided S1"
    told = account_of("S1", alone, "documented_balance", profiles=("default", "lenient"))
    assert (told.verdict, told.verdict_told.zh) == ("violation", "明确违规")
