from projections.explanation import Account
from tests.projections.explanation.telling import RULEBOOKS, account_of


def observed(told: Account, clause: str) -> tuple[str, str] | None:
    (reason,) = [reason for reason in told.reasons if reason.clause == clause]
    return None if reason.observed is None else (reason.observed.zh, reason.observed.en)


def test_what_was_never_recorded_is_told_apart_from_what_was_found_absent() -> None:
    told = account_of("S1", "2021-03-01 09:00 S1 exercise-therapy", "organic_lesion=false deficit_rom")
    assert observed(told, "1.ind") == (
        "器质性病变：记录为无；肌力障碍：未记录；关节活动度障碍：已记录；平衡功能障碍：未记录",
        "an organic lesion: recorded as absent; a deficit of strength: not recorded; "
        "a deficit of range of motion: recorded; a deficit of balance: not recorded",
    )


def test_severities_days_people_and_places_in_words() -> None:
    adl = account_of("S1", "2021-03-01 09:00 S1 adl-training", "adl_disorder severity_adl=mild")
    assert observed(adl, "21.days") == (
        "日常生活活动能力障碍的程度：轻度",
        "the severity of the disorder of daily living: mild",
    )
    work = account_of("S1", "2021-03-01 09:00 S1 vocational-training", "", "born=1990-05-01 sex=female")
    assert observed(work, "22.age") == (
        "出生日期：1990-05-01；性别：女；岗位类别：未记录",
        "born: 1990-05-01; sex: female; post: not recorded",
    )
    site = account_of("S1", "2021-03-01 09:00 S1 dysphagia-training")
    assert observed(site, "8.site") == (
        "医院级别：3；机构类别：综合医院；科室：康复科",
        "level: 3; kind: general hospital; departments: rehabilitation",
    )


def test_names_of_people_are_ids_whatever_they_look_like() -> None:
    story = "2015-01-01 08:00 PractitionerRegistered stop\n2021-03-01 09:00 S1 balance-training therapist=stop"
    assert observed(account_of("S1", story), "record.therapist") == ("stop：未记录", "stop: not recorded")


def test_the_sites_own_words_stand_in_quotation_marks() -> None:
    sheet = "2021-02-01 08:00 PrescriptionIssued R1 items=amputee-limb-training site=左上肢\n"
    story = f"{sheet}2021-03-01 09:00 S1 amputee-limb-training sheet=R1"
    told = account_of("S1", story, rulebook=RULEBOOKS["national-29"])
    assert observed(told, "20.days") == ("部位：“左上肢”；肢体：上肢", "the site: “左上肢”; the limb: upper limbs")


def test_what_looked_at_nothing_says_nothing() -> None:
    assert observed(account_of("S1", "2021-03-01 09:00 S1 balance-training"), "record.voided") is None
